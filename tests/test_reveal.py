"""The next shot shows through a mask: exactly there, and over all of the picture in the end."""

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.render import reveal
from reelwright.render.blend import Buffers
from reelwright.render.cut import ALONE, joined, seen
from reelwright.render.kit import STYLES, TRANSITIONS

WIDTH, HEIGHT = 90, 160
Picture = NDArray[np.uint8]


def pictures() -> tuple[Picture, Picture]:
    rng = np.random.default_rng(7)
    one, other = rng.integers(0, 256, (2, HEIGHT, WIDTH, 4), dtype=np.uint8)
    one[:, :, 3] = other[:, :, 3] = 255
    return one, other


def at(kind: str, share: float, style: str = "documentary") -> Picture:
    one, other = pictures()
    buffers = Buffers.of(WIDTH, HEIGHT)
    tint = (0.9, 0.2, 0.3)
    return np.array(joined(kind, one, other, share, style=style, tint=tint, buffers=buffers))


def test_through_a_mask_each_pixel_is_its_share_of_both() -> None:
    one, other = pictures()
    mask = np.random.default_rng(8).integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8)
    share = mask[:, :, None] / 255
    brute = (1 - share) * one + share * other
    found = reveal.through(one, other, mask, Buffers.of(WIDTH, HEIGHT))
    assert np.abs(found[:, :, :3] - brute[:, :, :3]).max() <= 1


@pytest.mark.parametrize("order", [reveal.slanting, reveal.opening])
def test_an_edge_begins_nowhere_and_ends_everywhere(order: object) -> None:
    assert callable(order)
    when = order(WIDTH, HEIGHT)
    assert not reveal.passed(when, 0.0, 0.2).any()
    assert (reveal.passed(when, 1.0, 0.2) == 255).all()
    half = reveal.passed(when, 0.5, 0.02)
    assert (half[when < 110] == 255).all()
    assert not half[when > 140].any()


@pytest.mark.parametrize("kind", ALONE)
@pytest.mark.parametrize("place", [0, 1])
def test_a_picture_that_is_not_seen_need_not_be_drawn(kind: str, place: int) -> None:
    tint, empty = (0.9, 0.2, 0.3), Buffers.of(WIDTH, HEIGHT)
    for share in (0.5 * ALONE[kind][0], ALONE[kind][0], ALONE[kind][1], 0.9):
        unseen = not seen(kind, share)[place]
        assert unseen == (place == (share < 0.5))
        if not unseen:
            continue
        both = [*pictures()]
        both[place] = np.full_like(both[place], 77)
        one, other = both
        found = joined(kind, one, other, share, style="documentary", tint=tint, buffers=empty)
        assert np.array_equal(found, at(kind, share)), share


@pytest.mark.parametrize("style", [style.name for style in STYLES])
@pytest.mark.parametrize("kind", TRANSITIONS)
def test_a_transition_begins_with_one_picture_and_ends_with_the_other(
    kind: str, style: str
) -> None:
    one, other = (picture.astype(int) for picture in pictures())
    first, last = (at(kind, share, style).astype(int) for share in (0.001, 0.999))
    assert first.shape == last.shape == one.shape
    far = np.abs(one - other)[:, :, :3].mean()
    tolerated = 0.35 * far if kind in {"zoom", "glitch"} else 0.12 * far
    assert np.abs(first - one)[:, :, :3].mean() < tolerated
    assert np.abs(last - other)[:, :, :3].mean() < tolerated


@pytest.mark.parametrize("kind", TRANSITIONS)
def test_the_same_moment_is_the_same_picture(kind: str) -> None:
    assert np.array_equal(at(kind, 0.4), at(kind, 0.4))


def test_a_torn_picture_shows_white_paper_along_its_edge() -> None:
    black = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    black[:, :, 3] = 255
    torn = reveal.tear(black.copy(), black.copy(), 0.25, Buffers.of(WIDTH, HEIGHT))
    white = np.all(torn[:, :, :3] > 180, axis=2)
    assert np.any(white, axis=1).mean() > 0.25
    assert white.mean() < 0.1
