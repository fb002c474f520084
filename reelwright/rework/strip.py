"""A take at a glance: some of its frames, with what was seen of its performers drawn on them."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from reelwright.media.decode import Image
from reelwright.modify.performance import Floats, Performance, Performer
from reelwright.rework.sheet import Moments

FINE = 4  # bits of a pixel in which lines are placed
GAP = 12  # pixels between frames
DIM = 0.42  # of the light outside the outline
WELL_SEEN, NET = 320.0, (0.22, 0.6)  # pixels of a face; how strongly its net is drawn
SURE = 0.5  # that a joint was seen
EMBER, CREAM, AMBER, SKY = (80, 127, 255), (214, 232, 246), (92, 176, 240), (236, 190, 120)  # BGR
BONES = (
    (11, 12), (11, 13), (13, 15), (12, 14), (14, 16), (11, 23), (12, 24), (23, 24),
    (23, 25), (25, 27), (24, 26), (26, 28), (27, 31), (28, 32),
)  # fmt: skip
FINGERS = (
    (0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 6), (6, 7), (7, 8), (5, 9), (9, 10),
    (10, 11), (11, 12), (9, 13), (13, 14), (14, 15), (15, 16), (13, 17), (17, 18), (18, 19),
    (19, 20), (0, 17),
)  # fmt: skip

Lines = tuple[tuple[int, int], ...]


def strip(performance: Performance, kept: Moments) -> Image:
    """One row of the frames that were kept, each drawn upon."""
    wide, high = kept.size
    frames = [drawn(performance, number, frame) for number, frame in sorted(kept.seen.items())]
    row = np.zeros((high, len(frames) * (wide + GAP) - GAP, 3), np.uint8)
    for place, frame in enumerate(frames):
        left = place * (wide + GAP)
        row[:, left : left + wide] = frame
    return row


def drawn(performance: Performance, number: int, frame: Image) -> Image:
    """A frame with the outline, the faces, bodies and hands that were seen in it."""
    high, wide = frame.shape[:2]
    scale = wide / performance.footage.width
    small = performance.matte_NHW[number]
    matte = cv2.resize(small, (wide, high), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    light = (DIM + (1 - DIM) * np.clip(matte, 0, 1))[:, :, None]
    picture = np.ascontiguousarray((frame * light).astype(np.uint8))
    found, _ = cv2.findContours(
        (matte > 0.5).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE
    )
    cv2.drawContours(picture, found, -1, EMBER, 2, cv2.LINE_AA)
    for one in performance.performers:
        _draw_person(picture, one, number, scale)
    return picture


def _draw_person(picture: Image, one: Performer, number: int, scale: float) -> None:
    if one.face_seen_N[number]:
        face_P2 = one.face_NP3[number, :, :2] * scale
        share = float(np.clip(np.ptp(face_P2[:, 0]) / WELL_SEEN, *NET))
        _draw(picture, face_P2, _edges(face_P2), CREAM, 1, share=share)
    body_P3 = one.body_NP3[number]
    if one.body_seen_N[number]:
        sure = [(a, b) for a, b in BONES if min(body_P3[a, 2], body_P3[b, 2]) > SURE]
        _draw(picture, body_P3[:, :2] * scale, tuple(sure), AMBER, 2, dots=3)
    for hand_NP3 in (one.left_NP3, one.right_NP3):
        if np.isfinite(hand_NP3[number, 0, 0]):
            _draw(picture, hand_NP3[number, :, :2] * scale, FINGERS, SKY, 1, dots=2)


def _edges(face_P2: Floats) -> Lines:
    """A net over the points of a face, each line once."""
    corners: NDArray[np.int32] = Delaunay(face_P2).simplices
    sides = {
        tuple(sorted(pair)) for a, b, c in corners.tolist() for pair in ((a, b), (b, c), (c, a))
    }
    return tuple((int(a), int(b)) for a, b in sorted(sides))


def _draw(
    picture: Image,
    points_P2: Floats,
    lines: Lines,
    colour: tuple[int, int, int],
    width: int,
    *,
    dots: int = 0,
    share: float = 1.0,
) -> None:
    """Lines between points, and dots at their ends, so much of them as `share` says."""
    above = picture.copy() if share < 1 else picture
    for start, end in lines:
        cv2.line(
            above, _at(points_P2[start]), _at(points_P2[end]), colour, width, cv2.LINE_AA, FINE
        )
    for place in dict.fromkeys(_ends(lines)) if dots else ():
        radius = dots << FINE
        cv2.circle(above, _at(points_P2[place]), radius, colour, -1, cv2.LINE_AA, FINE)
    if share < 1:
        cv2.addWeighted(above, share, picture, 1 - share, 0, dst=picture)


def _ends(lines: Lines) -> Iterator[int]:
    for line in lines:
        yield from line


def _at(point_2: Floats) -> tuple[int, int]:
    x, y = np.rint(point_2 * (1 << FINE)).astype(int)
    return int(x), int(y)
