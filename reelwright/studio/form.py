"""Holds a value against a JSON schema: the few words of it that the studio's own forms use."""

from collections.abc import Mapping
from typing import Any

from reelwright.studio.backbone import Schema


def fault(value: Any, schema: Schema, place: str = "The answer") -> str:
    """What is wrong with a value, in one sentence; empty where nothing is."""
    if "anyOf" in schema:
        faults = [fault(value, one, place) for one in schema["anyOf"]]
        return faults[0] if all(faults) else ""
    if "enum" in schema:
        return "" if _is_among(value, schema["enum"]) else _choose(place, schema["enum"])
    match schema["type"]:
        case "object":
            return _object(value, schema, place)
        case "array":
            return _array(value, schema, place)
        case "string":
            most = schema["maxLength"]
            fits = isinstance(value, str) and len(value) <= most
            return "" if fits else f"{place} must be text of up to {most} letters."
        case kind:
            whole = kind == "integer"
            fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
            least, most = schema["minimum"], schema["maximum"]
            told = f"{place} must be a {'whole ' * whole}number from {least} to {most}."
            return "" if fits and least <= value <= most else told


def _is_among(value: Any, names: list[Any]) -> bool:
    """Whether it is one of them; True is not 1."""
    return not isinstance(value, bool) and any(value == name for name in names)


def _choose(place: str, names: list[Any]) -> str:
    return f"{place} must be one of: {', '.join(str(name) or 'empty' for name in names)}."


def _object(value: Any, schema: Schema, place: str) -> str:
    if not isinstance(value, Mapping):
        return f"{place} must be a JSON object."
    forms = schema["properties"]
    missing = [name for name in schema["required"] if name not in value]
    if missing:
        return f"{place} lacks {missing[0]}."
    for name, inner in value.items():
        if name not in forms:
            return f"{place} has no place for {name!r:.40}."
        if wrong := fault(inner, forms[name], name):
            return wrong
    return ""


def _array(value: Any, schema: Schema, place: str) -> str:
    least, most = schema["minItems"], schema["maxItems"]
    if not isinstance(value, list) or not least <= len(value) <= most:
        return f"{place} must be a list of {least if least == most else f'{least} to {most}'}."
    for inner in value:
        if wrong := fault(inner, schema["items"], f"every entry of {place}"):
            return wrong
    return ""


def record(**forms: Schema) -> Schema:
    """The form of an object that has exactly these entries, in this order."""
    return {
        "type": "object",
        "properties": forms,
        "required": list(forms),
        "additionalProperties": False,
    }


def listing(items: Schema, least: int, most: int) -> Schema:
    """The form of a list; its bounds are always there."""
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def words(most: int) -> Schema:
    return {"type": "string", "maxLength": most}


def number(least: float, most: float) -> Schema:
    return {"type": "number", "minimum": least, "maximum": most}


def whole(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def one_of(names: list[str] | list[float]) -> Schema:
    return {"enum": names}
