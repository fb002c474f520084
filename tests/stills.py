"""Small pictures for the tests, drawn with numpy and written with Pillow."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]  # RGB or RGBA


def disc(
    width: int = 160,
    height: int = 120,
    *,
    at: tuple[float, float] = (0.5, 0.5),
    radius: float = 0.2,
    ink: tuple[int, int, int] = (214, 60, 30),
    ground: tuple[int, int, int] = (70, 90, 120),
) -> Picture:
    """A textured disc on a plain ground; `at` and `radius` are shares of the sides."""
    ys, xs = np.mgrid[:height, :width] + 0.5
    inside = np.hypot(xs - at[0] * width, ys - at[1] * height) < radius * min(width, height)
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = ground
    picture[inside] = ink
    picture[inside & ((xs // 3 + ys // 3) % 2 == 0)] = tuple(min(255, part + 40) for part in ink)
    return picture


def cut_out(side: int = 96, *, rim: tuple[int, int, int] = (0, 255, 0)) -> Picture:
    """A red disc with clear surroundings whose soft edge still has the colour of another ground."""
    ys, xs = np.mgrid[:side, :side] + 0.5
    alpha = np.clip(0.36 * side - np.hypot(xs - side / 2, ys - side / 2), -2, 2) / 4 + 0.5
    own = alpha[:, :, None] * np.array([200, 30, 30]) + (1 - alpha[:, :, None]) * np.array(rim)
    return np.dstack([own, 255 * alpha]).round().astype(np.uint8)


def write_still(path: Path, picture: Picture, *, orientation: int = 1) -> Path:
    """A picture file of the kind that its name says, with Exif where it is not upright."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    more = {"exif": exif} if orientation != 1 else {}
    Image.fromarray(picture).save(path, **more)  # type: ignore[arg-type]
    return path
