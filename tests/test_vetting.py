"""Films of people are seen once they are agreed to and keep what was promised, or not at all."""

from pathlib import Path

import pytest

from reelwright.errors import ReelwrightError
from reelwright.modify.card import Card, Figure
from reelwright.modify.strength import strength
from reelwright.rework.rework import Order, Plan, Reworked
from reelwright.rework.scenery import Place
from reelwright.rework.vetting import Vetted, purpose, vetted

GOOD, BAD = (Card({"face_nme": Figure(value, 7)}) for value in (0.01, 0.5))


def asked(folder: Path, *names: str, level: str = "adhere_1") -> Plan:
    order = Order(strength=level, out=folder, sheet=folder.parent / "sheet.png")
    places = (Place(scene="harbour"), folder / "beach.jpg")
    return Plan(order, strength(level), places, None, tuple(folder / name for name in names))


def make(plan: Plan) -> Reworked:
    for path in (*plan.outs, plan.order.sheet):
        assert path is not None
        path.write_bytes(path.name.encode())
    return Reworked(plan.outs, ("a note",))


def run(folder: Path, *cards: Card, force: bool = False, ended: bool = False) -> Vetted:
    names = [f"{number}.mp4" for number in range(len(cards))]
    given = iter(cards)

    def agreed() -> None:
        if ended:
            raise ReelwrightError("Consent was revoked.", hint="")

    def score(path: Path) -> Card:
        assert path.read_bytes() == path.name.encode(), "a card is of the finished film"
        return next(given)

    return vetted(asked(folder, *names), make, score, agreed=agreed, force=force)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.rglob("*") if path.is_file())


def test_what_passes_is_where_it_was_asked_for(tmp_path: Path) -> None:
    done = run(tmp_path / "films", GOOD, GOOD)
    assert [path.name for path in done.films] == ["0.mp4", "1.mp4"]
    assert left(tmp_path / "films") == ["0.mp4", "1.mp4", "sheet.png"]
    assert done.broken == ((), ())
    assert done.notes == ("a note",)


def test_one_broken_promise_leaves_nothing_unless_forced(tmp_path: Path) -> None:
    with pytest.raises(ReelwrightError, match=r"1\.mp4 does not keep .* worst at frame 7"):
        run(tmp_path / "films", GOOD, BAD)
    assert left(tmp_path / "films") == []
    done = run(tmp_path / "films", GOOD, BAD, force=True)
    assert [len(one) for one in done.broken] == [0, 1]
    assert left(tmp_path / "films") == ["0.mp4", "1.mp4", "sheet.png"]


def test_consent_that_ends_meanwhile_leaves_nothing_forced_or_not(tmp_path: Path) -> None:
    for force in (False, True):
        with pytest.raises(ReelwrightError, match="revoked"):
            run(tmp_path / "films", GOOD, force=force, ended=True)
        assert left(tmp_path / "films") == []


def test_what_cannot_be_measured_has_no_card(tmp_path: Path) -> None:
    plan = asked(tmp_path / "films", "0.mp4")
    assert vetted(plan, make, None, agreed=lambda: None).cards == ()
    assert left(tmp_path / "films") == ["0.mp4", "sheet.png"]


def test_an_order_needs_consent_to_each_of_its_worlds(tmp_path: Path) -> None:
    assert purpose(asked(tmp_path, "0.mp4")) == {"world:harbour", "world"}
