"""The network: nobody looks ahead, padding and neighbours change nothing, beams share the rest."""

import dataclasses
import itertools

import known_videos
import numpy as np
import pytest
import torch
from known_videos import numbered
from torch import Tensor

from reelwright.config import RecommenderConfig
from reelwright.domain import Attribute, Deed, EventKind, Origin, SemanticId, Viewer
from reelwright.recommender.context import Batch, Reading, read, side_by_side
from reelwright.recommender.known import Known
from reelwright.recommender.model import DISTANCES, NEAR, Memory, Model, View, grouped_log_softmax

SIZES = known_videos.SIZES


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module", params=["codes alone", "known videos"])
def model(request: pytest.FixtureRequest) -> Model:
    if request.param == "known videos":
        return known_videos.model(shortcut=True)
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
    rows = {f"v{number}": number + 1 for number in range(0, known_videos.COUNT, 2)}
    return read(one, history=50, depth=len(SIZES), rows=rows)


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


@pytest.fixture(scope="module")
def knowing() -> Model:
    return known_videos.model()


def states(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


def asked_after(model: Model, deeds: int) -> tuple[Memory, View]:
    memory = model.read(side_by_side([known_videos.reading(known_videos.viewer(2, deeds))]))
    return memory, memory.view(torch.tensor([[deeds]]))


@torch.inference_mode()
def test_a_code_that_continues_a_known_path_has_a_dot_product_of_its_own(knowing: Model) -> None:
    memory, view = asked_after(knowing, 6)
    for level in range(len(SIZES)):
        prefixes = list(itertools.product(*map(range, SIZES[:level])))
        before_11Nl = torch.tensor(prefixes, dtype=torch.long).view(1, 1, len(prefixes), level)
        x_ND = states(len(prefixes), knowing.dim)
        found_NV = knowing.logits(level, x_ND[None, None], before_11Nl, memory, view)[0, 0]
        brute_NV = x_ND @ knowing.codes[level].weight.T + knowing.popular[level]
        brute_NV = brute_NV + knowing.echo(level, before_11Nl, memory, view)[0, 0]
        for (*before, code), number in numbered(knowing.known.codes_IL, level + 1).items():
            if level:
                place = prefixes.index(tuple(before))
                told = x_ND[place] @ knowing.twig[level - 1].weight[number]
                brute_NV[place, code] += told + knowing.twig_popular[level - 1][number]
        torch.testing.assert_close(found_NV, brute_NV, atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def test_what_the_company_votes_for_is_heard_along_the_tree(knowing: Model) -> None:
    """Voted codes gain just what their share of the votes is worth; others gain nothing."""
    reading = known_videos.reading(known_videos.viewer(3, 9))
    place_11 = torch.tensor([[len(reading)]])
    memory = knowing.read(side_by_side([reading]))
    deaf, hearing = memory.view(place_11), memory.view(place_11, knowing.votes([reading], place_11))
    gains = []
    for level, size in enumerate(SIZES):
        stems = [()] if level == 0 else list(numbered(knowing.known.codes_IL, level))
        before_11Nl = torch.tensor(stems, dtype=torch.long).view(1, 1, len(stems), level)
        x_11ND = states(len(stems), knowing.dim)[None, None]
        without, with_ = (
            knowing.logits(level, x_11ND, before_11Nl, memory, view)[0, 0]
            for view in (deaf, hearing)
        )
        for row, stem in enumerate(stems):
            for code in range(size):
                gain = known_videos.heard(knowing, reading, stem, (*stem, code))
                gains.append(gain)
                assert float(with_[row, code] - without[row, code]) == pytest.approx(gain, abs=1e-4)
    assert min(gains) == 0 < max(gains)


@torch.inference_mode()
def test_of_the_videos_with_the_same_codes_each_is_asked_about(knowing: Model) -> None:
    known = knowing.known
    numbers = numbered(known.codes_IL, len(SIZES))
    sid_N = torch.tensor([0, *numbers.values(), 0, 1])
    x_ND = states(len(sid_N), knowing.dim)
    found = knowing.which(x_ND, sid_N)
    brute = []
    for place, sid in enumerate(sid_N.tolist()):
        for row, codes in enumerate(known.codes_IL.tolist(), start=1):
            if numbers[tuple(codes)] == sid:
                told = torch.from_numpy(known.features_IF[row - 1]) @ knowing.from_features
                logit = x_ND[place] @ (told + knowing.own.weight[row])
                brute.append((place, row, float(logit + knowing.popular_video[row])))
    assert len(brute) > len(sid_N), "some share their codes"
    whose, rows, logits = zip(*brute, strict=True)
    assert found[0].tolist() == list(whose)
    assert found[1].tolist() == list(rows)
    assert found[2].numpy() == pytest.approx(np.array(logits), abs=1e-4)


@torch.inference_mode()
def test_a_known_video_is_its_codes_its_features_and_what_is_its_own(knowing: Model) -> None:
    videos_ID, known = knowing.videos(), knowing.known
    assert videos_ID.shape == (1 + len(known), knowing.dim)
    assert not videos_ID[0].any(), "row 0 is nothing"
    state_ND = states(3, knowing.dim)
    dense_NI = knowing.dense(state_ND, videos_ID, knowing.popular_video)
    for row, codes in enumerate(known.codes_IL.tolist(), start=1):
        about = torch.from_numpy(known.features_IF[row - 1]) @ knowing.from_features
        about = about + knowing.own.weight[row]
        for level, code in enumerate(codes):
            about = about + knowing.codes[level].weight[code]
        torch.testing.assert_close(videos_ID[row], about)
        for place, state in enumerate(state_ND):
            told = knowing.dense_norm(state) @ about + knowing.popular_video[row]
            assert float(dense_NI[place, row]) == pytest.approx(float(told), abs=1e-4)


@torch.inference_mode()
def test_a_video_that_is_not_known_is_read_as_its_codes_alone(knowing: Model) -> None:
    ignorant = Model(SIZES, RecommenderConfig(layers=2, dim=32)).eval()
    shared = {name for name, _ in ignorant.named_parameters()}
    mine = {name: w for name, w in knowing.state_dict().items() if name in shared}
    mine |= {name: ignorant.state_dict()[name] for name in ("own.weight", "popular_video")}
    mine["from_features"] = ignorant.from_features
    for name in [name for name in mine if name.startswith("twig")]:
        mine[name] = ignorant.state_dict()[name]
    ignorant.load_state_dict(mine)
    one = known_videos.viewer(2, 6)
    renamed = tuple(dataclasses.replace(deed, video="never met") for deed in one.history)
    for history, same in ((renamed, True), (one.history, False)):
        batch = side_by_side([known_videos.reading(dataclasses.replace(one, history=history))])
        ours_BPD, theirs_BPD = (model.read(batch).state_BPD for model in (knowing, ignorant))
        assert torch.allclose(ours_BPD, theirs_BPD, atol=1e-4) == same


def test_a_video_that_comes_later_begins_where_its_codes_are() -> None:
    """What only known videos have starts at nothing: a fresh model tells them by codes alone."""
    about = known_videos.known()
    bare = Known(about.ids, about.codes_IL, about.features_IF[:, :0])
    fresh = Model(SIZES, RecommenderConfig(layers=1), bare).eval()
    with torch.inference_mode():
        videos_ID = fresh.videos()
        _, _, logits = fresh.which(states(1, fresh.dim), torch.tensor([1]))
    assert not logits.any()
    by_codes: dict[tuple[int, ...], Tensor] = {}
    for codes, vector in zip(about.codes_IL.tolist(), videos_ID[1:], strict=True):
        assert torch.equal(by_codes.setdefault(tuple(codes), vector), vector)


def test_before_a_place_was_read_the_last_deed_that_is_there(model: Model) -> None:
    num_who, num_T = 2, 7
    x_BTD = states(4, num_who + num_T, model.dim)
    rng = np.random.default_rng(0)
    present_BT = torch.from_numpy(rng.random((4, num_who + num_T)) < 0.5)
    present_BT[3, num_who:] = False
    found_BPD = model._before_each_place(x_BTD, present_BT, num_who)
    for row in range(4):
        last = x_BTD[row, 0]
        for place in range(num_T + 1):
            assert torch.equal(found_BPD[row, place], last), (row, place)
            if place < num_T and present_BT[row, num_who + place]:
                last = x_BTD[row, num_who + place]


def test_a_softmax_by_owner_is_that_of_each_owner_alone() -> None:
    whose_M = torch.tensor([3, 0, 3, 1, 3, 0])  # nothing is owner 2's
    score_M = (30.0 * states(6)).requires_grad_()
    found_M = grouped_log_softmax(score_M, whose_M, 4)
    weight_M = states(6).abs()
    (slope_M,) = torch.autograd.grad(found_M @ weight_M, score_M)
    for owner in (0, 1, 3):
        alone = score_M.detach()[whose_M == owner].requires_grad_()
        brute = alone.log_softmax(-1)
        (slope,) = torch.autograd.grad(brute @ weight_M[whose_M == owner], alone)
        torch.testing.assert_close(found_M.detach()[whose_M == owner], brute.detach())
        torch.testing.assert_close(slope_M[whose_M == owner], slope, atol=1e-5, rtol=1e-4)
