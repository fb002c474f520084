"""Plans broken on purpose: whatever is wrong with one is found, and nothing where nothing is."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from plans import plan, shot
from stills import write_still
from wishes import wish

from reelwright.config import MediaConfig
from reelwright.domain import Blueprint, Format, Insert, SemanticId
from reelwright.media.materials import Materials
from reelwright.render.kit import STYLES
from reelwright.render.lettering import Box
from reelwright.render.readable import INKS
from reelwright.secondlook.look import FILE, SecondLook
from reelwright.speech.voice import Humming, Voice
from reelwright.studio.steps import Complaint, Planned

FORM = Format(width=144, height=256, fps=30, duration_s=4.0)
TEMPO_BPM = 120.0
NAMES = [style.name for style in STYLES]


@pytest.fixture
def materials() -> Materials:
    return Materials(MediaConfig())


@pytest.fixture
def look(
    tmp_path: Path, materials: Materials
) -> Callable[[Blueprint], list[tuple[str, int | None]]]:
    """What is complained of: the fault and the shot."""

    def looked(blueprint: Blueprint) -> list[tuple[str, int | None]]:
        found = complaints_of(blueprint, tmp_path, materials=materials)
        assert all(one.words.endswith(".") for one in found)
        return [(one.what, one.shot) for one in found]

    return looked


def complaints_of(
    blueprint: Blueprint,
    folder: Path,
    *,
    seen: SemanticId | None = None,
    materials: Materials | None = None,
    voice: Voice | None = None,
) -> tuple[Complaint, ...]:
    """What a look by eyes that see these codes complains of; by default those that were wished."""
    eyes = SecondLook(
        lambda one, film, title: seen or one.sid,
        lambda branch, codes: (f"{branch} {codes[0]}",),
        MediaConfig(),
        materials=materials,
        voice=voice,
    )
    one = eyes.look(replace(wish(), locale="en"), (Planned(blueprint),), folder)
    assert one.blueprint == blueprint
    return one.complaints


def clip(style: str = "documentary", second_s: float = 2.0, **second: object) -> Blueprint:
    """Two shots, the second of which is as it is said to be."""
    shots = (
        shot(duration_s=second_s, words="First light"),
        shot(
            start_s=second_s,
            duration_s=FORM.duration_s - second_s,
            scene="mountains",
            subject="🥾",
            **second,  # type: ignore[arg-type]
        ),
    )
    return plan(style, *shots, form=FORM, tempo_bpm=TEMPO_BPM)


Look = Callable[[Blueprint], list[tuple[str, int | None]]]


@pytest.mark.parametrize("style", NAMES)
def test_nothing_is_wrong_with_a_good_plan(style: str, look: Look) -> None:
    assert look(clip(style, words="Up there", transition="dissolve")) == []


def test_a_cut_beside_the_beat_is_found(look: Look) -> None:
    assert look(clip(second_s=2.03)) == [], "nobody notices 30 ms"
    assert look(clip(second_s=2.06)) == [("beat", 1)]


def test_words_that_nobody_has_time_to_read_are_found(look: Look) -> None:
    words = "Up to the ridge before the city wakes, and then down again on the other side of it"
    assert look(clip(words=words)) == [("reading", 1)]


def test_words_that_cannot_be_said_before_the_next_are_found(tmp_path: Path) -> None:
    """The humming voice takes 70 ms for a letter; 2 s hold 26 letters, of which each has some."""
    fits, too_long = "Up there, all alone", "Up there, all alone, and down again by night"
    narrated = complaints_of(clip(words=too_long), tmp_path, voice=Humming())
    told = [one for one in narrated if one.what == "narration"]
    assert [one.shot for one in told] == [1]
    assert told[0].words == f"Of {too_long!r} only {fits!r} can be said in its time."
    assert not complaints_of(clip(words=fits), tmp_path, voice=Humming())
    silent = complaints_of(clip(words=too_long), tmp_path)
    assert "narration" not in {one.what for one in silent}, "nobody speaks"


def test_words_like_their_ground_are_found(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(INKS, "whisper", lambda palette: (palette.light, palette.light))
    assert ("contrast", 0) in look(clip("calm_minimal"))


def test_words_under_the_phones_controls_are_found(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reelwright.render.titles.title_box", lambda *_: Box(14, 194, 120, 252))
    assert look(clip("bold_kinetic")) == [("safe_area", 0)]


def test_a_black_shot_is_found(look: Look, materials: Materials, tmp_path: Path) -> None:
    night = np.zeros((400, 300, 3), np.uint8)
    assert look(showing(night, materials, tmp_path)) == [("black", 1)]
    assert look(showing(night + 90, materials, tmp_path)) == []


def test_a_frozen_shot_is_found(look: Look) -> None:
    """A white mountain without anybody: under a camera at rest nothing of it moves."""
    bare = clip("calm_minimal", camera="still", light="dawn")
    assert look(without_subject(bare)) == [("frozen", 1)]
    assert look(bare) == [], "who stands there breathes"
    assert look(without_subject(clip("calm_minimal", camera="push", light="dawn"))) == []


def without_subject(blueprint: Blueprint) -> Blueprint:
    first, second = blueprint.shots
    return replace(blueprint, shots=(first, replace(second, subject="")))


def showing(picture: np.ndarray, materials: Materials, folder: Path) -> Blueprint:
    """A clip whose second shot is a photograph and nothing else."""
    asset = materials.take(write_still(folder / "photo.png", picture))
    plain = clip()
    second = replace(plain.shots[1], subject="", scene="", insert=Insert(asset=asset.digest))
    return replace(plain, shots=(plain.shots[0], second), assets=(asset,))


def test_a_clip_that_falls_silent_is_found(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    def fading(blueprint: Blueprint, *, rate: int) -> np.ndarray:
        sound = np.full((round(FORM.duration_s * rate), 2), 0.1, np.float32)
        sound[2 * rate : 3 * rate] = 0
        return sound

    monkeypatch.setattr("reelwright.secondlook.look.soundtrack", fading)
    assert look(clip()) == [("silent", None)]


def test_another_first_code_is_another_wish(tmp_path: Path) -> None:
    (content, deeper), (creative, _) = wish().sid.content, wish().sid.creative
    same = SemanticId((content, deeper + 1), (creative, 0))
    assert complaints_of(clip(), tmp_path, seen=same) == ()
    other = SemanticId((content + 1, deeper), (creative + 1, 0))
    first, second = complaints_of(clip(), tmp_path, seen=other)
    assert (first.what, second.what) == ("content", "creative")
    assert first.words == f"It reads as content {content + 1}; the wish says content {content}."


def test_several_faults_are_all_told(look: Look) -> None:
    words = "Up to the ridge before the city wakes, and then down again on the other side of it"
    assert set(look(clip(second_s=2.2, words=words))) == {("beat", 1), ("reading", 1)}


def test_a_look_leaves_nothing_behind(tmp_path: Path) -> None:
    complaints_of(clip(), tmp_path)
    assert not (tmp_path / FILE).exists()
