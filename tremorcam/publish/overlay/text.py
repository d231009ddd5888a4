"""Small print on pictures."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from numpy.typing import NDArray

Color = tuple[int, int, int]


def write_text(
    picture: NDArray[np.uint8],
    text: str,
    at: tuple[int, int],
    *,
    color: Color,
    size: int = 17,
    anchor: str = "left",
    shadow: bool = False,
) -> int:
    """Write text into a picture, in place; what lies outside is cut off.

    Parameters
    ----------
    picture : ndarray, shape (height, width, 3)
    text : str
    at : tuple of int
        x and y of its upper left corner; of its upper right one for ``anchor='right'``, its
        upper middle for ``'center'``.
    color : tuple of int
        Red, green, blue.
    size : int
        Height in pixels.
    anchor : {'left', 'center', 'right'}
    shadow : bool
        Darken what is behind, so that it reads on any picture.

    Returns
    -------
    int
        x where the text ends.
    """
    mask = _mask(text, size)
    x = at[0] - {"left": 0, "center": mask.shape[1] // 2, "right": mask.shape[1]}[anchor]
    y = at[1]
    end = int(x + mask.shape[1])
    left, top = max(x, 0), max(y, 0)
    part = picture[top : y + mask.shape[0], left : x + mask.shape[1]]
    if part.size == 0:
        return end
    if shadow:
        frame = picture[
            max(y - 5, 0) : y + mask.shape[0] + 5, max(x - 8, 0) : x + mask.shape[1] + 8
        ]
        frame[...] = frame // 3
    alpha = mask[top - y : top - y + part.shape[0], left - x : left - x + part.shape[1], None]
    part[...] = (part * (1 - alpha) + np.array(color) * alpha).astype(np.uint8)
    return end


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        str(Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")), size
    )


@cache
def _mask(text: str, size: int) -> NDArray[np.float32]:
    """Opacity of each pixel of a text, 0 to 1."""
    font = _font(size)
    right, bottom = (max(round(edge), 1) for edge in font.getbbox(text)[2:])
    image = Image.new("L", (right, bottom))
    ImageDraw.Draw(image).text((0, 0), text, fill=255, font=font)
    return np.asarray(image, dtype=np.float32) / np.float32(255)
