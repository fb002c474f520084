"""Stand-ins for the networks that see people: they find what the tests paint into frames.

A person is a bright square with a marker colour; its face is its upper part.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.modify.bodies import Body
from reelwright.modify.crop import Crop
from reelwright.modify.nets import Floats
from reelwright.modify.performance import BODY_POINTS, FACE_POINTS, HAND_POINTS

Picture = NDArray[np.uint8]


def painted(*people: tuple[int, int, int], width: int = 320, height: int = 240) -> Picture:
    """A grey frame with people: each their middle and the marker that tells them apart."""
    frame = np.full((height, width, 3), 60, np.uint8)
    for x, y, marker in people:
        frame[max(0, y - 30) : y + 60, max(0, x - 25) : x + 25] = (marker, 255 - marker, 200)
    return frame


def places(frame: Picture) -> list[tuple[float, float, int]]:
    """Who was painted, also after a film has blurred them: middles of faces, and markers."""
    scale = frame.shape[1] / 320
    small = cv2.resize(frame, (320, 240), interpolation=cv2.INTER_NEAREST)
    blue, green, red = (small[..., channel].astype(int) for channel in range(3))
    ours = (abs(red - 200) < 30) & (abs(blue + green - 255) < 50)
    found = []
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ours.astype(np.uint8))
    for number, (left, top, wide, high, area) in enumerate(stats):
        if number and area > 300:
            marker = int(np.median(blue[labels == number]))
            found.append((scale * (left + wide / 2), scale * (top + high / 3), marker))
    return sorted(found)


def face_at(x: float, y: float) -> Floats:
    rng = np.random.default_rng(0)
    points = rng.uniform(-12, 12, (FACE_POINTS, 3)).astype(np.float32)
    return np.asarray(points + np.array([x, y, 0]), np.float32)


def _among(marker: int, markers: set[int]) -> bool:
    return any(abs(marker - one) < 9 for one in markers)


def body_at(x: float, y: float) -> Body:
    points = np.zeros((BODY_POINTS, 3), np.float32)
    points[:] = (x, y + 30, 0.9)
    points[:11, :2] = np.linspace((x - 6, y), (x + 6, y), 11)  # of the head
    points[0] = (x, y, 0.95)
    points[[11, 23]] = [(x + 20, y + 20, 0.9), (x + 15, y + 55, 0.9)]
    points[[12, 24]] = [(x - 20, y + 20, 0.9), (x - 15, y + 55, 0.9)]
    crop = Crop(x, y + 20, 120.0)
    return Body(points, crop, crop, np.full((256, 256), 9, np.float32))


class FakeFaces:
    """Finds the painted faces; those of `hidden` markers are turned away."""

    def __init__(self) -> None:
        self.hidden: set[int] = set()
        self.prints: list[tuple[float, float]] = []
        self.small: set[int] = set()  # markers of faces that only a close look finds

    def see(self, frame: Picture, before: list[Floats], *, search: bool = True) -> list[Floats]:
        there = [(x, y) for x, y, marker in places(frame) if not _among(marker, self.hidden)]
        there += self.prints
        seen, left = [], list(there)
        for old in before:
            middle = old[:, :2].mean(0)
            near = [p for p in left if np.hypot(p[0] - middle[0], p[1] - middle[1]) < 30]
            seen.append(face_at(*near[0]) if near else np.full_like(old, np.nan))
            left = [place for place in left if not near or place != near[0]]
        small = {(x, y) for x, y, marker in places(frame) if _among(marker, self.small)}
        return [*seen, *(face_at(*place) for place in left if search and place not in small)]

    def closely(self, frame: Picture, head: Crop) -> Floats:
        for x, y, marker in places(frame):
            if (
                not _among(marker, self.hidden)
                and max(abs(x - head.x), abs(y - head.y)) < head.side / 2
            ):
                return face_at(x, y)
        return np.full((FACE_POINTS, 3), np.nan, np.float32)

    def count(self, frame: Picture, parts: int = 3) -> int:
        return len(places(frame))


class FakeBodies:
    """Finds the painted bodies."""

    def see(
        self, frame: Picture, before: list[Crop | None], *, search: bool = True
    ) -> list[Body | None]:
        left = [(x, y) for x, y, _ in places(frame)]
        seen: list[Body | None] = []
        for old in before:
            near = (
                []
                if old is None
                else [p for p in left if np.hypot(p[0] - old.x, p[1] + 20 - old.y) < 30]
            )
            seen.append(body_at(*near[0]) if near else None)
            left = [place for place in left if not near or place != near[0]]
        return [*seen, *(body_at(*place) for place in left if search)]


class FakeHands:
    """Every body has its right hand raised."""

    def see(
        self, frame: Picture, body_B3: Floats, before: object = None, pool: object = None
    ) -> tuple[Floats | None, Floats | None]:
        hand = np.zeros((HAND_POINTS, 3), np.float32)
        hand[:, :2] = body_B3[16, :2]
        return None, hand


def fake_outline(*given: Floats) -> tuple[Floats, ...]:
    """The painted people, as the network sees them: RGB, 256 pixels wide."""
    return (np.asarray(given[0][..., 0] > 0.7, np.float32)[None, :, :, None],)
