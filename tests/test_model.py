"""The network: nobody looks ahead, padding and neighbours change nothing, beams share the rest."""

import dataclasses

import pytest
import torch
from torch import Tensor

from reelwright.config import RecommenderConfig
from reelwright.domain import Attribute, Deed, EventKind, Origin, SemanticId, Viewer
from reelwright.recommender.context import Batch, Reading, read, side_by_side
from reelwright.recommender.model import DISTANCES, NEAR, Model, View

SIZES = (5, 3, 4, 2)


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def model() -> Model:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = Model(SIZES, RecommenderConfig(layers=2)).eval()
        for parameter in made.parameters():  # so that nothing hides behind a start at zero
            parameter.data += 0.1 * torch.randn(parameter.shape)
    return made


def viewer(seed: int, deeds: int, attributes: int = 1) -> Viewer:
    draw = torch.Generator().manual_seed(seed)

    def code(level: int) -> int:
        return int(torch.randint(SIZES[level], (), generator=draw))

    history = tuple(
        Deed(
            f"v{number}",
            SemanticId((code(0), code(1)), (code(2), code(3))),
            EventKind.PLAY if code(3) else EventKind.SKIP,
            float(code(0)) - 1.5,
            100.0 * number * code(1),
        )
        for number in range(deeds)
    )
    known = tuple(Attribute(f"a{n}", str(code(0)), Origin.DECLARED) for n in range(attributes))
    return Viewer(id=str(seed), history=history, attributes=known)


def reading(one: Viewer) -> Reading:
    return read(one, history=50, depth=len(SIZES))


@torch.inference_mode()
def foretold(model: Model, batch: Batch, place_BQ: Tensor) -> Tensor:
    """(B, Q, all codes): the logits of every level after the codes 1, 1, 1."""
    memory = model.read(batch)
    view = memory.view(place_BQ)
    begun_BQLD, told = model.begin(memory, view), []
    known_BQ1D = torch.zeros(*place_BQ.shape, 1, model.dim)
    for level in range(len(SIZES)):
        before_BQ1l = torch.ones(*place_BQ.shape, 1, level, dtype=torch.long)
        x_BQ1D = model.finish(begun_BQLD[:, :, level, None] + known_BQ1D, memory, view)
        told.append(model.logits(level, x_BQ1D, before_BQ1l, memory, view)[:, :, 0])
        known_BQ1D = known_BQ1D + model.chosen(level, torch.ones(*place_BQ.shape, 1).long())
    return torch.cat(told, dim=-1)


def test_padding_and_neighbours_change_nothing(model: Model) -> None:
    crowd = [viewer(seed, deeds) for seed, deeds in ((1, 7), (2, 0), (3, 12), (4, 1))]
    crowd[2] = dataclasses.replace(crowd[2], attributes=viewer(5, 0, 3).attributes)
    place_B1 = torch.tensor([[len(one.history)] for one in crowd])
    together = foretold(model, side_by_side([reading(one) for one in crowd]), place_B1)
    for row, one in enumerate(crowd):
        alone = foretold(model, side_by_side([reading(one)]), place_B1[row : row + 1])
        torch.testing.assert_close(together[row], alone[0], atol=1e-4, rtol=1e-4)


def test_the_order_of_a_batch_changes_nothing(model: Model) -> None:
    crowd = [reading(viewer(seed, 3 + seed)) for seed in range(4)]
    place_B1 = torch.tensor([[len(one)] for one in crowd])
    order = [2, 0, 3, 1]
    straight = foretold(model, side_by_side(crowd), place_B1)
    mixed = foretold(model, side_by_side([crowd[row] for row in order]), place_B1[order])
    torch.testing.assert_close(straight[order], mixed, atol=1e-4, rtol=1e-4)


def test_every_place_foretells_from_what_came_before_it_alone(model: Model) -> None:
    whole = viewer(9, 20)
    everywhere = foretold(model, side_by_side([reading(whole)]), torch.arange(21)[None])
    for place in (0, 1, 7, 19, 20):
        until = dataclasses.replace(whole, history=whole.history[:place])
        alone = foretold(model, side_by_side([reading(until)]), torch.tensor([[place]]))
        torch.testing.assert_close(everywhere[0, place], alone[0, 0], atol=1e-4, rtol=1e-4)


def test_deeds_that_are_not_kept_seem_never_to_have_been(model: Model) -> None:
    """All but the distance, which still counts them: so the last ones are left out here."""
    batch = side_by_side([reading(viewer(3, 6))])
    place_11 = torch.tensor([[6]])
    with torch.inference_mode():
        keep_BT = torch.tensor([[True, True, True, False, False, False]])
        kept = model.read(batch, keep_BT)
        asked = model.begin(kept, kept.view(place_11))
        everything = model.read(batch)
        deaf = dataclasses.replace(
            everything,
            present_BT=everything.present_BT & kept.present_BT,
            state_BPD=everything.state_BPD[:, [0, 1, 2, 3, 3, 3, 3]],
        )
        torch.testing.assert_close(asked, model.begin(deaf, deaf.view(place_11)))


def test_the_echo_of_liked_deeds_needs_no_learning() -> None:
    fresh = Model(SIZES, RecommenderConfig(layers=1)).eval()
    sids = [SemanticId((4, 2), (3, 1))] * 5
    history = tuple(Deed(str(n), sid, EventKind.LIKE, 3.0, 0.0) for n, sid in enumerate(sids))
    memory = fresh.read(side_by_side([reading(Viewer(id="u", history=history))]))
    view = memory.view(torch.tensor([[5]]))
    for level, before, loudest in ((0, [], 4), (1, [4], 2), (2, [0, 0], 3), (3, [0, 0, 3], 1)):
        before_111l = torch.tensor(before, dtype=torch.long)[None, None, None]
        echo_V = fresh.echo(level, before_111l, memory, view)[0, 0, 0]
        assert int(echo_V.argmax()) == loudest
        assert int((echo_V != 0).sum()) == 1
    silent = fresh.echo(1, torch.tensor([[[[0]]]]), memory, view)
    assert not silent.any(), "no deed had this code before"


def test_far_deeds_are_told_apart_by_octave() -> None:
    present_BT = torch.ones(1, 1 + 200, dtype=torch.bool)
    view = View.of(torch.tensor([[200]]), 1, present_BT)
    from_end_T = view.distance_PT[200].flip(0)
    assert from_end_T[: NEAR - 1].tolist() == list(range(1, NEAR))
    assert from_end_T[[7, 14, 15, 30, 31]].tolist() == [NEAR, NEAR, NEAR + 1, NEAR + 1, NEAR + 2]
    assert int(from_end_T[:-1].max()) == NEAR + 4
    assert int(from_end_T[-1]) == DISTANCES, "who it is has a distance of its own"
