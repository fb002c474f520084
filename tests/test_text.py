"""Sentences near in meaning are near as vectors, in any language, and are computed once."""

import numpy as np
import pytest

from reelwright.features.text import DIM, TextVectors


@pytest.fixture(scope="module")
def texts() -> TextVectors:
    return TextVectors(remembered=8)


def test_near_in_meaning_is_near_in_angle(texts: TextVectors) -> None:
    dog, puppy, hund, bank = texts.encode(
        [
            "a dog on the beach",
            "a puppy along the shore",
            "ein Hund am Strand",
            "interest rates rose",
        ]
    )
    assert dog.shape == (DIM,)
    assert np.linalg.norm(dog) == pytest.approx(1, abs=1e-3)
    assert min(dog @ puppy, dog @ hund) > 0.4 > 0.2 > dog @ bank


def test_order_repeats_and_company_change_nothing(texts: TextVectors) -> None:
    one = texts.encode(["sailing"])[0]
    fresh = TextVectors().encode(["boats", "sailing", "boats", "sailing"])
    assert fresh[0].tolist() == fresh[2].tolist()
    assert fresh[1] == pytest.approx(one, abs=1e-5)


def test_texts_without_words_are_zeros_and_no_texts_are_no_rows(texts: TextVectors) -> None:
    assert not texts.encode(["", " !? "]).any()
    assert texts.encode([]).shape == (0, DIM)


def test_more_texts_than_are_remembered_come_out_right(texts: TextVectors) -> None:
    many = [f"sentence number {number}" for number in range(20)]
    assert texts.encode(many) == pytest.approx(texts.encode(many[::-1])[::-1], abs=1e-5)
