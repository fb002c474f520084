"""Words become wishes: the nearest content by meaning, the style that is said, equal for equals."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright import prompt
from reelwright.domain import Format, SemanticId, StyleKind
from reelwright.prompt import Prompts
from reelwright.storage.database import Busy

WORDS = ("harbour", "boats", "noodles", "street", "glaciers", "snow")
TITLES = ("Boats come in", "Noodles at ten", "Snow again")
TOPICS = (("harbour", "boats"), ("noodles", "street"), ("glaciers", "snow"))
STYLES = tuple(
    StyleKind(name, about, (60.0, 120.0), (1.0, 2.0))
    for name, about in (("calm_minimal", "pale and quiet"), ("neon_night", "pink lights"))
)


def texts(said: Sequence[str]) -> NDArray[np.float32]:
    """Which of six words are in a text."""
    rows = [[float(word in text.casefold()) for word in WORDS] for text in said]
    return np.array(rows, np.float32)


class Codes:
    """Content vectors are the numbers of their titles, creative ones those of their styles."""

    version = "v"
    titles = TITLES
    titled_SD = np.eye(3, dtype=np.float32)
    painted_SE = np.eye(2, dtype=np.float32)

    def encode(self, content: NDArray[np.float32], creative: NDArray[np.float32]) -> SemanticId:
        return SemanticId((int(content.argmax()),), (int(creative.argmax()),))

    def meaning(self, sid: SemanticId) -> Any:
        return SimpleNamespace(about=TOPICS[sid.content[0]])


def prompts() -> Prompts:
    looks = {"calm_minimal": Codes.painted_SE[0], "neon_night": Codes.painted_SE[1]}
    codes: Any = Codes()
    return Prompts(codes, STYLES, lambda: looks, texts)


@pytest.mark.parametrize(
    ("words", "content", "creative"),
    [
        ("a calm harbour", 0, 0),
        ("noodles in the street, neon", 1, 1),
        ("Glaciers, pink LIGHTS", 2, 1),
    ],
)
def test_words_find_their_content_and_their_style(words: str, content: int, creative: int) -> None:
    wish = prompts().wish(words, format=Format())
    assert wish.sid == SemanticId((content,), (creative,))
    assert (wish.brief, wish.codebook) == (words, "v")


def test_the_nearest_content_is_the_one_that_brute_force_finds() -> None:
    said = [f"{one} {other}" for one in WORDS for other in WORDS]
    reader = prompts()
    for words in said:
        scores = [
            float(
                texts([title])[0] @ texts([words])[0]
                + texts([" ".join(topic)])[0] @ texts([words])[0]
            )
            for title, topic in zip(TITLES, TOPICS, strict=True)
        ]
        assert reader.wish(words, format=Format()).sid.content == (int(np.argmax(scores)),)


def test_spaces_make_no_other_wish() -> None:
    reader = prompts()
    one, other = (reader.wish(words, format=Format()) for words in ("a  b\n c", "a b c"))
    assert one.key == other.key


def test_as_long_as_the_catalogue_is_being_read_one_comes_back_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prompt, "WAIT_S", 0.0)
    reader = prompts()
    monkeypatch.setattr(
        reader, "_reading", SimpleNamespace(start=lambda: None, is_alive=lambda: True)
    )
    with pytest.raises(Busy, match="still being read"):
        reader.wish("a harbour", format=Format())
