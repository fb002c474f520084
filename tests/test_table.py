"""Tables of figures: written between their marks and nowhere else."""

from pathlib import Path

import pytest

from reelwright.bench.table import fill
from reelwright.errors import ReelwrightError

WORDS = {"seconds": "the whole run, seconds", "videos": "videos", "missing": "not measured"}


def test_figures_stand_between_their_marks_and_the_rest_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bench line -->\nold\n<!-- end -->\nafter\n")
    for _ in range(2):  # filling twice is filling once
        fill(page, "line", {"videos": 120, "seconds": 181.96, "unsaid": 1}, WORDS)
    assert page.read_text() == (
        "before\n<!-- bench line -->\n"
        "| what | figure | measured |\n|---|---|---:|\n"
        "| the whole run, seconds | `seconds` | 181.96 |\n"
        "| videos | `videos` | 120 |\n"
        "<!-- end -->\nafter\n"
    )


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    with pytest.raises(ReelwrightError, match="cannot be read"):
        fill(page, "line", {}, WORDS)
    page.write_text("nothing here")
    with pytest.raises(ReelwrightError, match="no place for the figures of line"):
        fill(page, "line", {}, WORDS)
