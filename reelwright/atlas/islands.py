"""The map's islands: the videos of each first content code, packed, and set down near their kin."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from reelwright.atlas.atlas import Atlas
from reelwright.atlas.land import Box
from reelwright.atlas.layout import apart, neighbour_map, overlap, spread
from reelwright.sids.kmeans import distance

MOST_ON_ISLAND = 8  # posters; of more videos those that are most like the code
LARGEST, SMALLEST, SMALLER = 190.0, 40.0, 0.95  # height of a poster, and each try after the first
FULL = 0.95  # of the field: more is not even tried
SLIM = 0.62  # width of a poster over its height
GAP = 0.09  # between posters, in poster heights
LABEL, SHORE = 78.0, 17.0  # above and around


@dataclass(frozen=True, slots=True)
class Tile:
    """One poster's place: its middle and its size."""

    row: int  # of the video
    x: float
    y: float
    width: float
    height: float

    @property
    def box(self) -> Box:
        return self.x - self.width / 2, self.y - self.height / 2, self.width, self.height


@dataclass(frozen=True, kw_only=True, slots=True)
class Island:
    """A content code on the map."""

    code: int
    words: tuple[str, ...]
    videos: int  # that have the code, shown or not
    x: float  # middle of the posters
    top: float
    width: float
    tiles: tuple[Tile, ...]


def islands(atlas: Atlas, width: float, height: float) -> list[Island]:
    """An island for each first content code that a video has, on a field of this size."""
    shown = {code: _shown(atlas, code) for code in sorted(_counts(atlas))}
    codes = list(shown)
    centres = atlas.codebook.content.stands[0][codes]
    middles = spread(neighbour_map(centres, perplexity=5.0), width, height)
    tall = LARGEST
    while True:  # the largest posters with which the islands can lie apart
        sizes = np.array([_size(len(shown[code]), tall) for code in codes])
        if tall <= SMALLEST or sizes.prod(1).sum() <= FULL * width * height:
            places = apart(middles, sizes, width, height)
            if tall <= SMALLEST or overlap(places, sizes) == 0:
                break
        tall *= SMALLER
    return [
        _island(atlas, code, shown[code], tall, *place)
        for code, place in zip(codes, places.tolist(), strict=True)
    ]


def _counts(atlas: Atlas) -> Counter[int]:
    return Counter(sid.content[0] for sid in atlas.sids)


def _shown(atlas: Atlas, code: int) -> list[int]:
    """The videos most like the code, in the order of their creative codes: like beside like."""
    rows = atlas.holders("content", (code,))
    centre = atlas.codebook.content.stands[0][code]
    order = np.argsort(distance(atlas.seen["content"][rows], centre), kind="stable")
    kept = [rows[place] for place in order[:MOST_ON_ISLAND]]
    return sorted(kept, key=lambda row: (atlas.sids[row].creative, row))


def _columns(count: int) -> int:
    return count if count <= 3 else -(-count // 2)


def _size(count: int, tall: float) -> tuple[float, float]:
    columns, step = _columns(count), (1 + GAP) * tall
    rows = -(-count // columns)
    bricks = rows > 1 and count == rows * columns  # full rows are laid like bricks
    wide = (columns + 0.5 * bricks) * (SLIM + GAP) * tall
    return wide + 2 * SHORE, rows * step + LABEL + 2 * SHORE


def _island(atlas: Atlas, code: int, rows: list[int], tall: float, x: float, y: float) -> Island:
    wide, high = _size(len(rows), tall)
    columns, step = _columns(len(rows)), (SLIM + GAP) * tall
    top = y - high / 2 + SHORE + LABEL
    tiles = []
    for place, row in enumerate(rows):
        line, column = divmod(place, columns)
        on_line = min(columns, len(rows) - line * columns)
        stagger = (0.25 if line else -0.25) * step if len(rows) > columns == on_line else 0.0
        left = x - on_line * step / 2 + stagger
        tiles.append(
            Tile(
                row,
                left + (column + 0.5) * step,
                top + (line * (1 + GAP) + 0.5) * tall,
                SLIM * tall,
                tall,
            )
        )
    return Island(
        code=code,
        words=atlas.words("content", (code,)),
        videos=len(atlas.holders("content", (code,))),
        x=x,
        top=top,
        width=wide - 2 * SHORE,
        tiles=tuple(tiles),
    )
