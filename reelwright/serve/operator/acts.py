"""What an operator may do to a wish, and to the data of a viewer, in the reference of the door."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from reelwright.cache.states import RenderState
from reelwright.errors import ReelwrightError
from reelwright.serve.entry import Operator
from reelwright.serve.mine import Gone, ViewerData
from reelwright.serve.operator.office import Office
from reelwright.serve.problems import Refused, described
from reelwright.serve.wire import Id

UNSAID = "By an operator."


class WishAct(BaseModel):
    """What is to become of a wish."""

    model_config = ConfigDict(extra="forbid")

    act: Literal["bury", "unbury", "pin", "unpin", "again"]
    why: str = Field("", max_length=200, description="bury: kept with the wish, for other people.")


class WishTold(BaseModel):
    """What became of it."""

    wish: str
    state: RenderState
    pinned: bool


def add_acts(app: FastAPI, office: Office) -> None:
    """Bury, pin, try again; hand out and erase."""

    @app.post(
        "/operator/wishes/{key}",
        summary="Bury a wish or its clip, pin it, or try it again",
        responses={404: described("No such wish"), 409: described("Not as it stands")},
    )
    def act(key: str, asked: WishAct, caller: Operator) -> WishTold:
        """`bury` withdraws the clip and lets nobody make it again; `again` is for what failed."""
        if office.renders.get(key) is None:
            raise Refused(404, f"Nobody wished for {key!r}.", hint="/operator lists wishes.")
        try:
            _deeds(office, key, asked.why.strip() or UNSAID)[asked.act]()
        except ReelwrightError as error:
            raise Refused(409, error.problem, hint=error.hint) from error
        row = office.renders.get(key)
        assert row is not None, f"the row of {key} is gone"
        return WishTold(wish=key, state=row.state, pinned=row.pinned)

    @app.get("/operator/data", summary="All that is kept of a viewer")
    def export(viewer: Annotated[Id, Query()], caller: Operator, response: Response) -> ViewerData:
        response.headers["content-disposition"] = 'attachment; filename="viewer.json"'
        response.headers["cache-control"] = "no-store"
        return ViewerData(**office.privacy.export(viewer))

    @app.delete("/operator/data", summary="Erase all that is kept of a viewer")
    def erase(viewer: Annotated[Id, Query()], caller: Operator) -> Gone:
        """Of somebody who was never here there is nothing to erase."""
        return Gone.of(office.privacy.erase(viewer, office.clock()))


def _deeds(office: Office, key: str, why: str) -> dict[str, Callable[[], None]]:
    stock = office.stock
    return {
        "bury": lambda: stock.bury(key, why, office.clock()),
        "unbury": lambda: stock.unbury(key),
        "pin": lambda: stock.pin(key),
        "unpin": lambda: stock.pin(key, False),
        "again": lambda: stock.again(key),
    }
