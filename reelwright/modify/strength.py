"""The dial of an edit, from `adhere_1`, which leaves people as they are, to `reimagine_3`."""

import difflib
from dataclasses import dataclass

from reelwright.errors import ReelwrightError


@dataclass(frozen=True, kw_only=True, slots=True)
class Strength:
    """How much of what may change does. Shares lie in 0 to 1; docs/modify.md has the table."""

    name: str
    performer: float  # of the difference in light, how much the performer takes on
    plate: float  # ... and how much the new place takes on of the performer's
    face: float  # how much of a face's pixels stays as it was filmed; 1 leaves them alone
    wrap: float  # light of the new place that reaches round edges
    shaded: float  # by the direction of the new place's light
    cloth: float  # of a costume's lightness; its colour is always all there
    style: float  # of a style, where one is given


DIAL = {
    one.name: one
    for one in (
        Strength(
            name=name,
            performer=performer,
            plate=plate,
            face=face,
            wrap=wrap,
            shaded=shaded,
            cloth=cloth,
            style=style,
        )
        for name, performer, plate, face, wrap, shaded, cloth, style in (
            ("adhere_1", 0.00, 0.50, 1.00, 0.15, 0.00, 0.70, 0.15),
            ("adhere_2", 0.10, 0.45, 1.00, 0.25, 0.05, 0.80, 0.25),
            ("adhere_3", 0.20, 0.40, 1.00, 0.30, 0.10, 0.85, 0.35),
            ("flex_1", 0.34, 0.32, 0.60, 0.35, 0.16, 0.95, 0.50),
            ("flex_2", 0.42, 0.28, 0.50, 0.50, 0.22, 1.00, 0.60),
            ("flex_3", 0.50, 0.22, 0.40, 0.50, 0.28, 1.00, 0.70),
            ("reimagine_1", 0.55, 0.15, 0.25, 0.60, 0.36, 1.00, 0.80),
            ("reimagine_2", 0.65, 0.10, 0.12, 0.70, 0.44, 1.00, 0.90),
            ("reimagine_3", 0.75, 0.00, 0.00, 0.80, 0.52, 1.00, 1.00),
        )
    )
}
USUAL = "flex_1"


def strength(name: str) -> Strength:
    """The setting of the dial with that name."""
    if found := DIAL.get(name):
        return found
    near = difflib.get_close_matches(name, DIAL, n=1, cutoff=0)
    raise ReelwrightError(
        f"{name!r} is no strength.",
        hint=f"Did you mean {near[0]}? There are {', '.join(DIAL)}.",
    )
