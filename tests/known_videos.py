"""A few known videos, some of the same codes, and a model that thinks something of each."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import torch

from reelwright.config import RecommenderConfig
from reelwright.domain import Attribute, Deed, EventKind, Origin, SemanticId, Viewer
from reelwright.recommender.context import Reading, read
from reelwright.recommender.known import Ints, Known
from reelwright.recommender.model import Model

SIZES = (5, 3, 4, 2)
COUNT, PATHS = 20, 12


def known() -> Known:
    """All but the last have features."""
    rng = np.random.default_rng(0)
    few = list(itertools.product(*map(range, (2, 3, 2, 2))))  # so that paths part late, too
    paths = [few[place] for place in rng.choice(len(few), PATHS, replace=False)]
    sids = {}
    for number in range(COUNT):
        path = paths[number % PATHS]
        sids[f"v{number:02d}"] = SemanticId(path[:2], path[2:])
    features = {video: rng.normal(size=3).astype(np.float32) for video in list(sids)[:-1]}
    ids = np.array(list(sids)[:-2])  # nobody liked the last two yet
    liked = [rng.permutation(ids)[:9].tolist() for _ in range(12)]
    return Known.of(sids, features, liked)


def numbered(codes_IL: Ints, length: int) -> dict[tuple[int, ...], int]:
    """The slow twin of twigs: every beginning of this length that a video has, by its number."""
    beginnings = sorted({tuple(row[:length]) for row in codes_IL.tolist()})
    return {codes: number for number, codes in enumerate(beginnings, start=1)}


def model(*, shortcut: bool = False, about: Known | None = None) -> Model:
    """Nothing of it hides behind a start at zero, and what row 0 stands for is still nothing."""
    config = RecommenderConfig(layers=2, dim=32, shortcut=shortcut)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = Model(SIZES, config, known() if about is None else about).eval()
        for parameter in made.parameters():
            parameter.data += 0.1 * torch.randn(parameter.shape)
        for table in (made.own, *made.twig):
            table.weight.data[1:] += 0.3 * torch.randn(table.weight[1:].shape)
            table.weight.data[0] = 0
        for popular in (made.popular_video, *made.twig_popular):
            popular.data[0] = 0
    return made


def rows() -> dict[str, int]:
    return {video: row for row, video in enumerate(known().ids, start=1)}


def viewer(seed: int, deeds: int) -> Viewer:
    """They met known videos, and every third time one that is not known."""
    rng, about = np.random.default_rng([1, seed]), known()
    history = []
    for number in range(deeds):
        place = int(rng.integers(COUNT))
        codes = tuple(about.codes_IL[place].tolist())
        video = about.ids[place] if number % 3 else f"new {number}"
        sid = SemanticId(codes[:2], codes[2:])
        weight = float(rng.integers(-1, 3))
        history.append(Deed(video, sid, EventKind.PLAY, weight, 60.0 * number))
    age = Attribute("age", "young", Origin.DECLARED)
    return Viewer(id=str(seed), history=tuple(history), attributes=(age,))


def reading(one: Viewer) -> Reading:
    return read(one, history=50, depth=len(SIZES), rows=rows())


def heard(asked: Model, one: Reading, stem: Sequence[int], branch: Sequence[int]) -> float:
    """The slow twin: what the company says of a longer beginning of codes after a shorter one. A
    branch longer than all codes ends in the row of a video."""
    assert asked.known.company is not None
    votes = asked.known.company.said(one.video_T[one.liked]).tolist()

    def fell_to(beginning: Sequence[int]) -> float:
        if len(beginning) > len(SIZES):
            return float(votes[beginning[-1] + 1])
        rows = enumerate(asked.known.codes_IL[:, : len(beginning)].tolist(), start=1)
        return float(sum(votes[row] for row, codes in rows if codes == list(beginning)))

    echo, level = asked.echo, len(stem)
    share = fell_to(branch) / (fell_to(stem) + math.exp(echo.doubt[level]))
    loud = asked.hearing * float(echo.loud[level])
    return loud * math.log1p(share * math.exp(echo.keen[level]))
