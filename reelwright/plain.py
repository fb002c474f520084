"""Frozen values out of plain JSON: what `dataclasses.asdict` took apart is put together again."""

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def from_plain(kind: type[T], cells: Mapping[str, Any]) -> T:
    """The value that `asdict` took apart, equal to what it was, also after a way through JSON.

    What an older program did not know of, and so did not keep, is what it is by default.
    """
    assert is_dataclass(kind), f"{kind} has no fields"
    strange = cells.keys() - {field.name for field in fields(kind)}
    assert not strange, f"{kind.__name__} has no {sorted(strange)}"
    types_of = _types_of(kind)
    return kind(**{name: _restored(types_of[name], cell) for name, cell in cells.items()})


@cache
def _types_of(kind: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _restored(kind: Any, cell: Any) -> Any:
    """One cell as its field's type has it. Numbers and text are left as they are."""
    inner = typing.get_args(kind)
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return None if cell is None else _restored(_only(inner), cell)
    if typing.get_origin(kind) is tuple:
        each = inner[:1] * len(cell) if inner[1:] == (...,) else inner
        return tuple(_restored(one, part) for one, part in zip(each, cell, strict=True))
    if isinstance(kind, type) and is_dataclass(kind):
        return from_plain(kind, cell)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(cell)
    return cell


def _only(inner: Sequence[Any]) -> Any:
    """What a value is that may also be missing."""
    [kind] = [one for one in inner if one is not types.NoneType]
    return kind
