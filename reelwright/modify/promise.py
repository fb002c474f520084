"""What each strength promises to keep, and which promises a result breaks.

The bars of `adhere` stand just above what the detectors say of the same face in other colours;
those of `flex` above what they say of a painted one; `reimagine` promises time and motion alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reelwright.errors import ReelwrightError
from reelwright.modify.card import WORDS, Card

FAMILIES = ("adhere", "flex", "reimagine")
LEVELS = (1, 2, 3)
STRENGTHS = tuple(f"{family}_{level}" for family in FAMILIES for level in LEVELS)

# Figure, the bars of the nine strengths in their order; None promises nothing.
AT_MOST: Mapping[str, tuple[float | None, ...]] = {
    # 0.008 to 0.023 is the floor of a recolour, 0.034 that of a painterly style.
    "face_nme": (0.025, 0.034, 0.034, 0.045, 0.06, 0.08, None, None, None),
    "head_pose_deg": (3, 4, 5, 6, 8, 10, None, None, None),
    "gaze_err": (0.06, 0.08, 0.1, 0.15, 0.2, None, None, None, None),
    "pose_err": (0.08, 0.1, 0.1, 0.15, 0.2, 0.25, None, None, None),
    "flow_epe_fg": (2, 2, 3, 3, 4, 5, None, None, None),
    "timing_lag_frames": (0, 0, 0, 0, 0, 0, 1, 1, 1),
    "id_dist": (0.3, 0.35, 0.35, 0.45, 0.55, 0.6, None, None, None),
    "jitter": (1.15, 1.2, 1.2, 1.25, 1.3, 1.3, 1.35, 1.35, 1.35),
    "flicker": (0.006, 0.008, 0.01, 0.012, 0.015, 0.02, 0.03, 0.03, 0.03),
    "collapse": (0.15, 0.15, 0.15, 0.2, 0.2, 0.2, 0.3, 0.3, 0.3),
    "frozen_frames": (0,) * 9,
    "black_frames": (0,) * 9,
    "missing_frames": (0,) * 9,
    "kf_jump": (1.5,) * 9,
    "kf_offset": (0,) * 9,
}
AT_LEAST: Mapping[str, tuple[float | None, ...]] = {
    "expr_corr": (0.96, 0.95, 0.95, 0.9, 0.85, 0.8, 0.6, None, None),
    "limb_velocity_corr": (0.92, 0.9, 0.88, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4),
    "detect_rate_out": (0.98, 0.98, 0.98, 0.95, 0.9, 0.8, None, None, None),
    "body_rate_out": (0.98, 0.98, 0.98, 0.95, 0.9, 0.8, None, None, None),
    "timing_corr": (0.88, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3),
    "kf_psnr": (30, 30, 30, 28, 26, 24, 20, 20, 20),
}
# Held against the footage's own figure: what was not there need not be kept.
OF_SOURCE = {"detect_rate_out": "detect_rate_src", "body_rate_out": "body_rate_src"}
LESS_THAN_SOURCE = {"flicker": "flicker_src"}
EITHER_WAY = {"timing_lag_frames", "kf_offset"}  # too early is as bad as too late


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that a result does not keep."""

    name: str
    value: float
    bar: float
    worst_frame: int | None

    def __str__(self) -> str:
        kind = "at least" if self.name in AT_LEAST else "at most"
        where = "" if self.worst_frame is None else f", worst at frame {self.worst_frame}"
        return f"{self.name} is {self.value:.3g} and should be {kind} {self.bar:g}{where}"


def kept(card: Card, strength: str) -> list[Broken]:
    """The promises of a strength that this card breaks; what could not be measured breaks none.

    A face that the detector loses breaks the promise of its rate, so nothing hides by being unseen.
    """
    place = STRENGTHS.index(strength)
    broken = []
    for bars, sign in ((AT_MOST, 1), (AT_LEAST, -1)):
        for name, of_strength in bars.items():
            value, bar = held(card, name), of_strength[place]
            if value is not None and bar is not None and sign * value > sign * bar:
                broken.append(Broken(name, value, bar, card.figures[name].worst_frame))
    return sorted(broken, key=lambda one: list(WORDS).index(one.name))


def held(card: Card, name: str) -> float | None:
    """The value that a bar is for: beside the footage's own where that sets the measure."""
    value = card.value(name)
    if value is None:
        return None
    if name in OF_SOURCE:
        ours = card.value(OF_SOURCE[name])
        return value / ours if ours else None
    if name in LESS_THAN_SOURCE:
        ours = card.value(LESS_THAN_SOURCE[name])
        return None if ours is None else ours - value
    return abs(value) if name in EITHER_WAY else value


def refusal(broken: Sequence[Broken], strength: str, name: str) -> str:
    """Why the result called `name` is refused, with every reason; empty where it is not."""
    if not broken:
        return ""
    return f"{name} does not keep what {strength} promises: {'; '.join(map(str, broken))}."


def refuse_broken(card: Card, strength: str, name: str) -> None:
    """Raises if the result called `name` keeps less than it promised."""
    if problem := refusal(kept(card, strength), strength, name):
        raise ReelwrightError(
            problem,
            hint="Choose a looser --strength, or keep it all the same with --force.",
        )
