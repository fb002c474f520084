"""The backbone behind an address: what it asks, and every way in which a server can fail it."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from vision_server import MODEL, Reply, Server, fails, in_turn, says, serving

from reelwright.config import StudioConfig
from reelwright.features.endpoint import Endpoint
from reelwright.studio.backbone import Ask, Message, Silent
from reelwright.studio.form import one_of, record
from reelwright.studio.served import ServedBackbone

GOOD = says('{"scene":"sea"}')
KEY = "a-key-of-its-own"
ASK = Ask(
    messages=(Message("system", "You direct."), Message("user", "Which scene?")),
    schema=record(scene=one_of(["sea", "forest"])),
    rule={"scene": "forest"},
    max_tokens=20,
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(in_turn(GOOD)) as opened:
        yield opened


Build = Callable[..., ServedBackbone]


@pytest.fixture
def build(server: Server) -> Build:
    def built(*, pauses: list[float] | None = None, **changes: Any) -> ServedBackbone:
        naps = [] if pauses is None else pauses
        config = replace(StudioConfig(base_url=server.url, model=MODEL), **changes)
        return ServedBackbone(
            Endpoint(config, key=KEY, section="studio", sleep=naps.append),
            clock=time.monotonic,
            jitter=lambda: 1.5,
        )

    return built


def silence(backbone: ServedBackbone, within_s: float = 5.0) -> str:
    begun_s = time.monotonic()
    with pytest.raises(Silent) as caught:
        backbone.reply(ASK, seed=1, within_s=within_s)
    assert time.monotonic() - begun_s < within_s + 0.5, "it came too late"
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)
    return str(caught.value)


def test_the_conversation_goes_out_as_it_is_with_the_form_of_the_answer(
    build: Build, server: Server
) -> None:
    reply = build().reply(ASK, seed=7, within_s=5.0)
    assert json.loads(reply.text) == {"scene": "sea"}
    [asked] = server.asked
    assert asked["messages"] == [{"role": m.role, "content": m.content} for m in ASK.messages]
    assert asked["response_format"]["json_schema"]["schema"] == ASK.schema
    assert (asked["seed"], asked["max_tokens"], asked["model"]) == (7, 20, MODEL)
    assert server.keys == [f"Bearer {KEY}"]


def test_tokens_are_those_that_the_server_counted(build: Build, server: Server) -> None:
    usage = {
        "prompt_tokens": 1200,
        "completion_tokens": 30,
        "prompt_tokens_details": {"cached_tokens": 1150},
    }
    told = {"choices": [{"message": {"content": '{"scene":"sea"}'}}], "usage": usage}
    server.answer = in_turn(Reply(body=json.dumps(told).encode()))
    reply = build().reply(ASK, seed=1, within_s=5.0)
    assert (reply.prompt_tokens, reply.reused_tokens, reply.written_tokens) == (1200, 1150, 30)


def test_a_fence_around_the_answer_is_forgiven(build: Build, server: Server) -> None:
    server.answer = in_turn(says('Sure!\n```json\n{"scene": "sea"}\n```'))
    assert json.loads(build().reply(ASK, seed=1, within_s=5.0).text) == {"scene": "sea"}


def test_a_server_that_knows_no_forms_is_told_the_schema_in_words_from_then_on(
    build: Build, server: Server
) -> None:
    server.answer = lambda body: (
        fails(400, "response_format is not supported") if "response_format" in body else GOOD
    )
    backbone = build()
    for _ in range(2):
        assert json.loads(backbone.reply(ASK, seed=1, within_s=5.0).text) == {"scene": "sea"}
    assert ["response_format" in asked for asked in server.asked] == [True, False, False]
    first, last = server.asked[-1]["messages"]
    assert first["content"] == "You direct.", "what was said before stays as it was"
    assert last["content"].startswith("Which scene?\n")
    assert '"enum":["sea","forest"]' in last["content"]


def test_a_server_that_is_busy_is_asked_again_after_a_stretched_pause(
    build: Build, server: Server
) -> None:
    server.answer = in_turn(fails(503, "loading"), fails(429, "slow down", Retry_After="2"), GOOD)
    pauses: list[float] = []
    build(pauses=pauses, backoff_s=0.2).reply(ASK, seed=1, within_s=5.0)
    assert pauses == pytest.approx([0.0, 0.3, 2.0])


def test_nobody_waits_for_longer_than_there_is_time(build: Build, server: Server) -> None:
    server.answer = in_turn(fails(429, "slow down", Retry_After="4"), GOOD)
    assert "429" in silence(build(), within_s=1.0)
    assert len(server.asked) == 1


def test_a_server_that_is_down_is_silence(build: Build) -> None:
    assert "cannot be reached" in silence(build(base_url="http://127.0.0.1:9/v1"))


def test_a_slow_server_is_silence_in_time(build: Build, server: Server) -> None:
    server.answer = in_turn(Reply(body=GOOD.body, after_s=1.5))
    assert "no answer within" in silence(build(attempts=1), within_s=0.4)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(body=b"<html>"), "not JSON"),
        (Reply(body=b'{"choices": []}'), "does not answer as"),
        (Reply(body=b"[1]"), "does not answer as"),
        (says("no idea"), "without JSON"),
        (says(None), "without JSON"),
        (says('{"scene": "se'), "without JSON"),
        (says("} {"), "without JSON"),
        (Reply(body=b'{"choices": [{"message": {"content": "{}"}}], "usage": "much"}'), "as /chat"),
        (Reply(body=GOOD.body[:-9], cut_short=True), "not JSON"),
        (fails(401, "who are you"), "REELWRIGHT_STUDIO_KEY"),
        (fails(500, "out of memory"), "500"),
    ],
)
def test_nonsense_refusals_and_broken_streams_are_silence(
    build: Build, server: Server, reply: Reply, why: str
) -> None:
    server.answer = in_turn(reply)
    assert why in silence(build(backoff_s=0.0))


def test_an_answer_that_was_cut_by_its_length_is_silence(build: Build, server: Server) -> None:
    cut = {"choices": [{"message": {"content": '{"sce'}, "finish_reason": "length"}]}
    server.answer = in_turn(Reply(body=json.dumps(cut).encode()))
    assert "did not come to an end" in silence(build())
