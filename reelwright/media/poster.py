"""The picture that stands for a film until it plays."""

from pathlib import Path

import cv2
import numpy as np

from reelwright.media.decode import Image, frame_at

EARLY_S = 1.0  # past a fade-in, before a spoiler
LONGEST_SIDE = 1280


def poster(film: Path, *, quality: int = 85) -> bytes:
    """A JPEG of an early frame, no larger than a phone can show."""
    frame: Image = frame_at(film, EARLY_S)
    scale = LONGEST_SIDE / max(frame.shape[:2])
    if scale < 1:
        small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        frame = np.asarray(small, np.uint8)
    done, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done, f"no JPEG of a frame of shape {frame.shape}"
    return bytes(data.tobytes())
