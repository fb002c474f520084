"""The language model behind the instruction model and the agents, whoever runs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from reelwright.domain import Wish

Schema = Mapping[str, Any]  # JSON Schema of an object


@dataclass(frozen=True, slots=True)
class Message:
    """One piece of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """What a role wants to have answered: all that was said so far, and the form of the answer.

    `rule` is what the deterministic planner answers to the same question: it stands in where no
    model does, and it is what a small model learns from. `wish` is what the messages tell in words,
    for those who can read codes.
    """

    messages: tuple[Message, ...]
    schema: Schema
    rule: Mapping[str, Any]
    max_tokens: int
    wish: Wish | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A JSON object of the asked form, as text, and what it took."""

    text: str
    prompt_tokens: int = 0  # of everything said so far
    reused_tokens: int = 0  # of these, known to the engine from before and not computed again
    written_tokens: int = 0
    seconds: float = 0.0


class Silent(Exception):
    """No answer of the asked form came in time; the message says why, in one line."""


class Backbone(Protocol):
    """Answers, or raises `Silent` before `within_s` seconds have passed.

    The reply's text is JSON that the ask's schema allows. Whoever asks appends to what was said
    and never rewrites it, so that an engine computes only what is new.
    """

    @property
    def name(self) -> str:
        """Who answers, for the manifest."""
        ...

    def reply(self, ask: Ask, *, seed: int, within_s: float) -> Reply: ...
