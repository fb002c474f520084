"""Words on the picture: natural, short, and never longer than there is time to read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.reading import readable
from reelwright.studio.wording import (
    LINES_OF_MOOD,
    MAX_TITLE,
    lines,
    nouns,
    shortened,
    spread,
    title,
    title_patterns,
)

phrases = st.lists(
    st.sampled_from(["Harbour,", "before", "the", "city", "wakes", "&", "up", "close", "coffee"]),
    min_size=1,
    max_size=7,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(phrases, st.lists(st.floats(0.3, 3.0), min_size=1, max_size=6))
def test_parts_are_readable_and_say_everything(words: str, lengths_s: list[float]) -> None:
    parts = spread(words, lengths_s)
    if parts is None:
        assert not readable(words, lengths_s[0])
        return
    assert len(parts) == len(lengths_s)
    assert all(readable(part, s) for part, s in zip(parts, lengths_s, strict=True) if part)
    said = " ".join(part for part in parts if part)
    assert said.replace(",", "").split() == words.replace(",", "").split()


@settings(max_examples=300, deadline=None)
@given(phrases, st.floats(0.0, 4.0))
def test_a_shortened_phrase_is_a_readable_beginning(words: str, seconds: float) -> None:
    short = shortened(words, seconds)
    assert words.startswith(short)
    assert not short or readable(short, seconds)


def test_phrases_break_where_one_would_breathe() -> None:
    assert shortened("Harbour, before the city wakes", 1.0) == "Harbour"
    assert shortened("Stars by night", 0.8) == "Stars"
    assert shortened("Skateboarding", 0.8) == ""
    assert spread("Harbour, up close", [0.95, 0.95]) == ["Harbour", "up close"]
    assert spread("The cold side of the valley", [1.2, 1.2, 1.2]) == [
        "The cold side",
        "of the valley",
        "",
    ]


def test_nouns_are_words_that_tell_something() -> None:
    assert nouns(["the", "harbour", "x", "4k", "boats", "sea", "fog"], [], "city") == [
        "harbour",
        "boats",
        "sea",
    ]
    assert nouns([], ["The last Ferry, at 6!"], "city") == ["ferry"]
    assert nouns(["3.5"], [], "neon_city") == ["neon city"]


@pytest.mark.parametrize("light", ["dawn", "day", "dusk", "night", "some other light"])
@pytest.mark.parametrize("slow", [True, False])
@pytest.mark.parametrize("locale", ["en", "en-GB", "de"])
def test_every_pattern_can_be_filled_with_one_noun_and_is_short(
    light: str, slow: bool, locale: str
) -> None:
    for pattern in title_patterns(light, slow=slow, seconds=6.0, locale=locale):
        for words in (["coffee"], ["coffee", "espresso"], ["coffee", "espresso", "cafe"]):
            rng = np.random.default_rng(0)
            made = title([pattern], words, seconds=6.0, rng=rng)
            assert made.startswith("Coffee")
            assert "{" not in made
            assert len(made) <= MAX_TITLE


def test_a_title_counts_seconds_only_where_they_are_whole() -> None:
    assert "{A} in {n} seconds" in title_patterns("day", slow=False, seconds=6.0, locale="en")
    assert "{A} in {n} seconds" not in title_patterns("day", slow=False, seconds=5.5, locale="en")


def test_languages_we_do_not_write_get_bare_nouns() -> None:
    patterns = title_patterns("day", slow=True, seconds=6.0, locale="de")
    rng = np.random.default_rng(1)
    made = {title(patterns, ["hafen", "boote"], seconds=6.0, rng=rng) for _ in range(20)}
    assert made == {"Hafen", "Hafen, boote"}
    assert lines("Hafen", ["hafen", "boote"], "calm", slow=True, locale="de", rng=rng) == ["boote"]


def test_lines_do_not_repeat_the_title() -> None:
    rng = np.random.default_rng(1)
    said = lines(
        "Cat and kitten", ["cat", "kitten", "sofa"], "calm", slow=True, locale="en", rng=rng
    )
    assert said[0] == "sofa"
    assert set(said[1:]) == set(LINES_OF_MOOD["calm"])
