"""Measured figures as a table in a page, between two marks, so that no table is typed by hand."""

import re
from collections.abc import Mapping
from pathlib import Path

from reelwright.errors import ReelwrightError


def fill(page: Path, name: str, figures: Mapping[str, float], words: Mapping[str, str]) -> None:
    """Write the figures of bench `name` between its marks in `page`, each with its words."""
    put(page, name, table(figures, words))


def put(page: Path, name: str, measured: str) -> None:
    """Write what bench `name` measured between its marks in `page`."""
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise ReelwrightError(
            f"The page {page} cannot be read ({error.strerror}).", hint="Give a Markdown file."
        ) from error
    begin, end = f"<!-- bench {name} -->", "<!-- end -->"
    marked = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not marked.search(text):
        raise ReelwrightError(
            f"{page} has no place for the figures of {name}.",
            hint=f"Write {begin} and {end} in it.",
        )
    filled = f"{begin}\n{measured}\n{end}"
    page.write_text(marked.sub(lambda _: filled, text, count=1), encoding="utf-8")


def table(figures: Mapping[str, float], words: Mapping[str, str]) -> str:
    """Rows in the order of `words`; a figure without words stays out."""
    rows = [
        f"| {said} | `{name}` | {figures[name]:g} |"
        for name, said in words.items()
        if name in figures
    ]
    return "\n".join(["| what | figure | measured |", "|---|---|---:|", *rows])
