"""The score card: what survived of a performance, each figure with its worst frame."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# N frames.

Series = NDArray[np.float64]  # one value a frame, NaN where it could not be measured

WORDS = {
    "face_nme": "face points off, of the eye distance",
    "expr_corr": "expression: mouth, eyes and brows move alike",
    "expr_corr_mouth": "the mouth alone",
    "expr_corr_eyes": "the eyes alone",
    "expr_corr_brows": "the brows alone",
    "head_pose_deg": "head turned off, degrees",
    "gaze_err": "gaze off, of the eye's width",
    "pose_err": "joints off, of the shoulders' width",
    "limb_velocity_corr": "limbs move alike",
    "flow_epe_fg": "motion of the performers off, pixels a frame",
    "timing_lag_frames": "frames by which the result is late",
    "timing_corr": "how alike they move at that lag",
    "id_dist": "face vectors apart (above 0.6: another person)",
    "detect_rate_src": "frames of the footage in which a face is seen",
    "detect_rate_out": "frames of the result in which it is seen",
    "body_rate_src": "frames of the footage in which a body is seen",
    "body_rate_out": "frames of the result in which it is seen",
    "bg_ssim": "background like the footage's, 1 for the same",
    "e_warp": "change that the footage's motion does not explain",
    "e_warp_src": "likewise in the footage itself",
    "e_warp_fg": "likewise within the performers",
    "flicker": "steadiness from frame to frame, 1 for a still",
    "flicker_src": "likewise in the footage",
    "jitter": "frame to frame against two frames on, beside the footage's",
    "collapse": "likeness of neighbours lost at the worst frame",
    "frozen_frames": "frames that stand still where the footage moves",
    "black_frames": "black frames where the footage has none",
    "missing_frames": "frames of the footage that the result does not have",
    "kf_psnr": "given frames met, dB",
    "kf_ssim": "given frames met, 1 for the same",
    "kf_offset": "frames by which they are met late",
    "kf_jump": "jump at a given frame, of the usual step",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. Where nothing could be measured there is none, and a reason."""

    value: float | None
    worst_frame: int | None = None
    absent: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Anchor:
    """How a frame that was given is met, and passed."""

    frame: int
    psnr: float
    ssim: float
    offset: int  # of the frame that is most like it
    jump: float


@dataclass(frozen=True, slots=True)
class Card:
    """All figures of one result."""

    figures: Mapping[str, Figure]
    anchors: tuple[Anchor, ...] = ()

    def value(self, name: str) -> float | None:
        figure = self.figures.get(name)
        return None if figure is None else figure.value


def mean_of(errors_N: Series, absent: str, *, good: str = "low") -> Figure:
    """The mean of what was measured; worst is the highest where low is good, else the lowest."""
    seen_N = np.isfinite(errors_N)
    if not seen_N.any():
        return Figure(None, None, absent)
    worst = np.nanargmax(errors_N) if good == "low" else np.nanargmin(errors_N)
    return Figure(float(errors_N[seen_N].mean()), int(worst))


def summed(figures: Mapping[str, Figure], anchors: Sequence[Anchor]) -> Card:
    """A card with the worst of its anchors among its figures, in the order of `WORDS`."""
    found = dict(figures)
    if anchors:
        found |= {
            "kf_psnr": _worst(anchors, [one.psnr for one in anchors], min),
            "kf_ssim": _worst(anchors, [one.ssim for one in anchors], min),
            "kf_offset": _worst(anchors, [float(one.offset) for one in anchors], _farthest),
            "kf_jump": _worst(anchors, [one.jump for one in anchors], max),
        }
    strange = found.keys() - WORDS.keys()
    assert not strange, f"nobody says what {strange} are"
    return Card({name: found[name] for name in WORDS if name in found}, tuple(anchors))


def plain(card: Card) -> dict[str, Any]:
    """For other programs: every figure with its worst frame, anchors as lists. No NaN in it."""
    told: dict[str, Any] = {
        name: {"value": _rounded(one.value), "worst_frame": one.worst_frame}
        | ({"absent": one.absent} if one.absent else {})
        for name, one in card.figures.items()
    }
    if card.anchors:
        told["keyframes"] = {
            "frames": [one.frame for one in card.anchors],
            "kf_psnr": [_rounded(one.psnr) for one in card.anchors],
            "kf_ssim": [_rounded(one.ssim) for one in card.anchors],
            "kf_offset": [one.offset for one in card.anchors],
            "kf_jump": [_rounded(one.jump) for one in card.anchors],
        }
    return told


def table(card: Card) -> str:
    """For people."""
    lines = [("", "", "worst frame", "")]
    lines += [(name, *_cells(one), WORDS[name]) for name, one in card.figures.items()]
    widths = [max(len(line[place]) for line in lines) for place in range(4)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {worst:>{widths[2]}}  {words}".rstrip()
        for name, value, worst, words in lines
    )


def _cells(figure: Figure) -> tuple[str, str]:
    if figure.value is None:
        return "-", f"({figure.absent})"
    return f"{figure.value:.4g}", "" if figure.worst_frame is None else str(figure.worst_frame)


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 5)


def _worst(anchors: Sequence[Anchor], values: Sequence[float], pick: Any) -> Figure:
    worst = pick(values)
    return Figure(worst, anchors[values.index(worst)].frame)


def _farthest(values: Sequence[float]) -> float:
    return max(values, key=abs)
