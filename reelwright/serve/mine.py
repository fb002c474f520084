"""A viewer's own data over HTTP: all of it, or none of it any more."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Protocol

from fastapi import FastAPI, Response
from pydantic import BaseModel, Field

from reelwright.privacy import Erased
from reelwright.serve.wire import Id


class Records(Protocol):
    """Hands out and erases what is kept of a viewer, as `privacy.Privacy` does."""

    def export(self, viewer: str) -> dict[str, Any]: ...

    def erase(self, viewer: str, now_s: float) -> Erased: ...


class ViewerData(BaseModel):
    """Everything that is kept of a viewer."""

    viewer: str
    attributes: list[dict[str, Any]]
    events: list[dict[str, Any]] = Field(description="What they did, in the order it was kept.")
    impressions: list[dict[str, Any]] = Field(description="What they were shown, and why that.")
    wanted: list[str] = Field(description="Wishes that too few want so far for one to be made.")


class Gone(BaseModel):
    """How much there was of somebody of whom nothing is kept any more."""

    events: int
    impressions: int
    attributes: int
    wishes: int

    @classmethod
    def of(cls, erased: Erased) -> "Gone":
        return cls(**asdict(erased))


def add_mine(app: FastAPI, records: Records, clock: Callable[[], float]) -> None:
    @app.get("/viewer/data", summary="Everything that is kept of a viewer")
    def export(viewer: Id, response: Response) -> ViewerData:
        response.headers["cache-control"] = "no-store"
        return ViewerData(**records.export(viewer))

    @app.delete("/viewer/data", summary="Keep nothing of a viewer any more")
    def erase(viewer: Id) -> Gone:
        """What they do after this is kept again; nothing that was kept comes back."""
        return Gone.of(records.erase(viewer, clock()))
