"""The desk at which filmed performances are handed in and put into other worlds. It waits for none.

A stranger's film is looked into in a limited child first; without somebody's consent nothing of it
is kept.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from reelwright.config import TakesConfig
from reelwright.errors import ReelwrightError, cleaned
from reelwright.media.probe import Prober
from reelwright.modify import consent
from reelwright.rework.asking import Understood, understood
from reelwright.rework.cabinet import Cabinet
from reelwright.serve.problems import Refused
from reelwright.storage.consents import Consent, Consents
from reelwright.storage.database import Busy
from reelwright.storage.orders import new_id
from reelwright.storage.takes import FAILED, Rework, Take, new_take
from reelwright.studio.fit import Fit

MB = 1 << 20
LONGEST_NAME = 80
ENDING = re.compile(r"\.[a-z0-9]{1,8}")
RETRY_S = 30.0
AGREE = "An operator writes it down at /operator/takes, or with reelwright consent record."


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who in a film agreed, to what, and until which day."""

    who: str
    scope: str
    until: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeDesk:
    """Takes films in, and orders for other worlds; tells what is known of them."""

    cabinet: Cabinet
    prober: Prober
    fit: Callable[[], Fit]
    thumbnail: Callable[[str], bytes]  # of a world of ours
    worlds: Sequence[str]
    cloths: Sequence[str]
    config: TakesConfig
    clock: Callable[[], float]

    def take_in(self, film: BinaryIO, name: str, agreed: Agreement | None) -> Take:
        """Keep a film that may be changed. Without an agreement here, one was written down."""
        name = cleaned(Path(name.replace("\\", "/")).name, LONGEST_NAME) or "film.mp4"
        if agreed is not None:
            refuse_unsaid(agreed)
        with tempfile.TemporaryDirectory(prefix="take-") as folder:
            path = Path(folder) / f"film{_ending(name)}"
            with path.open("wb") as file:
                shutil.copyfileobj(film, file, MB)
            if agreed is None:
                self._refuse_unasked(consent.sha256(path), name)
            return self._kept(path, name, agreed)

    def _kept(self, path: Path, name: str, agreed: Agreement | None) -> Take:
        """The take; its records are written only for a film that can be read."""
        try:
            if (size := path.stat().st_size) > self.config.max_upload_mb * MB:
                raise ReelwrightError(
                    f"{path.name} has {size / MB:.1f} MB.",
                    hint=f"Send at most {self.config.max_upload_mb} MB.",
                )
            probe = self.prober.probe(path)
        except ReelwrightError as error:
            raise ReelwrightError(
                error.problem.replace(path.name, name), hint=error.hint
            ) from error
        if probe.duration_s > self.config.max_seconds:
            raise ReelwrightError(
                f"{name} takes {probe.duration_s:.0f} s.",
                hint=f"Send at most {self.config.max_seconds:g} s.",
            )
        now_s, records = self.clock(), self.cabinet.consents
        if agreed is not None:
            record(records, path, agreed, now_s)
        footage = consent.sha256(path)
        take = Take(
            id=new_take(), footage=footage, name=name, film="", facts=asdict(probe), made_s=now_s
        )
        return self.cabinet.receive(take, path, now_s)

    def understand(self, world: str, costume: str, strength: str) -> Understood:
        return understood(world, costume, strength, self.fit)

    def order(self, take: Take, asked: Sequence[tuple[str, Understood]]) -> list[Rework]:
        """Works of a take, each a world in somebody's words; all of them, or none."""
        self.refuse_unfit(take)
        for _, one in asked:
            self._refuse_disagreed(take, one.purpose)
        waiting = self.cabinet.takes.waiting()
        if waiting + len(asked) > self.config.max_queue:
            raise Busy(f"{waiting} works on takes wait.", retry_after_s=RETRY_S)
        works = [
            Rework(
                id=new_id(),
                take=take.id,
                world=world.strip(),
                costume=one.costume,
                strength=one.strength,
                made_s=self.clock(),
            )
            for world, one in asked
        ]
        for work in works:
            self.cabinet.takes.ask(work)
        return works

    def insist(self, work: Rework) -> None:
        """Show a film that broke its promise all the same, while those in it still agree."""
        take = self.get(work.take)
        self.refuse_unfit(take)
        asked = self.understand(work.world, work.costume, work.strength)
        self._refuse_disagreed(take, asked.purpose)
        if not self.cabinet.takes.insist(work.id):
            raise Refused(409, "It was not refused.", hint="Only what breaks its promise waits.")

    def get(self, id_: str) -> Take:
        if (take := self.cabinet.takes.get(id_)) is None:
            raise Refused(404, f"There is no take {cleaned(id_)}.", hint="/operator/takes has all.")
        return take

    def work(self, id_: str) -> Rework:
        if (work := self.cabinet.takes.work(id_)) is None:
            raise Refused(404, f"There is no work {cleaned(id_)}.", hint="/operator/takes has all.")
        return work

    def records(self, take: Take) -> list[Consent]:
        return self.cabinet.consents.of(take.footage)

    def refuse_unfit(self, take: Take) -> None:
        """Of some takes nothing can be made."""
        if not take.film:
            raise Refused(
                409,
                f"Consent for {take.name} was revoked, and nothing of it is here.",
                hint="If they agree anew, hand it in again.",
            )
        measuring = self.cabinet.takes.work(take.id)
        if measuring is not None and measuring.state == FAILED:
            raise Refused(409, measuring.reason, hint="Hand in another film.")

    def _refuse_unasked(self, footage: str, name: str) -> None:
        if not any(one.revoked_s is None for one in self.cabinet.consents.of(footage)):
            raise Refused(403, f"Nobody's consent is recorded for {name}.", hint=AGREE)

    def _refuse_disagreed(self, take: Take, purpose: set[str]) -> None:
        try:
            consent.require(self.records(take), purpose, name=take.name, now_s=self.clock())
        except ReelwrightError as error:
            raise Refused(403, error.problem, hint=AGREE) from error


def refuse_unsaid(agreed: Agreement) -> None:
    """What is missing is told in the words of a page."""
    for value, words in (
        (agreed.who, "Say who is filmed and agreed."),
        (agreed.scope, "Say what they agreed to."),
        (agreed.until, "Say until which day they agreed."),
    ):
        if not value.strip():
            raise ReelwrightError("A film is taken in with consent alone.", hint=words)


def record(records: Consents, path: Path, agreed: Agreement, now_s: float) -> None:
    """Write an agreement down; on a page nothing is called by the name of an option."""
    who, scope, until = agreed.who, agreed.scope, agreed.until
    try:
        consent.record(records, path, who, scope, until, now_s=now_s)
    except ReelwrightError as error:
        problem = error.problem.removeprefix("--until ")
        raise ReelwrightError(problem, hint=error.hint) from error


def _ending(name: str) -> str:
    ending = Path(name).suffix.lower()
    return ending if ENDING.fullmatch(ending) else ".mp4"
