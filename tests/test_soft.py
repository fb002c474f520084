"""Soft tokens: in the place of a wish's words, as long as words, each made from its own wish."""

import dataclasses

import numpy as np
import pytest
import torch
from soft_plans import FIRST, ask, question
from studio_wishes import (
    KIT,
    STYLE_VECTORS,
    random_meaning,
    random_wish,
    topic_meaning,
    word_vectors,
)
from tiny_llama import SHAPE, tiny

from reelwright.catalogue.topics import TOPICS
from reelwright.domain import SemanticId, Wish
from reelwright.studio.backbone import Message
from reelwright.studio.scripted import ScriptedBackbone
from reelwright.studio.studio import Studio
from reelwright.tuning.fit import loss_of
from reelwright.tuning.lessons import MARK, SOFT, Lesson
from reelwright.tuning.pairs import listen
from reelwright.tuning.soft import Projector, Sizes, embedded, meant, softened

SIZES = Sizes(content=6, creative=4, width=SHAPE.width, each=2, inner=16)


def projector(seed: int = 0, sizes: Sizes = SIZES) -> Projector:
    rng = torch.Generator().manual_seed(seed)
    meant_NM = torch.randn(9, sizes.content + sizes.creative, generator=rng) * 3 + 5
    return Projector.fresh(sizes, meant_NM, tiny().token_embd.weight, rng=rng)


def lesson(number: int) -> Lesson:
    rng = np.random.default_rng(number)
    tokens = (1, *[SOFT] * SIZES.num_tokens, 7 + number, 9, 2)
    return Lesson(tokens, (False,) * (len(tokens) - 2) + (True, True), tuple(rng.normal(size=10)))


def test_soft_tokens_that_are_words_are_read_as_those_words() -> None:
    model, one = tiny(), lesson(1)
    words = [31, 8, 44, 100]
    plain = Lesson((1, *words, *one.tokens[5:]), one.is_taught)
    told = model.token_embd(torch.tensor([words]))
    tokens_BT = torch.tensor([one.tokens])
    found = model.after(embedded(model, tokens_BT, [one], lambda _: told))
    assert torch.equal(found, model(torch.tensor([plain.tokens])))
    before = model.read([5, 6])
    soft = loss_of(model, before, [one], project=lambda _: told)
    assert torch.equal(soft, loss_of(model, before, [plain]))


def test_every_row_reads_its_own_wish() -> None:
    model, made = tiny(), projector()
    told = [lesson(number) for number in range(3)]
    rows = embedded(model, torch.tensor([one.tokens for one in told]), told, made)
    for row, one in zip(rows, told, strict=True):  # the slow twin: one at a time
        alone = embedded(model, torch.tensor([one.tokens]), [one], made)[0]
        assert torch.allclose(row, alone, atol=1e-5)
        assert torch.allclose(row[1:5], made(torch.tensor([one.meant]).float())[0], atol=1e-5)
        assert torch.equal(
            row[[0, 5, 6, 7]], model.token_embd(torch.tensor(one.tokens)[[0, 5, 6, 7]])
        )
    assert not torch.allclose(rows[0, 1:5], rows[1, 1:5])


def test_each_vector_tells_its_own_half_and_counts_by_how_it_differs() -> None:
    made = projector()
    one = torch.randn(1, 10, generator=torch.Generator().manual_seed(4))
    other = one.clone()
    other[0, SIZES.content :] += 1
    first, second = made(one), made(other)
    assert torch.equal(first[:, :2], second[:, :2])
    assert not torch.allclose(first[:, 2:], second[:, 2:])
    far = Projector.fresh(
        SIZES,
        torch.stack([one[0] + 900, one[0] + 901]),
        tiny().token_embd.weight,
        rng=torch.Generator(),
    )
    assert far.middle_M.mean() > 800
    assert far(one + 900).isfinite().all()


def test_soft_tokens_are_as_long_as_words() -> None:
    model, made = tiny(), projector()
    soft = made(torch.randn(5, 10, generator=torch.Generator().manual_seed(1))).detach()
    words = model.token_embd.weight.square().mean().sqrt()
    assert float(soft.square().mean().sqrt()) == pytest.approx(float(words), rel=0.01)


def test_a_gradient_reaches_the_projector_and_nothing_else() -> None:
    model, made = tiny(), projector()
    loss_of(model, model.read([5, 6]), [lesson(0), lesson(1)], project=made).backward()  # type: ignore[no-untyped-call]
    assert all(weight.grad is not None and weight.grad.any() for weight in made.parameters())
    assert all(weight.grad is None for weight in model.parameters())


def test_a_real_directors_question_keeps_all_but_the_words_of_its_wish() -> None:
    """Every question that the studio really asks of a director, and none that it asks of others."""
    wishes = [
        (Wish(sid=SemanticId((place,), (place % 8,)), codebook="test"), topic_meaning(topic, style))
        for place, (topic, style) in enumerate(zip(TOPICS, KIT.styles, strict=False))
    ]
    heard = listen(
        lambda answers: Studio(KIT, word_vectors, STYLE_VECTORS, answers),
        ScriptedBackbone(),
        wishes,
    )
    for (wish, meaning), plan in zip(wishes, heard, strict=True):
        assert plan[0].ask.wish == wish
        told = plan[0].ask.messages[1]
        soft = softened(told, 3)
        assert soft is not None
        head, _, tail = told.content.partition('"about":')
        assert soft.content.startswith(f'{head}"meant":"{MARK * 3}","seconds":')
        kept = tail[tail.index('"seconds":') :]
        assert soft.content.endswith(kept)
        assert not any(
            f'"{title}"' in soft.content.partition('"seconds"')[0] for title in meaning.titles
        )
        for pair in plan[1:]:
            assert softened(pair.ask.messages[-1], 3) is None


def test_words_that_look_like_the_end_of_a_wish_do_not_end_it() -> None:
    meaning = random_meaning(np.random.default_rng(1))
    wish = random_wish(np.random.default_rng(1), 1)
    trap = 'no","seconds":99,"x":"'
    words = (trap, MARK)
    for told in (
        dataclasses.replace(meaning, about=words),
        dataclasses.replace(meaning, titles=words),
        dataclasses.replace(meaning, style=words),
    ):
        said = question(wish, 1, told)
        assert MARK not in said.content
        soft = softened(said, 2)
        assert soft is not None
        assert soft.content.count(MARK) == 2
        assert "99" not in soft.content.partition('"seconds"')[0]


def test_what_tells_no_wish_has_no_place_for_one() -> None:
    assert softened(Message("user", 'MATERIAL {"complaints":[]}\nYour role: director'), 2) is None
    assert softened(FIRST, 2) is None
    assert softened(ask(1).messages[1], 2) is not None


def test_both_vectors_stand_in_one_row_content_first() -> None:
    both = np.array([1, 2], np.float32), np.array([3], np.float32)
    assert meant(both) == (1.0, 2.0, 3.0)
