"""Webhooks: signed, told once when they are heard, again when not, whatever happens to us."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_feed import NOW_S, Store, desk_of, store
from wishes import made

from reelwright.config import VideosConfig
from reelwright.serve.egress import Unreachable
from reelwright.serve.keyring import Caller
from reelwright.serve.messenger import Messenger, signature
from reelwright.serve.ordered import VideoAsked
from reelwright.storage.outbox import Outbox

HOOK = "https://example.com/h"
CONFIG = VideosConfig(webhook_attempts=3, webhook_backoff_s=10.0)


class World:
    """A clock, and somebody who answers webhooks by a script."""

    def __init__(self, kept: Store, answers: list[int | str]) -> None:
        self.now_s = NOW_S
        self.kept = kept
        self.answers = answers
        self.heard: list[tuple[str, bytes, dict[str, str]]] = []
        self.outbox = Outbox(kept.db)
        self.desk = desk_of(kept, clock=lambda: self.now_s, config=CONFIG)

    def messenger(self) -> Messenger:
        messenger = Messenger(self.outbox, CONFIG, lambda: self.now_s, lambda: 0.5)
        messenger.egress = self  # type: ignore[assignment]
        return messenger

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.heard.append((url, body, headers))
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise Unreachable(answer, hint="")
        return answer

    def order(self) -> str:
        words = {"prompt": "A harbour", "webhook_url": HOOK, "metadata": {"a": "b"}}
        asked = VideoAsked.model_validate(words)
        return self.desk.place(asked, Caller(tenant="main", peer="here"), None).id

    def finish(self) -> None:
        job = self.kept.renders.claim("scripted", self.now_s)
        assert job
        assert self.kept.renders.finish(job, made(job.wish), job.wish.sid, self.now_s)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with store(tmp_path) as kept:
        yield kept


def test_nothing_is_told_before_the_video_is_there_and_then_once(kept: Store) -> None:
    world = World(kept, [204])
    id_ = world.order()
    assert not world.messenger().run_once()
    world.finish()
    assert world.messenger().run_once()
    assert not world.messenger().run_once()
    ((url, body, headers),) = world.heard
    assert url == HOOK
    event: dict[str, Any] = json.loads(body)
    assert (event["type"], event["object"]) == ("video.completed", "event")
    assert event["data"] == {"id": id_, "status": "completed", "metadata": {"a": "b"}}
    assert event["id"] == headers["webhook-id"]
    assert world.desk.told(id_).webhook == "delivered"


def test_the_signature_is_what_a_receiver_computes(kept: Store) -> None:
    world = World(kept, [200])
    world.order()
    world.finish()
    world.messenger().run_once()
    ((_, body, headers),) = world.heard
    key = base64.b64decode(world.outbox.secret().removeprefix("whsec_"))
    signed = b".".join(
        [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body]
    )
    mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    other = signature(world.outbox.secret(renew=True), headers["webhook-id"], int(NOW_S), body)
    assert other != headers["webhook-signature"]


def test_it_agrees_with_the_example_of_the_convention() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_not_heard_is_told_again_later_and_later_with_the_same_id(kept: Store) -> None:
    world = World(kept, [500, "example.com does not answer.", 200])
    id_ = world.order()
    world.finish()
    assert world.messenger().run_once()
    for pause_s in (10, 20):
        world.now_s += pause_s - 1
        assert not world.messenger().run_once(), "too early"
        world.now_s += 1
        assert world.messenger().run_once()
    assert len({headers["webhook-id"] for _, _, headers in world.heard}) == 1
    assert len(world.heard) == 3
    assert world.desk.told(id_).webhook == "delivered"


@pytest.mark.parametrize("answers", [[500, 404, 500], [410]])
def test_it_gives_up_in_the_end_and_says_why(answers: list[int | str], kept: Store) -> None:
    world = World(kept, list(answers))
    id_ = world.order()
    world.finish()
    for _ in range(5):
        world.messenger().run_once()
        world.now_s += 3600
    assert len(world.heard) == len(answers)
    assert world.desk.told(id_).webhook == f"given up: It answered {answers[-1]}."


def test_a_letter_whose_messenger_was_killed_is_delivered_by_another(kept: Store) -> None:
    world = World(kept, [200])
    world.order()
    world.finish()
    world.outbox.announce(lambda order, id_: id_, world.now_s)
    assert world.outbox.claim(world.now_s, lease_s=40.0), "and then it was killed"
    assert not world.messenger().run_once()
    world.now_s += 40
    assert world.messenger().run_once()
    assert len(world.heard) == 1


def test_two_messengers_do_not_tell_the_same_twice(kept: Store) -> None:
    world = World(kept, [200])
    world.order()
    world.finish()
    world.outbox.announce(lambda order, id_: id_, world.now_s)
    assert world.outbox.announce(lambda order, id_: id_, world.now_s) == 0
    assert world.outbox.claim(world.now_s, lease_s=40.0)
    assert world.outbox.claim(world.now_s, lease_s=40.0) is None


def test_a_forgotten_order_is_not_told_of(kept: Store) -> None:
    world = World(kept, [])
    id_ = world.order()
    world.finish()
    world.outbox.announce(lambda order, id_: id_, world.now_s)
    world.desk.remove(id_)
    assert not world.messenger().run_once()


def test_a_failure_is_told_too(kept: Store) -> None:
    world = World(kept, [200])
    world.order()
    for _ in range(3):
        job = kept.renders.claim("scripted", world.now_s)
        assert job
        kept.renders.fail(job, "out of paint", world.now_s)
    world.messenger().run_once()
    event = json.loads(world.heard[0][1])
    assert event["type"] == "video.failed"
    assert event["data"]["error"]["message"] == "out of paint"
