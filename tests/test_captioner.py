"""The captioner against a real server: what it asks, what it makes of it, and every way to fail."""

import base64
import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from films import numbered, write_film
from vision_server import MODEL, Reply, Server, captions, fails, in_turn, says, serving

from reelwright.config import CaptionerConfig, FeaturesConfig
from reelwright.errors import ReelwrightError, cleaned
from reelwright.features.captioner import MOST_LETTERS, Captioner, read
from reelwright.features.encoder import Encoding
from reelwright.features.endpoint import Endpoint, Unusable
from reelwright.features.local import LocalEncoder
from reelwright.features.text import TextVectors

BOATS = captions("Fishing boats leave a harbour at dawn.", "Slow camera, long takes, cold light.")


@pytest.fixture(scope="module")
def texts() -> TextVectors:
    return TextVectors()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("films") / "one.mp4", numbered(48))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(in_turn(BOATS)) as opened:
        yield opened


class Naps(list[float]):
    """Sleeps that are only written down."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


Build = Callable[..., Captioner]


@pytest.fixture
def build(tmp_path: Path, texts: TextVectors, server: Server) -> Build:
    def built(
        *, key: str = "", naps: Naps | None = None, frames: int = 4, **changes: Any
    ) -> Captioner:
        config = replace(CaptionerConfig(base_url=server.url, model=MODEL), **changes)
        return Captioner(
            Endpoint(config, key=key, sleep=Naps() if naps is None else naps),
            texts=texts,
            config=FeaturesConfig(frames=frames, side=64),
            kept=tmp_path / "captions",
        )

    return built


def encode(captioner: Captioner, film: Path, title: str = "Out to sea") -> Encoding:
    return captioner.encode(film, title=title, tags=("boats",))


def refusal(captioner: Captioner, film: Path) -> str:
    with pytest.raises(ReelwrightError) as caught:
        encode(captioner, film)
    assert caught.value.hint, "says what to do"
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_captions_become_the_vectors_and_traits_stay_measured(
    build: Build, film: Path, texts: TextVectors
) -> None:
    seen = encode(build(), film)
    told = json.loads(json.loads(BOATS.body)["choices"][0]["message"]["content"])
    content, creative = texts.encode([told["content"], told["creative"]])
    assert np.array_equal(seen.content, content)
    assert np.array_equal(seen.creative, creative)
    assert seen.traits == LocalEncoder(texts).encode(film, title="").traits


def test_the_model_is_shown_frames_from_all_over_the_film(
    build: Build, film: Path, server: Server
) -> None:
    encode(build(frames=4), film)
    [asked] = server.asked
    assert asked["path"] == "/v1/chat/completions"
    assert asked["model"] == MODEL
    assert asked["response_format"]["json_schema"]["schema"]["required"] == ["content", "creative"]
    *pictures, words = asked["messages"][0]["content"]
    numbers = []
    for picture in pictures:
        kind, _, data = picture["image_url"]["url"].partition(",")
        assert kind == "data:image/jpeg;base64"
        image = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        bits = image.reshape(image.shape[0], 8, -1).mean(axis=(0, 2)) > 127
        numbers.append(int((bits << np.arange(8)).sum()))
    assert numbers == [6, 18, 30, 42], "the middle of each quarter of 48 frames"
    assert '{"title": "Out to sea", "tags": ["boats"]}' in words["text"]


def test_a_caption_is_paid_for_once(build: Build, film: Path, server: Server) -> None:
    first, again = encode(build(), film), encode(build(), film)
    assert len(server.asked) == 1
    assert np.array_equal(first.creative, again.creative)
    encode(build(), film, title="Another title")
    encode(build(frames=3), film)
    encode(build(model="another"), film)
    assert len(server.asked) == 4, "other words, other frames and another model are other captions"


def test_a_kept_caption_that_is_damaged_is_asked_for_again(
    build: Build, film: Path, server: Server
) -> None:
    encode(build(), film)
    [kept] = build().kept.iterdir()
    kept.write_text('{"content": "Fishing', encoding="utf-8")
    encode(build(), film)
    assert len(server.asked) == 2
    assert json.loads(kept.read_text(encoding="utf-8"))["content"].startswith("Fishing boats")


def test_the_version_names_what_the_vectors_depend_on(build: Build) -> None:
    versions = {build().version, build(model="other").version, build(frames=5).version}
    assert len(versions) == 3
    assert build(base_url="http://elsewhere/v1").version == build().version


def test_the_key_is_sent_where_there_is_one(build: Build, film: Path, server: Server) -> None:
    encode(build(), film)
    encode(build(key="secret\n", model="other"), film)
    assert server.keys == [None, "Bearer secret"]


@pytest.mark.parametrize("key", ["two\nlines", "schlüssel"])
def test_a_key_that_cannot_be_sent_is_refused_without_telling_it(build: Build, key: str) -> None:
    with pytest.raises(ReelwrightError, match="REELWRIGHT_CAPTIONER_KEY") as caught:
        build(key=key)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    "first",
    [
        fails(500, "out of memory"),
        fails(503),
        fails(429, Retry_After="7"),
        says(""),
        says(None),
        says("no JSON at all"),
        says('{"content": "Boats."}'),
        says('{"content": "Boats.", "creative": "..."}'),
        Reply(body=b"<html>"),
        Reply(body=b'{"choices": []}'),
        Reply(body=b"[" * 50_000),
        Reply(body=b'{"choices"', cut_short=True),
    ],
)
def test_what_may_pass_is_tried_again(
    build: Build, film: Path, server: Server, first: Reply
) -> None:
    server.answer = in_turn(first, BOATS)
    naps = Naps()
    encode(build(naps=naps), film)
    assert len(server.asked) == 2
    assert naps == [0.0, 7.0 if first.status == 429 else 1.0]


def test_a_model_is_told_what_was_wrong_with_its_answer(
    build: Build, film: Path, server: Server
) -> None:
    server.answer = in_turn(says('{"content": "Boats."}'), BOATS)
    encode(build(), film)
    last = server.asked[1]["messages"][0]["content"][-1]["text"]
    assert 'the field "creative" is empty or missing' in last


def test_after_the_last_attempt_the_last_failure_is_told(
    build: Build, film: Path, server: Server
) -> None:
    server.answer = in_turn(fails(500, "out of\x1b[31m memory\n" + "!" * 5000))
    naps = Naps()
    said = refusal(build(naps=naps, attempts=4, backoff_s=1.0, most_wait_s=3.0), film)
    assert "4 attempts: it says 500 (out of[31m memory !!!" in said
    assert len(said) < 500
    assert len(server.asked) == 4
    assert naps == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("reply", "says_so"),
    [
        (fails(401, "bad key"), "The variable REELWRIGHT_CAPTIONER_KEY is not set"),
        (fails(404, "no such model"), "Check captioner.model"),
        (fails(400, "no images"), "it has to do what it is asked"),
        (fails(429, Retry_After="3600"), "asks to wait 3600 s"),
        (Reply(302, headers={"Location": "http://127.0.0.1:1/"}), "it leads to, if you trust"),
    ],
)
def test_what_will_not_pass_is_told_at_once(
    build: Build, film: Path, server: Server, reply: Reply, says_so: str
) -> None:
    server.answer = in_turn(reply)
    assert says_so in refusal(build(), film)
    assert len(server.asked) == 1


def test_a_refused_key_is_not_called_missing(build: Build, film: Path, server: Server) -> None:
    server.answer = in_turn(fails(401, "who is secret?"))
    said = refusal(build(key="secret"), film)
    assert "holds a key that is refused" in said
    assert "secret" not in said


def test_an_endpoint_that_is_not_there_is_told(build: Build, film: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    assert "cannot be reached" in refusal(build(base_url=url, attempts=2), film)
    with pytest.raises(ReelwrightError, match="cannot be reached"):
        build(base_url=url).endpoint.models()


def test_an_answer_that_is_too_slow_is_told(build: Build, film: Path, server: Server) -> None:
    server.answer = in_turn(replace(BOATS, after_s=0.6))
    assert "no answer within 0.2 s" in refusal(build(timeout_s=0.2, attempts=2), film)


def test_an_answer_that_comes_drop_by_drop_is_given_up(
    film: Path, server: Server, texts: TextVectors, tmp_path: Path
) -> None:
    late_s = iter([0.0, 100.0])
    endpoint = Endpoint(
        CaptionerConfig(base_url=server.url, model=MODEL, timeout_s=60.0, attempts=1),
        key="",
        clock=lambda: next(late_s),
    )
    captioner = Captioner(endpoint, texts=texts, config=FeaturesConfig(), kept=tmp_path)
    assert "no answer within 60 s" in refusal(captioner, film)


@pytest.mark.parametrize(
    ("told", "least", "most"),
    [
        (formatdate(time.time() + 3600, usegmt=True), 3000.0, 3600.0),
        (formatdate(0, usegmt=True), 1.0, 1.0),
        ("soon", 1.0, 1.0),
        ("-5", 1.0, 1.0),
        ("2.5", 2.5, 2.5),
    ],
    ids=["a date", "a date that is past", "a word", "less than nothing", "seconds"],
)
def test_how_long_to_wait_may_be_told_as_a_date(
    build: Build, film: Path, server: Server, told: str, least: float, most: float
) -> None:
    server.answer = in_turn(fails(503, Retry_After=told), BOATS)
    naps = Naps()
    encode(build(naps=naps, most_wait_s=3600.0), film)
    assert least <= naps[1] <= most


def test_an_answer_that_is_too_long_is_told(build: Build, film: Path, server: Server) -> None:
    server.answer = in_turn(Reply(body=b" " * 1_200_000))
    assert "longer than 1,000,000 bytes" in refusal(build(attempts=1), film)


def test_films_may_be_asked_about_at_once(
    build: Build, texts: TextVectors, server: Server, tmp_path: Path
) -> None:
    def about_its_title(body: dict[str, Any]) -> Reply:
        title = json.loads(body["messages"][0]["content"][-1]["text"].rpartition("\n")[2])["title"]
        return replace(captions(f"A film of {title}.", "Plain."), after_s=0.2)

    server.answer = about_its_title
    captioner = build()
    films = [write_film(tmp_path / f"{n}.mp4", numbered(8 + n)) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        seen = list(pool.map(lambda n: encode(captioner, films[n], f"thing {n}"), range(6)))
    expected = texts.encode([f"A film of thing {n}." for n in range(6)])
    assert np.array_equal(np.stack([one.content for one in seen]), expected)
    assert server.most_at_once > 1


def test_the_models_of_an_endpoint_can_be_asked_for(build: Build) -> None:
    assert build().endpoint.models() == [MODEL]


def test_captions_are_cleaned_and_cut() -> None:
    told = read(
        '```json\n{"content": "a\\u0007 b\\n\\nc\\u202e", "creative": "%s"}\n```' % ("x" * 9999)
    )
    assert told["content"] == "a b c"
    assert len(told["creative"]) == MOST_LETTERS


@pytest.mark.parametrize("written", ["", "{}", "[]", "{", '{"content": 1, "creative": 2}', "}{"])
def test_what_holds_no_captions_is_a_complaint(written: str) -> None:
    with pytest.raises(Unusable):
        read(written)


def test_cleaning_leaves_words_of_any_language() -> None:
    assert cleaned("  日本\u3000語\tÜber\u200b ") == "日本 語 Über"
