"""One way to train for all that learn by gradient: epoch by epoch, until validation says stop.

The state after every epoch is kept: model, best model, optimizer, epoch and all that chance needs,
so a killed training goes on and ends with the very figures of one that was left in peace.
"""

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from reelwright.leaderboard.contender import Checkpoint, Fitted, Floats, Lesson, Scorer
from reelwright.leaderboard.protocol import rank
from reelwright.leaderboard.sequences import Ints
from reelwright.progress import Progress

CHOOSING = "ndcg_at_10"


class Learner(nn.Module):
    """What can be trained here."""

    def loss(self, batch: Any) -> Tensor:
        raise NotImplementedError

    def scores(self, histories: Sequence[Ints]) -> Tensor:
        """Of every item for each history, (B, I)."""
        raise NotImplementedError


def learn(
    model: Learner,
    lesson: Lesson,
    *,
    name: str,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    patience: int,
    batches: Callable[[np.random.Generator], Iterable[Any]],
    seed: int,
    keep: Checkpoint,
    progress: Progress,
) -> Fitted:
    """The model of the epoch that did best on validation; of the last one where that is given."""
    limit = epochs if lesson.epochs is None else lesson.epochs
    best, best_epoch, best_state, done = -1.0, 0, copy.deepcopy(model.state_dict()), 0
    if (kept := keep.load()) is not None:
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        torch.set_rng_state(kept["chance"])
        best, best_epoch, best_state = kept["best"], kept["best_epoch"], kept["best_state"]
        done = kept["done"]
    while done < limit and not (lesson.checks is not None and done - best_epoch >= patience):
        progress(f"{name}: epochs", done, limit)
        loss = _epoch(model, optimizer, batches(np.random.default_rng((seed, done))))
        done += 1
        keep.note("loss", loss, done)
        if lesson.checks is not None:
            ranking = rank(scorer(model), lesson.checks, what=f"{name}: validation")
            found = ranking.masked.figures()[CHOOSING]
            keep.note(f"validation {CHOOSING}", found, done)
            if found > best:
                best, best_epoch = found, done
                best_state = copy.deepcopy(model.state_dict())
        else:
            best_epoch, best_state = done, model.state_dict()
        keep.save(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "chance": torch.get_rng_state(),
                "best": best,
                "best_epoch": best_epoch,
                "best_state": best_state,
                "done": done,
            }
        )
    progress(f"{name}: epochs", limit, limit)
    model.load_state_dict(best_state)
    return Fitted({name: scorer(model)}, {"epochs": best_epoch})


def scorer(model: Learner) -> Scorer:
    """What a model says, without chance."""

    def score(histories: Sequence[Ints]) -> Floats:
        model.eval()
        with torch.inference_mode():
            scores: Floats = model.scores(histories).numpy()
        return scores

    return score


def _epoch(model: Learner, optimizer: torch.optim.Optimizer, batches: Iterable[Any]) -> float:
    """The mean loss of one pass."""
    model.train()
    losses = []
    for batch in batches:
        optimizer.zero_grad(set_to_none=True)
        loss = model.loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    return float(np.mean(losses)) if losses else 0.0
