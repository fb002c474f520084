"""Half transparent pixels lose the colour of the place that they were filmed in."""

import cv2
import numpy as np

from reelwright.modify.edges import decontaminated
from reelwright.modify.performance import Floats

FRONT, BACK = np.array((60, 90, 180.0)), np.array((220, 160, 20.0))


def disc(side: int = 120, soft: float = 2.0) -> Floats:
    sharp = np.zeros((side, side), np.float32)
    cv2.circle(sharp, (side // 2, side // 2), side // 3, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(sharp, (0, 0), soft), np.float32)


def test_the_performers_own_colour_comes_back() -> None:
    alpha = disc()
    seen = alpha[:, :, None] * FRONT + (1 - alpha[:, :, None]) * BACK
    frame = np.rint(seen).astype(np.uint8)
    clean = decontaminated(frame, alpha, 120.0).astype(float)
    edge = (alpha > 0.1) & (alpha < 0.98)
    before = np.abs(frame[edge] - FRONT).mean()
    assert np.abs(clean[edge] - FRONT).mean() < 0.12 * before


def test_what_is_opaque_is_left_alone_to_the_bit() -> None:
    rng = np.random.default_rng(2)
    frame = np.repeat(rng.integers(0, 256, (120, 120, 1)), 3, axis=2).astype(np.uint8)
    alpha = disc()
    clean = decontaminated(frame, alpha, 120.0)
    opaque = alpha >= 0.99
    assert (clean[opaque] == frame[opaque]).all()


def test_the_tint_of_a_colourful_place_is_taken_out_of_hair() -> None:
    """Inside the edge alpha says that all is theirs; the old blue still shines through."""
    alpha = disc()
    spilled = np.asarray(cv2.GaussianBlur(disc(), (0, 0), 4.0))[:, :, None]
    grey = np.full((120, 120, 3), 120.0)
    frame = np.rint(spilled * grey + (1 - spilled) * BACK).astype(np.uint8)
    clean = decontaminated(frame, alpha, 120.0).astype(float)
    inside = (alpha > 0.985) & (spilled[:, :, 0] < 0.95)

    def blue(picture: np.ndarray) -> float:
        return float((picture[inside][:, 0] - picture[inside][:, 2]).mean())

    assert inside.sum() > 50
    assert blue(clean) < 0.65 * blue(frame.astype(float))


def test_detail_at_an_edge_stays() -> None:
    alpha = disc(soft=3.0)
    stripes = np.where((np.arange(120) // 3 % 2)[None, :, None] == 0, 30.0, 200.0)
    front = np.broadcast_to(stripes, (120, 120, 3))
    seen = alpha[:, :, None] * front + (1 - alpha[:, :, None]) * BACK
    clean = decontaminated(np.rint(seen).astype(np.uint8), alpha, 120.0).astype(float)
    firm = (alpha > 0.8) & (alpha < 0.98)
    assert np.corrcoef(clean[firm].ravel(), front[firm].ravel())[0, 1] > 0.8


def test_a_frame_without_edges_is_the_same_frame() -> None:
    frame = np.zeros((8, 8, 3), np.uint8)
    assert decontaminated(frame, np.ones((8, 8), np.float32), 8.0) is frame
