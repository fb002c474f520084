"""Whether the catalogue has what is wanted: the sum is exact, and the calibration holds."""

import numpy as np
import planted
import pytest

from reelwright.domain import Viewer
from reelwright.recommender import recommender as module
from reelwright.recommender.context import Reading
from reelwright.recommender.coverage import Calibration, calibration_error, hidden
from reelwright.recommender.folded import Folded, Seen
from reelwright.recommender.recommender import Recommender


def copy() -> Recommender:
    return Recommender.from_bytes(planted.recommender().to_bytes())


def filled() -> Recommender:
    recommender = copy()
    for video, sid in planted.videos().items():
        recommender.add(video, sid)
    return recommender


def test_the_two_numbers_are_found_again() -> None:
    rng = np.random.default_rng(1)
    raw_N = rng.random(20_000)
    true_N = rng.random(20_000) < Calibration(slope=2.0, shift=-0.7)(raw_N)
    found = Calibration.fit(raw_N, true_N)
    assert (found.slope, found.shift) == pytest.approx((2.0, -0.7), abs=0.1)


def test_cases_without_a_mistake_and_cases_all_alike_have_a_calibration() -> None:
    raw_N = np.array([0.0, 0.1, 0.9, 1.0])
    for true_N in (raw_N > 0.5, np.ones(4, bool), np.zeros(4, bool)):
        found = Calibration.fit(raw_N, true_N)
        assert np.isfinite([found.slope, found.shift]).all()
        assert ((found(raw_N) >= 0.5) == true_N).all()


def test_the_error_is_the_gap_between_told_and_true() -> None:
    true_N = np.arange(1_000) % 2 == 0
    assert calibration_error(np.full(1_000, 0.5), true_N) == pytest.approx(0.0)
    assert calibration_error(np.full(1_000, 0.8), true_N) == pytest.approx(0.3)


def test_uncalibrated_it_is_the_probability_of_all_that_exists() -> None:
    recommender, viewer = filled(), planted.cases()[0].viewer
    leaves = len(set(planted.videos().values()))
    found = recommender.within(viewer, count=len(planted.videos()), without=())
    assert recommender.trie.now().leaves == leaves
    assert recommender.coverage(viewer) == pytest.approx(sum(p for _, p in found), rel=1e-3)


def test_an_outlook_is_wishes_and_coverage_of_a_viewer_who_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recommender, viewer = filled(), planted.cases()[0].viewer
    recommender.calibration = Calibration(0.8, 0.3)
    wishes = recommender.wishes(viewer, count=9)
    coverage = recommender.coverage(viewer, without=viewer.seen)
    read: list[object] = []

    def before(folded: Folded, reading: Reading) -> Seen:
        read.append(reading)
        return as_it_is(folded, reading)

    as_it_is = Folded.before
    monkeypatch.setattr(Folded, "before", before)
    outlook = recommender.outlook(viewer, count=9)
    assert (list(outlook.wishes), outlook.coverage) == (wishes, coverage)
    assert len(read) == 1


def test_of_a_larger_catalogue_the_likeliest_ids_stand_for_all_and_are_calibrated_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recommender, videos = filled(), planted.videos()
    cases = [(case.viewer, videos[case.liked]) for case in planted.cases()]
    whole = [recommender.coverage(viewer) for viewer, _ in cases[:40]]
    monkeypatch.setattr(module, "SPREAD", 40)
    part = [recommender.coverage(viewer) for viewer, _ in cases[:40]]
    assert all(0.5 * all_ < some < all_ for some, all_ in zip(part, whole, strict=True))
    recommender.calibrate(cases[::2], rounds=8, rng=np.random.default_rng(1))
    spreads = recommender.spreads(cases[1::2])
    raw_N, true_N = hidden(spreads, rounds=8, rng=np.random.default_rng(2))
    assert calibration_error(recommender.calibration(raw_N), true_N) < 0.08


def test_what_was_met_is_not_wanted_again() -> None:
    """Coverage is of what is new: met IDs count neither as there nor as wanted."""
    recommender, viewer = filled(), planted.cases()[0].viewer
    chance = dict(recommender.within(viewer, count=len(planted.videos()), without=()))
    shared = list(planted.videos().values())
    met = [video for video, sid in planted.videos().items() if shared.count(sid) == 1][:30]
    gone = sum(chance[video] for video in met)
    new = (sum(chance.values()) - gone) / (1 - gone)
    assert recommender.coverage(viewer, without=met) == pytest.approx(new, rel=1e-3)


def test_an_empty_catalogue_has_nothing_that_is_wanted() -> None:
    recommender = copy()
    assert recommender.coverage(Viewer(id="new")) == 0.0
    assert recommender.within(Viewer(id="new"), count=5) == []
    recommender.calibrate([], rounds=3, rng=np.random.default_rng(1))
    assert recommender.calibration == Calibration()


def test_on_viewers_it_never_saw_the_calibration_holds() -> None:
    """Fitted on half of the viewers, held against the others: also where whole contents are
    missing, which is not how it was fitted."""
    recommender, videos = filled(), planted.videos()
    cases = [(case.viewer, videos[case.liked]) for case in planted.cases()]
    recommender.calibrate(cases[::2], rounds=8, rng=np.random.default_rng(1))
    spreads = list(recommender.spreads(cases[1::2]))
    raw_N, true_N = hidden(spreads, rounds=8, rng=np.random.default_rng(2))
    assert calibration_error(raw_N, true_N) > 0.2, "there is something to be calibrated"
    assert calibration_error(recommender.calibration(raw_N), true_N) < 0.08
    trie, rng = recommender.trie.now(), np.random.default_rng(3)
    content_F = trie.codes_LN[0][trie.row[-1][:-1]]
    for at, (spread, wanted) in enumerate(spreads):
        open_F = (rng.random(planted.CONTENTS) < rng.random())[content_F]
        raw_N[at], true_N[at] = spread.within(open_F), open_F[wanted]
    told_N = recommender.calibration(raw_N[: len(spreads)])
    assert calibration_error(told_N, true_N[: len(spreads)], bins=5) < 0.12


def test_the_calibration_is_kept() -> None:
    recommender = filled()
    recommender.calibration = Calibration(1.5, 2.5)
    assert Recommender.from_bytes(recommender.to_bytes()).calibration == Calibration(1.5, 2.5)


def test_a_wish_says_whether_its_id_exists() -> None:
    recommender, viewer = filled(), planted.cases()[0].viewer
    wishes = recommender.wishes(viewer, count=40)
    there = set(planted.videos().values())
    assert [one.exists for one in wishes] == [one.wish.sid in there for one in wishes]
    assert {one.exists for one in wishes} == {True, False}
    recommender.add("made", next(one.wish.sid for one in wishes if not one.exists))
    again = recommender.wishes(viewer, count=40)
    assert sum(one.exists for one in again) == sum(one.exists for one in wishes) + 1
