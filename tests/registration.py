"""How far a small disc of a picture moved, by least squares: no tracker of the package."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.signal.windows import tukey


def disc_shift(
    first: NDArray[np.float32],
    second: NDArray[np.float32],
    centre_px: NDArray[np.float64],
    radius_px: float,
) -> NDArray[np.float64]:
    """Displacement (x, y) in pixels of a disc from ``first`` to ``second``.

    Gauss-Newton on the grey levels; ``second`` is shifted by Fourier phases, so that no
    interpolation adds an error of its own.
    """
    half = int(2 * radius_px) + 16
    column, row = (int(v) for v in centre_px)
    part = np.s_[row - half : row + half, column - half : column + half]
    a, b = first[part].astype(float), second[part].astype(float)
    y, x = np.mgrid[: 2 * half, : 2 * half] + 0.0
    near = np.hypot(x - half - centre_px[0] % 1, y - half - centre_px[1] % 1) < radius_px
    window = tukey(2 * half, 0.3)
    taper = np.outer(window, window)
    mean = a.mean()
    spectrum = np.fft.fft2((b - mean) * taper)
    fx, fy = np.fft.fftfreq(2 * half)[None], np.fft.fftfreq(2 * half)[:, None]
    gradient = _slopes((a - mean) * taper)
    shift = np.zeros(2)
    for _ in range(10):
        back = np.fft.ifft2(spectrum * np.exp(2j * np.pi * (shift[0] * fx + shift[1] * fy))).real
        slopes = [(g + h)[near] / 2 for g, h in zip(gradient, _slopes(back), strict=True)]
        error = ((a - mean) * taper - back)[near]
        shift += np.linalg.lstsq(np.stack(slopes, axis=1), error, rcond=None)[0]
    return shift


def _slopes(picture: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    return [cv2.Scharr(picture, cv2.CV_64F, *order) / 32 for order in ((1, 0), (0, 1))]
