"""The bench of the leaderboard: runs, means, what is kept, and the command."""

import json
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import stdev

import numpy as np
import pytest
from click.testing import CliRunner
from contests import NUM_ITEMS, ring

from reelwright.assemble import benches
from reelwright.bench.recommend import (
    CHEAP,
    CONTENDERS,
    PROTOCOLS,
    Bench,
    cheap,
    chosen_ones,
    fewer,
    read_all,
)
from reelwright.cli import cli
from reelwright.cli.standings import curves
from reelwright.errors import ReelwrightError
from reelwright.leaderboard.contender import Checkpoint, Contender, Fitted, Floats, Lesson
from reelwright.leaderboard.popularity import Popularity
from reelwright.leaderboard.sequences import Histories, Ints
from reelwright.progress import Progress, silent

NOW_S = 1_750_000_000.0
FITS: list[tuple[int, int | None]] = []


@dataclass(frozen=True)
class Noisy:
    """Scores by chance; two rows; writes down what it is asked to learn."""

    name: str = "noisy"
    seeded: bool = True

    def fit(self, lesson: Lesson, *, seed: int, keep: Checkpoint, progress: Progress) -> Fitted:
        FITS.append((seed, lesson.epochs))
        table = np.random.default_rng(seed).random(lesson.num_items, dtype=np.float32)

        def score(histories: Sequence[Ints]) -> Floats:
            return np.broadcast_to(table, (len(histories), lesson.num_items))

        rows = {"noisy": score, "noisy_sid": lambda histories: -score(histories)}
        return Fitted(rows, {"epochs": 3.0 + seed})


def bench(work: Path, said: list[str] | None = None) -> Bench:
    say = (said if said is not None else []).append
    return Bench(work, silent, say, lambda run: lambda what, value, step: None)


def measured(
    work: Path, contenders: Sequence[Contender], seeds: int = 3, data: Histories | None = None
) -> dict[str, float]:
    FITS.clear()
    return bench(work).measure(
        [data or ring()], contenders, protocols=PROTOCOLS["both"], seeds=seeds
    )


def test_figures_are_means_over_seeds_with_their_spread(tmp_path: Path) -> None:
    ones = []
    for seeds in (1, 2, 3):
        figures = measured(tmp_path, [Noisy()], seeds)
        ones.append(figures["ring_noisy_held_recall_at_10"] * seeds)
    single = np.diff([0.0, *ones])
    assert figures["ring_noisy_held_recall_at_10"] == pytest.approx(single.mean())
    assert figures["ring_noisy_held_recall_at_10_spread"] == pytest.approx(stdev(single))
    assert figures["ring_noisy_held_epochs"] == 4.0
    assert figures["ring_noisy_held_seeds"] == 3
    for end in ("ndcg_at_5", "recall_at_5_unmasked", "ndcg_at_10_unmasked_spread"):
        assert f"ring_noisy_sid_all_{end}" in figures


def test_all_is_trained_with_what_held_chose_by_the_same_seed(tmp_path: Path) -> None:
    measured(tmp_path, [Noisy()], seeds=2)
    assert sorted(FITS, key=str) == [(0, 3), (0, None), (1, 4), (1, None)]


def test_nothing_is_measured_twice_unless_what_it_depends_on_changed(tmp_path: Path) -> None:
    first = measured(tmp_path, [Noisy()])
    assert len(FITS) == 6
    assert measured(tmp_path, [Noisy()]) == first
    assert FITS == []
    measured(tmp_path, [Noisy(seeded=False)])
    assert len(FITS) == 2  # other settings, and one seed is enough
    other = ring(seed=9)
    measured(tmp_path, [Noisy()], data=replace(other, name="ring"))
    assert len(FITS) == 6


def test_finished_runs_are_told_without_measuring_the_rest(tmp_path: Path) -> None:
    FITS.clear()
    first = bench(tmp_path).measure([ring()], [Noisy()], protocols=("held",), seeds=2)
    fits = len(FITS)
    told = bench(tmp_path).measure(
        [ring()], [Noisy(), Popularity()], protocols=("held", "all"), seeds=3, kept_alone=True
    )
    assert told == first
    assert len(FITS) == fits


def test_items_never_trained_on_have_a_table_of_their_own(tmp_path: Path) -> None:
    data = ring(6)
    figures = measured(tmp_path, [Popularity()], data=data)
    trained = {item for user in range(6) for item in data.of(user)[:-2].tolist()}
    answers = [int(data.of(user)[-1]) for user in range(6)]
    assert figures["ring_popularity_cold_cases"] == sum(a not in trained for a in answers) > 0
    assert figures["ring_popularity_cold_recall_at_10"] < 0.5


def test_contenders_are_chosen_by_name() -> None:
    names = [contender.name for contender in CONTENDERS]
    assert len(set(names)) == len(names)
    assert set(names) >= CHEAP | {"sasrec", "pointwise"}
    assert {contender.name for contender in cheap(CONTENDERS)} == CHEAP
    assert [c.name for c in chosen_ones("itemknn, popularity", CONTENDERS)] == [
        "itemknn",
        "popularity",
    ]
    with pytest.raises(ReelwrightError, match=r"no contender 'nobody'.*There is: popularity"):
        chosen_ones("nobody", CONTENDERS)
    with pytest.raises(ReelwrightError, match=r"'rectools'.*There is: popularity.*It is left out"):
        chosen_ones("rectools", CONTENDERS, ["It is left out."])
    with pytest.raises(ReelwrightError, match=r"--only ' , ' names no contender"):
        chosen_ones(" , ", CONTENDERS)


def test_a_sample_keeps_the_catalogue() -> None:
    some = fewer(ring(), 40)
    assert len(some) == 40
    assert len(some.ids) == NUM_ITEMS
    assert some.of(39).tolist() == ring().of(149).tolist()


def folder(at: Path) -> Path:
    at.mkdir(parents=True)
    data = ring()
    (at / "sequences.txt").write_text(
        "".join(
            f"{name} {' '.join(map(str, data.of(user).tolist()))}\n"
            for user, name in enumerate(data.users)
        )
    )
    (at / "items.jsonl").write_text(
        "".join(json.dumps({"item_id": i, "title": f"item {i}"}) + "\n" for i in range(NUM_ITEMS))
    )
    return at


def test_two_folders_of_one_name_are_refused(tmp_path: Path) -> None:
    folders = [folder(tmp_path / "a" / "set"), folder(tmp_path / "b" / "set")]
    with pytest.raises(ReelwrightError, match="Two folders are called 'set'"):
        read_all(folders, now_s=NOW_S, quick=False)


def test_the_command_fills_a_page_and_says_flat_json(tmp_path: Path) -> None:
    page, to = tmp_path / "results.md", tmp_path / "figures.json"
    page.write_text("<!-- bench recommend -->\n<!-- end -->\n")
    words = ["--home", str(tmp_path / "home"), "bench", "recommend", "--quick"]
    words += ["--data", str(folder(tmp_path / "set")), "--json", str(to), "--into", str(page)]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    figures = json.loads(to.read_text())
    assert figures["set_itemknn_held_recall_at_5"] > 0.9
    assert all(isinstance(value, int | float) for value in figures.values())
    assert "| `itemknn` |" in page.read_text()
    assert list((tmp_path / "home" / "bench" / "recommend").glob("set-itemknn-all-0-*.json"))


def test_curves_go_where_tensorboard_finds_them(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("tensorboard", reason="tensorboard is not installed")
        with curves(tmp_path) as curve:
            curve("ring-sasrec-held-0")("loss", 1.5, 1)
    assert list((tmp_path / "ring-sasrec-held-0").glob("events.*"))


def test_without_tensorboard_a_log_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ReelwrightError, match=r"needs the package tensorboard"), curves(tmp_path):
        pass
    with curves(None) as curve:
        curve("any")("loss", 1.0, 1)


def test_a_rival_that_is_not_installed_is_left_out_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rectools", None)
    monkeypatch.delitem(sys.modules, "reelwright.leaderboard.rectools_sasrec", raising=False)
    said: list[str] = []
    assert benches.rivals(said.append) == ()
    assert len(said) == 1
    assert "left out" in said[0]
