"""Wishes to learn from: many different ones, over a catalogue's codes or the demo's topics."""

import itertools
from collections import Counter

import numpy as np
import pytest
from studio_wishes import KIT
from test_codebook import World

from reelwright.catalogue.topics import TOPICS
from reelwright.domain import Format, SemanticId
from reelwright.sids.codebook import Codebook
from reelwright.tuning.wishes import from_codes, from_topics

FORM = Format(duration_s=4.0)


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return World().fit()


@pytest.mark.parametrize("count", [2, 24, 60, 150])
def test_wishes_differ_and_every_topic_comes_about_as_often(count: int) -> None:
    found = from_topics(KIT, count, format=FORM, rng=np.random.default_rng(1))
    assert len({wish.key for wish, _ in found}) == count
    often = Counter(wish.sid.content for wish, _ in found)
    each = -(-count // len(TOPICS))
    assert set(list(often.values())[:-1]) <= {each}
    assert 0 < list(often.values())[-1] <= each


def test_those_of_one_content_stand_together() -> None:
    found = from_topics(KIT, 50, format=FORM, rng=np.random.default_rng(2))
    contents = [wish.sid.content for wish, _ in found]
    changes = sum(one != other for one, other in itertools.pairwise(contents))
    assert changes == len(set(contents)) - 1


def test_a_wish_means_its_topic_in_its_style() -> None:
    for wish, meaning in from_topics(KIT, 30, format=FORM, rng=np.random.default_rng(3)):
        style = KIT.styles[wish.sid.creative[0]]
        assert meaning.about == TOPICS[wish.sid.content[0]].tags
        assert style.tempo_bpm[0] <= meaning.traits.tempo_bpm <= style.tempo_bpm[1]
        assert ", ".join(meaning.style) == style.about
        assert wish.format == FORM


def test_the_same_seed_gives_the_same_wishes() -> None:
    first, same, other = (
        from_topics(KIT, 20, format=FORM, rng=np.random.default_rng(seed)) for seed in (4, 4, 5)
    )
    assert first == same != other


def test_a_catalogues_contents_are_wished_for_in_its_other_styles(codebook: Codebook) -> None:
    sids = [SemanticId((0, 1), (1, 0)), SemanticId((0, 0), (0, 1)), SemanticId((1, 0), (1, 0))]
    found = from_codes(codebook, sids, 6, format=FORM, rng=np.random.default_rng(5))
    wished = {(wish.sid.content, wish.sid.creative) for wish, _ in found}
    assert wished == {(one.content, other.creative) for one in sids for other in sids}
    for wish, meaning in found:
        assert wish.codebook == codebook.version
        assert meaning == codebook.meaning(wish.sid)


def test_no_more_is_wished_for_than_there_is(codebook: Codebook) -> None:
    sids = [SemanticId((0, 1), (1, 0)), SemanticId((0, 0), (0, 1))]
    assert len(from_codes(codebook, sids, 99, format=FORM, rng=np.random.default_rng(5))) == 4
