"""The recommender on planted tastes: exact within, free beyond, steered at once, live, kept."""

import dataclasses
import hashlib
import io
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import known_videos
import numpy as np
import planted
import pytest
import scipy.stats
import torch

from reelwright.config import RecommenderConfig
from reelwright.domain import EventKind, Format, SemanticId, Viewer
from reelwright.errors import ReelwrightError
from reelwright.recommender.coverage import Calibration
from reelwright.recommender.evaluate import evaluate
from reelwright.recommender.foresight import Foresight
from reelwright.recommender.joint import Joint
from reelwright.recommender.recommender import ABOUT, DIGEST_BYTES, Recommender


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def recommender() -> Recommender:
    """A copy that the test may change, with all videos."""
    copy = Recommender.from_bytes(planted.recommender().to_bytes())
    for video, sid in planted.videos().items():
        copy.add(video, sid)
    return copy


def someone(place: int = 0) -> Viewer:
    return planted.cases()[place].viewer


def scored(viewer: Viewer, sid: SemanticId) -> float:
    """The slow twin: the probability of one semantic ID, code by code."""
    learned = planted.recommender()
    step = Foresight(learned.folded, viewer, history=learned.config.history, beyond=0.0)
    logp = [
        step(np.array([sid.codes[:level]], np.int64).reshape(1, level))[0][code]
        for level, code in enumerate(sid.codes)
    ]
    return float(np.exp(sum(logp)))


def test_the_planted_taste_is_found() -> None:
    measures = evaluate(planted.recommender(), planted.cases(), at=(10,))
    assert measures["recall_at_10"] >= 2 * measures["recall_at_10_popular"]
    assert measures["ndcg_at_10"] >= 2 * measures["ndcg_at_10_popular"]
    assert measures["recall_at_10_popular"] > measures["recall_at_10_random"]


def test_within_equals_full_scoring_of_the_catalogue() -> None:
    videos, viewer = planted.videos(), someone()
    found = planted.recommender().within(viewer, count=len(videos), without=())
    sharing = {sid: list(videos.values()).count(sid) for sid in videos.values()}
    brute = {video: scored(viewer, sid) / sharing[sid] for video, sid in videos.items()}
    assert {video for video, _ in found} == set(videos)
    assert [chance for _, chance in found] == sorted((c for _, c in found), reverse=True)
    for video, chance in found:
        assert chance == pytest.approx(brute[video], rel=1e-3)


def test_within_leaves_out_what_it_is_told_to_and_still_fills_the_list() -> None:
    viewer, learned = someone(), planted.recommender()
    best = [video for video, _ in learned.within(viewer, count=60, without=())]
    rest = learned.within(viewer, count=60, without=best)
    assert len(rest) == 60
    assert not {video for video, _ in rest} & set(best)
    assert learned.within(viewer, count=5, without=planted.videos()) == []


def test_within_keeps_to_a_category_and_leaves_out_what_was_met() -> None:
    learned, names = planted.recommender(), list(planted.videos())
    category, fresh = learned.mask(names[::2]), learned.mask(names[30:])
    viewer = someone()
    everything = learned.within(viewer, count=len(names))
    for among, kept in ((category, names[::2]), (category & fresh, names[30::2])):
        found = learned.within(viewer, count=len(names), without=viewer.seen, among=among)
        left = set(kept) - viewer.seen
        assert {video for video, _ in found} == left
        assert [video for video, _ in found] == [v for v, _ in everything if v in left]
    assert learned.within(viewer, count=5, among=learned.mask([])) == []


def test_a_dense_score_ranks_what_the_beam_recalled() -> None:
    learned, viewer = planted.recommender(), someone()
    recalled = learned.within(viewer, count=30, width=30)
    backwards = {video: float(place) for place, (video, _) in enumerate(recalled)}
    joint = Joint(lambda videos: np.array([backwards.get(v, -50.0) for v in videos]), weight=20.0)
    ranked = learned.within(viewer, count=30, width=30, joint=joint)
    assert [video for video, _ in ranked] == [video for video, _ in reversed(recalled)]


def test_videos_that_share_codes_share_their_probability(recommender: Recommender) -> None:
    best, chance = recommender.within(someone(), count=1, without=())[0]
    recommender.add("twin", planted.videos()[best])
    found = dict(recommender.within(someone(), count=120, without=()))
    assert found["twin"] == found[best] == pytest.approx(chance / 2, rel=1e-3)
    assert "twin" in dict(recommender.within(someone(), count=120, without=[best]))


def test_a_new_video_is_recommended_without_training(recommender: Recommender) -> None:
    wish = next(
        ranked
        for ranked in recommender.wishes(someone(), count=24)
        if ranked.wish.sid not in planted.videos().values()
    )
    assert "new" not in dict(recommender.within(someone(), count=121, without=()))
    recommender.add("new", wish.wish.sid)
    assert "new" in dict(recommender.within(someone(), count=20, without=someone().seen))
    recommender.remove("new")
    assert "new" not in dict(recommender.within(someone(), count=121, without=()))


def test_wishes_are_ranked_distinct_and_go_beyond_the_catalogue() -> None:
    learned = planted.recommender()
    for place in range(5):
        ranked = learned.wishes(someone(place), count=24)
        chances = [one.probability for one in ranked]
        sids = [one.wish.sid for one in ranked]
        assert len(set(sids)) == 24
        assert chances == sorted(chances, reverse=True)
        assert 0 < sum(chances) <= 1
        variants = Counter(sid.content for sid in sids)
        assert max(variants.values()) <= planted.SMALL.variants
        assert not set(sids) <= set(planted.videos().values())
        assert {one.wish.codebook for one in ranked} == {"planted"}


def test_what_lies_beyond_is_the_viewers_taste_in_style(recommender: Recommender) -> None:
    """The more a wish may leave the catalogue, the more often its style is a beloved one."""

    def loved(beyond: float) -> float:
        recommender.config = dataclasses.replace(recommender.config, beyond=beyond)
        hits = []
        for place in range(40):
            _, creatives = planted.tastes(int(someone(place).id))
            wishes = recommender.wishes(someone(place), count=12)
            hits += [ranked.wish.sid.creative[0] in creatives for ranked in wishes]
        return float(np.mean(hits))

    as_it_is, free = loved(0.0), loved(1.0)
    assert free > as_it_is + 0.1, (as_it_is, free)


@pytest.mark.parametrize("branch", ["content", "creative"])
def test_one_tap_moves_the_next_answer(branch: str) -> None:
    learned, viewer = planted.recommender(), someone(3)
    best = learned.wishes(viewer, count=24)
    code = getattr(best[-1].wish.sid, branch)[0]

    def share(more: float) -> float:
        """Of the wishes' probability that has this code first in the branch."""
        taps: Any = {f"more_{branch}": {(code,): more}}
        tapped = dataclasses.replace(viewer, **taps)
        wishes = learned.wishes(tapped, count=200)
        chances = [ranked.probability for ranked in wishes]
        theirs = [getattr(ranked.wish.sid, branch)[0] == code for ranked in wishes]
        return float(np.dot(chances, theirs)) / sum(chances)

    less, plain, more = share(-1.5), share(0.0), share(1.5)
    odds = [part / (1 - part) for part in (less, plain, more)]
    assert odds[1] > 2 * odds[0], odds
    assert odds[2] > 2 * odds[1], odds


def test_a_deed_of_a_moment_ago_moves_the_next_answer() -> None:
    learned = planted.recommender()
    viewer = dataclasses.replace(someone(), history=someone().history[:6])
    content = 11
    liked = [
        dataclasses.replace(viewer.history[0], video=video, sid=sid, weight=1.0, at_s=1e3)
        for video, sid in planted.videos().items()
        if sid.content[0] == content
    ][:3]

    def chance(one: Viewer) -> float:
        ranked = learned.wishes(one, count=100)
        return sum(r.probability for r in ranked if r.wish.sid.content[0] == content)

    after = dataclasses.replace(viewer, history=(*viewer.history, *liked))
    assert chance(after) > 2 * chance(viewer)


def test_a_stranger_gets_about_what_is_popular() -> None:
    learned = planted.recommender()
    found = dict(learned.within(Viewer(id="new"), count=120, without=()))
    assert len(found) == 120
    likes = dict.fromkeys(found, 0)
    for case in planted.cases():
        for deed in case.viewer.history:
            likes[deed.video] += deed.weight > 0
    shown, liked = list(found.values()), [likes[video] for video in found]
    alike = scipy.stats.spearmanr(shown, liked).statistic
    assert alike > 0.4, alike


def test_many_threads_get_the_answers_that_one_gets(recommender: Recommender) -> None:
    viewers = [someone(place) for place in range(12)]
    alone = [recommender.within(viewer, count=5, without=()) for viewer in viewers]
    with ThreadPoolExecutor(4) as pool:
        changes = [pool.submit(recommender.remove, f"nothing {n}") for n in range(50)]
        together = list(pool.map(lambda v: recommender.within(v, count=5, without=()), viewers))
    assert all(change.done() for change in changes)
    assert together == alone


def test_what_was_kept_answers_alike_and_searches_as_it_is_told() -> None:
    learned = planted.recommender()
    again = Recommender.from_bytes(learned.to_bytes())
    assert again.within(someone(), count=9, without=()) == [], "videos are added anew"
    for video, sid in planted.videos().items():
        again.add(video, sid)
    assert again.wishes(someone(), count=9) == learned.wishes(someone(), count=9)
    told = dataclasses.replace(planted.SMALL, beam_width=7, layers=5)
    assert Recommender.from_bytes(learned.to_bytes(), config=told).config == dataclasses.replace(
        planted.SMALL, beam_width=7
    )


@pytest.mark.parametrize("lacking", ["known", "echo.loud"])
def test_a_payload_of_an_earlier_version_is_refused(lacking: str) -> None:
    with np.load(io.BytesIO(planted.recommender().to_bytes()[DIGEST_BYTES:])) as arrays:
        kept = dict(arrays)
    about = json.loads(str(kept[ABOUT]))
    for told in (about, kept):
        told.pop(lacking, None)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **kept | {ABOUT: np.array(json.dumps(about))})
    digest = hashlib.blake2b(file.getvalue(), digest_size=DIGEST_BYTES).digest()
    with pytest.raises(ReelwrightError, match="earlier version"):
        Recommender.from_bytes(digest + file.getvalue())


@pytest.mark.parametrize("place", [0, 5, 40, 5000, -1])
def test_a_damaged_payload_is_refused(place: int) -> None:
    payload = bytearray(planted.recommender().to_bytes())
    payload[place] ^= 1
    with pytest.raises(ReelwrightError, match="damaged"):
        Recommender.from_bytes(bytes(payload))
    for short in (b"", bytes(payload[:100])):
        with pytest.raises(ReelwrightError, match="damaged"):
            Recommender.from_bytes(short)


def test_no_code_is_run_that_a_payload_brings() -> None:
    payload = planted.recommender().to_bytes()
    with np.load(io.BytesIO(payload[16:]), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays)


def test_every_kind_of_event_can_stand_in_a_history() -> None:
    deeds = tuple(dataclasses.replace(someone().history[0], kind=kind) for kind in EventKind)
    viewer = dataclasses.replace(someone(), history=deeds)
    assert len(planted.recommender().wishes(viewer, count=3)) == 3


@pytest.mark.parametrize("dense", [0.0, 0.7])
def test_what_was_kept_still_knows_its_videos(dense: float) -> None:
    config = RecommenderConfig(layers=2, dim=32, shortcut=True, dense=dense)
    model = known_videos.model(shortcut=True)
    learned = Recommender(model, codebook="c", format=Format(), config=config)
    learned.calibration = Calibration(0.3, 1.7)
    again = Recommender.from_bytes(learned.to_bytes())
    assert again.to_bytes() == learned.to_bytes()
    assert again.model.known.ids == model.known.ids
    assert again.calibration == learned.calibration
    for one in (learned, again):
        for video, codes in zip(model.known.ids, model.known.codes_IL.tolist(), strict=True):
            one.add(video, SemanticId(tuple(codes[:2]), tuple(codes[2:])))
        one.add("new", SemanticId(tuple(codes[:2]), tuple(codes[2:])))
    for viewer in (Viewer(id="u"), known_videos.viewer(1, 5)):
        assert again.within(viewer, count=30) == learned.within(viewer, count=30)
        assert again.wishes(viewer, count=9) == learned.wishes(viewer, count=9)


def test_of_videos_that_share_codes_the_one_that_is_out_keeps_its_share() -> None:
    """Leaving a twin out makes the other no likelier, as with any other video."""
    model = known_videos.model()
    learned = Recommender(
        model, codebook="c", format=Format(), config=RecommenderConfig(layers=2, dim=32)
    )
    for video, codes in zip(model.known.ids, model.known.codes_IL.tolist(), strict=True):
        learned.add(video, SemanticId(tuple(codes[:2]), tuple(codes[2:])))
    viewer, (one, twin) = known_videos.viewer(1, 5), ("v00", f"v{known_videos.PATHS}")
    whole = dict(learned.within(viewer, count=20))
    left = dict(learned.within(viewer, count=20, without=[twin]))
    assert whole[one] != pytest.approx(whole[twin], rel=0.01)
    assert twin not in left
    assert left[one] == pytest.approx(whole[one], rel=1e-3)
