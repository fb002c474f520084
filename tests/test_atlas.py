"""The catalogue in its codes: who is meant, what lies near, and a map on which nothing overlaps."""

import itertools
import xml.dom.minidom
from dataclasses import replace
from math import log, pi
from pathlib import Path

import click
import cv2
import numpy as np
import pytest
from test_codebook import TOPICS, World

from reelwright.atlas.atlas import Atlas
from reelwright.atlas.islands import MOST_ON_ISLAND, islands
from reelwright.atlas.land import around
from reelwright.atlas.layout import affinities, apart, neighbour_map, overlap, spread
from reelwright.atlas.picture import Map
from reelwright.atlas.show import show
from reelwright.atlas.tints import CHROMA, LIGHTNESS, RED, hue, oklch, tints
from reelwright.errors import ReelwrightError


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    world = World()
    codebook = world.fit()
    videos = [
        replace(video, id=f"{number:04x}beef", title=f"{video.title} {number}")
        for number, video in enumerate(world.videos)
    ]
    return Atlas(
        codebook=codebook,
        videos=videos,
        sids=codebook.encode_all(world.contents, world.creatives),
        contents_ND=world.contents,
        creatives_ND=world.creatives,
        traits=world.traits,
    )


# ---- who is meant ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["001fbeef", "001F", " SOURDOUGH bread at home 31 "])
def test_a_video_is_known_by_id_beginning_and_title(name: str, atlas: Atlas) -> None:
    assert atlas.find(name) == 31


def test_a_video_that_is_not_there_is_refused_with_what_may_be_meant(atlas: Atlas) -> None:
    with pytest.raises(
        ReelwrightError, match=r"no video 'The robot wakls 8'\. Did you mean 'The ro"
    ):
        atlas.find("The robot wakls 8")
    with pytest.raises(ReelwrightError, match=r"Did you mean .*tulips"):
        atlas.find("tulips")
    for name in ("", "qqqq", "00"):
        with pytest.raises(ReelwrightError, match="Give a title, an id or the beginning of one"):
            atlas.find(name)


def test_neighbours_are_what_brute_force_finds(atlas: Atlas) -> None:
    far = [float(((one - atlas.contents_ND[7]) ** 2).sum()) for one in atlas.contents_ND]
    others = sorted((row for row in range(len(far)) if row != 7), key=lambda row: far[row])
    assert atlas.nearest(7, "content", 5) == others[:5]


def test_holders_share_the_beginning_of_their_codes(atlas: Atlas) -> None:
    sid = atlas.sids[3]
    assert 3 in atlas.holders("content", sid.content)
    wide, narrow = (set(atlas.holders("content", sid.content[:depth])) for depth in (1, 2))
    assert narrow < wide
    assert len(atlas.holders("content", ())) == len(atlas.videos)
    assert 3 in atlas.holders_of(sid)


def test_a_video_is_shown_in_words(atlas: Atlas) -> None:
    text = click.unstyle("\n".join(show(atlas, 0)))
    sid = atlas.sids[0]
    assert text.startswith("Boats leave the harbour 0\n")
    assert f"Semantic ID       {sid}" in text
    for which in ("content", "creative"):
        first = atlas.holders(which, getattr(sid, which)[:1])
        assert f"{len(first)} videos" in text
    assert "harbour" in text.split("Content")[1].splitlines()[0]
    assert "fast cuts" in text.split("Creative")[1].splitlines()[0]
    assert "#ff0000" in text
    for other in atlas.nearest(0, "creative", 5):
        assert atlas.videos[other].title in text
    assert max(map(len, text.splitlines())) <= 100


# ---- layout -----------------------------------------------------------------------------------


def test_a_neighbour_map_keeps_groups_together() -> None:
    rng = np.random.default_rng(0)
    kinds = np.repeat(np.arange(4), 12)
    places = neighbour_map(10 * rng.normal(size=(4, 20))[kinds] + rng.normal(size=(48, 20)))
    far = np.linalg.norm(places[:, None] - places[None], axis=-1)
    np.fill_diagonal(far, np.inf)
    assert (kinds[far.argmin(1)] == kinds).all()


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_few_points_have_places_of_their_own(count: int) -> None:
    places = neighbour_map(np.random.default_rng(0).normal(size=(count, 6)))
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()
    assert len(np.unique(places.round(6), axis=0)) == count


def test_every_point_has_as_many_neighbours_as_the_perplexity_says() -> None:
    vectors = np.random.default_rng(1).normal(size=(30, 4))
    far = np.square(vectors[:, None] - vectors[None]).sum(-1)
    share = affinities(vectors, 7.0)
    assert share.sum() == pytest.approx(1, abs=1e-6)
    assert np.allclose(share, share.T)
    row = np.delete(far[0], 0)
    widths = np.geomspace(1e-3, 1e3, 4000)
    each = [np.exp(-row / width) / np.exp(-row / width).sum() for width in widths]
    entropies = [-(one * np.log(np.maximum(one, 1e-300))).sum() for one in each]
    best = each[int(np.abs(np.array(entropies) - log(7)).argmin())]
    others = [np.delete(share[0], 0)]
    assert np.corrcoef(best, others[0])[0, 1] > 0.8


def test_a_spread_fills_its_field() -> None:
    places = spread(np.random.default_rng(2).normal(size=(20, 2)), 300, 100)
    assert places.min(0) == pytest.approx([0, 0])
    assert places.max(0) == pytest.approx([300, 100])


def test_rectangles_are_pushed_apart_within_the_field() -> None:
    rng = np.random.default_rng(3)
    sizes = rng.uniform(40, 120, size=(16, 2))
    crowded = rng.uniform(300, 330, size=(16, 2))
    crowded[1] = crowded[0]
    assert overlap(crowded, sizes) == 16 * 15 / 2
    places = apart(crowded, sizes, 700, 600)
    assert overlap(places, sizes) == 0
    for (one, a), (two, b) in itertools.combinations(zip(places, sizes, strict=True), 2):
        assert (np.abs(one - two) >= (a + b) / 2 - 1).any()
    assert (places - sizes / 2 >= -1e-6).all()
    assert (places + sizes / 2 <= np.array([700, 600]) + 1e-6).all()


def test_an_island_shows_its_videos_once_and_no_poster_lies_on_another(atlas: Atlas) -> None:
    placed = islands(atlas, 1600, 1200)
    assert len(placed) == len(TOPICS)
    tiles = [tile for island in placed for tile in island.tiles]
    assert len({tile.row for tile in tiles}) == len(tiles)
    for island in placed:
        assert len(island.tiles) == min(MOST_ON_ISLAND, island.videos)
        assert {atlas.sids[tile.row].content[0] for tile in island.tiles} == {island.code}
    middles = np.array([(tile.x, tile.y) for tile in tiles])
    assert overlap(middles, np.array([(tile.width, tile.height) for tile in tiles])) == 0
    assert (middles > 0).all()
    assert (middles < np.array([1600, 1200])).all()


def test_a_line_runs_around_the_land_and_its_holes() -> None:
    mask = np.zeros((60, 60), np.bool_)
    mask[10:50, 10:50] = True
    mask[20:40, 20:40] = False
    inside = around(mask)
    place = [(8 * (place + 0.5) - 300) for place in (15, 30, 55)]
    assert [inside.contains(one, one) for one in place] == [True, False, False]


# ---- colours and the sheet ----------------------------------------------------------------------


def test_tints_are_far_apart_and_in_the_order_of_the_films_hues() -> None:
    found = tints({7: [(200, 20, 20)], 3: [(20, 20, 200)], 5: [(20, 200, 20)]})
    for place, code in enumerate((7, 5, 3)):
        assert found[code] == oklch(LIGHTNESS, CHROMA, RED + 2 * pi * place / 3)
    for one, two in itertools.combinations(found.values(), 2):
        assert sum(abs(a - b) for a, b in zip(one, two, strict=True)) > 60
    assert tints({}) == {}


def test_hues_go_round_the_circle() -> None:
    assert hue([(255, 0, 0)]) == pytest.approx(0)
    assert hue([(0, 255, 0), (60, 60, 60)]) == pytest.approx(2 * pi / 3)
    assert hue([(255, 0, 255), (255, 255, 0)]) == pytest.approx(0, abs=1e-9)
    assert oklch(1.0, 0.0, 0.0) == (255, 255, 255)
    red, _, blue = oklch(0.79, 0.125, 0.0)
    assert red > blue


def test_the_map_is_written_as_what_its_name_says(atlas: Atlas, tmp_path: Path) -> None:
    done, jpeg = cv2.imencode(".jpg", np.full((64, 36, 3), (0, 0, 255), np.uint8))
    assert done
    sheet = Map(atlas=atlas, poster=lambda row: b"" if row == 0 else jpeg.tobytes())
    sheet.save(tmp_path / "map.png", width=800)
    picture = cv2.imread(str(tmp_path / "map.png"))
    assert picture is not None
    assert picture.shape == (500, 800, 3)
    red = (picture[..., 2] > 200) & (picture[..., 0] < 60) & (picture[..., 1] < 60)
    assert red.mean() > 0.03, "posters are on it"
    sheet.save(tmp_path / "map.svg")
    drawn = xml.dom.minidom.parse(str(tmp_path / "map.svg"))
    assert len(drawn.getElementsByTagName("image")) > len(atlas.videos) / 2
    with pytest.raises(ReelwrightError, match=r"'map\.gif'\. Use one of \.png"):
        sheet.save(tmp_path / "map.gif")
    with pytest.raises(ReelwrightError, match="cannot be written"):
        sheet.save(tmp_path / "none" / "map.png", width=400)
