"""Curves of motion from 0 to 1."""

import math


def clamp(x: float) -> float:
    return min(1.0, max(0.0, x))


def smooth(x: float) -> float:
    x = clamp(x)
    return x * x * (3 - 2 * x)


def out(x: float, power: float = 3.0) -> float:
    """Fast at first, then settling."""
    return float(1 - (1 - clamp(x)) ** power)


def into(x: float, power: float = 3.0) -> float:
    return float(clamp(x) ** power)


def back(x: float, over: float = 1.7) -> float:
    """Settles after going a little too far."""
    x = clamp(x) - 1
    return 1 + (over + 1) * x**3 + over * x**2


def elastic(x: float) -> float:
    """Settles after swinging about its place."""
    x = clamp(x)
    return float(1 - math.exp(-7.0 * x) * math.cos(4.6 * math.pi * x) * (1 - x))


def wobble(t_s: float, seed: float) -> float:
    """A smooth, never repeating wander about 0, within about 1."""
    return (
        0.5 * math.sin(2.1 * t_s + 7.1 * seed)
        + 0.3 * math.sin(3.7 * t_s + 3.3 * seed + 1.0)
        + 0.2 * math.sin(6.3 * t_s + 5.7 * seed + 2.0)
    )
