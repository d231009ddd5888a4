"""From frames to raw steps of motion: one pass over the video, one frame held at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from tremorcam.anatomy import REFERENCE_LANDMARKS, REGIONS
from tremorcam.track import geometry
from tremorcam.track.background import Background
from tremorcam.track.crop import Crop
from tremorcam.track.flow import Flow, measure_flow, normalise, registration_bound
from tremorcam.track.head import Similarity, fit_similarity
from tremorcam.track.landmarks import FaceLandmarks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.source.video import Frame

_PULL = 0.15
"""Share of the way that anchors are drawn to the landmarks in every frame: they ride on the
flow, which does not jitter, and follow the landmarks, which do not drift."""
_SNAP = 0.12
"""Anchors further than this (in IOD) from their landmarks are set anew."""
_COUNT_FACES_EVERY_S = 2.0
_BOUND_EVERY = 15

_HALVES = tuple(np.array(half) for half in REFERENCE_LANDMARKS)
_REFERENCE = np.concatenate(_HALVES)


@dataclass(frozen=True)
class Step:
    """Motion from the frame before to this one, in pixels of the picture.

    ``halves`` are the head's motion as each half of the reference points sees it.
    """

    centres: NDArray[np.float64]
    motion: NDArray[np.float64]
    motion_se: NDArray[np.float64]
    head: Similarity
    halves: tuple[Similarity, Similarity]


@dataclass
class Record:
    """What one frame gave; ``face`` is None where none was found, ``step`` where none could be."""

    time_s: float
    difference: float
    face: NDArray[np.float64] | None = None
    step: Step | None = None
    brightness: NDArray[np.float64] | None = None
    background_px: NDArray[np.float64] = field(default_factory=lambda: np.full(2, np.nan))
    bound_px: NDArray[np.float64] | None = None


class _View:
    """The face in one frame, as flow compares it: crop, normalised picture, anchors."""

    def __init__(self, gray: NDArray[np.uint8], crop: Crop) -> None:
        self.gray = gray
        self.crop = crop
        self.picture = crop.cut(gray)
        self.iod_px = crop.iod_px * float(crop.factor.mean())
        self.flat = normalise(self.picture, self.iod_px)


class Tracker:
    """Follows the largest face from frame to frame; a context manager.

    Attributes
    ----------
    records : list of Record
        One a frame. Landmarks are the only large part: 11 kB a frame.
    n_faces : int
        Most faces seen at once.
    """

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.n_faces = 0
        self.shape: tuple[int, ...] = (0, 0)
        self._finder = FaceLandmarks(follow=False)
        self._follower: FaceLandmarks | None = None
        self._background = Background()
        self._view: _View | None = None
        self._anchors: NDArray[np.float64] | None = None
        self._counted_s = -np.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._finder.close()
        self._lose()

    def add(self, frame: Frame) -> Record:
        """Measure one frame against the one before."""
        gray = frame.gray
        self.shape = gray.shape
        record = Record(frame.time_s, frame.difference)
        self.records.append(record)
        face = self._find(gray, frame.time_s)
        if face is None:
            self._lose()
            return record
        record.face = face
        record.background_px = self._background.motion_px(gray, geometry.face_box_px(face))
        self._follow(gray, face, record)
        return record

    def _find(self, gray: NDArray[np.uint8], time_s: float) -> NDArray[np.float64] | None:
        if self._view is None or time_s - self._counted_s >= _COUNT_FACES_EVERY_S:
            faces = self._finder.find(gray)
            self._counted_s = time_s
            self.n_faces = max(self.n_faces, len(faces))
            if self._view is None:
                return faces[0] if faces else None
        assert self._view is not None
        if self._follower is None:
            self._follower = FaceLandmarks()
        crop = self._view.crop
        found = self._follower.find(crop.cut(gray), time_s=time_s)
        if not found:
            return None
        face = found[0]
        depth = face[:, 2:] / crop.factor.mean()
        return np.concatenate([crop.to_picture(face[:, :2]), depth], axis=1)

    def _lose(self) -> None:
        self._view = self._anchors = None
        if self._follower is not None:
            self._follower.close()
            self._follower = None

    def _follow(self, gray: NDArray[np.uint8], face: NDArray[np.float64], record: Record) -> None:
        iod_px = geometry.interocular_px(face)
        before = self._view
        if before is None or not before.crop.still_fits(face, iod_px, gray.shape):
            crop = Crop.around(face, iod_px, gray.shape)
            self._restart_follower()
            if before is not None:
                before = _View(before.gray, crop)
        else:
            crop = before.crop
        view = _View(gray, crop)
        goal = np.concatenate([geometry.region_centres_px(face), face[_REFERENCE, :2]])
        if before is None or self._anchors is None:
            self._anchors = goal
        else:
            self._anchors = self._advance(before, view, self._anchors, goal, record)
        self._view = view
        centres = crop.from_picture(self._anchors[: len(REGIONS)])
        record.brightness = _brightness(view.picture, centres, view.iod_px)

    def _restart_follower(self) -> None:
        # It remembers where in its crop the face was; in another crop that is misleading.
        if self._follower is not None:
            self._follower.close()
            self._follower = None

    def _advance(
        self,
        before: _View,
        view: _View,
        anchors: NDArray[np.float64],
        goal: NDArray[np.float64],
        record: Record,
    ) -> NDArray[np.float64]:
        crop, n = view.crop, len(REGIONS)
        guess = fit_similarity(anchors[n:], goal[n:] - anchors[n:])
        flow = measure_flow(
            before.flat,
            view.flat,
            regions=crop.from_picture(anchors[:n]),
            reference=crop.from_picture(anchors[n:]),
            guess=guess.at(anchors) * crop.factor,
            iod_px=view.iod_px,
        )
        step = _to_step(flow, anchors, crop, self.shape)
        record.step = step
        if len(self.records) % _BOUND_EVERY == 0:
            bound = registration_bound(
                view.flat, crop.from_picture(anchors[:n]),
                iod_px=view.iod_px, mismatch=flow.mismatch,
            )  # fmt: skip
            record.bound_px = bound / crop.factor.mean()
        own = np.where(np.isfinite(step.motion), step.motion, step.head.at(anchors[:n]))
        moved = anchors + np.concatenate([own, step.head.at(anchors[n:])])
        away = np.asarray(goal - moved)
        astray = np.sqrt((away**2).sum(axis=1, keepdims=True)) > _SNAP * crop.iod_px
        return np.where(astray, goal, moved + _PULL * away)


def _to_step(flow: Flow, anchors: NDArray[np.float64], crop: Crop, shape: tuple[int, ...]) -> Step:
    n, factor = len(REGIONS), crop.factor
    inside = ((anchors[:n] >= 0) & (anchors[:n] < shape[1::-1])).all(axis=1)
    points, motion = anchors[n:], flow.reference / factor
    split = len(_HALVES[0])
    return Step(
        centres=anchors[:n],
        motion=np.where(inside[:, None], flow.region / factor, np.nan),
        motion_se=flow.region_se / factor.mean(),
        head=fit_similarity(points, motion),
        halves=(
            fit_similarity(points[:split], motion[:split]),
            fit_similarity(points[split:], motion[split:]),
        ),
    )


def _brightness(
    picture: NDArray[np.uint8], centres: NDArray[np.float64], iod_px: float
) -> NDArray[np.float64]:
    half = max(2, round(0.1 * iod_px))
    values = []
    for x, y in np.round(centres).astype(int):
        patch = picture[
            max(0, y - half) : max(0, y + half + 1), max(0, x - half) : max(0, x + half + 1)
        ]
        values.append(patch.mean() if patch.size else np.nan)
    return np.array(values)
