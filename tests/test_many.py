"""Many viewers searched for together find what each finds alone."""

import dataclasses

import known_videos
import planted
import pytest
import torch

from reelwright.domain import Format, Viewer
from reelwright.recommender.many import _best_of_each
from reelwright.recommender.recommender import Recommender


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> None:
    torch.set_num_threads(1)


def learned_of(name: str, beyond: float) -> Recommender:
    if name == "planted":
        found = Recommender.from_bytes(planted.recommender().to_bytes())
        config = dataclasses.replace(found.config, beyond=beyond)
        return Recommender(found.model, codebook="a", format=Format(), config=config)
    model = known_videos.model(shortcut=name == "shortcut")
    config = dataclasses.replace(planted.recommender().config, beyond=beyond)
    return Recommender(model, codebook="a", format=Format(), config=config)


def viewers_of(name: str) -> list[Viewer]:
    if name != "planted":
        return [*(known_videos.viewer(seed, 4 * seed) for seed in range(5)), Viewer(id="new")]
    everybody = [case.viewer for case in planted.cases()[:6]]
    codes = everybody[0].history[-1].sid
    steering = dataclasses.replace(
        everybody[0],
        more_content={codes.content[:1]: -3.0},
        more_creative={codes.creative[:1]: 1.5},
    )
    few = dataclasses.replace(everybody[1], history=everybody[1].history[:2], attributes=())
    return [*everybody, steering, few, Viewer(id="new")]


@pytest.mark.parametrize("name", ["planted", "known", "shortcut"])
@pytest.mark.parametrize("beyond", [0.0, 0.5])
@pytest.mark.parametrize("count", [8, 90])
def test_many_wish_for_what_each_wishes_for_alone(name: str, beyond: float, count: int) -> None:
    learned, viewers = learned_of(name, beyond), viewers_of(name)
    together = learned.wishes_of(viewers, count=count)
    for viewer, wishes in zip(viewers, together, strict=True):
        alone = learned.wishes(viewer, count=count)
        assert [one.wish for one in wishes] == [one.wish for one in alone]
        assert [one.exists for one in wishes] == [one.exists for one in alone]
        chances = [one.probability for one in alone]
        assert [one.probability for one in wishes] == pytest.approx(chances, rel=1e-3)


def test_no_group_keeps_more_than_its_best() -> None:
    score_BN = torch.tensor([[5.0, 1.0, 4.0, 3.0, 2.0, 6.0], [0.0, 0.0, 1.0, 2.0, 3.0, 4.0]])
    group_BN = torch.tensor([[0, 0, 0, 1, 1, 2], [3, 3, 3, 3, 3, 1]])
    kept_BN, at_BN = _best_of_each(score_BN, group_BN, 2)
    for score_N, group_N, found_N, place_N in zip(score_BN, group_BN, kept_BN, at_BN, strict=True):
        told = {
            int(place): float(score)
            for place, score in zip(place_N, found_N, strict=True)
            if score > -torch.inf
        }
        brute: dict[int, float] = {}
        for group in set(group_N.tolist()):
            mine = [place for place in range(len(group_N)) if group_N[place] == group]
            mine.sort(key=lambda place: -float(score_N[place]))
            brute |= {place: float(score_N[place]) for place in mine[:2]}
        assert told == brute
