"""Who narrates is who is here; what is not here is told with the command that gets it."""

from pathlib import Path

import pytest

from reelwright.assemble import speaking
from reelwright.cli.making import narrating
from reelwright.config import Config, load
from reelwright.zoo.weights import SPEAKING


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place on the path for flite, where there is none yet."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin" / "flite"


def wanting(voice: str, tmp_path: Path) -> Config:
    return load(None, [f"render.voice={voice}", f"zoo.folder={tmp_path / 'zoo'}"])


def pulled(tmp_path: Path) -> None:
    """Files that pass for weights as long as nobody reads them."""
    (tmp_path / "zoo").mkdir()
    for weight in SPEAKING:
        with (tmp_path / "zoo" / weight.file).open("wb") as file:
            file.truncate(weight.num_bytes)


def installed(program: Path) -> None:
    program.write_text("#!/bin/sh")
    program.chmod(0o755)


def test_nobody_speaks_unless_somebody_is_asked_for(tmp_path: Path) -> None:
    pulled(tmp_path)
    assert speaking.narrator(wanting("none", tmp_path)) == speaking.Narrator()


@pytest.mark.parametrize("voice", ["best", "kokoro"])
def test_without_any_voice_one_line_says_how_to_get_one(
    voice: str, tmp_path: Path, program: Path
) -> None:
    found = speaking.narrator(wanting(voice, tmp_path))
    assert found.voice is None
    assert "reelwright models pull kokoro kokoro-heart misaki-us" in found.note
    assert "\n" not in found.note


def test_the_small_program_stands_in_where_it_is_installed(tmp_path: Path, program: Path) -> None:
    assert "install the program flite" in speaking.narrator(wanting("flite", tmp_path)).note
    installed(program)
    best = speaking.narrator(wanting("best", tmp_path))
    assert best.voice_name == "flite"
    assert "reelwright models pull" in best.note
    assert speaking.narrator(wanting("kokoro", tmp_path)).voice is None
    asked_for = speaking.narrator(wanting("flite", tmp_path))
    assert (asked_for.voice_name, asked_for.note) == ("flite", "")


def test_the_zoo_voice_is_the_best_where_all_of_it_is_here(tmp_path: Path, program: Path) -> None:
    pulled(tmp_path)
    installed(program)
    best = speaking.narrator(wanting("best", tmp_path))
    assert (best.voice_name, best.note) == ("kokoro", "")
    (tmp_path / "zoo" / SPEAKING[1].file).unlink()
    left = speaking.narrator(wanting("best", tmp_path))
    assert left.voice_name == "flite"
    assert left.note.endswith("reelwright models pull kokoro-heart")


def test_whoever_asks_for_a_narrator_is_told_once_when_there_is_none(
    tmp_path: Path, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, tongue = narrating(wanting("none", tmp_path), True)
    assert (config.render.voice, tongue) == ("best", "")
    assert capsys.readouterr().err.count("\n") == 1
    installed(program)
    assert narrating(wanting("flite", tmp_path), True)[1] == "en"
    assert narrating(wanting("flite", tmp_path), False)[1] == ""
    assert capsys.readouterr().err == ""
