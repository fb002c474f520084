"""The frames of a take that are written to be painted on."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from films import number_of, numbered, write_film
from program import reelwright, refused

from reelwright.errors import ReelwrightError
from reelwright.sheets.moments import PAGE, chosen, sheet

TIMES = [0.0, 0.04, 0.08, 0.2, 0.24]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("first,last", [0, 4]),
        ("last, first,0.09s", [0, 2, 4]),
        ("0.1s,0.19s", [2, 3]),
        ("1", [0]),
        ("3", [0, 2, 4]),
        ("50", [0, 1, 2, 3, 4]),
        ("first,0s", [0]),
    ],
)
def test_frames_are_chosen_by_words_seconds_or_count(words: str, numbers: list[int]) -> None:
    assert chosen(words, TIMES) == numbers


@pytest.mark.parametrize(
    "words", ["", "middle", "first,,last", "1.5", "0", "65", "-1s", "9s", "nans"]
)
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(ReelwrightError):
        chosen(words, TIMES)


def test_frames_are_written_as_they_are_with_how_to_give_them_back(tmp_path: Path) -> None:
    film = write_film(tmp_path / "take.mkv", numbered(25, width=128), fps=25, codec="ffv1")
    moments = sheet(film, "first,0.4s,last", tmp_path / "out")
    assert [moment.number for moment in moments] == [0, 10, 24]
    for moment in moments:
        written = cv2.imread(str(moment.path))
        assert written is not None
        assert number_of(np.asarray(written, np.uint8)) == moment.number
    out = tmp_path / "out"
    assert [moment.words for moment in moments] == [
        f"--start-frame {out}/take-0.000s.png",
        f"--keyframe 0.400={out}/take-0.400s.png",
        f"--end-frame {out}/take-0.960s.png",
    ]
    page = cv2.imread(str(out / PAGE))
    assert page is not None
    assert page.std() > 20
    assert len(list(out.iterdir())) == 4


def test_the_command_writes_them_and_says_the_options(tmp_path: Path) -> None:
    film = write_film(tmp_path / "take.mp4", numbered(5))
    told = reelwright("sheet", str(film), "-o", str(tmp_path / "out"), home=tmp_path / "home")
    assert told.stdout.splitlines()[0] == f"--start-frame {tmp_path}/out/take-0.000s.png"


def test_the_command_refuses_in_one_line(tmp_path: Path) -> None:
    text = tmp_path / "take.mp4"
    text.write_text("no film")
    line = refused("sheet", str(text), "-o", str(tmp_path / "out"), home=tmp_path / "home")
    assert "take.mp4" in line
    assert not (tmp_path / "out").exists()
