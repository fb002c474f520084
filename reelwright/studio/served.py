"""The backbone behind an address: any server that speaks as OpenAI's does."""

import json
import threading
from collections.abc import Callable
from typing import Any

from reelwright.features.endpoint import Endpoint, Refused, Unanswered
from reelwright.studio.backbone import Ask, Reply, Schema, Silent

KNOWS_NO_FORM = frozenset({400, 404, 422, 501})  # what servers say to a form they cannot hold
TEMPERATURE = 0.7


class ServedBackbone:
    """Asks a server that holds its answers to the schema, or tells the schema to one that cannot.

    What it answers is held against the schema by whoever asked; here it need only be JSON.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        clock: Callable[[], float],
        jitter: Callable[[], float],
        temperature: float = TEMPERATURE,
        name: str = "",
        form: Callable[[Schema], dict[str, Any]] | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.clock = clock
        self.jitter = jitter
        self.temperature = temperature
        self._name = name
        self._form = form or schema_form  # how the server is told the form of an answer
        self._knows_form = True
        self._asking = threading.Lock()  # one after the other, so that what was said is reused

    @property
    def name(self) -> str:
        return self._name or self.endpoint.config.model

    def reply(self, ask: Ask, *, seed: int, within_s: float) -> Reply:
        begun_s = self.clock()
        if not self._asking.acquire(timeout=max(0.0, within_s)):
            raise Silent(f"{self.name} is busy with others")
        try:
            told = self._told(ask, seed, begun_s + within_s)
        except (Refused, Unanswered) as error:
            raise Silent(f"{self.name}: {error}") from error
        finally:
            self._asking.release()
        return read(told, self.name, seconds=self.clock() - begun_s)

    def _told(self, ask: Ask, seed: int, until_s: float) -> Any:
        """The server's answer; from then on without a form, where it turns out to know none."""
        if self._knows_form:
            try:
                return self._call(ask, seed, until_s, self._form(ask.schema))
            except Refused as refusal:
                if refusal.status not in KNOWS_NO_FORM:
                    raise
        told = self._call(_with_form_in_words(ask), seed, until_s, {})
        self._knows_form = False
        return told

    def _call(self, ask: Ask, seed: int, until_s: float, more: dict[str, Any]) -> Any:
        body = {
            "model": self.endpoint.config.model,
            "messages": [{"role": one.role, "content": one.content} for one in ask.messages],
            "max_tokens": ask.max_tokens,
            "temperature": self.temperature,
            "seed": seed,
            **more,
        }
        return self.endpoint.told(body, within_s=until_s - self.clock(), jitter=self.jitter)


def read(told: Any, name: str, *, seconds: float) -> Reply:
    """The reply in what a server said, with the tokens that it counted."""
    try:
        choice, usage = told["choices"][0], told.get("usage") or {}
        text, ended = choice["message"]["content"], choice.get("finish_reason")
        known = usage.get("prompt_tokens_details") or {}
        counts = usage.get("prompt_tokens"), known.get("cached_tokens")
        written = usage.get("completion_tokens")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise Silent(f"{name} does not answer as /chat/completions does") from None
    if ended == "length":
        raise Silent(f"{name} did not come to an end")
    begin, end = (text.find("{"), text.rfind("}")) if isinstance(text, str) else (-1, -1)
    if not 0 <= begin < end:
        raise Silent(f"{name} answered without JSON")
    return Reply(
        text=text[begin : end + 1],
        prompt_tokens=_count(counts[0]),
        reused_tokens=_count(counts[1]),
        written_tokens=_count(written),
        seconds=seconds,
    )


def _count(told: Any) -> int:
    return told if isinstance(told, int) and told >= 0 else 0


def schema_form(schema: Schema) -> dict[str, Any]:
    """The form of an answer as most servers take it."""
    form = {"name": "answer", "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": form}}


def _with_form_in_words(ask: Ask) -> Ask:
    """The ask with the schema after its last message: all before it stays as it was."""
    *before, last = ask.messages
    schema = json.dumps(ask.schema, ensure_ascii=False, separators=(",", ":"))
    words = f"{last.content}\nAnswer with JSON of this schema alone: {schema}"
    asked = type(last)(last.role, words)
    return Ask(
        messages=(*before, asked), schema=ask.schema, rule=ask.rule, max_tokens=ask.max_tokens
    )
