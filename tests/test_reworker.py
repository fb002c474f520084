"""Works on takes, one at a time: whole films or none, and none that nobody wants any more."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scripted_feed import NOW_S, Store, store
from scripted_takes import handed_in, remade, reworker_of, take_desk_of

from reelwright.engine.reworker import OURS, Remade
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress
from reelwright.serve.takes import TakeDesk
from reelwright.storage.database import Busy
from reelwright.storage.takes import DONE, FAILED, MAKING, REVOKED, Rework, Take


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with store(tmp_path) as kept:
        yield kept


@pytest.fixture
def desk(kept: Store) -> TakeDesk:
    return take_desk_of(kept.db, kept.blobs, lambda: NOW_S)


def ordered(desk: TakeDesk, world: str = "forest") -> tuple[Take, Rework]:
    take = handed_in(desk)
    (work,) = desk.order(take, [(world, desk.understand(world, "", "flex_1"))])
    return take, work


def files(desk: TakeDesk) -> set[str]:
    folder = desk.cabinet.blobs.folder
    return {path.suffix for path in folder.rglob("*") if path.is_file()}


def test_a_take_is_measured_then_put_into_its_world(desk: TakeDesk, tmp_path: Path) -> None:
    take, work = ordered(desk)
    hands = reworker_of(desk, tmp_path)
    assert hands.run_once()
    assert hands.run_once()
    assert not hands.run_once()
    done = desk.work(work.id)
    assert done.state == DONE
    assert desk.cabinet.blobs.get(done.film).startswith(b"forest")
    measured = desk.get(take.id)
    assert (measured.facts["people"], measured.facts["width"]) == (1, 160)
    assert list((tmp_path / "desk").iterdir()) == []


@pytest.mark.parametrize(
    "which",
    [lambda desk, take: take.footage, lambda desk, take: desk.records(take)[0].id],
    ids=["the film", "a record"],
)
def test_what_was_made_is_found_by_a_revocation(
    desk: TakeDesk, tmp_path: Path, which: Callable[[TakeDesk, Take], str]
) -> None:
    take, _ = ordered(desk)
    hands = reworker_of(desk, tmp_path)
    hands.run_once()
    hands.run_once()
    assert files(desk) == {".mp4", ".zip", ".jpg"}
    desk.cabinet.revoke(which(desk, take), NOW_S)
    assert files(desk) == set()
    assert {one.state for one in desk.cabinet.takes.works(take.id)} == {REVOKED}
    assert not desk.get(take.id).film
    assert desk.cabinet.consents.traces(take.footage) == []


def test_a_consent_that_is_revoked_meanwhile_leaves_nothing(desk: TakeDesk, tmp_path: Path) -> None:
    take, work = ordered(desk)

    def revoked(take: Take, work: Rework, folder: Path, progress: Progress) -> Remade:
        made = remade(take, work, folder, progress)
        desk.cabinet.revoke(take.footage, NOW_S)
        return made

    hands = reworker_of(desk, tmp_path, remake=revoked)
    hands.run_once()
    hands.run_once()
    assert desk.work(work.id).state == REVOKED
    assert files(desk) == set()
    assert desk.get(take.id).film == ""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ReelwrightError("me.mp4 is dark.", hint="Light it."), "me.mp4 is dark. Light it."),
        (ReelwrightError("It broke.", hint="Use --force."), "It broke."),
        (ValueError("ours"), OURS),
    ],
)
def test_what_cannot_be_made_says_why(
    desk: TakeDesk, tmp_path: Path, error: Exception, reason: str
) -> None:
    _, work = ordered(desk)

    def fails(take: Take, work: Rework, folder: Path, progress: Progress) -> Remade:
        (folder / "half.mp4").write_text("half")
        raise error

    hands = reworker_of(desk, tmp_path, remake=fails)
    hands.run_once()
    hands.run_once()
    assert (desk.work(work.id).state, desk.work(work.id).reason) == (FAILED, reason)
    assert list((tmp_path / "desk").iterdir()) == []


def test_a_busy_store_fails_nothing(desk: TakeDesk, tmp_path: Path) -> None:
    _, work = ordered(desk)

    def waits(take: Take, work: Rework, folder: Path, progress: Progress) -> Remade:
        raise Busy("The disk is full.")

    hands = reworker_of(desk, tmp_path, remake=waits)
    hands.run_once()
    assert not hands.run_once()
    assert desk.work(work.id).state == MAKING, "its lease runs out, and it is begun anew"


def test_a_film_that_two_orders_share_goes_with_the_last(desk: TakeDesk, tmp_path: Path) -> None:
    take, first = ordered(desk)
    (second,) = desk.order(take, [("forest", desk.understand("forest", "", "flex_1"))])
    hands = reworker_of(desk, tmp_path)
    while hands.run_once():
        pass
    film = desk.work(first.id).film
    assert desk.work(second.id).film == film
    desk.cabinet.remove(desk.work(first.id))
    assert desk.cabinet.blobs.has(film)
    desk.cabinet.remove(desk.work(second.id))
    assert not desk.cabinet.blobs.has(film)


def test_a_forgotten_take_leaves_only_what_was_agreed(desk: TakeDesk, tmp_path: Path) -> None:
    take, _ = ordered(desk)
    hands = reworker_of(desk, tmp_path)
    while hands.run_once():
        pass
    desk.cabinet.forget(take)
    assert files(desk) == set()
    assert desk.cabinet.takes.get(take.id) is None
    assert [one.who for one in desk.records(take)] == ["Ann"]
