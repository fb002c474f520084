"""Takes whose motion is known, for the tests of what is changed along it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.performance import Footage, Performance, Performer


def ground(height: int, width: int, seed: int = 3) -> Image:
    """Blotches of every size: motion is found everywhere on it."""
    rng = np.random.default_rng(seed)
    whole = np.zeros((height, width, 3), np.float32)
    for reach in (2, 5, 14):
        noise = rng.normal(size=(height, width, 3)).astype(np.float32)
        soft = cv2.GaussianBlur(noise, (0, 0), reach)
        whole += soft / soft.std()
    return np.clip(128 + 28 * whole, 0, 255).astype(np.uint8)


def sliding(count: int, *, height: int = 72, width: int = 96, step: int = 2) -> list[Image]:
    """A ground that slides to the left under the camera, and a square that goes to the right."""
    wide = ground(height, width + step * count)
    square = ground(24, 24, seed=9) // 2 + 120
    takes = []
    for number in range(count):
        frame = wide[:, step * number : step * number + width].copy()
        left = 20 + step * number
        frame[24:48, left : left + 24] = square
        takes.append(frame)
    return takes


def performance(
    frames: list[Image],
    *,
    shots: tuple[int, ...] = (0,),
    face_N2: NDArray[np.float32] | None = None,
) -> Performance:
    """Of nobody, or of one person whose face is a disc of that middle and a tenth of the width."""
    count, (height, width) = len(frames), frames[0].shape[:2]
    return Performance(
        footage=Footage(
            sha256="0" * 64,
            width=width,
            height=height,
            times_N=np.arange(count) / 25,
            has_sound=False,
        ),
        shots=shots,
        matte_NHW=np.zeros((count, 9, 12), np.uint8),
        performers=() if face_N2 is None else (_performer(face_N2, width / 10),),
        flow_NHW2=np.zeros((count, 9, 12, 2), np.float16),
        camera_N33=np.broadcast_to(np.eye(3, dtype=np.float32), (count, 3, 3)),
        loudness_N=np.full(count, -120, np.float32),
        speech=(),
        seen_by=(),
    )


def _performer(face_N2: NDArray[np.float32], radius: float) -> Performer:
    count = len(face_N2)
    angle = np.linspace(0, 2 * np.pi, 478)
    ring = radius * np.stack([np.cos(angle), np.sin(angle), np.zeros(478)], axis=1)
    middle = np.concatenate([face_N2, np.zeros((count, 1))], axis=1)
    unseen = np.full((count, 33, 3), np.nan, np.float32)
    return Performer(
        box_N4=np.zeros((count, 4), np.float32),
        face_NP3=(middle[:, None] + ring).astype(np.float32),
        body_NP3=unseen,
        left_NP3=unseen[:, :21],
        right_NP3=unseen[:, :21],
    )
