"""What a contender of the leaderboard is given, what it hands back, and what it may lean on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.leaderboard.sequences import Features, Ints
from reelwright.progress import Progress

Floats = NDArray[np.float32]

# Histories (rows of items, oldest first) -> a score of every item for each of them, (B, I). It may
# score what is in the history: the measuring masks it. No score is NaN; -inf is last.
Scorer = Callable[[Sequence[Ints]], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Histories, and the item that came next in each."""

    histories: tuple[Ints, ...]
    targets: Ints

    def __post_init__(self) -> None:
        assert len(self.histories) == len(self.targets)

    def __len__(self) -> int:
        return len(self.targets)

    def only(self, chosen: NDArray[np.bool_]) -> "Cases":
        kept = np.flatnonzero(chosen)
        return Cases(tuple(self.histories[row] for row in kept), self.targets[kept])


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """All that a contender may learn from.

    Where there are `checks`, they choose the settings (when to stop, among others) and are never
    trained on. Where there are none, `chosen` is what the same contender chose with them before.
    """

    sequences: tuple[Ints, ...]
    num_items: int
    features: tuple[Features, ...]  # by row of item
    checks: Cases | None
    chosen: Mapping[str, float] = field(default_factory=dict)

    @property
    def epochs(self) -> int | None:
        """How many were chosen before; None where this lesson is to tell."""
        return int(self.chosen["epochs"]) if "epochs" in self.chosen else None


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Rows of the leaderboard by name, and the settings that validation chose (`epochs`...)."""

    scorers: Mapping[str, Scorer]
    chosen: Mapping[str, float] = field(default_factory=dict)


class Checkpoint(Protocol):
    """Where a contender keeps its training, so that a killed run goes on where it was."""

    def save(self, state: Mapping[str, Any]) -> None:
        """Keep this instead of what was kept. Tensors, numbers, strings, lists and dicts."""

    def load(self) -> dict[str, Any] | None:
        """What was kept last and is sound; None where this is a beginning."""

    def note(self, what: str, value: float, step: int) -> None:
        """A point of a curve that somebody may look at (loss, validation), by epoch."""


class Contender(Protocol):
    """Learns from a lesson. The same lesson and seed give the same scorers on one machine.

    A frozen dataclass whose fields are its settings: finished runs are found again by its repr.
    """

    @property
    def name(self) -> str: ...

    @property
    def seeded(self) -> bool:
        """False: chance has no part in it, one run is enough."""

    def fit(self, lesson: Lesson, *, seed: int, keep: Checkpoint, progress: Progress) -> Fitted: ...
