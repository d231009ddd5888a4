"""Brightness, its flicker, and the sensor's noise; out come 8-bit planes for an encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tremorcam.simulate.colour import to_limited

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tremorcam.simulate.scene import Scene

_BANK, _MARGIN_PX = 4, 128


class Sensor:
    """Turns linear planes into noisy limited-range 8-bit ones.

    Noise is cut at random places, with random sign, out of a few large drawn fields: drawing
    a million normal numbers a frame would take longer than everything else together.
    """

    def __init__(self, scene: Scene) -> None:
        camera = scene.camera
        self._light, self._exposure_s = scene.light, camera.exposure_s
        self._rng = np.random.default_rng([scene.seed, 7])
        shape = (_BANK, camera.height_px + _MARGIN_PX, camera.width_px + _MARGIN_PX)
        self._bank = self._rng.standard_normal(shape, np.float32)
        self._row = np.arange(camera.height_px, dtype=np.float32)[:, None] / camera.height_px
        self._column = np.arange(camera.width_px, dtype=np.float32)[None] / camera.width_px

    def gain(self, time_s: float) -> NDArray[np.float32]:
        """Brightness over the picture, broadcastable to (rows, columns)."""
        light = self._light
        if light.flicker_depth == 0:
            return np.full((1, 1), light.gain, np.float32)
        depth = light.flicker_depth * np.sinc(light.flicker_hz * self._exposure_s)
        row_time_s = time_s + (self._row * light.readout_s if light.readout_s else np.zeros((1, 1)))
        wave = depth * np.sin(2 * np.pi * light.flicker_hz * row_time_s)
        if light.flicker_local:
            wave = wave * (1 - light.flicker_local * (1 - self._column))
        return np.asarray(light.gain * (1 + wave), np.float32)

    def expose(
        self,
        luma: NDArray[np.float32],
        chroma: tuple[NDArray[np.float32], NDArray[np.float32]],
        time_s: float,
    ) -> NDArray[np.uint8]:
        """Stack planes as yuv420p (3/2 rows, columns); luma is full range, 0 to 255."""
        light, gain = self._light, self.gain(time_s)
        lit = luma * gain
        if light.read_noise or light.shot_noise:
            lit += self._noise(lit)
        tint = float(gain.mean())
        return to_limited((lit, *chroma), tint)

    def _noise(self, luma: NDArray[np.float32]) -> NDArray[np.float32]:
        light, rng = self._light, self._rng
        rows, columns = luma.shape
        which, y, x = rng.integers((_BANK, _MARGIN_PX, _MARGIN_PX))
        drawn = self._bank[which, y : y + rows, x : x + columns]
        variance = cv2.convertScaleAbs(luma).astype(np.float32)
        sigma = cv2.sqrt(variance * (light.shot_noise**2 / 255) + light.read_noise**2)
        return np.asarray(cv2.multiply(drawn, sigma, scale=float(rng.choice((-1, 1)))))
