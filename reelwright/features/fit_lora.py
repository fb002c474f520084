"""Teaching the adapter: videos that belong together get states that lie together, branch by branch.

The loss is the paper's: contrastive a branch, and a price on what the two branches share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from reelwright.features.vlm import Question, Vlm
from reelwright.learning import lora
from reelwright.progress import Progress, silent

# B pairs of a batch, D width of the model.

Video = tuple[Question, Question]  # for content and for creative, as `states.questions` asks them
Pair = tuple[Video, Video]  # two videos with the same about or the same making, or both


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """How an adapter is taught. The paper names none of these figures: they are ours."""

    rank: int = 8
    alpha: float = 16.0
    steps: int = 100
    batch: int = 8
    learning_rate: float = 2e-4
    temperature: float = 0.07
    creative_weight: float = 1.0
    orthogonal_weight: float = 0.1


def fit_lora(
    vlm: Vlm,
    contents: Sequence[Pair],
    creatives: Sequence[Pair],
    lesson: Lesson,
    *,
    rng: np.random.Generator,
    progress: Progress = silent,
) -> list[float]:
    """Teach a fresh adapter of `vlm` and leave it there; the loss of each step.

    `contents` are pairs about the same thing, `creatives` pairs made alike. Within a batch every
    other pair counts as unlike, so a batch should not hold two pairs of one kind.
    """
    assert min(len(contents), len(creatives)) >= 2, "at least two pairs a branch, to tell apart"
    chance = torch.Generator().manual_seed(int(rng.integers(2**31)))
    learned = lora.attach(vlm.model, rank=lesson.rank, alpha=lesson.alpha, rng=chance)
    optimizer = torch.optim.AdamW(learned, lr=lesson.learning_rate, weight_decay=0.0)
    losses = []
    for step in range(lesson.steps):
        optimizer.zero_grad()
        loss = step_loss(
            vlm, drawn(contents, lesson.batch, rng), drawn(creatives, lesson.batch, rng), lesson
        )
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        losses.append(loss.item())
        progress("teaching the encoder", step + 1, lesson.steps)
    return losses


def drawn(pairs: Sequence[Pair], most: int, rng: np.random.Generator) -> list[Pair]:
    return [pairs[place] for place in rng.permutation(len(pairs))[:most]]


def step_loss(
    vlm: Vlm, contents: Sequence[Pair], creatives: Sequence[Pair], lesson: Lesson
) -> Tensor:
    """L_content + weight x L_creative + weight x L_orth over a batch."""
    about_BD, same_about_BD = (vlm.states([pair[side][0] for pair in contents]) for side in (0, 1))
    made_BD, same_made_BD = (vlm.states([pair[side][1] for pair in creatives]) for side in (0, 1))
    other_BD = vlm.states([first[1] for first, _ in contents])  # the other branch of the same
    return (
        contrastive(about_BD, same_about_BD, lesson.temperature)
        + lesson.creative_weight * contrastive(made_BD, same_made_BD, lesson.temperature)
        + lesson.orthogonal_weight * orthogonality(about_BD, other_BD)
    )


def contrastive(first_BD: Tensor, second_BD: Tensor, temperature: float) -> Tensor:
    """How badly each row's own partner is told from the partners of all other rows."""
    own_B = torch.arange(len(first_BD), device=first_BD.device)
    return cross_entropy(first_BD @ second_BD.T / temperature, own_B)


def orthogonality(content_BD: Tensor, creative_BD: Tensor) -> Tensor:
    """The mean square of the cosine between the two vectors of one video."""
    return (content_BD * creative_BD).sum(-1).square().mean()


def as_pairs(
    videos: Sequence[Video], kinds: Sequence[int] | NDArray[np.int64], rng: np.random.Generator
) -> list[Pair]:
    """One pair of different videos for each kind that two of them share."""
    found = []
    for kind in dict.fromkeys(map(int, kinds)):
        members = [place for place, one in enumerate(kinds) if int(one) == kind]
        if len(members) >= 2:
            one, other = rng.permutation(members)[:2]
            found.append((videos[one], videos[other]))
    return found
