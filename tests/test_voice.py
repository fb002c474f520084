"""Voices: the one that hums, the network with its weights away, and the small program."""

import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import REAL_ZOO

from reelwright.errors import ReelwrightError
from reelwright.speech.flite import Flite
from reelwright.speech.kokoro import MOST, NUMBERS, PAUSE_S, RATE, WIDTH, Kokoro, parts
from reelwright.speech.voice import Humming, Samples, lasts_s, trimmed
from reelwright.zoo.weights import HEART, KOKORO, LEXICON

FLITE = """#!{python}
import sys, wave
words = open(sys.argv[sys.argv.index("-f") + 1]).read()
if "trouble" in words:
    sys.exit(3)
with wave.open(sys.argv[sys.argv.index("-o") + 1], "wb") as file:
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(16000)
    file.writeframes(b"\\0\\0" * 8000 + b"\\0\\x40\\0\\xc0" * 800 * len(words) + b"\\0\\0" * 8000)
"""


def test_how_long_words_last_is_known_before_they_are_needed() -> None:
    voice = Humming()
    assert lasts_s(voice, "ten words", "en") == pytest.approx(9 * voice.LETTER_S, abs=0.01)
    guess_s = lasts_s(None, "ten  words", "en")
    assert guess_s == lasts_s(voice, "ten words", "de")
    assert 0.3 < guess_s < 1.0


def test_pauses_at_the_ends_are_cut_and_nothing_else() -> None:
    quiet, loud = np.zeros(RATE, np.float32), np.ones(RATE, np.float32)
    cut = trimmed(np.concatenate([quiet, loud, quiet, loud, quiet]), RATE)
    assert len(cut) == pytest.approx(3 * RATE, abs=0.1 * RATE)
    assert not len(trimmed(quiet, RATE))
    assert not len(trimmed(quiet[:0], RATE))


# ---- the network ------------------------------------------------------------------------------


class Session:
    """Answers with as many samples as it was given sounds, and remembers them."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []

    def run(self, _: None, given: dict[str, Any]) -> list[Samples]:
        self.given.append(given)
        return [np.ones(given["tokens"].shape[1] * 1000, np.float32)]


@pytest.fixture
def kokoro(tmp_path: Path) -> Kokoro:
    style, lexicon = tmp_path / "style.bin", tmp_path / "words.json"
    np.arange(510 * WIDTH, dtype="<f4").tofile(style)
    lexicon.write_text('{"day": "dˈA"}', encoding="utf-8")
    return Kokoro(model=tmp_path / "model.onnx", style=style, lexicon=lexicon)


def test_the_network_is_asked_sentence_by_sentence(kokoro: Kokoro) -> None:
    session = Session()
    kokoro.__dict__["_session"] = session
    samples = kokoro.speak("Day. Day day!", "en-GB")
    assert [list(given["tokens"][0]) for given in session.given] == [
        [0, *(NUMBERS[sound] for sound in "dˈA."), 0],
        [0, *(NUMBERS[sound] for sound in "dˈA dˈA!"), 0],
    ]
    assert [given["style"][0, 0] for given in session.given] == [3 * WIDTH, 7 * WIDTH]
    pause = np.flatnonzero(samples == 0)
    assert len(pause) == int(PAUSE_S * RATE)
    assert kokoro.speak("Day. Day day!", "en") is samples, "it was asked twice"
    assert len(session.given) == 2


def test_words_without_a_sound_are_not_asked_for(kokoro: Kokoro) -> None:
    session = Session()
    kokoro.__dict__["_session"] = session
    assert not len(kokoro.speak("日本! ...", "en"))
    assert not session.given


def test_what_is_too_long_is_asked_in_pieces() -> None:
    sounds = "dˈA " * 400
    pieces = parts(sounds.strip())
    assert max(map(len, pieces)) <= MOST
    assert " ".join(pieces) == sounds.strip()
    assert parts("d" * 1200) == ["d" * MOST, "d" * MOST, "d" * 200]
    assert parts(" . , ") == []


def test_weights_that_are_none_are_refused(kokoro: Kokoro) -> None:
    kokoro.model.write_bytes(b"no network")
    with pytest.raises(ReelwrightError, match="reelwright models check"):
        kokoro.speak("Day", "en")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_real_network_says_the_same_words_in_the_same_way() -> None:
    files = [REAL_ZOO / weight.file for weight in (KOKORO, HEART, LEXICON)]
    if not all(file.is_file() for file in files):
        pytest.skip("kokoro is not here")
    model, style, lexicon = files
    first, second = (Kokoro(model=model, style=style, lexicon=lexicon) for _ in range(2))
    words = "Coffee at first light. Stay a while."
    samples = first.speak(words, "en")
    assert np.array_equal(samples, second.speak(words, "en"))
    assert 1.5 < len(samples) / RATE < 3.5
    assert 0.1 < np.abs(samples).max() <= 1.0


# ---- the program ------------------------------------------------------------------------------


@pytest.fixture
def flite(tmp_path: Path) -> Flite:
    program = tmp_path / "flite"
    program.write_text(FLITE.format(python=sys.executable))
    program.chmod(0o755)
    return Flite(str(program))


def test_the_program_speaks_what_it_is_given_as_words_alone(flite: Flite) -> None:
    longer, shorter = flite.speak("-o /tmp/elsewhere", "en"), flite.speak("a", "en")
    assert len(longer) > len(shorter) > 1500
    assert np.abs(longer).max() == pytest.approx(0.5)
    assert not len(flite.speak("...", "en"))


def test_a_program_that_fails_is_told(flite: Flite, tmp_path: Path) -> None:
    with pytest.raises(ReelwrightError, match=r"ended with status 3.*render\.voice=none"):
        flite.speak("trouble", "en")
    with pytest.raises(ReelwrightError, match="does not speak"):
        Flite(str(tmp_path / "none")).speak("a", "en")


def test_the_real_program_speaks_where_it_is_installed() -> None:
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed")
    assert 1.0 < len(Flite().speak("Coffee at first light.", "en")) / Flite.rate < 4.0
