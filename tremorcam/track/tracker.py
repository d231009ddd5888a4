"""From frames to raw steps of motion: one pass over the video, one frame held at a time.

Flow moves the anchors from frame to frame; landmarks, which cost more and jitter, are looked
for about 5 times a second and whenever the eyes change, in a thread beside the flow, and
draw the anchors back. Results are taken up a fixed number of frames later, so that they do
not depend on how fast the threads run.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np

from tremorcam.anatomy import REFERENCE_LANDMARKS, REGIONS, SIDES
from tremorcam.track import geometry
from tremorcam.track.background import Background
from tremorcam.track.crop import Crop
from tremorcam.track.flow import Flow, measure_flow, normalise, registration_bound
from tremorcam.track.head import Similarity, fit_similarity
from tremorcam.track.landmarks import FaceLandmarks
from tremorcam.track.mirror import EyesAlone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.source.video import Frame
    from tremorcam.track.geometry import Shape

_LANDMARK_INTERVAL_S = 1 / 5
_ALONE_INTERVAL_S = 0.45
"""Each eye is read by itself, and the mirror image, so often: it costs the network three times,
and serves only what lasts."""
_EYE_CHANGE = 1.4
"""Landmarks are looked for out of turn when the eyes' picture changes so many times as much
as it usually does: a lid may be moving. The frame before then tells where it rested."""
_EYE_CELL_PX = 4
_DELAY_FRAMES = 4
"""Landmarks are taken up so many frames after theirs: the flow need not wait for them."""
_PULL = 0.25
"""Share of the way that landmarks draw the anchors each time: anchors ride on the flow, which
does not jitter, and follow the landmarks, which do not drift."""
_SNAP = 0.12
"""Anchors further than this (in IOD) from their landmarks are set anew."""
_COUNT_FACES_EVERY_S = 2.0
_SEARCH_EVERY_S = 0.5
_BOUND_EVERY = 15

_REFERENCE = list(REFERENCE_LANDMARKS)
_N = len(REGIONS)
_LIDS = [i for i, region in enumerate(REGIONS) if region.name == "lower_lid"]


@dataclass(frozen=True)
class Step:
    """Motion from the frame before to this one, in pixels of the picture."""

    centres: NDArray[np.float64]
    motion: NDArray[np.float64]
    motion_se: NDArray[np.float64]
    head: Similarity


@dataclass
class Record:
    """What one frame gave; ``None`` and NaN stand for what it did not.

    ``shape`` is there only for frames whose landmarks were looked for, ``alone`` (the apertures
    of the eyes, each read twice by itself) and ``mirrored`` (what landmarks in the mirrored picture
    say of the same face) for some of these.
    """

    time_s: float
    difference: float
    bidirectional: bool = False
    found: bool = False
    shape: Shape | None = None
    alone: NDArray[np.float64] | None = None
    mirrored: Shape | None = None
    step: Step | None = None
    centres: NDArray[np.float64] | None = None
    brightness: NDArray[np.float64] | None = None
    bound_px: NDArray[np.float64] | None = None
    background_px: NDArray[np.float64] = field(default_factory=lambda: np.full(2, np.nan))


class _View:
    """The face in one frame, as flow compares it."""

    def __init__(self, gray: NDArray[np.uint8], crop: Crop) -> None:
        self.gray = gray
        self.crop = crop
        self.picture = crop.cut(gray)
        self.iod_px = crop.iod_px * float(crop.factor.mean())
        self.flat = normalise(self.picture, self.iod_px)


@dataclass(frozen=True)
class _Found:
    """Faces in a crop; for some of them each eye's own aperture and the face's mirror image."""

    faces: list[NDArray[np.float64]]
    alone: NDArray[np.float64] | None = None
    mirrored: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class _Pending:
    """Landmarks that are being looked for; where flow alone had carried the anchors by then."""

    first: int
    record: Record
    carried: NDArray[np.float64]
    crop: Crop
    found: Future[_Found]


class Tracker:
    """Follows the largest face from frame to frame; a context manager.

    Attributes
    ----------
    records : list of Record
        One a frame.
    n_faces : int
        Most faces seen at once.
    shape : tuple of int
        Height and width of the last picture.
    """

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.n_faces = 0
        self.shape: tuple[int, ...] = (0, 0)
        self._finder = FaceLandmarks(follow=False)
        self._follower: FaceLandmarks | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="landmarks")
        self._background = Background()
        self._view: _View | None = None
        self._anchors: NDArray[np.float64] = np.empty((0, 2))
        self._face: NDArray[np.float64] = np.empty((0, 3))
        self._pulled: NDArray[np.float64] = np.empty((0, 2))
        self._pending: deque[_Pending] = deque()
        self._counts: list[Future[list[NDArray[np.float64]]]] = []
        self._alone: EyesAlone | None = None
        self._twin: FaceLandmarks | None = None
        self._looked = -1
        self._alone_s = self._counted_s = self._searched_s = -np.inf
        self._eyes = _EyeWatch()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._settle()
        self._lose()
        self._thread.shutdown()
        self.n_faces = max([self.n_faces, *(len(count.result()) for count in self._counts)])
        self._finder.close()

    def add(self, frame: Frame) -> None:
        """Measure one frame against the one before."""
        gray = frame.gray
        record = Record(frame.time_s, frame.difference, frame.bidirectional)
        self.records.append(record)
        if gray.shape != self.shape:
            self._settle()
            self._lose()
            self.shape = gray.shape
        self._count_faces(gray, frame.time_s)
        if self._view is not None:
            self._follow(gray, record)
        if self._view is None:
            self._start(gray, record)
        if record.found:
            box = geometry.face_box_px(self._face)
            record.background_px = self._background.motion_px(gray, box)

    def _count_faces(self, gray: NDArray[np.uint8], time_s: float) -> None:
        if time_s - self._counted_s >= _COUNT_FACES_EVERY_S:
            self._counted_s = time_s
            self._counts.append(self._thread.submit(self._finder.find, gray))

    def _start(self, gray: NDArray[np.uint8], record: Record) -> None:
        """Look for a face in the whole picture and begin to follow the largest."""
        faces = self._thread.submit(self._finder.find, gray).result()
        if not faces and record.time_s - self._searched_s >= _SEARCH_EVERY_S:
            self._searched_s = record.time_s
            faces = self._thread.submit(self._finder.search, gray).result()
        self.n_faces = max(self.n_faces, len(faces))
        if not faces:
            return
        self._face = faces[0]
        self._anchors = _goal(self._face)
        self._pulled = np.zeros_like(self._anchors)
        crop = Crop.around(self._face, geometry.interocular_px(self._face), gray.shape)
        self._view = _View(gray, crop)
        record.shape = geometry.describe(self._face)
        self._looked = len(self.records) - 1
        self._note(record, self._view)

    def _lose(self) -> None:
        for pending in self._pending:
            pending.found.exception()  # waits: the networks they use are about to be closed
        self._pending.clear()
        self._view = None
        self._eyes = _EyeWatch()
        self._restart_follower()

    def _restart_follower(self) -> None:
        # It remembers where in its crop the face was; in another crop that misleads it.
        for network in (self._follower, self._twin, self._alone):
            if network is not None:
                network.close()
        self._follower = self._twin = self._alone = None

    def _follow(self, gray: NDArray[np.uint8], record: Record) -> None:
        before = self._view
        assert before is not None
        iod_px = geometry.interocular_px(self._face)
        crop = before.crop
        if not crop.still_fits(self._face, iod_px, gray.shape):
            if not self._settle():
                return
            self._restart_follower()
            crop = Crop.around(self._face, iod_px, gray.shape)
            before = _View(before.gray, crop)
        view = _View(gray, crop)
        if not self._settle(before=len(self.records) - _DELAY_FRAMES):
            return
        eyes_before, carried_before = self._eye_centres(crop), self._anchors - self._pulled
        self._advance(before, view, record)
        self._view = view
        self._note(record, view)
        changed = self._eyes.changed(before, view, eyes_before, self._eye_centres(crop))
        now = len(self.records) - 1
        if changed and self._looked < now - 1:
            self._look(now - 1, before, carried_before)
        looked_s = self.records[self._looked].time_s
        if changed or record.time_s - looked_s >= _LANDMARK_INTERVAL_S - 1e-6:
            self._look(now, view, self._anchors - self._pulled)

    def _eye_centres(self, crop: Crop) -> NDArray[np.float64]:
        return crop.from_picture(self._face[[geometry.PUPILS[side] for side in SIDES], :2])

    def _look(self, at: int, view: _View, carried: NDArray[np.float64]) -> None:
        """Have the landmarks of a frame found, in order of time."""
        self._looked = at
        record = self.records[at]
        alone = record.time_s - self._alone_s >= _ALONE_INTERVAL_S - 1e-6
        if alone:
            self._alone_s = record.time_s
        found = self._thread.submit(self._find, view.picture, record.time_s, alone=alone)
        self._pending.append(_Pending(at, record, carried, view.crop, found))

    def _find(self, picture: NDArray[np.uint8], time_s: float, *, alone: bool) -> _Found:
        """Landmarks of the face, and what else is asked for; runs beside the flow."""
        if self._follower is None:
            self._follower = FaceLandmarks()
        faces = self._follower.find(picture, time_s=time_s)
        if not (alone and faces):
            return _Found(faces)
        if self._alone is None or self._twin is None:
            self._alone, self._twin = EyesAlone(), FaceLandmarks()
        twins = self._twin.find(np.ascontiguousarray(picture[:, ::-1]), time_s=time_s)
        apertures = self._alone.apertures_px(picture, faces[0], time_s)
        return _Found(faces, apertures, twins[0] if twins else None)

    def _settle(self, before: float = np.inf) -> bool:
        """Take up landmarks of frames before that one; False if the face had gone by then."""
        while self._pending and self._pending[0].first < before:
            if not self._take_up(self._pending.popleft()):
                return False
        return True

    def _take_up(self, pending: _Pending) -> bool:
        found = pending.found.result()
        if not found.faces:
            for record in self.records[pending.first :]:
                record.found, record.step, record.centres = False, None, None
            self._lose()
            return False
        face = _in_picture(found.faces[0], pending.crop)
        pending.record.shape = geometry.describe(face)
        if found.alone is not None:
            pending.record.alone = found.alone / pending.crop.factor.mean()
        if found.mirrored is not None:
            twin = geometry.describe(_in_picture(found.mirrored, pending.crop))
            pending.record.mirrored = twin.of_mirror_image()
        carried = self._anchors - self._pulled - pending.carried
        away = _goal(face) + carried - self._anchors
        astray = np.hypot(away[:, 0], away[:, 1]) > _SNAP * geometry.interocular_px(face)
        pull = away * np.where(astray, 1.0, _PULL).reshape(-1, 1)
        self._anchors = self._anchors + pull
        self._pulled = self._pulled + pull
        face[:, :2] += np.median(carried[_N:], axis=0)
        self._face = face
        return True

    def _advance(self, before: _View, view: _View, record: Record) -> None:
        crop, anchors = view.crop, self._anchors
        flow = measure_flow(
            before.flat,
            view.flat,
            regions=crop.from_picture(anchors[:_N]),
            reference=crop.from_picture(anchors[_N:]),
            iod_px=view.iod_px,
        )
        step = record.step = _to_step(flow, anchors, crop, self.shape)
        if len(self.records) % _BOUND_EVERY == 0:
            bound = registration_bound(
                view.flat,
                crop.from_picture(anchors[:_N]),
                iod_px=view.iod_px,
                mismatch=flow.mismatch,
            )
            record.bound_px = bound / crop.factor.mean()
        own = np.where(np.isfinite(step.motion), step.motion, step.head.at(anchors[:_N]))
        self._anchors = anchors + np.concatenate([own, step.head.at(anchors[_N:])])
        self._face[:, :2] += step.head.at(self._face[:, :2])

    def _note(self, record: Record, view: _View) -> None:
        record.found = True
        record.centres = self._anchors[:_N].copy()
        centres = view.crop.from_picture(record.centres)
        record.brightness = _brightness(view.picture, centres, view.iod_px)


class _EyeWatch:
    """Notices when the eyes' picture changes more than it usually does."""

    def __init__(self) -> None:
        self._usual = np.nan

    def changed(
        self,
        before: _View,
        view: _View,
        eyes_before: NDArray[np.float64],
        eyes: NDArray[np.float64],
    ) -> bool:
        """Compare with the frame before, where the head has carried the eyes.

        Parameters
        ----------
        before, view : _View
        eyes_before, eyes : (2, 2) arrays
            Centres of the eyes in each.
        """
        change = max(
            float(cv2.absdiff(_eye(before, a), _eye(view, b)).mean())
            for a, b in zip(eyes_before, eyes, strict=True)
        )
        changed = not change < _EYE_CHANGE * self._usual
        rate = 0.02 if changed else 0.1
        self._usual = (
            change if np.isnan(self._usual) else self._usual + rate * (change - self._usual)
        )
        return changed


def _eye(view: _View, centre: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Picture of an eye, coarse enough to be free of noise."""
    size = (round(0.4 * view.iod_px), round(0.24 * view.iod_px))
    patch = cv2.getRectSubPix(view.flat, size, centre.tolist())
    coarse = (max(1, size[0] // _EYE_CELL_PX), max(1, size[1] // _EYE_CELL_PX))
    return np.asarray(cv2.resize(patch, coarse, interpolation=cv2.INTER_AREA), np.uint8)


def _in_picture(face: NDArray[np.float64], crop: Crop) -> NDArray[np.float64]:
    return np.concatenate([crop.to_picture(face[:, :2]), face[:, 2:] / crop.factor.mean()], axis=1)


def _goal(face: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where landmarks put the regions' centres and the reference points."""
    return np.concatenate([geometry.region_centres_px(face), face[_REFERENCE, :2]])


def _to_step(flow: Flow, anchors: NDArray[np.float64], crop: Crop, shape: tuple[int, ...]) -> Step:
    centres, points, motion = anchors[:_N], anchors[_N:], flow.reference / crop.factor
    inside = np.logical_and(centres >= 0, centres < shape[1::-1]).all(axis=1, keepdims=True)
    head, _ = fit_similarity(points, motion)
    return Step(
        centres=centres,
        motion=np.where(inside, flow.region / crop.factor, np.nan),
        motion_se=flow.region_se / crop.factor.mean(),
        head=head,
    )


def _brightness(
    picture: NDArray[np.uint8], centres: NDArray[np.float64], iod_px: float
) -> NDArray[np.float64]:
    half = max(2, round(0.1 * iod_px))
    values = []
    for x, y in np.round(centres).astype(int):
        rows, columns = (
            slice(max(0, y - half), max(0, y + half + 1)),
            slice(max(0, x - half), max(0, x + half + 1)),
        )
        patch = picture[rows, columns]
        values.append(patch.mean() if patch.size else np.nan)
    return np.array(values)
