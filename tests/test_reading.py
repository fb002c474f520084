"""Reading takes time: more for letters that say more, none for marks, one time for all who ask."""

import pytest

from reelwright.reading import leaving_s, letters, readable, reading_s


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("", 0),
        ("Harbour", 7),
        ("no hurry", 8),
        ("咖啡", 4),  # two ideographs
        ("コーヒー", 6),  # four syllables
        ("커피", 3),
        ("e\u0301te\u0301", 3),  # marks belong to their letters
        ("किताब", 3),
        ("قهوة", 4),
        ("קָפֶה", 3),
        ("☕", 2),
        ("👩‍👩‍👧‍👦", 2),  # joined, so one picture
        ("👍🏽", 2),
        ("🇩🇪", 2),
        ("क्\u200dष", 2),  # a joiner between letters joins no pictures
    ],
)
def test_a_word_counts_as_many_letters_as_a_reader_reads(words: str, count: float) -> None:
    assert letters(words) == count


def test_reading_takes_time() -> None:
    assert reading_s("") == 0.0
    assert reading_s("Harbour") == pytest.approx(0.67)
    assert reading_s("港の朝") == pytest.approx(0.25 + 0.06 * 5.5)


def test_words_are_readable_only_in_the_time_before_they_go() -> None:
    assert leaving_s(1.0) == pytest.approx(0.12)
    assert leaving_s(60.0) == 0.25
    assert readable("Harbour", 0.80)
    assert not readable("Harbour", 0.75)  # 0.67 s to read, of which 0.09 s are spent going
