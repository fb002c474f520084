"""Who may ask for what: keys, of which only hashes are kept, and the sign-ins made with them."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from reelwright.errors import ReelwrightError, cleaned
from reelwright.storage.database import Database
from reelwright.storage.schema import keys, sessions

MARK = "rw"  # every key begins with it, so that a leaked one can be searched for
PREFIX_BYTES, SECRET_BYTES = 4, 32
LONGEST_NAME = 60


class Scope(StrEnum):
    FEED = "feed"  # pages for viewers, and what is being made
    EVENTS = "events"  # telling what viewers did
    GENERATE = "generate"  # having videos made
    OPERATE = "operate"  # the operator's pages and the figures


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """What is known of a key. The key itself is not."""

    tenant: str
    prefix: str  # to recognise it by
    name: str
    scopes: frozenset[Scope]
    made_s: float
    expires_s: float | None
    revoked_s: float | None

    def holds(self, now_s: float) -> bool:
        return self.revoked_s is None and (self.expires_s is None or now_s < self.expires_s)


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that opens the door at a moment, by the hash of its secret."""

    keys: Mapping[str, Key]
    sessions: Mapping[str, tuple[Key, float]]  # with the moment until which it lasts
    any_made: bool  # whether a key was ever made, whatever became of it


def hashed(secret: str) -> str:
    """Secrets are 256 random bits: nobody guesses one, so a plain hash of it need not be slow."""
    return hashlib.blake2b(secret.encode(), digest_size=32).hexdigest()


class Keys:
    """The keys of one tenant, and who is signed in with them."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.tenant = db.tenant

    def add(
        self, name: str, scopes: Collection[Scope], *, now_s: float, expires_s: float | None = None
    ) -> tuple[str, Key]:
        """A new key, for the only time in words, and what is kept of it."""
        name = cleaned(name, LONGEST_NAME)
        if not (name and scopes):
            raise ReelwrightError(
                "A key needs a name and a scope.", hint="Such as keys add page --scope feed."
            )
        prefix = secrets.token_hex(PREFIX_BYTES)
        secret = f"{MARK}_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
        row = {
            "tenant": self.tenant,
            "prefix": prefix,
            "name": name,
            "digest": hashed(secret),
            "scopes": sorted(scopes),
            "made_s": now_s,
            "expires_s": expires_s,
        }
        with self.db.write() as connection:
            taken = select(keys.c.prefix).where(self._ours(), keys.c.name == name)
            if connection.execute(taken.where(keys.c.revoked_s.is_(None))).first() is not None:
                raise ReelwrightError(
                    f"There is a key named {name!r} already.",
                    hint="Revoke it first, or choose another name.",
                )
            made = connection.execute(insert(keys).values(**row).returning(keys)).one()
        return secret, _key(made)

    def all(self) -> list[Key]:
        """Every key that was ever made, the oldest first."""
        with self.db.read() as connection:
            rows = connection.execute(select(keys).where(self._ours()).order_by(keys.c.made_s))
            return [_key(row) for row in rows]

    def revoke(self, name: str, *, now_s: float) -> Key:
        """The key with this name or prefix, from now on worth nothing; its sign-ins neither."""
        named = (keys.c.name == name) | (keys.c.prefix == name)
        ended = update(keys).where(self._ours(), named, keys.c.revoked_s.is_(None))
        with self.db.write() as connection:
            row = connection.execute(ended.values(revoked_s=now_s).returning(keys)).first()
            if row is None:
                raise ReelwrightError(
                    f"There is no key {name!r} to revoke.", hint="See reelwright keys list."
                )
            connection.execute(delete(sessions).where(sessions.c.prefix == row.prefix))
        return _key(row)

    def sign_in(self, key: Key, *, now_s: float, until_s: float) -> str:
        """A secret that stands for the key until then."""
        token = secrets.token_urlsafe(SECRET_BYTES)
        row = {
            "tenant": self.tenant,
            "digest": hashed(token),
            "prefix": key.prefix,
            "until_s": until_s,
        }
        with self.db.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.until_s <= now_s))
            connection.execute(insert(sessions).values(**row))
        return token

    def sign_out(self, token: str) -> None:
        ours = self.db.own(sessions) & (sessions.c.digest == hashed(token))
        with self.db.write() as connection:
            connection.execute(delete(sessions).where(ours))

    def standing(self, now_s: float) -> Standing:
        """All that opens the door now."""
        signed_in = select(sessions).where(self.db.own(sessions), sessions.c.until_s > now_s)
        with self.db.read() as connection:
            rows = connection.execute(select(keys).where(self._ours())).all()
            entered = connection.execute(signed_in).all()
        by_digest = {row.digest: _key(row) for row in rows}
        held = {digest: key for digest, key in by_digest.items() if key.holds(now_s)}
        by_prefix = {key.prefix: key for key in held.values()}
        return Standing(
            keys=held,
            sessions={
                row.digest: (by_prefix[row.prefix], row.until_s)
                for row in entered
                if row.prefix in by_prefix
            },
            any_made=bool(rows),
        )

    def _ours(self) -> ColumnElement[bool]:
        return self.db.own(keys)


def _key(row: Any) -> Key:
    cells = {name: getattr(row, name) for name in Key.__dataclass_fields__}
    return Key(**cells | {"scopes": frozenset(map(Scope, cells["scopes"]))})
