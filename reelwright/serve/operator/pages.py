"""The operator's pages over HTTP: whole documents made here, asked for again while one looks."""

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from reelwright import __version__
from reelwright.serve.entry import Operator
from reelwright.serve.keyring import Caller
from reelwright.serve.operator import words
from reelwright.serve.operator.acts import add_acts
from reelwright.serve.operator.office import WAYS, Office, Told
from reelwright.serve.operator.takes import add_takes
from reelwright.serve.takes import TakeDesk
from reelwright.serve.wire import Health

LONGEST_ID = 128
FRESH = {"cache-control": "no-store"}


def add_operator(
    app: FastAPI, office: Office, health: Callable[[], Health], takes: TakeDesk | None = None
) -> None:
    """Everything under /operator."""
    show = Shower(office, health, has_takes=takes is not None)
    add_acts(app, office)
    if takes is not None:
        add_takes(app, takes, show)

    @app.get("/operator", include_in_schema=False)
    def making(caller: Operator) -> HTMLResponse:
        return show("making", caller, office.making())

    @app.get("/operator/cache", include_in_schema=False)
    def cache(caller: Operator) -> HTMLResponse:
        return show("cache", caller, office.cache())

    @app.get("/operator/cost", include_in_schema=False)
    def cost(caller: Operator) -> HTMLResponse:
        return show("cost", caller, office.cost())

    @app.get("/operator/wishes", include_in_schema=False)
    def wishes(caller: Operator) -> HTMLResponse:
        return show("wishes", caller, office.wishes())

    @app.get("/operator/viewers", include_in_schema=False)
    def viewers(
        caller: Operator, viewer: Annotated[str, Query(max_length=LONGEST_ID)] = ""
    ) -> HTMLResponse:
        return show("viewer", caller, office.viewer(viewer.strip()))

    @app.get("/operator/clips/{key}", include_in_schema=False)
    def clip(key: str, caller: Operator) -> HTMLResponse:
        told = office.clip(key)
        if told is None:
            raise HTTPException(404, f"Nobody wished for {key!r}.")
        return show("clip", caller, told)


class Shower:
    """Fills the pages. Strangers' words are in titles, briefs and ids: all of them are escaped."""

    def __init__(
        self, office: Office, health: Callable[[], Health], *, has_takes: bool = False
    ) -> None:
        self.office = office
        self.health = health
        self.pages = Environment(
            loader=PackageLoader("reelwright.serve", "operator"),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.pages.filters |= {
            "span": words.span,
            "megabytes": words.megabytes,
            "number": words.number,
            "viewers": words.viewers,
        }
        self.pages.globals |= {
            "share": words.share,
            "meaning": office.meaning,
            "stand_in": office.stand_in,
            "ways": WAYS,
            "needed": office.config.viewers,
            "attempts": office.config.attempts,
            "version": __version__,
            "has_takes": has_takes,
        }

    def __call__(self, name: str, caller: Caller, told: Told) -> HTMLResponse:
        counts = self.office.renders.counts()
        page = self.pages.get_template(f"{name}.html").render(
            told
            | {
                "page": name,
                "caller": caller,
                "now_s": self.office.clock(),
                "health": self.health(),
                "counts": {state.value: num for state, num in counts.items()},
                "erased": self.office.privacy.erased_since_training(),
            }
        )
        return HTMLResponse(page, headers=FRESH)
