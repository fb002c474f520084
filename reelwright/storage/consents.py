"""Who agreed to what is made of a film that shows them, and where all that was made of it lies."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert  # written alike for SQLite

from reelwright.storage.database import Database
from reelwright.storage.schema import consents, encodings, renders, traces, videos, withdrawals

ID_BYTES = 4
BURIED = "buried"  # a row in this state is never made again
FILES = [videos.c.film, videos.c.poster, videos.c.preview, videos.c.captions]
EMPTIED = {"title": "", "film": "", "poster": "", "preview": "", "captions": "", "tags": []}


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """One person's agreement. After it was revoked nobody knows any more whose it was."""

    id: str
    footage: str  # SHA-256
    person: str  # a digest, by which a later record of the same person is known as theirs
    who: str
    scope: tuple[str, ...]
    made_s: float
    until_s: float
    revoked_s: float | None

    def holds(self, now_s: float) -> bool:
        return self.revoked_s is None and now_s < self.until_s


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """A file that was made of a film."""

    footage: str
    place: str
    kind: str  # take, film, card
    sha256: str
    video: str  # the id that it has in the catalogue if it ever joins that
    made_s: float


class Consents:
    """Agreements and traces of one tenant, by the film's SHA-256."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(
        self, footage: str, who: str, scope: Sequence[str], *, now_s: float, until_s: float
    ) -> Consent:
        """A new record; an earlier one of the same person counts no longer."""
        consent = Consent(
            id=secrets.token_hex(ID_BYTES),
            footage=footage,
            person=person(footage, who),
            who=who,
            scope=tuple(scope),
            made_s=now_s,
            until_s=until_s,
            revoked_s=None,
        )
        cells = {name: getattr(consent, name) for name in Consent.__dataclass_fields__}
        row = insert(consents).values(tenant=self.db.tenant, **cells | {"scope": list(scope)})
        with self.db.write() as connection:
            connection.execute(row)
        return consent

    def of(self, footage: str) -> list[Consent]:
        """The newest record of everybody who is in this film, the oldest first."""
        with self.db.read() as connection:
            found = self._where(connection, consents.c.footage == footage)
        newest = {consent.person: consent for consent in found}
        return sorted(newest.values(), key=lambda consent: consent.made_s)

    def find(self, id_: str) -> Consent | None:
        with self.db.read() as connection:
            found = self._where(connection, consents.c.id == id_)
        return found[0] if found else None

    def revoke(self, footage: str, *, now_s: float, only: str = "") -> int:
        """End every agreement to this film, or `only` the one with this id; how many there were.

        Names and scopes are forgotten: what stays is that somebody said no.
        """
        which = self.db.own(consents) & (consents.c.footage == footage)
        if only:
            which &= consents.c.id == only
        ended = update(consents).where(which, consents.c.revoked_s.is_(None))
        gone = ended.values(revoked_s=now_s, who="", scope=[]).returning(consents.c.id)
        with self.db.write() as connection:
            return len(connection.execute(gone).all())

    def note(self, trace: Trace) -> None:
        """Write down that something was made, in place of what lay there before."""
        cells = {name: getattr(trace, name) for name in Trace.__dataclass_fields__}
        row = insert(traces).values(tenant=self.db.tenant, **cells)
        row = row.on_conflict_do_update(
            index_elements=["tenant", "footage", "place"],
            set_={name: cells[name] for name in ("kind", "sha256", "video", "made_s")},
        )
        with self.db.write() as connection:
            connection.execute(row)

    def traces(self, footage: str) -> list[Trace]:
        """All that was made of this film, the oldest first."""
        own = select(traces).where(self.db.own(traces), traces.c.footage == footage)
        with self.db.read() as connection:
            rows = connection.execute(own.order_by(traces.c.made_s, traces.c.place)).all()
        return [
            Trace(**{name: getattr(row, name) for name in Trace.__dataclass_fields__})
            for row in rows
        ]

    def forget(self, trace: Trace) -> None:
        """The file is gone, so nobody needs to find it."""
        its = (traces.c.footage == trace.footage) & (traces.c.place == trace.place)
        with self.db.write() as connection:
            connection.execute(delete(traces).where(self.db.own(traces), its))

    def erase_video(self, id_: str, why: str, *, now_s: float) -> tuple[str, ...] | None:
        """Take a video out of the catalogue for ever; the files that it showed and no other does.

        Its row stays, emptied, because what viewers did with it stays true. The row that promised
        it is buried with its plan. None where there is no such video.
        """
        own = self.db.own(videos) & (videos.c.id == id_) & videos.c.withdrawn_s.is_(None)
        with self.db.write() as connection:
            found = connection.execute(select(*FILES).where(own)).first()
            if found is None:
                return None
            connection.execute(update(videos).where(own).values(withdrawn_s=now_s, **EMPTIED))
            looks = self.db.own(encodings) & (encodings.c.video == id_)
            connection.execute(delete(encodings).where(looks))
            self._bury(connection, id_, why, now_s)
            named = [file for file in dict.fromkeys(found) if file]
            files = [file for file in named if not self._is_shown(connection, file)]
            connection.execute(
                insert(withdrawals).values(
                    tenant=self.db.tenant,
                    video=id_,
                    why=why,
                    bytes=0,
                    blobs=files,
                    at_s=now_s,
                    swept=False,
                )
            )
        return tuple(files)

    def settle(self) -> None:
        """Let what was forgotten leave the disk too."""
        self.db.settle()

    def _bury(self, connection: Connection, video: str, why: str, now_s: float) -> None:
        nothing = dict.fromkeys(("video", "manifest", "blueprint", "steps"))
        gone = {"state": BURIED, "reason": why, "bytes": 0, "ended_s": now_s, **nothing}
        its = self.db.own(renders) & (renders.c.video == video)
        connection.execute(update(renders).where(its).values(**gone))

    def _is_shown(self, connection: Connection, file: str) -> bool:
        either = or_(*(column == file for column in FILES))
        shown = select(videos.c.id).where(self.db.own(videos), either)
        return connection.execute(shown.limit(1)).first() is not None

    def _where(self, connection: Connection, which: ColumnElement[bool]) -> list[Consent]:
        own = select(consents).where(self.db.own(consents), which)
        return [_consent(row) for row in connection.execute(own.order_by(consents.c.made_s))]


def person(footage: str, who: str) -> str:
    """A digest that tells the same name in the same film, and nothing without both."""
    told = f"{footage} {who.casefold()}"
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def _consent(row: Any) -> Consent:
    cells = {name: getattr(row, name) for name in Consent.__dataclass_fields__}
    return Consent(**cells | {"scope": tuple(cells["scope"])})
