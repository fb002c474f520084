"""Conversations as tokens: whole, with the very places that are to be learned."""

import pytest
import torch
from tiny_llama import write_tiny
from tokenizers import Tokenizer

from reelwright.studio.backbone import Message
from reelwright.tuning.gguf_file import open_model
from reelwright.tuning.lessons import (
    MARK,
    NOTHING,
    SOFT,
    Lesson,
    batched,
    encode,
    lessons,
    template,
)
from reelwright.tuning.pairs import Talk

FIRST = Message("system", "You make films.")
TALK = Talk(
    (
        FIRST,
        Message("user", " the first\nquestion"),
        Message("assistant", '{ "style":"the calm"}'),
        Message("user", "the 2nd"),
        Message("assistant", '{"mood":"the warm"}'),
    ),
    frozenset({2, 4}),
)


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return open_model(write_tiny(tmp_path_factory.mktemp("model") / "tiny.gguf"))[1]


def test_a_conversation_cut_piece_by_piece_is_the_whole_one(words: Tokenizer) -> None:
    beginning, [lesson] = lessons(words, [TALK])
    assert [*beginning, *lesson.tokens] == encode(words, template(TALK.messages))


def test_answers_are_learned_to_their_end_and_nothing_else_is(words: Tokenizer) -> None:
    _, [lesson] = lessons(words, [TALK])
    learned = [
        token for token, taught in zip(lesson.tokens, lesson.is_taught, strict=True) if taught
    ]
    answers = "".join(TALK.messages[place].content + "<|im_end|>" for place in (2, 4))
    assert learned == encode(words, answers)


def test_an_answer_that_is_not_to_be_learned_is_only_read(words: Tokenizer) -> None:
    _, [lesson] = lessons(words, [Talk(TALK.messages, frozenset({4}))])
    _, [both] = lessons(words, [TALK])
    assert lesson.tokens == both.tokens
    assert lesson.num_taught == len(encode(words, TALK.messages[4].content + "<|im_end|>"))


def test_a_batch_asks_for_the_token_after_each_place_before_a_taught_one() -> None:
    short = Lesson((7, 8, 9), (False, True, False))
    long = Lesson((1, 2, 3, 4, 5), (False, False, False, True, False))
    tokens_BT, next_BT = batched([short, long])
    assert tokens_BT.tolist() == [[7, 8, 9], [1, 2, 3]]  # nothing is asked after the third
    assert next_BT.tolist() == [[8, NOTHING, NOTHING], [NOTHING, NOTHING, 4]]


def test_a_shorter_row_is_filled_up_and_asked_nothing_there() -> None:
    short = Lesson((7, 8), (False, True))
    long = Lesson((1, 2, 3, 4), (False, False, False, True))
    tokens_BT, next_BT = batched([short, long])
    assert tokens_BT.shape == next_BT.shape == (2, 3)
    assert torch.equal(next_BT[0], torch.tensor([8, NOTHING, NOTHING]))


def test_conversations_that_begin_otherwise_are_a_mistake_of_ours(words: Tokenizer) -> None:
    other = Talk((Message("system", "Sing."), *TALK.messages[1:]), TALK.taught)
    with pytest.raises(AssertionError, match="begin alike"):
        lessons(words, [TALK, other])


def test_every_mark_is_the_place_of_one_soft_token(words: Tokenizer) -> None:
    told = encode(words, f"the {MARK}{MARK} end{MARK}")
    assert told == [*encode(words, "the "), SOFT, SOFT, *encode(words, " end"), SOFT]


def test_what_soft_tokens_are_made_from_goes_with_the_lesson(words: Tokenizer) -> None:
    soft = Talk((FIRST, Message("user", MARK), *TALK.messages[2:]), TALK.taught, (1.0, 2.0))
    _, [lesson] = lessons(words, [soft])
    assert lesson.meant == (1.0, 2.0)
    assert lesson.tokens.count(SOFT) == 1
