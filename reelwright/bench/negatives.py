"""What a score card must say of films that are known to keep everything, or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from reelwright.bench.takes import Bench, Take, fps_of
from reelwright.media.decode import Image
from reelwright.modify.card import Card
from reelwright.modify.performance import Performance, Performer
from reelwright.modify.promise import kept

LATE = 3
TINT = (0.85, 0.95, 1.08)  # of blue, green, red: a grade, no light of another world
STRICT, MIDDLE, LOOSE = "adhere_3", "flex_3", "reimagine_1"
PERFORMING = {"expr_corr", "limb_velocity_corr", "timing_corr", "face_nme", "pose_err"}

Measured = Callable[[str, Sequence[Image], Sequence[int]], Take]


def controls(bench: Bench, take: Take, other: Take, *, quick: bool) -> dict[str, float]:
    """1 for each control that says what it must; what the others' figures were, beside it."""
    pictures = list(take.pictures())
    num, last = len(pictures), len(pictures) - 1
    order = np.random.default_rng(5).permutation(num).tolist()
    shown = reordered if quick else measured
    see = partial(shown, bench, take)
    same = bench.card(take, take, {last: pictures[last]})
    tinted = see("tinted", [graded(one) for one in pictures], range(num))
    tint = bench.card(take, tinted if not quick else bench.take(tinted.film))
    late = bench.card(take, played(see, "late", pictures, [max(0, at - LATE) for at in range(num)]))
    back = bench.card(take, played(see, "back", pictures, range(num)[::-1]))
    mixed = bench.card(take, played(see, "mixed", pictures, order))
    another = bench.card(take, other)
    wrong = [*pictures[:-1], 255 - pictures[0]]
    ending = bench.card(take, see("ending", wrong, range(num)), {last: pictures[last]})
    return {
        "control_identical": _is(not broken(same, "adhere_1")),
        "control_recolour": _is(not broken(tint, STRICT)),
        "control_delay": _is(late.value("timing_lag_frames") == LATE),
        "control_reversed": _is(bool(broken(back, LOOSE) & PERFORMING)),
        "control_other_actor": _is(bool(broken(another, MIDDLE) & PERFORMING)),
        "control_shuffled": _is("jitter" in broken(mixed, LOOSE)),
        "control_last_frame": _is("kf_psnr" in broken(ending, LOOSE)),
        "face_nme_recolour": tint.value("face_nme") or 0.0,
        "delay_lag_frames": late.value("timing_lag_frames") or 0.0,
        "jitter_shuffled": mixed.value("jitter") or 0.0,
    }


def played(see: Measured, name: str, pictures: Sequence[Image], order: Sequence[int]) -> Take:
    """The take with its frames in another order."""
    return see(name, [pictures[at] for at in order], order)


def measured(
    bench: Bench, take: Take, name: str, pictures: Sequence[Image], order: Sequence[int]
) -> Take:
    """These pictures as a film, looked at as if nobody knew them."""
    return bench.take(bench.write(name, pictures, fps_of(take)))


def reordered(
    bench: Bench, take: Take, name: str, pictures: Sequence[Image], order: Sequence[int]
) -> Take:
    """Likewise, with what is known of the same frames in their old order: that costs nothing."""
    film = bench.write(name, pictures, fps_of(take))
    return replace(take, film=film, performance=in_order(take.performance, order))


def in_order(one: Performance, order: Sequence[int]) -> Performance:
    at = np.asarray(order)

    def taken(performer: Performer) -> Performer:
        return Performer(**{name: getattr(performer, name)[at] for name in Performer.__slots__})

    return replace(
        one,
        matte_NHW=np.asarray(one.matte_NHW)[at],
        flow_NHW2=np.asarray(one.flow_NHW2)[at],
        performers=tuple(map(taken, one.performers)),
    )


def graded(picture: Image) -> Image:
    """The same in other colours."""
    tinted = picture.astype(np.float32) * np.array(TINT, np.float32) + 6
    return np.asarray(cv2.convertScaleAbs(tinted), np.uint8)


def broken(card: Card, strength: str) -> set[str]:
    return {one.name for one in kept(card, strength)}


def _is(so: bool) -> float:
    return float(so)
