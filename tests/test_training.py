"""Training: every video is looked at once and named, and too little to learn from is said so."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from conftest import NOW_S, SmallWorld
from scripted_feed import TRAITS
from wishes import video

from reelwright import training
from reelwright.assemble import homes, knowledge, workshops
from reelwright.config import Config, RecommenderConfig, load
from reelwright.domain import Blueprint, Clip, Deed, EventKind, Format, SemanticId, Viewer
from reelwright.drawing import Drawn
from reelwright.errors import ReelwrightError
from reelwright.features.encoder import Encoding
from reelwright.progress import silent
from reelwright.recommender.coverage import Calibration
from reelwright.recommender.recommender import Recommender
from reelwright.render.kit import kit
from reelwright.sids.codebook import Codebook
from reelwright.training import (
    SAMPLES,
    StyleLook,
    Training,
    codebook_name,
    styles_from_bytes,
    styles_to_bytes,
)
from reelwright.viewers.viewers import Viewers

FILM = b"a film that nobody really opens"


class ScriptedEncoder:
    """Sees nothing but the title, and counts how often it looked."""

    version = "scripted"

    def __init__(self) -> None:
        self.looked: list[str] = []

    def encode(self, film: Path, *, title: str, tags: Sequence[str] = ()) -> Encoding:
        assert film.read_bytes() == FILM
        self.looked.append(title)
        rng = np.random.default_rng(int(title))
        content, creative = rng.normal(size=(2, 8)).astype(np.float32)
        return Encoding(content, creative, TRAITS)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[homes.Home]:
    with homes.home(load(None, [f"home={tmp_path / 'home'}"])) as opened:
        yield opened


def lesson_of(home: homes.Home, encoder: ScriptedEncoder) -> Training:
    return Training(
        videos=home.videos,
        blobs=home.blobs,
        models=home.models,
        encoder=encoder,
        config=Config(),
        progress=silent,
    )


def take_in(home: homes.Home, numbers: range) -> None:
    film = home.blobs.put(FILM, ".mp4")
    for number in numbers:
        one = replace(video(f"v{number}", title=str(number)), film=film, tags=("tea",))
        home.videos.add(one, added_s=NOW_S)


def test_every_video_is_looked_at_once(home: homes.Home) -> None:
    encoder = ScriptedEncoder()
    lesson = lesson_of(home, encoder)
    take_in(home, range(3))
    lesson.look_at_videos()
    take_in(home, range(5))
    lesson.look_at_videos()
    assert sorted(encoder.looked) == ["0", "1", "2", "3", "4"]
    kept = home.videos.encodings("scripted")["v3"]
    assert kept[0].tolist() == np.random.default_rng(3).normal(size=8).astype(np.float32).tolist()


def test_every_video_is_named_in_a_codebook_that_is_kept(home: homes.Home) -> None:
    lesson = lesson_of(home, ScriptedEncoder())
    take_in(home, range(12))
    lesson.look_at_videos()
    codebook = lesson.learn_codes(now_s=NOW_S)
    sids = home.videos.sids(codebook.version)
    assert set(sids) == {f"v{number}" for number in range(12)}
    kept = home.models.newest(codebook_name(codebook.version))
    assert kept is not None
    read_back = Codebook.from_bytes(kept[1])
    for id_, (content, creative, _) in home.videos.encodings("scripted").items():
        assert read_back.encode(content, creative) == sids[id_]
    assert lesson.learn_codes(now_s=NOW_S + 1).version == codebook.version, "nothing was new"


def test_the_order_in_which_videos_came_changes_nothing(tmp_path: Path) -> None:
    versions = set()
    for name, order in (("up", range(12)), ("down", range(11, -1, -1))):
        with homes.home(load(None, [f"home={tmp_path / name}"])) as home:
            take_in(home, order)
            lesson = lesson_of(home, ScriptedEncoder())
            lesson.look_at_videos()
            versions.add(lesson.learn_codes(now_s=NOW_S).version)
    assert len(versions) == 1


def test_too_few_videos_are_refused(home: homes.Home) -> None:
    lesson = lesson_of(home, ScriptedEncoder())
    take_in(home, range(9))
    lesson.look_at_videos()
    with pytest.raises(ReelwrightError, match="There are 9 videos, and training needs 10"):
        lesson.learn_codes(now_s=NOW_S)


def test_too_few_viewers_are_refused(small_world: SmallWorld, tmp_path: Path) -> None:
    folder = shutil.copytree(small_world.home, tmp_path / "copy")
    with homes.home(load(None, [f"home={folder}"])) as home:
        lesson = lesson_of(home, ScriptedEncoder())
        codebook = knowledge.codebook(home, knowledge.recommender(home).codebook)
        who = knowledge.viewers(home, knowledge.Known(home, codebook.version))
        form = workshops.format_of_wishes(home.config)
        names = [*home.log.viewers()[:4], "one who did nothing"]
        with pytest.raises(ReelwrightError, match="4 viewers did something, and training needs 5"):
            lesson.learn_taste(codebook, who, names, format=form, now_s=NOW_S)


def test_what_was_learned_is_kept_with_its_measures(small_world: SmallWorld) -> None:
    with homes.home(small_world.config) as home:
        measures = home.models.measures("recommender")
        learned = knowledge.recommender(home)
    assert measures["ndcg_at_10"] == small_world.figures["ndcg_at_10"]
    assert learned.format == workshops.format_of_wishes(small_world.config)


def test_the_looks_of_styles_are_the_same_when_read_back() -> None:
    looks = {"calm": np.array([0.5, -1], np.float32), "kinetic": np.array([2, 3], np.float32)}
    read_back = styles_from_bytes(styles_to_bytes(looks))
    assert {name: look.tolist() for name, look in read_back.items()} == {
        name: look.tolist() for name, look in looks.items()
    }


class FleetingClips:
    """Draws in place of a pool: a film is gone when the next one is asked for. Last ones first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, blueprints: Sequence[Blueprint], tags: object, **_: object
    ) -> Iterator[tuple[int, Drawn]]:
        for place in reversed(range(len(blueprints))):
            film = self.folder / f"{place}.mp4"
            film.write_bytes(FILM)
            nothing = np.zeros(3, np.float32)
            files = dict.fromkeys(("film", "poster", "preview", "captions"), film)
            clip = Clip(**files, blueprint=blueprints[place], renderer="none")
            yield place, Drawn(clip, Encoding(nothing, nothing, TRAITS))
            film.unlink()


class TitleEncoder(ScriptedEncoder):
    """A title's creative vector is its length."""

    def encode(self, film: Path, *, title: str, tags: Sequence[str] = ()) -> Encoding:
        assert film.read_bytes() == FILM
        self.looked.append(title)
        return Encoding(np.zeros(1, np.float32), np.array([len(title)], np.float32), TRAITS)


def test_styles_are_looked_at_with_the_eyes_that_were_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "draw_all", FleetingClips(tmp_path))
    encoder = TitleEncoder()
    look = StyleLook(
        kit=kit(),
        studio=workshops.planner(),
        config=Config(),
        progress=silent,
        encoder=encoder,
    )
    vectors = look.vectors()
    assert set(vectors) == {style.name for style in kit().styles}
    assert len(encoder.looked) == len(SAMPLES) * len(vectors)
    mean = np.mean([len(name) for name in SAMPLES])
    assert {float(vector[0]) for vector in vectors.values()} == {mean}
    ours = replace(look, encoder=None).vectors()
    assert {vector.shape for vector in ours.values()} == {(3,)}, "what those who draw have seen"


class ScriptedViewers:
    """Everybody likes the videos in order, from another one on."""

    def __init__(self, sids: Mapping[str, SemanticId]) -> None:
        self.sids = sorted(sids.items())

    def state(self, viewer: str) -> Viewer:
        begin = int(viewer)
        met = [self.sids[(begin + step) % len(self.sids)] for step in range(5)]
        return Viewer(
            id=viewer,
            history=tuple(
                Deed(name, sid, EventKind.LIKE, 1.0, 60.0 * at)
                for at, (name, sid) in enumerate(met)
            ),
        )


def test_many_videos_are_known_one_by_one_and_few_by_their_codes(home: homes.Home) -> None:
    take_in(home, range(12))
    lesson = lesson_of(home, ScriptedEncoder())
    lesson.look_at_videos()
    sids = home.videos.sids(lesson.learn_codes(now_s=NOW_S).version)
    take_in(home, range(13))
    lesson.look_at_videos()
    likers = [ScriptedViewers(sids).state(str(begin)) for begin in range(3)]
    assert lesson._known(sids, likers) is None, "a thousand are enough by default"
    for own_from, expected in ((13, None), (12, sorted(sids))):
        known = knowing(lesson, own_from)._known(sids, likers)
        assert (None if known is None else list(known.ids)) == expected
    assert known is not None
    assert [SemanticId(tuple(c[:2]), tuple(c[2:])) for c in known.codes_IL.tolist()] == [
        sids[video] for video in known.ids
    ]
    content, creative = np.random.default_rng(3).normal(size=(2, 8))
    row = np.concatenate([content, creative])
    row /= np.sqrt(np.mean(row**2))
    assert known.company is not None
    times = Counter(deed.video for viewer in likers for deed in viewer.history)
    assert known.company.liked_I.tolist() == [0, *(times[video] for video in known.ids)]
    assert known.features_IF[known.ids.index("v3")] == pytest.approx(row, rel=1e-4)


def knowing(lesson: Training, own_from: int) -> Training:
    recommender = RecommenderConfig(layers=1, dim=16, epochs=1, own_from=own_from)
    return replace(lesson, config=replace(lesson.config, recommender=recommender))


@pytest.mark.parametrize("own_from", [1, 1000])
def test_what_is_kept_knows_the_videos_and_how_far_to_be_believed(
    home: homes.Home, own_from: int
) -> None:
    take_in(home, range(12))
    lesson = knowing(lesson_of(home, ScriptedEncoder()), own_from)
    lesson.look_at_videos()
    codebook = lesson.learn_codes(now_s=NOW_S)
    sids = home.videos.sids(codebook.version)
    who = cast(Viewers, ScriptedViewers(sids))
    names = [str(number) for number in range(12)]
    measures = lesson.learn_taste(codebook, who, names, format=Format(), now_s=NOW_S)
    kept = home.models.newest("recommender")
    assert kept is not None
    learned = Recommender.from_bytes(kept[1])
    assert list(learned.model.known.ids) == (sorted(sids) if own_from == 1 else [])
    assert learned.calibration != Calibration(), "it was learned from the cases"
    assert measures == home.models.measures("recommender")
    for name, sid in sids.items():
        learned.add(name, sid)
    assert 0 < learned.coverage(who.state("0")) < 1
