"""The weights in words: a table, rows for programs, and what one agrees to before a download."""

from dataclasses import asdict, dataclass

from reelwright.zoo.weights import Weight
from reelwright.zoo.zoo import Zoo


@dataclass(frozen=True, slots=True)
class Row:
    """One of the weights, and where it lies; without a path it is not here."""

    name: str
    purpose: str
    fallback: str
    licence: str
    num_bytes: int
    sha256: str
    path: str


def rows(zoo: Zoo) -> list[dict[str, str | int]]:
    """All weights there are, as plain values."""
    return [asdict(_row(weight, zoo)) for weight in zoo.known]


def table(zoo: Zoo) -> str:
    """One line for each of the weights, in columns."""
    lines = [("name", "for", "licence", "size", "where")]
    for weight in zoo.known:
        path = zoo.find(weight.name)
        where = str(path) if path else f"not here: {weight.fallback} instead"
        lines.append((weight.name, weight.purpose, weight.licence, weight.megabytes, where))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def offer(weight: Weight) -> str:
    """What is about to be downloaded, and under which licence."""
    return f"{weight.name}: {weight.purpose}, {weight.megabytes}, licence {weight.licence}"


def _row(weight: Weight, zoo: Zoo) -> Row:
    return Row(
        name=weight.name,
        purpose=weight.purpose,
        fallback=weight.fallback,
        licence=weight.licence,
        num_bytes=weight.num_bytes,
        sha256=weight.sha256,
        path=str(zoo.find(weight.name) or ""),
    )
