"""Half a second of a film, small and without sound, that goes there and back for ever."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.config import MediaConfig
from reelwright.media.encode import encode

SHORT_SIDE = 180  # twice a thumbnail of 90, the most that a page shows of it
CRF = 27  # nobody looks for grain in a thumbnail


def preview(
    path: Path, thumbnails: Sequence[NDArray[np.uint8]], *, fps: int, config: MediaConfig
) -> int:
    """The number of frames of a film that ends where it began.

    H.264 and no animated WebP, which is some eight times as large and decoded by the processor.
    """
    rows, width = thumbnails[0].shape
    return encode(
        path,
        there_and_back(thumbnails),
        width=width,
        height=rows * 2 // 3,
        fps=fps,
        sound=None,
        config=replace(config, crf=CRF),
    )


def thumbnail(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An I420 frame as small as the preview shows it."""
    height, width = frame.shape[0] * 2 // 3, frame.shape[1]
    scale = SHORT_SIDE / min(width, height)
    to = (2 * round(width * scale / 2), 2 * round(height * scale / 2))
    return shrunk(frame, (width, height), to)


def there_and_back(
    frames: Sequence[NDArray[np.uint8]],
) -> list[NDArray[np.uint8]]:
    """The frames, then back to the second: played in a loop, no two neighbours are a jump."""
    return [*frames, *frames[-2:0:-1]]


def shrunk(
    frame: NDArray[np.uint8], size: tuple[int, int], to: tuple[int, int]
) -> NDArray[np.uint8]:
    """An I420 frame of another size: each of its three planes by itself."""
    width, height = size
    assert frame.shape == (height * 3 // 2, width), f"{frame.shape} is no I420 of {size}"
    luma, rest = frame[:height], frame[height:].reshape(2, height // 2, width // 2)
    half = (to[0] // 2, to[1] // 2)
    planes = [cv2.resize(luma, to, interpolation=cv2.INTER_AREA)]
    planes += [cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in rest]
    flat = np.concatenate([np.asarray(plane, np.uint8).ravel() for plane in planes])
    return flat.reshape(to[1] * 3 // 2, to[0])
