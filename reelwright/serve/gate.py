"""The gate before every route: who asks, whether they may, and how often."""

import ipaddress
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from reelwright.config import ServeConfig
from reelwright.serve.keyring import ASK, Caller, Keyring
from reelwright.serve.pace import Pace
from reelwright.serve.problems import Refused, too_fast
from reelwright.storage.keys import Scope as For

COOKIE = "reelwright_session"
HOSTS = 1024  # names that we are asked by, remembered
SAFE = {"GET", "HEAD", "OPTIONS"}
# Open to everybody: the page's own files, films under names that nobody can guess, the reference,
# and the way in. What stands in neither list is for operators, so that nothing is open by mistake.
OPEN = ("/", "/page", "/clips", "/docs", "/openapi.json", "/health", "/sign-in", "/session")
NEEDS = {
    "/feed": For.FEED,
    "/making": For.FEED,
    "/viewers": For.FEED,
    "/events": For.EVENTS,
    "/viewer": For.EVENTS,  # one viewer's data; who may write it may hand it out and erase it
    "/v1": For.GENERATE,
}


def needed(path: str) -> For | None:
    """The scope that a path needs; None where anybody may ask."""
    first = "/" + path.split("/", 2)[1]
    return None if first in OPEN else NEEDS.get(first, For.OPERATE)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def door_words(host: str, *, any_made: bool) -> str:
    """What to tell whoever opens the door about keys; empty where all is as it should be."""
    if any_made:
        return ""
    make = "reelwright keys add NAME --scope feed --scope events"
    if is_loopback(host):
        return f"No key was made, so every program on this machine may ask. To close it: {make}"
    return f"No key was made, so nobody may ask anything at {host}. For one: {make}"


class Gate:
    """Lets through who has a key for what they ask, or everybody where no key is needed.

    It stands before the routes, so that a route that somebody adds is guarded from the start.
    """

    def __init__(self, app: ASGIApp, *, porter: "Porter") -> None:
        self.app = app
        self.porter = porter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (need := needed(scope["path"])) is not None:
            state = scope.setdefault("state", {})
            try:
                if "caller" not in state:  # else the porter let them in already
                    state["caller"] = await self.porter.admitted(scope, need)
            except Refused as refusal:
                if _wants_page(scope) and refusal.status == 401:
                    to = f"/sign-in?to={quote(scope['path'])}"
                    await RedirectResponse(to, 303)(scope, receive, send)
                else:
                    await refusal.response()(scope, receive, send)
                return
        await self.app(scope, receive, send)


class Porter:
    """Tells who asks and whether they may, and turns away who asks too often."""

    def __init__(self, keyring: Keyring, config: ServeConfig) -> None:
        self.keyring = keyring
        self.config = config
        rate = config.requests_per_s
        self.pace = Pace(rate, rate) if rate else None

    def knows(self, scope: Scope) -> bool:
        """Whether this may pass, told without looking anything up; it is let in then, by the gate
        too. Where that cannot be told it is False, and the gate must be asked."""
        need = needed(scope["path"])
        try:
            caller = self._known(Headers(scope=scope), scope)
        except Refused:
            return False
        if caller is None or need not in caller.scopes:
            return False
        if self.pace and self.pace.wait_s(caller.id, self.keyring.clock()):
            return False
        scope.setdefault("state", {})["caller"] = caller
        return True

    def _known(self, headers: Headers, scope: Scope) -> Caller | None:
        if not self.keyring.is_fresh():
            return None
        if self.keyring.needs_none():
            self._refuse_strangers_pages(scope, headers)
            return self.keyring.nobody(peer_of(scope))
        kind, _, secret = headers.get("authorization", "").partition(" ")
        bearer = kind.casefold() == "bearer"
        return self.keyring.known(secret.strip(), peer_of(scope)) if bearer else None

    async def admitted(self, scope: Scope, need: For) -> Caller:
        """Who asks; raises where they may not."""
        caller = await self._caller(scope)
        if need not in caller.scopes:
            has = ", ".join(sorted(caller.scopes))
            raise Refused(
                403,
                f"This key is not for that: it has {has}.",
                hint=f"Use a key with the scope {need}: reelwright keys add NAME --scope {need}.",
            )
        now_s = self.keyring.clock()
        if self.pace and (wait_s := self.pace.wait_s(caller.id, now_s)):
            raise too_fast(wait_s, f"That is more than {self.config.requests_per_s} a second.")
        return caller

    async def _caller(self, scope: Scope) -> Caller:
        headers = Headers(scope=scope)
        peer = peer_of(scope)
        if await self.keyring.is_open():
            self._refuse_strangers_pages(scope, headers)
            return self.keyring.nobody(peer)
        kind, _, secret = headers.get("authorization", "").partition(" ")
        if kind.casefold() == "bearer":
            return await self.keyring.with_key(secret.strip(), peer)
        if token := token_of(headers):
            self._refuse_strangers_pages(scope, headers)
            return await self.keyring.signed_in(token, peer)
        raise Refused(
            401,
            "This needs a key.",
            hint="Send Authorization: Bearer KEY; reelwright keys add NAME --scope FOR makes one.",
            headers=ASK,
        )

    def _refuse_strangers_pages(self, scope: Scope, headers: Headers) -> None:
        """What a browser sends by itself must not come from another site's page."""
        if is_rebound(headers.get("host", ""), self.config.host) or (
            scope["method"] not in SAFE and is_foreign(headers)
        ):
            raise Refused(
                403,
                "This came from the page of another site.",
                hint="Ask from our own page, or with a key.",
            )


def peer_of(scope: Scope) -> str:
    """The address that asks. Of what stands before us we believe nothing it says of others."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def token_of(headers: Headers) -> str:
    """What the browser holds of a sign-in; empty for nothing."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def is_foreign(headers: Headers) -> bool:
    """Whether a browser says that another site's page asks."""
    site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
    if site:
        return site not in {"same-origin", "none"}
    return bool(origin) and urlsplit(origin).netloc != headers.get("host", "")


@lru_cache(HOSTS)
def is_rebound(host: str, ours: str) -> bool:
    """Whether a stranger's name was made to lead to this machine.

    Such a name has a dot; `localhost`, a container's name and an address cannot be a stranger's.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." in name and name != ours and not name.endswith(".localhost")
    return False


def _wants_page(scope: Scope) -> bool:
    """Whether a person looks at an operator's page, who can sign in."""
    accepts = Headers(scope=scope).get("accept", "")
    return scope["method"] == "GET" and needed(scope["path"]) is For.OPERATE and "html" in accepts


def operators_only(request: Request) -> Caller:
    """A dependency for the operator's routes: who asks. What changes something proves itself."""
    caller: Caller = request.state.caller
    assert For.OPERATE in caller.scopes, f"{request.url.path} is not behind the gate"
    sent = request.headers.get("x-csrf-token", "")
    if request.method not in SAFE and caller.token and sent != caller.csrf:
        raise Refused(
            403,
            "The page's own token is missing.",
            hint="Send X-CSRF-Token as GET /session has it.",
        )
    return caller
