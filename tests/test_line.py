"""The pieces of a line stand where the whole line has them, in whatever directions it is read."""

import cv2
import numpy as np
import pytest
import skia
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.render.bidi import levels, right_to_left, visual
from reelwright.render.breaking import Word, words
from reelwright.render.line import laid_out
from reelwright.render.shaping import Setting, paragraph, spoken

INTER = Setting(family="inter", weight=600)
SIZE, WIDTH = 24.0, 1600
VOCABULARY = [
    *("Jazz", "up,", "(close)", "50%", "2024", "—", "a-b", "12:30", "$9", "50-60"),
    *("שלום", "עולם!", "(תל", "אביב)", "ב-Jazz", "قهوة", "الصباح،", "٢٠٢٤", "على", "x/שלום"),
]


def drawn(parts: list[tuple[str, float]], setting: Setting) -> np.ndarray:
    """Texts at their places on one line, blurred, so that a word counts and a kern does not."""
    ink = np.zeros((60, WIDTH), np.uint8)
    with skia.Surface.MakeRasterDirect(skia.ImageInfo.MakeA8(WIDTH, 60), ink) as canvas:
        for text, x in parts:
            line = paragraph(text, setting, SIZE, skia.Paint(AntiAlias=True))
            line.paint(canvas, 10 + x, 45 - line.AlphabeticBaseline)
    return cv2.GaussianBlur(ink.astype(np.float32), (0, 0), 1.5)


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    return float((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum()))


@settings(max_examples=60)
@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=6))
def test_pieces_side_by_side_look_like_the_line_drawn_whole(row: list[str]) -> None:
    text = " ".join(row)
    setting = spoken(INTER, text)
    space = paragraph("n n", setting, 100).LongestLine - paragraph("nn", setting, 100).LongestLine
    pieces = laid_out([Word(one) for one in row], setting, space / 100)
    whole = drawn([(text, 0.0)], setting)
    apart = drawn([(piece.text, piece.x * SIZE) for piece in pieces], setting)
    assert likeness(whole, apart) > 0.9, [piece.text for piece in pieces]


def test_the_likeness_tells_words_in_the_wrong_order() -> None:
    setting = spoken(INTER, "שלום")
    right, wrong = ([("שלום", a), ("עולם", b)] for a, b in ((80.0, 0.0), (0.0, 80.0)))
    assert likeness(drawn(right, setting), drawn(wrong, setting)) < 0.9


def test_words_come_in_the_order_in_which_they_are_read() -> None:
    row = words("قهوة الصباح على البحر")
    pieces = laid_out(row, spoken(INTER, "قهوة"), 0.25)
    assert [piece.text for piece in pieces] == ["قهوة", "الصباح", "على", "البحر"]
    assert [piece.x for piece in pieces] == sorted((piece.x for piece in pieces), reverse=True)
    joined = sum(piece.width for piece in pieces) + 3 * 0.25
    assert pieces[0].x + pieces[0].width == pytest.approx(joined)


def test_a_word_that_its_neighbour_turns_moves_with_it() -> None:
    setting = spoken(INTER, "see שלום! עולם now")
    pieces = laid_out(words("see שלום! עולם now"), setting, 0.25)
    assert [piece.text for piece in pieces] == ["see", "שלום! עולם", "now"]


def test_torn_words_are_whole_again_on_one_line() -> None:
    parts = [Word("Donau", gap=False, hyphen=True), Word("dampf", gap=False, hyphen=True)]
    assert [piece.text for piece in laid_out(parts, INTER, 0.25)] == ["Donaudampf-"]
    assert [piece.text for piece in laid_out([parts[0], Word("fahrt")], INTER, 0.25)] == [
        "Donaufahrt"
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("אבג 12 דה", "הד 12 גבא"),
        ("a אב (גד) b", "a (דג) בא b"),  # brackets are mirrored when drawn, hence as they stand
    ],
)
def test_letters_stand_in_the_order_of_the_standard(text: str, shown: str) -> None:
    order = visual(levels(text, rtl=right_to_left(text)))
    mirrored = str.maketrans("()", ")(")
    whole = levels(text, rtl=right_to_left(text))
    said = "".join(text[at].translate(mirrored) if whole[at] % 2 else text[at] for at in order)
    assert said == shown


def test_the_first_letter_decides_from_where_a_text_is_read() -> None:
    assert right_to_left("12 שלום Jazz")
    assert not right_to_left("hello مرحبا")
    assert not right_to_left("12 % !")
