"""A result against its footage, picture by picture: what moves, stays, flickers, freezes.

Two streams of frames are read side by side, and only three frames of each are ever held.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.modify.card import Figure, Series, mean_of
from reelwright.modify.likeness import grey, ssim_map
from reelwright.modify.performance import Rows

# N frames, H high, W wide.

Both = tuple[Image, Image | None]  # a frame of the footage, and of the result where there is one
Mask = NDArray[np.bool_]

SHARPNESS = 50.0  # of the mask of E_warp, as its authors have it
CELL = 8  # pixels of the squares in which something moves, if anything does
MOVING = 8.0  # levels of change in one of them that are no unrest of sensor or codec
FROZEN = 2.0  # levels in all of them: the last frame again, encoded anew
LEAST = 0.15  # levels of change; less is a still
BLACK, LIT = 10.0, 24.0  # mean levels of a black frame, and of one that is none
FULL = 255.0
ONE_FRAME = "it takes two frames"


@dataclass(slots=True)
class Seen:
    """What was measured of each frame so far; NaN where there is nothing to compare with."""

    num: int = 0
    rows: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def put(self, **values: float) -> None:
        for name, value in values.items():
            row = self.rows[name]
            row.extend([np.nan] * (self.num - len(row)))
            row.append(value)

    def series(self, name: str) -> Series:
        row = self.rows.get(name, [])
        return np.array(row + [np.nan] * (self.num - len(row)), np.float64)


def watch(frames: Iterable[Both], mattes: Rows | None) -> Seen:
    """All that can be measured of frames as they pass; small ones, each two of one size."""
    seen = Seen()
    flow: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    passed: deque[Both] = deque(maxlen=2)
    for source, result in frames:
        within = None if mattes is None else _within(mattes[seen.num], source)
        _of_one(seen, source, result, within)
        if passed:
            _of_two(seen, flow, passed[-1], (source, result), within)
        if len(passed) == 2:
            _of_three(seen, passed[0], (source, result))
        passed.append((source, result))
        seen.num += 1
    return seen


def figures(seen: Seen) -> dict[str, Figure]:
    """The part of the card that needs pictures alone."""
    steps, ours = seen.series("change"), seen.series("change_src")
    stands = (seen.series("moves_src") > MOVING) & (seen.series("moves") < FROZEN)
    black = (seen.series("level") < BLACK) & (seen.series("level_src") > LIT)
    return {
        "bg_ssim": mean_of(seen.series("bg_ssim"), "there is no background", good="high"),
        "e_warp": mean_of(seen.series("e_warp"), ONE_FRAME),
        "e_warp_src": mean_of(seen.series("e_warp_src"), ONE_FRAME),
        "e_warp_fg": mean_of(seen.series("e_warp_fg"), "no performer is seen in two frames"),
        "flicker": mean_of(1 - steps / FULL, ONE_FRAME, good="high"),
        "flicker_src": mean_of(1 - ours / FULL, ONE_FRAME, good="high"),
        "jitter": jitter(seen),
        "collapse": collapse(seen.series("likeness"), seen.series("likeness_src")),
        "frozen_frames": counted(stands),
        "black_frames": counted(black),
        "missing_frames": counted(np.isnan(seen.series("level"))),
    }


def jitter(seen: Seen) -> Figure:
    """How much changes from one frame to the next of what changes to the one after, and whether it
    is more than in the footage: 1 for as much.

    What moves on is farther away after two frames; what flickers is not. Contrast cancels out.
    """
    parts = [seen.series(name) for name in ("change", "second", "change_src", "second_src")]
    both_N = np.all(np.isfinite(parts), axis=0)
    if not both_N.any():
        return Figure(None, None, "it takes three frames")
    one, two, one_src, two_src = (float(part[both_N].sum()) for part in parts)
    if min(two, one_src) < LEAST * both_N.sum():
        return Figure(None, None, "nothing moves")
    worst = np.where(both_N, parts[0] * one_src / max(one, LEAST) - parts[2], -np.inf)
    return Figure(one / two / (one_src / two_src), int(np.argmax(worst)))


def collapse(likeness_N: Series, source_N: Series) -> Figure:
    """How much less like its neighbours the worst frame is than the footage's.

    Both beside their own median: a style that is rougher everywhere does not collapse.
    """
    lost = _beside_median(source_N) - _beside_median(likeness_N)
    if not np.isfinite(lost).any():
        return Figure(None, None, "it takes three frames")
    worst = int(np.nanargmax(lost))
    return Figure(max(0.0, float(lost[worst])), worst)


def counted(which_N: NDArray[np.bool_]) -> Figure:
    """How many there are, and the first of them."""
    found = np.flatnonzero(which_N)
    return Figure(float(len(found)), int(found[0]) if len(found) else None)


def unexplained(
    one: Image, following: Image, motion_HW2: NDArray[np.float32], mask_HW: NDArray[np.float32]
) -> NDArray[np.float32]:
    """By how much each pixel differs from where the motion says that it comes from, 0 to 1."""
    apart = one.astype(np.float32) - _fetched(following, motion_HW2)
    return np.asarray(mask_HW * np.sqrt((apart**2).sum(axis=2)) / FULL)


def trusted(one: Image, following: Image, motion_HW2: NDArray[np.float32]) -> NDArray[np.float32]:
    """How sure the motion is: 1 where it explains the footage, near 0 where something is hidden."""
    apart = (one.astype(np.float32) - _fetched(following, motion_HW2)) / FULL
    return np.asarray(np.exp(-SHARPNESS * (apart**2).sum(axis=2)), np.float32)


def _of_one(seen: Seen, source: Image, result: Image | None, within: Mask | None) -> None:
    seen.put(level_src=float(source.mean()))
    if result is None:
        return
    seen.put(level=float(result.mean()))
    if within is not None and not within.all():
        alike = ssim_map(grey(source), grey(result))
        seen.put(bg_ssim=float(alike[~within].mean()))


def _of_two(seen: Seen, flow: Any, before: Both, now: Both, within: Mask | None) -> None:
    (source, result), (source_now, result_now) = before, now
    seen.put(
        change_src=_change(source, source_now),
        moves_src=_moves(source, source_now),
        likeness_src=_alike(source, source_now),
    )
    if result is None or result_now is None:
        return
    seen.put(
        change=_change(result, result_now),
        moves=_moves(result, result_now),
        likeness=_alike(result, result_now),
    )
    motion = flow.calc(
        *(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY) for one in (source, source_now)), None
    )
    mask = trusted(source, source_now, motion)
    lost = unexplained(result, result_now, motion, mask)
    weight = max(float(mask.sum()), 1.0)
    seen.put(
        e_warp=float(lost.sum()) / weight,
        e_warp_src=float(unexplained(source, source_now, motion, mask).sum()) / weight,
    )
    if within is not None and within.any():
        seen.put(e_warp_fg=float(lost[within].sum()) / max(float(mask[within].sum()), 1.0))


def _of_three(seen: Seen, first: Both, now: Both) -> None:
    seen.put(second_src=_change(first[0], now[0]))
    if first[1] is not None and now[1] is not None:
        seen.put(second=_change(first[1], now[1]))


def _change(one: Image, other: Image) -> float:
    return float(cv2.absdiff(one, other).mean())


def _moves(one: Image, other: Image) -> float:
    """The change of the square that changes most."""
    height, width = one.shape[:2]
    cells = max(1, width // CELL), max(1, height // CELL)
    apart = cv2.absdiff(one, other).mean(axis=2)
    return float(cv2.resize(apart, cells, interpolation=cv2.INTER_AREA).max())


def _alike(one: Image, other: Image) -> float:
    return float(ssim_map(grey(one), grey(other)).mean())


def _beside_median(likeness_N: Series) -> Series:
    """Of each frame the mean likeness to both neighbours, less the clip's median."""
    both = (likeness_N[:-1] + likeness_N[1:]) / 2
    known = both[np.isfinite(both)]
    out = np.full(len(likeness_N), np.nan)
    if len(known):
        out[:-1] = both - np.median(known)
    return out


def _fetched(picture: Image, motion_HW2: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture's pixels from where they went to, at the places that they came from."""
    height, width = picture.shape[:2]
    columns, rows = np.meshgrid(
        np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    )
    found = cv2.remap(
        picture.astype(np.float32),
        columns + motion_HW2[..., 0],
        rows + motion_HW2[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(found, np.float32)


def _within(matte: NDArray[np.uint8], picture: Image) -> Mask:
    """The performers' pixels of a small picture, with a rim that belongs to neither side."""
    height, width = picture.shape[:2]
    return np.asarray(cv2.resize(matte, (width, height), interpolation=cv2.INTER_LINEAR) > 127)
