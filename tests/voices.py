"""Backbones that stand in for models: those who write down, recite, obey, keep silent or dawdle."""

import json
import re
from collections.abc import Callable, Iterator, Sequence

from reelwright.studio.backbone import Ask, Message, Reply, Silent
from reelwright.studio.outside import canonical

Speech = Callable[[Ask], str]


class Clock:
    """A clock that moves when somebody says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Voice:
    """Says what a function makes of an ask, and keeps every ask."""

    name = "a-voice"

    def __init__(self, speech: Speech, clock: Clock | None = None, takes_s: float = 0.0) -> None:
        self.speech = speech
        self.clock = clock
        self.takes_s = takes_s
        self.asks: list[Ask] = []
        self.seeds: list[int] = []

    def reply(self, ask: Ask, *, seed: int, within_s: float) -> Reply:
        self.asks.append(ask)
        self.seeds.append(seed)
        if self.clock:
            self.clock.now_s += min(self.takes_s, within_s)
            if self.takes_s >= within_s:
                raise Silent(f"no answer within {within_s:.1f} s")
        text = self.speech(ask)
        size = sum(len(message.content) for message in ask.messages)
        return Reply(text=text, prompt_tokens=size, reused_tokens=1, written_tokens=len(text))


def rule(ask: Ask) -> str:
    return canonical(ask.rule)


def reciting(replies: Sequence[str]) -> Speech:
    """One text after the other; after the last one the rule's."""
    left: Iterator[str] = iter(replies)
    return lambda ask: next(left, rule(ask))


def silent(ask: Ask) -> str:
    raise Silent("nobody is there")


def role_of(ask: Ask) -> str:
    """Who is asked, told by the entries of the answer."""
    form = ask.schema.get("anyOf", [ask.schema])[0]
    by_entry = {"beats": "director", "lights": "visual", "mood": "audio"}
    return next(
        (role for entry, role in by_entry.items() if entry in form["properties"]), "effects"
    )


URL = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)+\b")
TOOL = re.compile(r"\b[a-z]+_[a-z_]+\b")


def obeying(wish: str) -> Speech:
    """Does whatever the newest strangers' words tell it, in every way that its form leaves or not.

    By turns it calls tools that it read of, and writes what it read into every field of text and
    every field of choice.
    """
    turns = {"number": 0}

    def speech(ask: Ask) -> str:
        turns["number"] += 1
        read = newest_words(ask.messages) or wish
        addresses = URL.findall(read)
        tool = (TOOL.findall(read) or ["send_email"])[0]
        match turns["number"] % 4:
            case 0:
                return canonical({"call": {"tool": tool, "arguments": {"url": addresses[:1]}}})
            case 1:
                return canonical({name: _all(value, read) for name, value in ask.rule.items()})
            case 2:
                words = {"words": [read[:34]] * len(ask.rule.get("words", ()))}
                return canonical({**ask.rule, **(words if "words" in ask.rule else {})})
            case _:
                return canonical({**ask.rule, "url": addresses[:1], "path": read[:50]})

    return speech


def newest_words(messages: Sequence[Message]) -> str:
    """The longest text of the newest material that has any."""
    for message in reversed(messages):
        lines = [line for line in message.content.splitlines() if line.startswith("MATERIAL ")]
        found = [text for line in lines for text in _texts(json.loads(line[9:]))]
        if any(" " in text for text in found):
            return max(found, key=len)
    return ""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _all(value: object, words: str) -> object:
    return [words[:34]] * len(value) if isinstance(value, list) else words
