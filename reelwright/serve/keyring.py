"""Which keys open the door now: looked at once a second, so that a request costs no look."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from anyio import to_thread

from reelwright.config import ServeConfig
from reelwright.serve.pace import Pace
from reelwright.serve.problems import Refused, too_fast
from reelwright.storage.database import Busy
from reelwright.storage.keys import Key, Keys, Scope, hashed

LOOK_EVERY_S = 1.0  # so long a key that was revoked elsewhere may still count
ASK = {"www-authenticate": "Bearer"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who asks, as far as the door knows."""

    tenant: str
    peer: str  # the address
    key: Key | None = None  # None where none is needed
    token: str = ""  # of a sign-in; empty where the key itself was sent

    @property
    def scopes(self) -> frozenset[Scope]:
        return self.key.scopes if self.key else frozenset(Scope)

    @property
    def id(self) -> str:
        """Who pays for what is asked: the key, or without one the address."""
        return self.key.prefix if self.key else self.peer

    @property
    def csrf(self) -> str:
        """What a page of ours proves with that it is one: only it can read it."""
        return hmac.new(self.token.encode(), b"csrf", hashlib.sha256).hexdigest()


class Keyring:
    """The keys of one tenant, as the door sees them."""

    def __init__(
        self,
        keys: Keys,
        clock: Callable[[], float],
        config: ServeConfig,
        *,
        opens_without: bool,
    ) -> None:
        self.keys = keys
        self.clock = clock
        self.opens_without = opens_without  # as long as no key was ever made
        per_s = config.guesses_per_minute / 60
        self.guesses = Pace(per_s, config.guesses_per_minute)
        self._standing = keys.standing(clock())
        self._looked_s = clock()

    async def is_open(self) -> bool:
        """Whether nobody needs a key."""
        if not self.is_fresh():
            await self.look()
        return self.needs_none()

    def is_fresh(self) -> bool:
        """Whether what is known of keys was looked at just now."""
        return self.clock() - self._looked_s < LOOK_EVERY_S

    def needs_none(self) -> bool:
        """Whether nobody needs a key, as far as is known."""
        return self.opens_without and not self._standing.any_made

    def known(self, secret: str, peer: str) -> Caller | None:
        """Who sends this key, if it is known."""
        key = self._key(secret)
        return Caller(tenant=self.keys.tenant, peer=peer, key=key) if key else None

    async def look(self) -> None:
        """Look at the store again. Where it is busy, what was known still counts."""
        self._looked_s = self.clock()  # first, so that only one request looks
        try:
            self._standing = await to_thread.run_sync(self.keys.standing, self.clock())
        except Busy:
            return

    async def with_key(self, secret: str, peer: str) -> Caller:
        """Who sends this key; raises for one that does not count."""
        key = self._key(secret)
        if key is None:
            await self._miss(peer)
            key = self._key(secret)  # it may have been made this second
        if key is None:
            raise await self._wrong(peer, "This key is not known, or does not count any longer.")
        return Caller(tenant=self.keys.tenant, peer=peer, key=key)

    async def signed_in(self, token: str, peer: str) -> Caller:
        """Who signed in with this browser."""
        key = self._session(token)
        if key is None:
            await self._miss(peer)
            key = self._session(token)
        if key is None:
            raise await self._wrong(peer, "This sign-in is over.")
        return Caller(tenant=self.keys.tenant, peer=peer, key=key, token=token)

    def nobody(self, peer: str) -> Caller:
        """Who asks where no key is needed."""
        return Caller(tenant=self.keys.tenant, peer=peer)

    def _key(self, secret: str) -> Key | None:
        key = self._standing.keys.get(hashed(secret))
        return key if key and key.holds(self.clock()) else None

    def _session(self, token: str) -> Key | None:
        key, until_s = self._standing.sessions.get(hashed(token), (None, 0.0))
        return key if key and key.holds(self.clock()) and self.clock() < until_s else None

    async def _miss(self, peer: str) -> None:
        """Look again, unless this address has guessed too often."""
        if wait_s := self.guesses.would_wait_s(peer, self.clock()):
            raise too_fast(wait_s, "Too many wrong keys came from this address.")
        await self.look()

    async def _wrong(self, peer: str, detail: str) -> Refused:
        self.guesses.wait_s(peer, self.clock())
        return Refused(401, detail, hint="Ask the operator for a key.", headers=ASK)
