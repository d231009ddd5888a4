"""From frames to raw steps of motion: one pass over the video, one frame held at a time.

Flow moves the anchors from frame to frame; landmarks, which cost more and jitter, are looked
for a few times a second and whenever the eyes change, in a thread beside the flow, and
draw the anchors back. Results are taken up a fixed number of frames later, so that they do
not depend on how fast the threads run.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from tremorcam.anatomy import REFERENCE_LANDMARKS, REGIONS, SIDES
from tremorcam.track import geometry
from tremorcam.track.background import Background
from tremorcam.track.crop import Crop
from tremorcam.track.flow import Flow, measure_flow, registration_bound
from tremorcam.track.head import fit_similarity
from tremorcam.track.lookout import Lookout
from tremorcam.track.records import Records, Step
from tremorcam.track.view import EyeWatch, View

if TYPE_CHECKING:
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from tremorcam.source.video import Frame
    from tremorcam.track.lookout import Apart, Faces

_INTERVAL_S, _REST_INTERVAL_S = 0.2, 0.4
"""Landmarks of a face that has moved are looked for so often, of one at rest so seldom. Out of
turn they are looked for when an eye moves; the frame before then tells where it rested."""
_MOVED = 0.02
"""A face moves when a part of it has gone so far (in IOD) on the head: further than tremor does."""
_APART_INTERVAL_S, _APART_REST = 0.45, 0.25
"""Each eye is read by itself, and the mirror image, so often, and in a face at rest after that
share of its rest: it costs the network three times, and serves only what lasts."""
_LATEST_APART = 6
"""So many of these readings may wait for their turn."""
_DELAY_FRAMES = 4
"""Landmarks are taken up so many frames after theirs: the flow need not wait for them."""
_PULL = 0.25
"""Share of the way that landmarks draw the anchors each time: anchors ride on the flow, which
does not jitter, and follow the landmarks, which do not drift."""
_SNAP = 0.12
"""Anchors further than this (in IOD) from their landmarks are set anew."""
_COUNT_FACES_EVERY_S = 2.0
_SEARCH_EVERY_S = 0.5
_BOUND_EVERY = 30
_LATEST_BACKGROUNDS = 3
"""So many pictures' backgrounds may wait for their turn."""

_REFERENCE = list(REFERENCE_LANDMARKS)
_N = len(REGIONS)
_PUPILS = [geometry.PUPILS[side] for side in SIDES]


@dataclass(frozen=True)
class _Pending:
    """Landmarks that are being looked for; where flow alone had carried the anchors by then."""

    first: int
    carried: NDArray[np.float64]
    crop: Crop
    faces: Future[Faces]
    apart: Future[Apart | None] | None


class Tracker:
    """Follows the largest face from frame to frame; a context manager.

    Attributes
    ----------
    records : Records
        What every frame gave.
    n_faces : int
        Most faces seen at once.
    shape : tuple of int
        Height and width of the last picture.
    """

    def __init__(self) -> None:
        self.records = Records()
        self.n_faces = 0
        self.shape: tuple[int, ...] = (0, 0)
        self._lookout = Lookout()
        self._background = Background()
        # What needs no result of this frame's flow runs beside it.
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._coming: Future[View] | None = None
        self._backgrounds: deque[Future[None]] = deque()
        self._view: View | None = None
        self._anchors: NDArray[np.float64] = np.empty((0, 2))
        self._face: NDArray[np.float64] = np.empty((0, 3))
        self._pulled: NDArray[np.float64] = np.empty((0, 2))
        self._pending: deque[_Pending] = deque()
        self._apart: deque[_Pending] = deque()
        self._counts: list[Future[int]] = []
        self._eyes = EyeWatch()
        self._expression = self._resting = np.zeros((_N, 2))
        self._looked = -1
        # Eyes as last looked at are where the head has carried them since.
        self._looked_eyes: NDArray[np.float64] = np.empty((0, 2))
        self._moved_s = self._apart_s = self._counted_s = self._searched_s = -np.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._settle()
        self._lose()
        self._lookout.close()
        self._take_up_backgrounds()
        self._beside.shutdown()
        self.n_faces = max([self.n_faces, *(count.result() for count in self._counts)])

    def add(self, frame: Frame, coming: Frame | None = None) -> None:
        """Measure one frame against the one before.

        Parameters
        ----------
        frame : Frame
        coming : Frame, optional
            The one to be added next, if it is known: it is prepared meanwhile.
        """
        gray = frame.gray
        prepared, self._coming = self._coming, None
        if coming is not None and self._view is not None:
            self._coming = self._beside.submit(View, coming.gray, self._view.crop)
        time_s = frame.time_s
        now = self.records.add(time_s, frame.difference, bidirectional=frame.bidirectional)
        if gray.shape != self.shape:
            self._settle()
            self._lose()
            self.shape = gray.shape
        if time_s - self._counted_s >= _COUNT_FACES_EVERY_S:
            self._counted_s = time_s
            self._counts.append(self._lookout.count(gray))
        if self._view is not None:
            self._follow(gray, now, time_s, prepared)
        if self._view is None:
            self._start(gray, now, time_s)
        if self._view is not None:
            box = geometry.face_box_px(self._face)
            self._backgrounds.append(self._beside.submit(self._note_background, now, gray, box))
            self._take_up_backgrounds(leave=_LATEST_BACKGROUNDS)

    def _start(self, gray: NDArray[np.uint8], now: int, time_s: float) -> None:
        """Look for a face in the whole picture and begin to follow the largest."""
        faces = self._lookout.find(gray)
        if not faces and time_s - self._searched_s >= _SEARCH_EVERY_S:
            self._searched_s = time_s
            faces = self._lookout.search(gray)
        self.n_faces = max(self.n_faces, len(faces))
        if not faces:
            return
        self._face = faces[0]
        self._anchors = _goal(self._face)
        self._pulled = np.zeros_like(self._anchors)
        crop = Crop.around(self._face, geometry.interocular_px(self._face), gray.shape)
        self._view = View(gray, crop)
        self.records.shapes[now] = geometry.describe(self._face)
        self._moved_s = time_s
        self._remember(now, self._view)
        self._note(now, self._view)

    def _lose(self) -> None:
        self._lookout.restart()
        self._take_up_apart()
        self._pending.clear()
        self._view = None
        self._eyes = EyeWatch()

    def _follow(
        self, gray: NDArray[np.uint8], now: int, time_s: float, prepared: Future[View] | None
    ) -> None:
        before = self._view
        assert before is not None
        iod_px = geometry.interocular_px(self._face)
        crop = before.crop
        if not crop.still_fits(self._face, iod_px, gray.shape):
            if not self._settle():
                return
            self._take_up_apart()
            self._lookout.restart()
            crop = Crop.around(self._face, iod_px, gray.shape)
            before = View(before.gray, crop)
        view = None if prepared is None else prepared.result()
        if view is None or view.gray is not gray or view.crop != crop:
            view = View(gray, crop)
        if not self._settle(before=now + 1 - _DELAY_FRAMES):
            return
        eyes_before = before.eyes(crop.from_picture(self._face[_PUPILS, :2]))
        carried_before = self._carried
        self._advance(before, view, now, time_s)
        self._view = view
        self._note(now, view)
        eyes = view.eyes(crop.from_picture(self._face[_PUPILS, :2]))
        moved = self._eyes.moved(eyes_before, eyes)
        if moved and self._looked < now - 1:
            self._look(now - 1, before, carried_before)
        if moved or self._is_due(time_s, view):
            self._look(now, view, self._carried)
            self._remember(now, view)

    @property
    def _carried(self) -> NDArray[np.float64]:
        """Where flow alone has carried the anchors."""
        return self._anchors - self._pulled

    def _is_due(self, time_s: float, view: View) -> bool:
        looked_s = self.records.time_s(self._looked)
        waited_s = time_s - looked_s + 1e-6
        if not _INTERVAL_S <= waited_s < _REST_INTERVAL_S:
            return waited_s >= _REST_INTERVAL_S
        return self._moved_s > looked_s or self._eyes.differ(self._eyes_as_looked(view))

    def _eyes_as_looked(self, view: View) -> list[NDArray[np.uint8]]:
        return view.eyes(view.crop.from_picture(self._looked_eyes))

    def _remember(self, at: int, view: View) -> None:
        self._looked = at
        self._looked_eyes = self._face[_PUPILS, :2]
        self._eyes.remember(self._eyes_as_looked(view))

    def _look(self, at: int, view: View, carried: NDArray[np.float64]) -> None:
        """Have the landmarks of a frame found, in order of time."""
        time_s, apart = self.records.time_s(at), None
        faces = self._lookout.follow(view.picture, time_s)
        rest_s = time_s - self._moved_s
        interval_s = max(_APART_INTERVAL_S, _APART_REST * rest_s) - 1e-6
        if time_s - self._apart_s >= interval_s:
            self._apart_s = time_s
            apart = self._lookout.read_apart(view.picture, time_s, faces)
        self._pending.append(_Pending(at, carried, view.crop, faces, apart))

    def _settle(self, before: float = np.inf) -> bool:
        """Take up landmarks of frames before that one; False if the face had gone by then."""
        while self._pending and self._pending[0].first < before:
            if not self._take_up(self._pending.popleft()):
                return False
        return True

    def _take_up(self, pending: _Pending) -> bool:
        faces = pending.faces.result()
        if not faces:
            self.records.lose(pending.first)
            self._lose()
            return False
        face = _in_picture(faces[0], pending.crop)
        self.records.shapes[pending.first] = geometry.describe(face)
        if pending.apart is not None:
            self._apart.append(pending)
            self._take_up_apart(leave=_LATEST_APART)
        carried = self._carried - pending.carried
        away = _goal(face) + carried - self._anchors
        astray = np.hypot(away[:, 0], away[:, 1]) > _SNAP * geometry.interocular_px(face)
        pull = away * np.where(astray, 1.0, _PULL).reshape(-1, 1)
        self._anchors = self._anchors + pull
        self._pulled = self._pulled + pull
        face[:, :2] += np.median(carried[_N:], axis=0)
        self._face = face
        return True

    def _take_up_apart(self, *, leave: int = 0) -> None:
        """Note what was read of faces apart from their landmarks, but of the last few."""
        while len(self._apart) > leave:
            pending = self._apart.popleft()
            assert pending.apart is not None
            apart, at, crop = pending.apart.result(), pending.first, pending.crop
            if apart is None:
                continue
            self.records.alone[at] = apart.alone / crop.factor.mean()
            if apart.mirrored is not None:
                twin = geometry.describe(_in_picture(apart.mirrored, crop))
                self.records.mirrored[at] = twin.of_mirror_image()

    def _advance(self, before: View, view: View, now: int, time_s: float) -> None:
        crop, anchors = view.crop, self._anchors
        flow = measure_flow(
            before.levels,
            view.levels,
            regions=crop.from_picture(anchors[:_N]),
            reference=crop.from_picture(anchors[_N:]),
            iod_px=view.iod_px,
        )
        step = _to_step(flow, anchors, crop, self.shape)
        self.records.note_step(now, step)
        if (now + 1) % _BOUND_EVERY == 0:
            bound = registration_bound(
                view.levels.whole,
                crop.from_picture(anchors[:_N]),
                iod_px=view.iod_px,
                mismatch=flow.mismatch,
            )
            self.records.bounds_px[now] = bound / crop.factor.mean()
        with_head = step.head.at(anchors)
        own = np.where(np.isfinite(step.motion), step.motion - with_head[:_N], 0.0)
        self._anchors = anchors + with_head
        self._anchors[:_N] += own
        self._expression = self._expression + own
        if np.abs(self._expression - self._resting).max() > _MOVED * crop.iod_px:
            self._resting, self._moved_s = self._expression, time_s
        self._face[:, :2] += step.head.at(self._face[:, :2])
        self._looked_eyes = self._looked_eyes + step.head.at(self._looked_eyes)

    def _note_background(self, at: int, gray: NDArray[np.uint8], box: NDArray[np.float64]) -> None:
        self.records.note_background(at, self._background.motion_px(gray, box))

    def _take_up_backgrounds(self, *, leave: int = 0) -> None:
        """Wait until all backgrounds but the last few are known."""
        while len(self._backgrounds) > leave:
            self._backgrounds.popleft().result()

    def _note(self, now: int, view: View) -> None:
        centres = self._anchors[:_N]
        self.records.note_face(now, centres, view.brightness(view.crop.from_picture(centres)))


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
