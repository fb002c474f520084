"""What was wanted an hour ago is wanted less now: counts that halve in so much time."""

import math
from typing import Any

from sqlalchemy import ColumnElement, case, func

MOST = 500.0  # halvings; PostgreSQL refuses numbers that are too small for it


def faded(
    weight: ColumnElement[float], then_s: Any, now_s: Any, half_life_s: float
) -> ColumnElement[float]:
    """`weight`, as it was at `then_s`, at `now_s`; less on either side of then, for a clock that
    was set back must not let anything grow."""
    halvings = func.abs((now_s - then_s) / half_life_s)
    bounded = case((halvings > MOST, MOST), else_=halvings)
    return weight * func.exp(-math.log(2) * bounded)
