"""The workshop: a wish comes out the same each time, and its manifest says how it came to be."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from conftest import NOW_S, SmallWorld

from reelwright import __version__, assemble
from reelwright.config import load
from reelwright.domain import Made, Wish, digest
from reelwright.progress import silent
from reelwright.render.compositor import NAME
from reelwright.studio.steps import PLANNER
from reelwright.workshop import Workshop


@pytest.fixture(scope="module")
def home(
    small_world: SmallWorld, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[assemble.Home]:
    folder = shutil.copytree(small_world.home, tmp_path_factory.mktemp("workshop") / "home")
    with assemble.home(load(None, [f"home={folder}", "media.preset=ultrafast"])) as opened:
        yield opened


@pytest.fixture(scope="module")
def workshop(home: assemble.Home) -> Workshop:
    return assemble.workshop(home, progress=silent)


@pytest.fixture(scope="module")
def wish(home: assemble.Home) -> Wish:
    """One that nobody has made yet."""
    return next(row.wish for row in assemble.renders(home).recent(100) if row.video is None)


@pytest.fixture(scope="module")
def made(workshop: Workshop, wish: Wish) -> Made:
    return workshop.make(wish, now_s=NOW_S)


def test_made_again_it_comes_out_the_same(
    workshop: Workshop, wish: Wish, made: Made, home: assemble.Home
) -> None:
    film = home.blobs.get(made.video.film)
    home.blobs.path(made.video.film).unlink()
    again = workshop.make(wish, now_s=NOW_S)
    assert again == made
    assert home.blobs.get(again.video.film) == film


def test_the_manifest_says_how_it_came_to_be(
    workshop: Workshop, wish: Wish, made: Made, home: assemble.Home
) -> None:
    manifest = made.manifest
    film = home.blobs.path(made.video.film)
    assert (manifest.wish, manifest.sid, manifest.codebook) == (
        wish.key,
        str(wish.sid),
        workshop.codebook.version,
    )
    assert manifest.blueprint == digest(made.blueprint)
    assert (manifest.planner, manifest.renderer) == (PLANNER, NAME)
    assert (manifest.program, manifest.made_at_s) == (__version__, NOW_S)
    seen = workshop.encoder.encode(film, title=made.video.title, tags=made.video.tags)
    assert manifest.measured_sid == str(workshop.codebook.encode(seen.content, seen.creative))


def test_the_video_is_what_was_wished_for(wish: Wish, made: Made, workshop: Workshop) -> None:
    video, form = made.video, wish.format
    assert video.is_made
    assert (video.id, video.wish) == (wish.key, wish.key)
    assert (video.width, video.height, video.fps) == (form.width, form.height, form.fps)
    assert video.duration_s == pytest.approx(form.duration_s, abs=0.1)
    assert video.has_sound
    assert video.title == made.blueprint.title
    assert video.tags == workshop.codebook.meaning(wish.sid).about


def test_its_preview_and_its_captions_are_kept_with_it(made: Made, home: assemble.Home) -> None:
    written = home.blobs.get(made.video.captions).decode()
    assert written.startswith("WEBVTT\n")
    for shot in made.blueprint.shots:
        assert not shot.words or shot.words.split()[0] in written
    preview, film = (home.blobs.size(key) for key in (made.video.preview, made.video.film))
    assert 500 < preview < film
    assert home.videos.get(made.video.id) is None  # the row is written by whoever holds the lease


def test_nothing_in_it_tells_who_wished(made: Made, home: assemble.Home) -> None:
    told = json.dumps([asdict(made.video), asdict(made.manifest), asdict(made.blueprint)])
    film = home.blobs.get(made.video.film)
    names = home.log.viewers()
    assert len(names) > 100
    for name in names:
        assert name not in told
        assert name.encode() not in film


def test_nothing_is_left_on_the_desk(workshop: Workshop, made: Made) -> None:
    assert list(workshop.desk.iterdir()) == []
