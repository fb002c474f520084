"""Nothing of any viewer comes into a prompt: a canary in every field that a viewer has."""

import dataclasses
import shutil
import typing
from collections.abc import Iterator

import pytest
from conftest import NOW_S, SmallWorld
from voices import Voice, rule

from reelwright.assemble import homes, workshops
from reelwright.config import load
from reelwright.domain import (
    Attribute,
    Deed,
    Event,
    EventKind,
    Impression,
    Meaning,
    Origin,
    Product,
    Viewer,
    Wish,
)
from reelwright.progress import silent
from reelwright.studio.steps import Complaint

CANARY = "kanarie7"
OF_VIEWERS = {Attribute, Deed, Event, Impression, Viewer}


def held_by(kind: type) -> set[type]:
    """Every frozen value that a value of some type may hold."""
    found = {kind}
    for field in typing.get_type_hints(kind).values():
        for inner in (field, *typing.get_args(field)):
            if dataclasses.is_dataclass(inner) and inner not in found:
                found |= held_by(typing.cast(type, inner))
    return found


@pytest.mark.parametrize("kind", [Wish, Meaning, Product, Complaint])
def test_what_a_plan_is_made_of_has_no_place_for_a_viewer(kind: type) -> None:
    assert not held_by(kind) & OF_VIEWERS
    assert Attribute in held_by(Viewer), "the walk finds nothing"


@pytest.fixture(scope="module")
def home(small_world: SmallWorld, tmp_path_factory: pytest.TempPathFactory) -> Iterator[homes.Home]:
    folder = shutil.copytree(small_world.home, tmp_path_factory.mktemp("canary") / "home")
    with homes.home(load(None, [f"home={folder}", "media.preset=ultrafast"])) as opened:
        yield opened


def test_nothing_of_any_viewer_comes_into_a_prompt(home: homes.Home) -> None:
    wish = homes.renders(home).recent(1)[0].wish
    seen = Event(
        id=f"{CANARY}-event",
        viewer=f"{CANARY}-viewer",
        video=home.videos.all()[0].id,
        kind=EventKind.MORE_CONTENT,
        at_s=NOW_S,
    )
    home.log.append([seen]).result()
    home.profiles.keep({seen.viewer: (Attribute(f"{CANARY}-name", CANARY, Origin.DECLARED),)})
    everybody = home.log.viewers()
    assert seen.viewer in everybody
    workshop = workshops.workshop(home, progress=silent)
    voice = Voice(rule)
    workshop.studio.backbone = voice
    meaning = workshop.codebook.meaning(wish.sid)
    steps = list(workshop.studio.plan(wish, meaning))
    steps += workshop.studio.again(wish, meaning, steps, [Complaint("content", 0, "no boat")])
    assert len(voice.asks) == 8
    told = " ".join(message.content for message in voice.asks[-1].messages)
    assert meaning.about[0] in told, "the wish itself did not come into it"
    assert CANARY not in told
    assert not [viewer for viewer in everybody if viewer in told]
    assert str(NOW_S)[:8] not in told
    assert wish.key not in told
