"""The workshop: a wish comes out the same each time, and its manifest says how it came to be."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from conftest import NOW_S, SmallWorld

from reelwright import __version__
from reelwright.allowance import Allowance, Overrun, Unwanted
from reelwright.assemble import crews, handing, homes, knowledge, workshops
from reelwright.config import load
from reelwright.domain import Made, Meaning, SemanticId, Wish, digest
from reelwright.errors import ReelwrightError
from reelwright.progress import silent
from reelwright.render.compositor import NAME
from reelwright.secondlook.rounds import Chosen, Looked, Round, replayed, to_step
from reelwright.storage.milestones import Milestones
from reelwright.storage.schema import renders
from reelwright.studio.conversation import Conversation
from reelwright.studio.planner import Planner
from reelwright.studio.steps import PLANNER, Complaint, Fault, Planned, Step, Turn
from reelwright.workshop import Workshop


@pytest.fixture(scope="module")
def home(small_world: SmallWorld, tmp_path_factory: pytest.TempPathFactory) -> Iterator[homes.Home]:
    folder = shutil.copytree(small_world.home, tmp_path_factory.mktemp("workshop") / "home")
    with homes.home(load(None, [f"home={folder}", "media.preset=ultrafast"])) as opened:
        yield opened


@pytest.fixture(scope="module")
def workshop(home: homes.Home) -> Workshop:
    return workshops.workshop(home, progress=silent)


@pytest.fixture(scope="module")
def wish(home: homes.Home) -> Wish:
    """One that nobody has made yet."""
    return next(row.wish for row in homes.renders(home).recent(100) if row.video is None)


@pytest.fixture(scope="module")
def made(workshop: Workshop, wish: Wish) -> Made:
    return workshop.make(wish, now_s=NOW_S)


def test_made_again_it_comes_out_the_same(
    workshop: Workshop, wish: Wish, made: Made, home: homes.Home
) -> None:
    film = home.blobs.get(made.video.film)
    home.blobs.path(made.video.film).unlink()
    again = workshop.make(wish, now_s=NOW_S)
    assert again == made
    assert home.blobs.get(again.video.film) == film


def test_the_manifest_says_how_it_came_to_be(
    workshop: Workshop, wish: Wish, made: Made, home: homes.Home
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


def test_its_preview_and_its_captions_are_kept_with_it(made: Made, home: homes.Home) -> None:
    written = home.blobs.get(made.video.captions).decode()
    assert written.startswith("WEBVTT\n")
    for shot in made.blueprint.shots:
        assert not shot.words or shot.words.split()[0] in written
    preview, film = (home.blobs.size(key) for key in (made.video.preview, made.video.film))
    assert 500 < preview < film
    assert home.videos.get(made.video.id) is None  # the row is written by whoever holds the lease


def test_nothing_in_it_tells_who_wished(made: Made, home: homes.Home) -> None:
    told = json.dumps([asdict(made.video), asdict(made.manifest), asdict(made.blueprint)])
    film = home.blobs.get(made.video.film)
    names = home.log.viewers()
    assert len(names) > 100
    for name in names:
        assert name not in told
        assert name.encode() not in film


def test_nothing_is_left_on_the_desk(workshop: Workshop, made: Made) -> None:
    assert list(workshop.desk.iterdir()) == []


def test_from_its_steps_the_same_film_comes_again(
    made: Made, workshop: Workshop, home: homes.Home, tmp_path: Path
) -> None:
    """Nobody is asked: not the studio, not the codebook, not the encoder."""
    steps = [to_step(cells) for cells in json.loads(json.dumps(made.steps))]
    assert isinstance(steps[-1], Chosen)
    assert any(isinstance(step, Looked) for step in steps)
    blueprint = replayed(steps)
    assert blueprint == made.blueprint
    assert digest(blueprint) == made.manifest.blueprint
    again = workshop.compositor.render(blueprint, tmp_path)
    assert again.film.read_bytes() == home.blobs.get(made.video.film)


class Grumbler:
    """A look that complains of one thing after another, and then of nothing."""

    def __init__(self, *faults: Sequence[Fault]) -> None:
        self.left = list(faults)

    def look(
        self, wish: Wish, planned: tuple[Step, ...], folder: Path, *, allowance: Allowance
    ) -> Round:
        faults = self.left.pop(0) if self.left else ()
        found = tuple(Complaint(what, 0, f"{what}.") for what in faults)
        return Round(planned, Looked(measured=wish.sid, complaints=found))


def rounds_of(
    workshop: Workshop,
    wish: Wish,
    monkeypatch: pytest.MonkeyPatch,
    *faults: Sequence[Fault],
    most: int = 2,
) -> list[Round]:
    """The rounds that it takes when the looks find these faults."""
    monkeypatch.setattr(workshop, "second_look", Grumbler(*faults))
    monkeypatch.setattr(workshop, "config", replace(workshop.config, rounds=most))
    return list(workshop.rounds(wish, workshop.desk))


def test_what_nothing_is_wrong_with_is_planned_once(
    workshop: Workshop, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    [only] = rounds_of(workshop, wish, monkeypatch)
    assert only.complaints == ()


@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_rounds_are_bounded(
    most: int, workshop: Workshop, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    grumbling: list[Sequence[Fault]] = [["creative"]] * 9
    rounds = rounds_of(workshop, wish, monkeypatch, *grumbling, most=most)
    assert len(rounds) == 1 + most
    assert len({digest(one.blueprint) for one in rounds}) == len(rounds)


def test_the_next_round_heeds_what_was_wrong_with_the_last(
    workshop: Workshop, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = rounds_of(workshop, wish, monkeypatch, ["reading"])
    assert first.blueprint.shots[0].words
    assert len(second.blueprint.shots[0].words) < len(first.blueprint.shots[0].words)


def test_where_nothing_changes_the_rounds_end(
    workshop: Workshop, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    def same(*_: object, **__: object) -> Iterator[Step]:
        return workshop.studio.plan(wish, workshop.codebook.meaning(wish.sid))

    monkeypatch.setattr(workshop.studio, "again", same)
    assert len(rounds_of(workshop, wish, monkeypatch, ["beat"], ["beat"])) == 1


@pytest.mark.parametrize("repeats", [True, False])
def test_where_a_model_mends_nothing_the_rules_do(
    repeats: bool, workshop: Workshop, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it says the same again or what is no better."""
    asked, again = list[bool](), workshop.studio.again

    def heard(*told: Any, by_rules: bool, **more: Any) -> Iterator[Step]:
        asked.append(by_rules)
        if repeats and not by_rules:
            return workshop.studio.plan(wish, workshop.codebook.meaning(wish.sid))
        return again(*told, by_rules=by_rules, **more)

    monkeypatch.setattr(workshop.studio, "again", heard)
    rounds = rounds_of(workshop, wish, monkeypatch, ["creative"], ["creative"])
    assert asked == [False, True, True][: 3 if repeats else 2]
    assert len({digest(one.blueprint) for one in rounds}) == 3


def test_without_rounds_nobody_looks(
    workshop: Workshop, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    [only] = rounds_of(workshop, wish, monkeypatch, ["beat"], most=0)
    assert only.looked is None
    assert isinstance(only.planned[-1], Planned)


def test_the_best_round_is_drawn_and_all_are_kept(
    workshop: Workshop, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[Sequence[Fault]] = [["content"], ["creative"], ["content"]]
    monkeypatch.setattr(workshop, "second_look", Grumbler(*faults))
    made = workshop.make(wish, now_s=NOW_S)
    steps = [to_step(cells) for cells in made.steps]
    plans = [step.blueprint for step in steps if isinstance(step, Planned)]
    assert len(plans) == 3
    assert steps[-1] == Chosen(1)
    assert made.blueprint == plans[1]


class Broken:
    """A step that is not to be done any more, or not to its end."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, *_: object, **__: object) -> NoReturn:
        self.times += 1
        raise OSError("no space")


def test_what_was_planned_is_not_planned_again_when_the_drawing_failed(
    workshop: Workshop,
    wish: Wish,
    made: Made,
    home: homes.Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first attempt fails at its drawing, the second when it keeps, the third at nothing."""
    monkeypatch.setattr(workshop, "milestones", Milestones(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(workshop.compositor, "render", broken := Broken())
        with pytest.raises(OSError, match="no space"):
            workshop.make(wish, now_s=NOW_S)
        assert broken.times == 1
    monkeypatch.setattr(workshop.studio, "plan", planning := Broken())
    with monkeypatch.context() as patch:
        patch.setattr(workshop.prober, "probe", Broken())
        with pytest.raises(OSError, match="no space"):
            workshop.make(wish, now_s=NOW_S)
    monkeypatch.setattr(workshop.compositor, "render", drawing := Broken())
    again = workshop.make(wish, now_s=NOW_S)
    assert (planning.times, drawing.times) == (0, 0)
    assert again == made, "and it is the same as if it had been made in one go"


def test_a_making_stops_where_its_time_is_up_and_says_where(workshop: Workshop, wish: Wish) -> None:
    stages: list[str] = []
    allowance = Allowance(hears=stages.append)
    frames: list[int] = []

    def watch(what: str, done: int, total: int) -> None:
        if what == "drawing frames":
            frames.append(done)
            if done == 5:
                allowance.end()

    with pytest.raises(Unwanted, match="while drawing: nobody waits"):
        workshop.make(wish, now_s=NOW_S, allowance=allowance, progress=watch)
    assert frames[-1] == 5, "not a frame more"
    assert stages[:2] == ["planning", "looking at its plan"]
    assert list(workshop.desk.iterdir()) == []
    with pytest.raises(Overrun, match="while beginning"):
        workshop.make(wish, now_s=NOW_S, allowance=Allowance(0.0))


def test_a_plan_gets_no_more_than_what_is_left(
    workshop: Workshop, wish: Wish, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []
    conversation = workshop.studio._conversation

    def heard(rules: Planner, before: Sequence[Turn], left_s: float) -> Conversation:
        given.append(left_s)
        return conversation(rules, before, left_s)

    monkeypatch.setattr(workshop.studio, "_conversation", heard)
    next(workshop.rounds(wish, workshop.desk, allowance=Allowance(300.0)))
    assert 200.0 < given[0] <= 300.0
    began_s = workshop.studio.clock()
    ends_s = conversation(workshop.studio.planner(wish, meaning(workshop, wish)), (), 3.0).end_s
    assert ends_s - began_s == pytest.approx(3.0, abs=1.0)


def meaning(workshop: Workshop, wish: Wish) -> Meaning:
    return workshop.codebook.meaning(wish.sid)


def test_the_look_reads_what_the_whole_film_reads(made: Made) -> None:
    looks = [to_step(cells) for cells in made.steps if cells["kind"] == "Looked"]
    seen = SemanticId.parse(made.manifest.measured_sid)
    assert any(
        isinstance(look, Looked) and look.measured.content[0] == seen.content[0] for look in looks
    )


def test_a_clip_that_is_there_is_explained_and_drawn_again(
    home: homes.Home, tmp_path: Path
) -> None:
    unmade = [row.wish for row in homes.renders(home).recent(100) if row.video is None]
    video, film = crews.make(home, unmade[-1], progress=silent)
    told = handing.account(home, video)
    assert str(unmade[-1].sid) in told[0]
    assert repr(video.title) in "\n".join(told)
    assert told[-1].split()[:5] == ["drawn", "the", "plan", "of", "round"]
    assert knowledge.video(home, video.title).title == video.title
    assert handing.replay(home, video, tmp_path / "again.mp4", progress=silent)
    assert (tmp_path / "again.mp4").read_bytes() == film.read_bytes()


def test_a_clip_without_steps_cannot_be_drawn_again(home: homes.Home, tmp_path: Path) -> None:
    [made] = [row for row in homes.renders(home).recent(100) if row.video][:1]
    assert made.video is not None
    video = home.videos.get(made.video)
    assert video is not None
    with home.database.write() as connection:
        connection.execute(
            renders.update().where(renders.c.key == made.wish.key).values(steps=None)
        )
    assert "older program" in handing.account(home, video)[-1]
    with pytest.raises(ReelwrightError, match="No steps were kept"):
        handing.replay(home, video, tmp_path / "again.mp4", progress=silent)
    assert not (tmp_path / "again.mp4").exists()
