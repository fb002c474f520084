"""Titles and tags from beside a film, or from its name."""

from pathlib import Path

import pytest

from reelwright.catalogue.refusal import Unfit
from reelwright.catalogue.sidecar import Sidecar, read_sidecar, title_from


def sidecar(folder: Path, content: str | bytes) -> Sidecar:
    data = content if isinstance(content, bytes) else content.encode()
    (folder / "film.json").write_bytes(data)
    return read_sidecar(folder / "film.mp4")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("before_dawn-2.mp4", "Before dawn 2"),
        ("ÉTÉ.mov", "ÉTÉ"),
        ("__.mp4", "Untitled"),
        ("a.b.mkv", "A.b"),
        ("bell\x07.mp4", "Bell"),
    ],
)
def test_a_film_s_name_is_its_title(name: str, title: str) -> None:
    assert title_from(Path(name)) == title


def test_without_a_sidecar_the_name_speaks(tmp_path: Path) -> None:
    assert read_sidecar(tmp_path / "slow-coffee.mp4") == Sidecar("Slow coffee")


def test_words_are_tidied(tmp_path: Path) -> None:
    found = sidecar(
        tmp_path, '{"title": "  Slow\\n coffee ", "tags": ["#Cafe", "CAFE ", "", "b c"]}'
    )
    assert found == Sidecar("Slow coffee", ("cafe", "b c"))


def test_each_part_may_be_missing(tmp_path: Path) -> None:
    assert sidecar(tmp_path, '{"tags": ["a"], "title": null}') == Sidecar("Film", ("a",))
    assert sidecar(tmp_path, b'\xef\xbb\xbf{"title": "T"}') == Sidecar("T")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not JSON"),
        (b"\xff{}", "not UTF-8"),
        ("[" * 100_000, "nested too deeply"),
        ('["title"]', "must hold an object"),
        ('{"title": 5}', "title is 5"),
        ('{"title": " "}', "title is ' '"),
        ('{"title": "' + "a" * 301 + '"}', "301 letters"),
        ('{"tags": "a"}', "tags are 'a'"),
        ('{"tags": [1]}', "tags are [1]"),
        ('{"tags": ["' + "a" * 65 + '"]}', "64 letters"),
        (b" " * 1_000_001, "larger than"),
    ],
)
def test_a_bad_sidecar_is_refused_in_one_sentence(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    with pytest.raises(Unfit) as caught:
        sidecar(tmp_path, content)
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 120
