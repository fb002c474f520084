"""How the parts of a title come in and live, style by style."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from reelwright.render import ease
from reelwright.render.layer import Pixels


@dataclass(frozen=True, slots=True)
class Part:
    """Something of a title that moves as one: its sprite, where its corner rests, its turn."""

    sprite: Pixels
    x: float
    y: float
    order: int
    of: int
    rtl: bool = False  # read from the right, so it comes from there

    @property
    def middle(self) -> tuple[float, float]:
        return 0.5 * self.sprite.shape[1], 0.5 * self.sprite.shape[0]


@dataclass(frozen=True, slots=True)
class Move:
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    turn: float = 0.0
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Stay:
    """How long a title is on the screen, and by when all of it has to be in its place."""

    length_s: float
    arrive_s: float


def _started(part: Part, t_s: float, stay: Stay, each_s: float, apart_s: float) -> float:
    """How far a part has come in: parts follow each other, and hurry where time is short."""
    whole = apart_s * (part.of - 1) + each_s
    hurry = min(1.0, stay.arrive_s / whole)
    return ease.clamp((t_s / hurry - apart_s * part.order) / each_s)


def _slam(part: Part, t_s: float, stay: Stay, u: float) -> Move:
    p = _started(part, t_s, stay, 0.20, 0.11)
    shake = math.sin(60 * t_s) * 0.010 * u * (1 - ease.out((p - 0.6) / 0.4)) if p > 0.6 else 0.0
    grow = 1 + 0.018 * ease.clamp(t_s / stay.length_s)
    return Move(shake, 0, grow * (1 + 1.5 * (1 - ease.out(p, 4))), 0, ease.clamp(4 * p))


def _whisper(part: Part, t_s: float, stay: Stay, u: float) -> Move:
    p = _started(part, t_s, stay, 0.9, 0.13)
    return Move(0, 0.022 * u * (1 - ease.out(p)), 1, 0, ease.smooth(p))


def _serif(part: Part, t_s: float, stay: Stay, u: float) -> Move:
    p = _started(part, t_s, stay, 0.45, 0.16)
    side = 1 if part.rtl else -1
    return Move(
        side * 0.04 * u * (1 - ease.out(p)),
        0,
        1 + 0.02 * t_s / stay.length_s,
        0,
        ease.smooth(1.4 * p),
    )


def _tube(part: Part, t_s: float, stay: Stay, u: float) -> Move:
    p = _started(part, t_s, stay, 0.34, 0.10)
    stutter = (0.0, 0.9, 0.2, 0.15, 1.0, 0.45, 0.9, 1.0)[min(7, int(8 * p))]
    hum = 0.96 + 0.04 * math.sin(23 * t_s + part.order)
    return Move(0, 0, 1, 0, stutter * hum if p > 0 else 0.0)


def _strips(part: Part, t_s: float, stay: Stay, u: float) -> Move:
    p = _started(part, t_s, stay, 0.42, 0.14)
    side = 1 if part.order % 2 else -1
    sway = 0.006 * math.sin(2.0 * t_s + part.order)
    return Move(
        0,
        -0.5 * u * (1 - ease.back(p, 1.2)),
        1,
        side * 0.5 * (1 - ease.out(p)) + sway,
        ease.clamp(5 * p),
    )


def _caption(part: Part, t_s: float, stay: Stay, u: float) -> Move:
    p = _started(part, t_s, stay, 0.4, 0.05)
    side = 1 if part.rtl else -1
    return Move(side * 0.05 * u * (1 - ease.out(p)), 0, 1, 0, ease.smooth(p))


def _shout(part: Part, t_s: float, stay: Stay, u: float) -> Move:
    p = _started(part, t_s, stay, 0.42, 0.10)
    return Move(0, 0, max(0.0, ease.elastic(p)), 0.25 * (1 - ease.out(p)), ease.clamp(8 * p))


def _engraved(part: Part, t_s: float, stay: Stay, u: float) -> Move:
    p = _started(part, t_s, stay, 0.8, 0.10)
    return Move(
        0,
        0.012 * u * (1 - ease.out(p)),
        0.97 + 0.03 * ease.out(t_s / stay.length_s),
        0,
        ease.smooth(p),
    )


MOVES: dict[str, Callable[[Part, float, Stay, float], Move]] = {
    "slam": _slam,
    "whisper": _whisper,
    "serif": _serif,
    "tube": _tube,
    "strips": _strips,
    "caption": _caption,
    "shout": _shout,
    "engraved": _engraved,
}
