"""Words sound as the lexicon says, by their parts where it has only those, or by their letters."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.speech.kokoro import NUMBERS
from reelwright.speech.letters import STRESS, VOWELS, sounded_out, spelled, stressed
from reelwright.speech.pronouncing import English, read_lexicon

LEXICON = {
    "light": "lˈIt",
    "drift": "dɹˈɪft",
    "skate": "skˈAt",
    "run": "ɹˈʌn",
    "box": "bˈɑks",
    "city": "sˈɪɾi",
    "stop": "stˈɑp",
    "apple": "ˈæpᵊl",
    "day": "dˈA",
    "go": "ɡˌO",
    "the": "ði",
    "to": "tu",
    "Rome": "ɹˈOm",
    "NASA": "nˈæsə",
    "sale": "sˈAl",
}


@pytest.fixture(scope="module")
def english() -> English:
    return English(LEXICON)


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("light", "lˈIt"),
        ("Light", "lˈIt"),
        ("rome", "ɹˈOm"),
        ("lights", "lˈIts"),
        ("days", "dˈAz"),
        ("boxes", "bˈɑksᵻz"),
        ("cities", "sˈɪɾiz"),
        ("Rome's", "ɹˈOmz"),
        ("stopped", "stˈɑpt"),
        ("skated", "skˈAɾᵻd"),
        ("running", "ɹˈʌnɪŋ"),
        ("skating", "skˈAɾɪŋ"),
        ("Driftlight", "dɹˈɪftlˌIt"),
        ("NASA", "nˈæsə"),
        ("SALE", "sˈAl"),
        ("TV", "tˌivˈi"),
        ("", ""),
        ("日本", ""),
    ],
)
def test_a_word_sounds_as_it_is_known_or_as_its_parts_are(
    english: English, word: str, sounds: str
) -> None:
    assert english.word(word) == sounds


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("The day", "ðə dˈA"),
        ("the apple", "ði ˈæpᵊl"),
        ("an apple a day", "ɐn ˈæpᵊl ɐ dˈA"),
        ("go to Rome", "ɡˌO tə ɹˈOm"),
        ("Light, day. Run!", "lˈIt, dˈA. ɹˈʌn!"),
        ("日本, day", ", dˈA"),
    ],
)
def test_small_words_bend_to_what_follows(english: English, text: str, sounds: str) -> None:
    assert english.sounds(text) == sounds


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("knight", "nˈIt"),
        ("brake", "bɹˈAk"),
        ("phone", "fˈOn"),
        ("zorp", "zˈɔɹp"),
        ("quiff", "kwˈɪf"),
        ("blorping", "blˈɔɹpɪŋ"),
        ("blation", "blˈAʃən"),
    ],
)
def test_a_strange_word_is_sounded_out(word: str, sounds: str) -> None:
    assert sounded_out(word) == sounds


def test_letters_are_named() -> None:
    assert spelled("ab") == "ˌAbˈi"
    assert spelled("7") == ""


@given(st.text("aeiouybdfghklmnprst", min_size=1, max_size=14))
def test_one_vowel_of_a_word_bears_the_stress(word: str) -> None:
    sounds = sounded_out(word)
    if set(sounds) & set(VOWELS):
        assert sounds.count(STRESS) == 1
        assert sounds[sounds.index(STRESS) + 1] in VOWELS
    assert stressed("") == ""


@given(st.text())
def test_whatever_is_written_the_voice_knows_every_sound(text: str) -> None:
    assert set(English(LEXICON).sounds(text)) <= NUMBERS.keys()


def test_a_lexicon_is_read_from_objects_in_a_row_and_the_first_wins(tmp_path: Path) -> None:
    surer = {"read": {"DEFAULT": "ɹˈid", "VBD": "ɹˈɛd"}, "none": None, "day": "dˈA"}
    path = tmp_path / "words.json"
    path.write_text(json.dumps(surer) + json.dumps({"day": "dI", "sun": "sˈʌn"}), encoding="utf-8")
    assert read_lexicon(path) == {"read": "ɹˈid", "day": "dˈA", "sun": "sˈʌn"}
