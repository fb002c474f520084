"""The reference of the HTTP interface: what FastAPI tells of the routes, and what the gate does."""

from typing import Any

from fastapi import FastAPI

from reelwright.serve.gate import needed
from reelwright.serve.problems import described

KEY = {"type": "http", "scheme": "bearer", "description": "Of reelwright keys add."}
GUARDED = {
    "401": described("A key is needed, and none that counts was sent"),
    "403": described("The key is not for that"),
    "429": described("Too fast; Retry-After says when to come back"),
}
BODY = {"400": described("The body cannot be read"), "413": described("Too much at once")}


def describe_guards(app: FastAPI) -> None:
    """Let the reference tell which scope each route needs, and how the gate refuses."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            told = plain()
            for path, methods in told["paths"].items():
                for route in methods.values():
                    _guard(path, route)
            told.setdefault("components", {})["securitySchemes"] = {"key": KEY}
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _guard(path: str, route: dict[str, Any]) -> None:
    answers = route["responses"]
    if "requestBody" in route:
        route["responses"] = answers = BODY | answers
    if (need := needed(path)) is None:
        return
    answers |= GUARDED
    route["security"] = [{"key": []}, {}]  # none where no key was made yet
    route["description"] = f"{route.get('description', '')} Scope: {need}.".strip()
