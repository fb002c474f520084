"""A wish as vectors in place of its words: what its codes stand for, as tokens that nobody reads.

The paper's way into the language model. A director's question that told a wish in words keeps all
else that stands in it; where the words stood, a few soft tokens stand, made from the two vectors
that the wish's codes decode to.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from reelwright.domain import SemanticId
from reelwright.sids.rows import Floats
from reelwright.studio.backbone import Message
from reelwright.tuning.lessons import MARK, SOFT, Lesson
from reelwright.tuning.llama import Llama

# B rows, T tokens, W width of the model, S soft tokens, M numbers of both vectors, N wishes,
# V words, I inputs.

Project = Callable[[Tensor], Tensor]  # (B, M) to (B, S, W)
Decode = Callable[[SemanticId], tuple[Floats, Floats]]  # what codes stand for, content first

# A quote inside quoted text has a stroke before it, so what is found ends where the words end.
TOLD = re.compile(r'(?<=^MATERIAL \{"wish":\{)"about":.*?(?=,"seconds":)')


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """The measures of a projector."""

    content: int  # numbers of a content vector
    creative: int
    width: int  # of the model
    each: int = 4  # soft tokens of each vector
    inner: int = 128

    @property
    def num_tokens(self) -> int:
        return 2 * self.each


class Projector(nn.Module):
    """Two vectors to soft tokens, content first, each as long as a word of the model is.

    Of a vector counts how it differs from the middle of those that were taught: they have much in
    common that tells nothing.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.middle_M = nn.Buffer(torch.zeros(sizes.content + sizes.creative))
        self.spread_M = nn.Buffer(torch.ones(sizes.content + sizes.creative))
        self.content = _branch(sizes.content, sizes)
        self.creative = _branch(sizes.creative, sizes)
        self.norm = nn.RMSNorm(sizes.width, eps=1e-6)

    @classmethod
    def fresh(
        cls, sizes: Sizes, meant_NM: Tensor, words_VW: Tensor, *, rng: torch.Generator
    ) -> "Projector":
        """One that knows nothing but how vectors spread and how long words are."""
        found = cls(sizes)
        with torch.no_grad():
            for weight in found.parameters():
                spread = weight.shape[-1] ** -0.5
                weight.uniform_(-spread, spread, generator=rng)
            found.norm.weight.fill_(words_VW.square().mean().sqrt())
            found.middle_M.copy_(meant_NM.mean(0))
            away_NM = meant_NM - found.middle_M
            for part in (slice(sizes.content), slice(sizes.content, None)):
                found.spread_M[part] = away_NM[:, part].square().mean().sqrt().clamp(min=1e-6)
        return found

    def forward(self, meant_BM: Tensor) -> Tensor:
        away_BM = (meant_BM - self.middle_M) / self.spread_M
        first = self.sizes.content
        content_BI, creative_BI = away_BM[:, :first], away_BM[:, first:]
        flat = torch.cat((self.content(content_BI), self.creative(creative_BI)), 1)
        soft_BSW: Tensor = self.norm(flat.view(len(flat), self.sizes.num_tokens, self.sizes.width))
        return soft_BSW


def _branch(numbers: int, sizes: Sizes) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(numbers, sizes.inner),
        nn.GELU(),
        nn.Linear(sizes.inner, sizes.each * sizes.width),
    )


def softened(question: Message, num_tokens: int) -> Message | None:
    """A director's question with places for soft tokens where a wish's words stood, if any did."""
    places = f'"meant":"{MARK * num_tokens}"'
    content, count = TOLD.subn(lambda _: places, question.content, count=1)
    return Message(question.role, content) if count else None


def meant(vectors: tuple[Floats, Floats]) -> tuple[float, ...]:
    """What a codebook decodes a wish to, as a lesson has it: both vectors in one row."""
    return tuple(float(number) for vector in vectors for number in vector)


def embedded(
    model: Llama, tokens_BT: Tensor, told: Sequence[Lesson], project: Project | None
) -> Tensor:
    """What the model reads: its words, and in their places the soft tokens of each lesson."""
    is_soft_BT = tokens_BT == SOFT
    words_BTW: Tensor = model.token_embd(tokens_BT.clamp(min=0))
    if not is_soft_BT.any():
        return words_BTW
    assert project is not None, "places for soft tokens, and nothing that makes any"
    soft_BSW = project(torch.tensor([one.meant for one in told], dtype=words_BTW.dtype))
    counts = is_soft_BT.sum(1).tolist()
    assert counts == [soft_BSW.shape[1]] * len(counts), f"{counts} places for {soft_BSW.shape}"
    return words_BTW.masked_scatter(is_soft_BT[..., None], soft_BSW)
