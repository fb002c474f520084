"""Where things are in a picture: what a single-shot detector's raw numbers say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.modify.nets import Floats, likely

# A anchors, B boxes, K key points, 4 a box's left, top, right and bottom.

SURE = 0.5  # a detector's own threshold
SAME = 0.3  # boxes that share this much, of what they cover together, show one thing


@dataclass(frozen=True, slots=True)
class Found:
    """A thing in the square that the detector saw, in fractions of its side."""

    score: float
    box_4: Floats
    points_K2: Floats


def anchors(side: int, layers: Sequence[tuple[int, int]]) -> Floats:
    """The middles at which a detector looks: for each layer its stride and how many at each."""
    grids = []
    for stride, count in layers:
        steps = (np.arange(side // stride) + 0.5) * stride / side
        x, y = np.meshgrid(steps, steps)
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), count, axis=0))
    return np.concatenate(grids).astype(np.float32)


def found(raw_AN: Floats, logits_A: Floats, anchors_A2: Floats, side: int) -> list[Found]:
    """What was found, surest first. Boxes of one thing are averaged by their scores."""
    score_A = likely(logits_A)
    sure = score_A >= SURE
    raw_BN, middle_B2, score_B = raw_AN[sure] / side, anchors_A2[sure], score_A[sure]
    place_B2, half_B2 = middle_B2 + raw_BN[:, :2], raw_BN[:, 2:4] / 2
    box_B4 = np.concatenate([place_B2 - half_B2, place_B2 + half_B2], axis=1)
    points_BK2 = (
        raw_BN[:, 4:].reshape(len(raw_BN), raw_BN.shape[1] // 2 - 2, 2) + middle_B2[:, None]
    )
    return merged(score_B, box_B4, np.asarray(points_BK2, np.float32))


def merged(score_B: Floats, box_B4: Floats, points_BK2: Floats) -> list[Found]:
    """One of each heap of boxes that overlap: the surest one's score, the mean of their places."""
    things = []
    left = list(np.argsort(-score_B, kind="stable"))
    while left:
        share = overlap(box_B4[left[0]], box_B4[left])
        share[0] = 1.0
        heap = [index for index, same in zip(left, share > SAME, strict=True) if same]
        left = [index for index, same in zip(left, share > SAME, strict=True) if not same]
        weight = score_B[heap] / score_B[heap].sum()
        things.append(
            Found(
                float(score_B[heap[0]]),
                np.asarray(weight @ box_B4[heap], np.float32),
                np.asarray(np.tensordot(weight, points_BK2[heap], 1), np.float32),
            )
        )
    return things


def overlap(box_4: Floats, box_B4: Floats) -> Floats:
    """Of each box the share that it has in common with one, of what both cover together."""
    low = np.maximum(box_4[:2], box_B4[:, :2])
    high = np.minimum(box_4[2:], box_B4[:, 2:])
    both = np.prod(np.maximum(high - low, 0), axis=1)
    area = np.prod(box_4[2:] - box_4[:2])
    total = area + np.prod(box_B4[:, 2:] - box_B4[:, :2], axis=1) - both
    return np.asarray(both / np.maximum(total, 1e-9), np.float32)
