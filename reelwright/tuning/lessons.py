"""Conversations as tokens, cut as the engine cuts them, with the places that are to be learned."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from reelwright.studio.backbone import Message
from reelwright.tuning.pairs import Talk

START, END = "<|im_start|>", "<|im_end|>"  # of a message, as the model's own template has them
MARK = "<|soft|>"  # where a soft token stands; no sign of quoted data can be a part of it
SOFT = -1  # in the place of a token that is no word
NOTHING = -100  # in the place of a token that is not to be foretold


@dataclass(frozen=True, slots=True)
class Lesson:
    """One conversation after what all begin with: its tokens, and those that are to be foretold.

    Where it has places for soft tokens, `meant` is what they are made from (`soft.py`).
    """

    tokens: tuple[int, ...]
    is_taught: tuple[bool, ...]
    meant: tuple[float, ...] = ()

    @property
    def num_taught(self) -> int:
        return sum(self.is_taught)


def template(messages: Sequence[Message], *, answering: bool = False) -> str:
    """The text that the engine makes of messages; `answering` opens the next answer."""
    told = "".join(f"{START}{one.role}\n{one.content}{END}\n" for one in messages)
    return f"{told}{START}assistant\n" if answering else told


def encode(words: Tokenizer, text: str) -> list[int]:
    """The tokens of a text; every mark in it is the place of a soft one."""
    first, *others = (words.encode(one, add_special_tokens=False).ids for one in text.split(MARK))
    return [*first, *(token for ids in others for token in (SOFT, *ids))]


def lessons(words: Tokenizer, talks: Sequence[Talk]) -> tuple[tuple[int, ...], list[Lesson]]:
    """The tokens that all talks begin with, their first message, and the rest of each."""
    assert talks, "nothing to learn from"
    first = talks[0].messages[0]
    assert all(talk.messages[0] == first and 0 not in talk.taught for talk in talks), (
        "conversations that do not begin alike"
    )
    return tuple(encode(words, template([first]))), [_lesson(words, talk) for talk in talks]


def _lesson(words: Tokenizer, talk: Talk) -> Lesson:
    tokens: list[int] = []
    taught: list[bool] = []
    for place, message in enumerate(talk.messages[1:], start=1):
        if place not in talk.taught:
            pieces = [(template([message]), False)]
        else:  # no token goes over the border between the opening and an answer that is JSON
            assert message.content.startswith("{"), f"an answer that begins {message.content[:9]!r}"
            opening = template([], answering=True)
            pieces = [(opening, False), (message.content + END, True), ("\n", False)]
        for text, is_taught in pieces:
            ids = encode(words, text)
            tokens += ids
            taught += [is_taught] * len(ids)
    return Lesson(tuple(tokens), tuple(taught), talk.meant)


def batched(chosen: Sequence[Lesson]) -> tuple[Tensor, Tensor]:
    """Tokens, filled up at their ends, and for each the one to foretell after it, or `NOTHING`."""
    longest = max(len(lesson.tokens) for lesson in chosen)
    tokens_BT = torch.zeros(len(chosen), longest, dtype=torch.long)
    next_BT = torch.full((len(chosen), longest), NOTHING)
    for row, lesson in enumerate(chosen):
        tokens = torch.tensor(lesson.tokens)
        tokens_BT[row, : len(tokens)] = tokens
        is_taught = torch.tensor(lesson.is_taught[1:])
        next_BT[row, : len(tokens) - 1] = tokens[1:].where(is_taught, NOTHING)
    last = int((next_BT != NOTHING).any(0).nonzero().max()) + 1  # nothing is asked beyond it
    return tokens_BT[:, :last], next_BT[:, :last]
