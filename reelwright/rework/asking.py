"""What somebody elsewhere asks of a take, understood before anything is kept or made."""

from collections.abc import Callable
from dataclasses import dataclass

from reelwright.errors import ReelwrightError
from reelwright.modify.fabric import own_fabric
from reelwright.modify.fabric import unknown as no_cloth
from reelwright.modify.strength import strength as dial
from reelwright.rework.scenery import Place
from reelwright.rework.wording import place_in
from reelwright.studio.fit import Fit


@dataclass(frozen=True, slots=True)
class Understood:
    """A world and clothes of ours; files of this machine are never meant."""

    place: Place | None
    costume: str
    strength: str

    @property
    def purpose(self) -> set[str]:
        return purpose_of(self.place, self.costume)


def understood(world: str, costume: str, strength: str, fit: Callable[[], Fit]) -> Understood:
    """Raises, in one line, for what we do not know."""
    world, costume = world.strip(), costume.strip()
    if not (world or costume):
        raise ReelwrightError("Nothing is to be changed.", hint="Name a world, a costume, or both.")
    if costume and own_fabric(costume) is None:
        raise no_cloth(costume)
    return Understood(place_in(world, fit) if world else None, costume, dial(strength).name)


def purpose_of(place: Place | None, costume: str) -> set[str]:
    """What of a consent's scope it takes."""
    worlds = {f"world:{place.scene}"} if place is not None else set()
    return worlds | ({"costume"} if costume else set())
