"""The leaderboard in figures: every contender on the same files, each run kept once it is done.

A run is one contender on one data set under one protocol with one seed. What it found is kept by
all that it depends on, so that a bench that was killed goes on where it was, and a longer one adds
to a shorter one.
"""

import hashlib
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.errors import ReelwrightError
from reelwright.leaderboard import protocol
from reelwright.leaderboard.contender import Contender, Scorer
from reelwright.leaderboard.itemknn import SKEWED, ItemKnn
from reelwright.leaderboard.ours import Ours
from reelwright.leaderboard.pointwise import Pointwise
from reelwright.leaderboard.popularity import Popularity
from reelwright.leaderboard.protocol import Split
from reelwright.leaderboard.sasrec import SasRec
from reelwright.leaderboard.sequences import Histories, read
from reelwright.learning.checkpoint import Note, Say, Shelf, Units
from reelwright.progress import Progress

Figures = dict[str, float]

CONTENDERS: tuple[Contender, ...] = (
    Popularity(),
    ItemKnn(),
    ItemKnn(name="itemknn_skewed", norms=SKEWED),
    Pointwise(),
    SasRec(),
    Ours(),
)
CHEAP = {"popularity", "itemknn"}  # what --quick asks
PROTOCOLS = {
    "held": ("held",),
    "all": ("all",),
    "both": ("held", "all"),
    "removed": ("removed",),
    "every": ("held", "all", "removed"),
}
QUICK_USERS = 1_500
SHARE_REMOVED = 0.05  # of the items
REMOVED_SEED = 2026  # which items: the same for every seed of a contender
ALL_RUNS = "leaderboard"


@dataclass(frozen=True, slots=True)
class Run:
    """One thing to do, or done already."""

    dataset: str
    protocol: str
    contender: Contender
    seed: int

    @property
    def title(self) -> str:
        return f"{self.dataset}-{self.contender.name}-{self.protocol}-{self.seed}"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where runs are kept, and who hears of them."""

    work: Path
    progress: Progress
    say: Say
    curve: Callable[[str], Note]  # by the title of a run
    clock: Callable[[], float] = time.monotonic

    def measure(
        self,
        datasets: Sequence[Histories],
        contenders: Sequence[Contender],
        *,
        protocols: Sequence[str],
        seeds: int,
        kept_alone: bool = False,
    ) -> Figures:
        """Flat figures: `{dataset}_{row}_{protocol}_{metric}`, means over seeds; of runs that are
        finished already, if those alone are asked for."""
        runs = {
            data.name: [
                run
                for run in _runs(data.name, contenders, protocols, seeds)
                if not kept_alone or self._units.load(_name(run, data)) is not None
            ]
            for data in datasets
        }
        total, done = sum(map(len, runs.values())), 0
        figures: Figures = {}
        for data in datasets:
            found = []
            for run in runs[data.name]:
                self.progress(ALL_RUNS, done, total)
                found.append((run, self.one(run, data)))
                done += 1
            figures |= summary(found)
        self.progress(ALL_RUNS, total, total)
        return figures

    def one(self, run: Run, data: Histories) -> dict[str, Any]:
        """What one run finds, measured now or kept from before."""
        units, name = self._units, _name(run, data)
        if (kept := units.load(name)) is not None:
            return kept
        split = self._split(run, data)
        shelf = Shelf(self.work / name, say=self.say, note=self.curve(run.title), clock=self.clock)
        fitted = run.contender.fit(split.lesson, seed=run.seed, keep=shelf, progress=self.progress)
        found = {
            "rows": _asked(
                fitted.scorers, split, what=f"asking {run.contender.name}", progress=self.progress
            ),
            "chosen": dict(fitted.chosen),
            "seconds": shelf.spent_s,
        }
        units.save(name, found)
        shelf.clear()
        return found

    @property
    def _units(self) -> Units:
        return Units(self.work, say=self.say)

    def _split(self, run: Run, data: Histories) -> Split:
        match run.protocol:
            case "held":
                return protocol.held(data)
            case "all":
                chosen = self.one(Run(run.dataset, "held", run.contender, run.seed), data)
                return protocol.everything(data, chosen["chosen"])
            case "removed":
                return protocol.removed(data, share=SHARE_REMOVED, seed=REMOVED_SEED)
        raise AssertionError(run.protocol)


def chosen_ones(
    only: str | None, contenders: Sequence[Contender], missing: Sequence[str] = ()
) -> list[Contender]:
    """Those whose names stand in `only`; all of them where it is None. What is `missing` is told
    to whoever asks for a name that is not there."""
    if only is None:
        return list(contenders)
    by_name = {contender.name: contender for contender in contenders}
    names = [name.strip() for name in only.split(",") if name.strip()]
    there = " ".join([f"There is: {', '.join(by_name)}.", *missing])
    if not names:
        raise ReelwrightError(f"--only {only!r} names no contender.", hint=there)
    for name in names:
        if name not in by_name:
            raise ReelwrightError(f"There is no contender {name!r}.", hint=there)
    return [by_name[name] for name in dict.fromkeys(names)]


def cheap(contenders: Sequence[Contender]) -> list[Contender]:
    return [contender for contender in contenders if contender.name in CHEAP]


def read_all(folders: Sequence[Path], *, now_s: float, quick: bool) -> list[Histories]:
    """One data set a folder, each with a name of its own; a sample of the users for `quick`."""
    datasets = [read(folder, now_s=now_s) for folder in folders]
    names = [data.name for data in datasets]
    for name in names:
        if names.count(name) > 1:
            raise ReelwrightError(
                f"Two folders are called {name!r}.", hint="Figures are named after the folder."
            )
    return [fewer(data, QUICK_USERS) for data in datasets] if quick else datasets


def fewer(data: Histories, count: int) -> Histories:
    """`count` users at even distances, and the whole catalogue."""
    if len(data) <= count:
        return data
    return data.some(np.linspace(0, len(data) - 1, count).astype(int).tolist())


def _name(run: Run, data: Histories) -> str:
    return f"{run.title}-{fingerprint(run, data)}"


def fingerprint(run: Run, data: Histories) -> str:
    """Of all that a run's figures depend on, but the code."""
    settings = repr(run.contender)
    assert " at 0x" not in settings, f"{settings} does not name its settings"
    digest = hashlib.sha256(settings.encode())
    for part in (repr(data.ids), repr(data.features)):
        digest.update(part.encode())
    digest.update(data.items.tobytes() + data.first.tobytes())
    return digest.hexdigest()[:12]


def _runs(
    dataset: str, contenders: Sequence[Contender], protocols: Sequence[str], seeds: int
) -> Iterator[Run]:
    """Cheap and sure things first: all of one seed before the next."""
    for seed in range(seeds):
        for contender in contenders:
            if seed == 0 or contender.seeded:
                for name in protocols:
                    yield Run(dataset, name, contender, seed)


def _asked(
    scorers: Mapping[str, Scorer], split: Split, *, what: str, progress: Progress
) -> dict[str, dict[str, Any]]:
    cold = split.unseen[split.tests.targets]
    rankings = protocol.rank_all(scorers, split.tests, what=what, progress=progress)
    return {
        row: {
            "masked": ranking.masked.figures(),
            "unmasked": ranking.unmasked.figures(),
            "cold": ranking.masked.figures(cold),
            "cold_cases": int(cold.sum()),
            "cases": len(split.tests),
        }
        for row, ranking in rankings.items()
    }


def summary(found: Sequence[tuple[Run, Mapping[str, Any]]]) -> Figures:
    """Mean over seeds, and where there are several the standard deviation as `_spread`."""
    values: dict[str, list[float]] = defaultdict(list)
    for run, result in found:
        for row, asked in result["rows"].items():
            key = f"{run.dataset}_{row}_{run.protocol}"
            for metric, value in asked["masked"].items():
                values[f"{key}_{metric}"].append(value)
            for metric, value in asked["unmasked"].items():
                values[f"{key}_{metric}_unmasked"].append(value)
            values[f"{key}_seconds"].append(result["seconds"])
            if "epochs" in result["chosen"]:
                values[f"{key}_epochs"].append(result["chosen"]["epochs"])
            if run.protocol == "held" and asked["cold_cases"]:
                for metric in ("recall_at_10", "ndcg_at_10"):
                    values[f"{run.dataset}_{row}_cold_{metric}"].append(asked["cold"][metric])
    figures: Figures = {}
    for name, several in values.items():
        figures[name] = statistics.fmean(several)
        if len(several) > 1 and not name.endswith(("_seconds", "_epochs")):
            figures[f"{name}_spread"] = statistics.stdev(several)
    for run, result in found:
        for row, asked in result["rows"].items():
            key = f"{run.dataset}_{row}_{run.protocol}"
            figures[f"{key}_seeds"] = figures.get(f"{key}_seeds", 0) + 1
            figures[f"{key}_cases"] = asked["cases"]
            if run.protocol == "held":
                figures[f"{run.dataset}_{row}_cold_cases"] = asked["cold_cases"]
    return figures
