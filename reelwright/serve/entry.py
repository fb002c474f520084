"""The way in for operators: a key becomes a cookie, and a page shows that it did."""

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, FastAPI, Request, Response

from reelwright.config import ServeConfig
from reelwright.serve.gate import COOKIE, is_foreign, operators_only, peer_of, token_of
from reelwright.serve.keyring import Caller, Keyring
from reelwright.serve.problems import Refused, described
from reelwright.serve.wire import SignedIn, SigningIn
from reelwright.storage.keys import Scope


def add_entry(app: FastAPI, keyring: Keyring, config: ServeConfig) -> None:
    """Sign in, see who one is, sign out; `/operator` is what comes behind it."""

    @app.post(
        "/session",
        summary="Sign in with a key that has the scope operate",
        responses={401: described("No such key"), 403: described("Not a key for operators")},
    )
    async def sign_in(asked: SigningIn, request: Request, response: Response) -> SignedIn:
        """The answer sets a cookie that scripts cannot read."""
        if is_foreign(request.headers):
            raise Refused(403, "This came from the page of another site.", hint="Use our own page.")
        caller = await keyring.with_key(asked.key, peer_of(request.scope))
        key = caller.key
        assert key, "a key was asked for"
        if Scope.OPERATE not in caller.scopes:
            raise Refused(
                403,
                "This key is not for operators.",
                hint="Make one: reelwright keys add NAME --scope operate.",
            )
        now_s = keyring.clock()
        until_s = now_s + config.session_s
        token = await to_thread.run_sync(
            partial(keyring.keys.sign_in, key, now_s=now_s, until_s=until_s)
        )
        await keyring.look()
        response.set_cookie(
            COOKIE,
            token,
            max_age=round(config.session_s),
            httponly=True,
            samesite="lax",
            secure=config.behind_https,
        )
        return _told(Caller(tenant=caller.tenant, peer=caller.peer, key=key, token=token))

    @app.get("/session", summary="Who is signed in", responses={401: described("Nobody")})
    async def who(request: Request) -> SignedIn:
        return _told(await _visitor(request, keyring))

    @app.delete(
        "/session",
        summary="Sign out",
        status_code=204,
        responses={401: described("Nobody is signed in"), 403: described("Not from our page")},
    )
    async def sign_out(request: Request, response: Response) -> None:
        caller = await _visitor(request, keyring)
        if caller.token:
            request.state.caller = caller
            operators_only(request)
            await to_thread.run_sync(keyring.keys.sign_out, caller.token)
            await keyring.look()
        response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=config.behind_https)


async def _visitor(request: Request, keyring: Keyring) -> Caller:
    peer = peer_of(request.scope)
    if token := token_of(request.headers):
        return await keyring.signed_in(token, peer)
    if await keyring.is_open():
        return keyring.nobody(peer)
    raise Refused(401, "Nobody is signed in.", hint="Sign in at /sign-in.")


def _told(caller: Caller) -> SignedIn:
    return SignedIn(
        name=caller.key.name if caller.key else "",
        scopes=sorted(caller.scopes),
        csrf=caller.csrf if caller.token else "",
    )


Operator = Annotated[Caller, Depends(operators_only)]
