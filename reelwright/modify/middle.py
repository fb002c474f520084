"""The hidden middle: how near carried looks come to what they should be, beside plainer ways.

A look that can be computed for every frame is given at both ends of a clip alone; the frames
between are then held against the truth. A bench calls it.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from reelwright.media.decode import Image
from reelwright.modify import dense
from reelwright.modify.dense import Floats
from reelwright.modify.keyframes import Keyframes, fine_grey
from reelwright.modify.likeness import psnr, ssim
from reelwright.modify.scratch import Scratch
from reelwright.modify.tint import plain
from reelwright.modify.ways import Shots, walked

Look = Callable[[Image], Image]
Way = Callable[[int], Image]  # the look of a frame by its number


def hidden_middle(
    footage: Sequence[Image], look: Look, *, folder: Path, every: int = 1
) -> dict[str, float]:
    """Mean PSNR and SSIM of every so many frames between the ends, carried in three ways."""
    last = len(footage) - 1
    assert last >= 2, f"no middle in {len(footage)} frames"
    looks = {0: look(footage[0]), last: look(footage[last])}
    stage = Keyframes(walked(footage, (0, last), Shots((0,), last + 1), Scratch(folder)), looks)
    ways: dict[str, Way] = {
        "ours": lambda number: stage(number, footage[number]),
        "flow": lambda number: flow_warped(stage, footage[number], number),
        "blend": lambda number: blended(looks[0], looks[last], number / last),
    }
    found: dict[str, list[float]] = {}
    for number in range(every, last, every):
        truth = look(footage[number])
        for name, way in ways.items():
            made = way(number)
            found.setdefault(f"psnr_{name}", []).append(psnr(made, truth))
            found.setdefault(f"ssim_{name}", []).append(ssim(made, truth))
    return {name: float(np.mean(values)) for name, values in found.items()}


def blended(first: Image, last: Image, moment: float) -> Image:
    """One fades into the other."""
    return plain(first * (1 - moment) + last * np.float32(moment))


def flow_warped(stage: Keyframes, frame: Image, number: int) -> Image:
    """Both ends moved along the same flows as ours, and blended by time."""
    here, (first, last) = fine_grey(frame), stage.ways.painted
    moved: list[Floats] = []
    for one in (first, last):
        start = dense.resized(stage.ways.flow(number, one), here.shape[1], here.shape[0])
        flow_HW2 = dense.flow(here, fine_grey(stage.ways.source(one)), start)
        whole_HW2 = dense.resized(flow_HW2, frame.shape[1], frame.shape[0])
        moved.append(dense.pulled(stage.looks[one], whole_HW2, sharp=True).astype(np.float32))
    moment = np.float32((number - first) / (last - first))
    return plain(moved[0] * (1 - moment) + moved[1] * moment)
