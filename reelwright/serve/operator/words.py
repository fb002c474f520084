"""Numbers as people say them: how long, how much, how long ago."""

from reelwright.cache.stock import MB

ORDERED = 100_000  # whoever orders counts as more viewers than that
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
THIN = "\N{NARROW NO-BREAK SPACE}"


def span(seconds: float | None) -> str:
    """So long, in the unit that fits; a dash where nobody knows."""
    if seconds is None:
        return "–"
    for size, unit in ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "min")):
        if seconds >= size:
            return f"{number(seconds / size)}{THIN}{unit}"
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f}{THIN}ms"
    return f"{number(max(0.0, seconds))}{THIN}s"


def viewers(expected: float) -> str:
    """How many are expected to want something; what was ordered goes before all of them."""
    if 0 < expected < 0.95:  # most wishes are one viewer's, and not for sure
        return "<0.01" if expected < 0.01 else f"{expected:.2f}".rstrip("0")
    return "many" if expected >= ORDERED else number(expected)


def megabytes(num_bytes: float) -> str:
    return f"{number(num_bytes / MB)}{THIN}MB"


def share(part: float, whole: float) -> str:
    """In hundredths; what is there is never told as nothing."""
    hundredths = 100 * part / whole if whole else 0.0
    return f"<1{THIN}%" if 0 < hundredths < 1 else f"{hundredths:.0f}{THIN}%"


def number(value: float) -> str:
    """With a space between thousands, and one place after the point where it is small."""
    if value and abs(value) < 9.95:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:,.0f}".replace(",", THIN)
