"""Performances that nobody filmed: a face that speaks, blinks and turns, and arms that move."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.modify.expression import BROWS, EYES, LIPS, MOUTH
from reelwright.modify.performance import (
    BODY_POINTS,
    FACE_POINTS,
    HAND_POINTS,
    Footage,
    Performance,
    Performer,
)

WIDTH, HEIGHT, FPS = 320, 240, 25.0
CHIN, NOSE = 152, 4


def acted(num: int = 60, *, seed: int = 1, unrest: float = 0.0) -> Performance:
    """A take of one person; another seed acts otherwise. `unrest` is a detector's, in pixels."""
    rng = np.random.default_rng(seed)
    mouth, brows, turn = (_wave(num, rng) for _ in range(3))
    eyes = 1 - 0.8 * (_wave(num, rng) > 1.2)
    gaze, arms = _wave(num, rng), np.stack([_wave(num, rng) for _ in range(8)], axis=1)
    face = np.stack([_face(*each) for each in zip(mouth, eyes, brows, turn, gaze, strict=True)])
    body = np.stack([_body(each) for each in arms])
    face[..., :2] += rng.normal(0, 1, face[..., :2].shape) * unrest
    body[..., :2] += rng.normal(0, 1, body[..., :2].shape) * unrest
    matte = np.zeros((num, 24, 32), np.uint8)
    matte[:, 6:, 10:22] = 255
    flow = np.zeros((num, 6, 8, 2), np.float16)
    flow[:-1] += np.diff(arms[:, 0])[:, None, None, None].astype(np.float16)
    return Performance(
        footage=footage(num),
        shots=(0,),
        matte_NHW=matte,
        performers=(performer(face, body),),
        flow_NHW2=flow,
        camera_N33=np.tile(np.eye(3, dtype=np.float32), (num, 1, 1)),
        loudness_N=np.full(num, -120, np.float32),
        speech=(),
        seen_by=(("face", "nobody"),),
    )


def footage(num: int, *, fps: float = FPS, width: int = WIDTH, height: int = HEIGHT) -> Footage:
    return Footage(
        sha256="0" * 64, width=width, height=height, times_N=np.arange(num) / fps, has_sound=False
    )


def performer(face: NDArray[Any], body: NDArray[Any]) -> Performer:
    num = len(face)
    boxes = np.concatenate([body[..., :2].min(axis=1), body[..., :2].max(axis=1)], axis=1)
    hand = np.full((num, HAND_POINTS, 3), np.nan, np.float32)
    return Performer(
        box_N4=boxes.astype(np.float32),
        face_NP3=face.astype(np.float32),
        body_NP3=body.astype(np.float32),
        left_NP3=hand,
        right_NP3=hand,
    )


def reordered(take: Performance, order: Sequence[int]) -> Performance:
    """The same take with its frames in another order: earlier, later, twice or backwards."""
    at = np.asarray(order)

    def taken(one: Performer) -> Performer:
        return Performer(**{name: getattr(one, name)[at] for name in Performer.__slots__})

    return replace(
        take,
        footage=footage(len(at), width=take.footage.width, height=take.footage.height),
        matte_NHW=np.asarray(take.matte_NHW)[at],
        flow_NHW2=np.asarray(take.flow_NHW2)[at],
        camera_N33=take.camera_N33[at],
        loudness_N=take.loudness_N[at],
        performers=tuple(map(taken, take.performers)),
    )


def changed(take: Performance, change: Callable[[Performer], Performer]) -> Performance:
    return replace(take, performers=tuple(map(change, take.performers)))


def delayed(take: Performance, frames: int) -> Performance:
    """It begins late, and ends as much earlier."""
    num = take.footage.num_frames
    return reordered(take, np.maximum(0, np.arange(num) - frames).tolist())


def _wave(num: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Something that moves smoothly, to and fro, with no rhythm."""
    rough = rng.normal(0, 1, num + 8)
    smooth = np.convolve(rough, np.hanning(9), "valid")
    return np.asarray((smooth - smooth.mean()) / (smooth.std() or 1.0), np.float64)


def _face(mouth: float, eyes: float, brows: float, turn: float, gaze: float) -> NDArray[np.float64]:
    """The mesh's points that have a meaning where they belong, the others all over the head."""
    rng = np.random.default_rng(7)
    points = rng.uniform(-1, 1, (FACE_POINTS, 3)) * [28, 36, 18]
    points[NOSE], points[CHIN] = (0, 4, -24), (0, 38, 0)
    for side, (corners, lids, iris) in enumerate(EYES):
        middle, wide = (-16 if side == 0 else 16), (-6 if side == 0 else 6)
        for corner, x in zip(corners, (middle + wide, middle - wide), strict=True):
            points[corner] = (x, -10, -8)
        for pair in lids:
            for lid, y in zip(pair, (-2.5 * eyes, 2.5 * eyes), strict=True):
                points[lid] = (middle, -10 + y, -8)
        points[iris] = (middle + 1.5 * gaze, -10, -8)
        points[BROWS[side]] = (middle, -19 - 1.5 * brows, -8)
    gap = 3 + max(0.0, 2.5 + 2 * mouth)
    points[LIPS[0]], points[LIPS[1]] = (0, 20 - gap / 2, -12), (0, 20 + gap / 2, -12)
    points[MOUTH[0]], points[MOUTH[1]] = (-10, 20, -8), (10, 20, -8)
    angle = np.radians(8 * turn)
    about = [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    return np.asarray(points @ np.array(about).T + [160 + 4 * turn, 70, 0], np.float64)


def _body(arms: NDArray[np.float64]) -> NDArray[np.float64]:
    body = np.zeros((BODY_POINTS, 3))
    body[:, :2] = (160, 120)
    body[(11, 12), :2] = (120, 120), (200, 120)
    body[(23, 24), :2] = (130, 220), (190, 220)
    body[13:17, :2] = np.array([(100, 150), (220, 150), (90, 190), (230, 190)])
    body[13:17, :2] += 8 * arms.reshape(4, 2)
    body[:, 2] = 0.9
    return body
