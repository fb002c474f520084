"""Pacing: how many shots a clip has, and on which beats it cuts."""

import math
from collections.abc import Sequence

MAX_SHOTS = 60
OUTSIDE = 25.0  # how much worse a second outside of a style's range is than one off its share


def beats(duration_s: float, tempo_bpm: float) -> list[float]:
    """The beats strictly inside a clip: beat k starts at 60 * k / tempo."""
    assert tempo_bpm > 0, f"a tempo of {tempo_bpm} bpm"
    count = math.ceil(duration_s * tempo_bpm / 60 - 1e-9)
    return [60 * beat / tempo_bpm for beat in range(1, count)]


def num_shots(duration_s: float, cuts_per_minute: float, shot_s: tuple[float, float]) -> int:
    """The number of shots that comes nearest to a pace within what a style allows."""
    wanted = round(cuts_per_minute * duration_s / 60) + 1
    fewest, most = math.ceil(duration_s / shot_s[1]), math.floor(duration_s / shot_s[0])
    if fewest > most:  # no whole number of shots fits; the longer shots are the calmer choice
        fewest = most = max(1, most)
    return max(1, min(max(wanted, fewest), most, MAX_SHOTS))


def cuts(
    duration_s: float, shares: Sequence[float], tempo_bpm: float, shot_s: tuple[float, float]
) -> list[float] | None:
    """The beats to cut at, one fewer than `shares`, or None where there are too few beats.

    Of all choices it is the one whose shots come nearest to their shares, in squared seconds, with
    a price on what falls outside of the style's range. Dynamic programming over (shot, its end).
    """
    total = sum(shares)
    wanted_s = [duration_s * share / total for share in shares]
    ends = [*beats(duration_s, tempo_bpm), duration_s]
    best: dict[float, tuple[float, tuple[float, ...]]] = {0.0: (0.0, ())}
    for place, wanted in enumerate(wanted_s):
        is_last = place == len(wanted_s) - 1
        best = _longer(best, ends[-1:] if is_last else ends[:-1], wanted, shot_s)
    return list(best[duration_s][1][:-1]) if best else None


def _longer(
    best: dict[float, tuple[float, tuple[float, ...]]],
    ends: Sequence[float],
    wanted_s: float,
    shot_s: tuple[float, float],
) -> dict[float, tuple[float, tuple[float, ...]]]:
    """For every possible end of the next shot, the cheapest way to get there."""
    longer = {}
    for end in ends:
        ways = [
            (price + shot_price(end - start, wanted_s, shot_s), (*path, end))
            for start, (price, path) in best.items()
            if start < end
        ]
        if ways:
            longer[end] = min(ways)
    return longer


def shot_price(length_s: float, wanted_s: float, shot_s: tuple[float, float]) -> float:
    """How far a shot is from its share, and from what the style allows."""
    outside_s = max(shot_s[0] - length_s, length_s - shot_s[1], 0.0)
    return float((length_s - wanted_s) ** 2 + OUTSIDE * outside_s**2)
