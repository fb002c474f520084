"""Advertisements: planned from a brief, drawn from somebody's own files, refused in a sentence."""

import json
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from films import numbered, write_film
from program import loaded
from stills import cut_out, disc, write_still

from reelwright.advert import missing_letters, read
from reelwright.config import MediaConfig
from reelwright.domain import Asset, AssetKind, Display, Fill, Format, Product
from reelwright.errors import ReelwrightError
from reelwright.features.text import TextVectors
from reelwright.media.probe import Prober
from reelwright.reading import readable
from reelwright.render.film import check
from reelwright.render.kit import STYLES, kit
from reelwright.studio.advert import Brief, cut_at, plan
from reelwright.studio.fit import Fit

MUG = Product(name="Blue mug", price="12.90", currency="EUR", claims=("Dishwasher safe", "Big"))
FORM = Format(width=720, height=1280, fps=30, duration_s=8.0)


def asset(name: str, kind: AssetKind = AssetKind.PHOTO, width: int = 4000) -> Asset:
    return Asset(digest=name, kind=kind, width=width, height=3000, focus=(0.4, 0.6))


@pytest.fixture(scope="module")
def fit() -> Fit:
    return Fit(kit(), TextVectors().encode)


def brief(style: str = "luxury", count: int = 3, *, own: bool = True, timed: bool = False) -> Brief:
    thing, logo = asset("thing", AssetKind.CUTOUT), asset("logo", AssetKind.LOGO)
    product = replace(MUG, picture="thing", logo="logo") if own else MUG
    return Brief(
        product=product,
        pictures=tuple(asset(f"photo {place}") for place in range(count)),
        own=(thing, logo) if own else (),
        style=style,
        format=FORM,
        is_timed=timed,
    )


@pytest.mark.parametrize("style", [style.name for style in STYLES])
@pytest.mark.parametrize("count", [0, 1, 4, 12])
@pytest.mark.parametrize("own", [True, False])
def test_every_brief_becomes_a_blueprint_that_can_be_drawn_and_read(
    style: str, count: int, own: bool, fit: Fit
) -> None:
    asked = brief(style, count, own=own)
    found = plan(asked, fit)
    check(found)
    assert found == plan(asked, fit), "the same brief gives the same blueprint"
    assert found.shots[-1].display is Display.END
    assert found.shots[0].words == "Blue mug"
    for one, other in pairwise(found.shots):
        assert one.end_s == pytest.approx(other.start_s)
    for shot in found.shots:
        assert readable(shot.words, shot.duration_s)
    shown = [shot.insert.asset for shot in found.shots if shot.insert]
    again = count == 1 and not own  # the only picture is also what the card shows
    assert len(set(shown)) == count + own
    assert len(shown) == count + own + again, "every picture is shown once"
    frames = found.format.duration_s * FORM.fps
    assert frames == pytest.approx(round(frames))


def test_the_card_shows_the_product_by_itself_or_lies_over_the_last_picture(fit: Fit) -> None:
    *_, shown, _ = plan(brief(), fit).shots
    assert shown.display is Display.CARD
    assert shown.insert is not None
    assert (shown.insert.asset, shown.insert.fill) == ("thing", Fill.CONTAIN)
    *_, shown, _ = plan(brief(own=False), fit).shots
    assert shown.display is Display.LOWER_THIRD
    assert shown.insert is not None
    assert (shown.insert.asset, shown.insert.fill) == ("photo 2", Fill.COVER)


def test_a_small_photograph_is_a_thing_and_does_not_fill_the_frame(fit: Fit) -> None:
    asked = replace(brief(count=0), pictures=(asset("small", width=200),))
    insert = plan(asked, fit).shots[0].insert
    assert insert is not None
    assert insert.fill is not Fill.COVER


@pytest.mark.parametrize("seconds", [3.0, 8.0, 45.0])
def test_a_length_that_was_asked_for_is_kept_to_the_frame(seconds: float, fit: Fit) -> None:
    asked = brief("calm_minimal", 6, timed=True)
    found = plan(replace(asked, format=replace(FORM, duration_s=seconds)), fit)
    assert found.format.duration_s == pytest.approx(seconds)
    assert min(shot.duration_s for shot in found.shots) > 0.1


def test_cuts_fall_on_beats_and_leave_time_to_read() -> None:
    rng = np.random.default_rng(6)
    for _ in range(200):
        count = int(rng.integers(1, 9))
        wanted = rng.uniform(0.9, 3.5, count).tolist()
        least = rng.uniform(0, 2.5, count).tolist()
        tempo = float(rng.uniform(60, 160))
        ends = cut_at(wanted, least, tempo, 30, None)
        assert len(ends) == count + 1
        for end in ends[1:-1]:
            beats = end * tempo / 60
            assert beats == pytest.approx(round(beats), abs=1e-6)
        for (start, end), need in zip(pairwise(ends), least, strict=True):
            assert end - start >= min(need, need - 1 / 30) - 1e-6


def test_a_brand_new_style_is_chosen_by_the_words(fit: Fit) -> None:
    gold = Product(name="Precious gold watch, noble and elegant", claims=("black and gold luxury",))
    found = plan(replace(brief(""), product=gold, own=()), fit)
    assert found.style == "luxury"


def test_a_name_without_a_letter_that_can_be_drawn_is_refused() -> None:
    with pytest.raises(ReelwrightError, match="No letter of the name"):
        missing_letters(Product(name="\U00013000\U00013001"))
    notes = missing_letters(Product(name="Mug \U00013000", offer="\U00013001 today"))
    assert len(notes) == 2
    assert "which the name asks for" in notes[0]


def test_a_brief_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.json").write_bytes('{"name": "Café"}'.encode("latin-1"))
    for name in ("missing.json", "latin.json"):
        with pytest.raises(ReelwrightError, match=name):
            read(tmp_path / name)


# ---- from the command line ------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("advert")
    (folder / "mug.json").write_text(
        json.dumps({"name": "Blue mug", "price": 12.9, "currency": "EUR"})
    )
    write_still(folder / "a.jpg", disc(320, 240))
    write_still(folder / "mug.png", cut_out(160))
    write_film(folder / "clip.mp4", numbered(12))
    write_still(folder / "half.jpg", disc())
    (folder / "half.jpg").write_bytes((folder / "half.jpg").read_bytes()[:-200])
    return folder


def advert(files: Path, *words: str) -> subprocess.CompletedProcess[str]:
    small = ("render.width=128", "render.height=228", "render.fps=8")
    settings = [word for change in small for word in ("--set", change)]
    return loaded().run(*settings, "advert", *words, cwd=files)


def test_a_brief_goes_in_and_a_finished_film_comes_out(files: Path) -> None:
    words = "--product mug.json --photo a.jpg --photo clip.mp4 --photo mug.png --logo mug.png"
    result = advert(
        files,
        *words.split(),
        "--style",
        "luxury",
        "--seconds",
        "6",
        "-o",
        "out.mp4",
        "--sheet",
        "s.png",
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "Blue mug, luxury, 6.0 s\nout.mp4\ns.png\n"
    assert (files / "s.png").read_bytes()[1:4] == b"PNG"
    assert "drawing frames: 48 done" in result.stderr
    film = Prober(MediaConfig()).probe(files / "out.mp4")
    assert (film.width, film.height) == (128, 228)
    assert film.duration_s == pytest.approx(6, abs=0.2)
    assert film.has_sound


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("--product mug.json --photo half.jpg", "half.jpg is cut off"),
        ("--product mug.json --photo nowhere.jpg", "nowhere.jpg cannot be opened"),
        ("--product mug.json --logo clip.mp4", "clip.mp4 is a film, not a logo"),
        ("--product mug.json --style luxurius", "Did you mean luxury?"),
        ("--product a.jpg", "a.jpg cannot be read"),
    ],
)
def test_a_mistake_ends_in_one_line_and_leaves_nothing_behind(
    files: Path, words: str, what: str
) -> None:
    before = sorted(files.iterdir())
    result = advert(files, *words.split(), "-o", "bad.mp4")
    assert result.returncode == 2, result
    assert what in result.stderr.splitlines()[-1]
    assert sorted(files.iterdir()) == before


def test_a_film_that_cannot_be_put_there_is_told_before_anything_is_drawn(files: Path) -> None:
    result = advert(files, "--product", "mug.json", "-o", "nowhere/out.mp4")
    assert result.returncode == 2
    assert "nowhere/out.mp4" in result.stderr
