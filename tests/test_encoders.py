"""The choice of encoder, end to end: training with another one, and what the program says of it."""

import base64
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import NOW_S, SAMPLE, SMALL
from films import numbered, tone, write_film
from vision_server import MODEL, Reply, Server, captions, fails, serving
from wishes import video

from reelwright import training
from reelwright.assemble import crews, encoders, feeds, homes, knowledge, lessons, workshops
from reelwright.config import Config, load
from reelwright.doctor import Finding, examine
from reelwright.domain import Event, EventKind
from reelwright.errors import ReelwrightError
from reelwright.features.local import LocalEncoder
from reelwright.progress import silent

TOPICS = ("harbours", "bread", "robots", "mountains")
VIDEOS, VIEWERS = 12, 6


def looks(body: dict[str, Any]) -> Reply:
    """Captions of a model that reads the title and sees light and colour."""
    *pictures, words = body["messages"][0]["content"]
    title = json.loads(words["text"].rpartition("\n")[2])["title"]
    jpeg = base64.b64decode(pictures[0]["image_url"]["url"].partition(",")[2])
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    light = "dark and moody" if image.mean() < 100 else "bright and airy"
    warm = "warm amber" if image[..., 2].mean() > image[..., 0].mean() else "cold blue"
    return captions(f"A video about {title}.", f"A {light} look in {warm} light.")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("REELWRIGHT_CAPTIONER_KEY", raising=False)
    with serving(looks) as opened:
        yield opened


def settings(home: Path, server: Server | None = None, *more: str) -> Config:
    asked = (
        (
            "features.encoder=captioner",
            f"captioner.base_url={server.url}",
            f"captioner.model={MODEL}",
        )
        if server
        else ()
    )
    return load(None, [f"home={home}", *SMALL, "recommender.epochs=2", *asked, *more])


def fill(home: homes.Home, folder: Path) -> None:
    """Short films of four topics, light ones and dark ones, and viewers who like them."""
    for number in range(VIDEOS):
        shade = (0.2, 0.5, 0.9)[number % 3]
        images = [(frame * shade).astype(np.uint8) for frame in numbered(12 + number)]
        film = write_film(folder / f"{number}.mp4", images, sound=tone(0.5))
        titled = video(f"v{number}", title=f"{TOPICS[number % 4]} {number}")
        kept = replace(titled, film=home.blobs.put_file(film), tags=(TOPICS[number % 4],))
        home.videos.add(kept, added_s=NOW_S)
    home.log.append(
        [
            Event(
                id=f"{viewer}-{nth}",
                viewer=f"viewer {viewer}",
                video=f"v{(viewer + nth) % VIDEOS}",
                kind=EventKind.LIKE,
                at_s=NOW_S + 60 * nth,
            )
            for viewer in range(VIEWERS)
            for nth in range(5)
        ]
    ).result()


def learn(home: homes.Home) -> str:
    """Train, without looking at styles; the codebook's version."""
    lesson = lessons.training(home, progress=silent)
    lesson.look_at_videos()
    codebook = lesson.learn_codes(now_s=NOW_S)
    lesson.learn_taste(
        codebook,
        knowledge.viewers(home, knowledge.Known(home, codebook.version)),
        home.log.viewers(),
        format=workshops.format_of_wishes(home.config),
        now_s=NOW_S,
    )
    return codebook.version


def test_another_encoder_looks_again_and_nothing_is_mixed(tmp_path: Path, server: Server) -> None:
    ours, theirs = settings(tmp_path / "home"), settings(tmp_path / "home", server)
    with homes.home(ours) as home:
        fill(home, tmp_path)
        first = learn(home)
        local = home.videos.encodings(LocalEncoder().version)
        assert len(local) == VIDEOS
    assert server.asked == []

    with homes.home(theirs) as home:
        second = learn(home)
        assert second != first
        assert len(server.asked) == VIDEOS, "every video was looked at again"
        captioned = home.videos.encodings(encoders.encoder(home.config).version)
        assert captioned.keys() == local.keys()
        assert {content.shape for content, _, _ in captioned.values()} == {(512,)}
        again = home.videos.encodings(LocalEncoder().version)
        for name, (content, creative, traits) in local.items():
            assert np.array_equal(again[name][0], content), "what was there is left as it is"
            assert np.array_equal(again[name][1], creative)
            assert traits == captioned[name][2], "traits are measured here, whoever writes captions"
        kept = knowledge.codebook(home, knowledge.recommender(home).codebook)
        assert kept.version == second
        for name, sid in home.videos.sids(second).items():
            assert kept.encode(*captioned[name][:2]) == sid
        learn(home)
        assert len(server.asked) == VIDEOS, "a second run pays for nothing"

    with homes.home(ours) as home:
        with pytest.raises(ReelwrightError, match="with the encoder captioner-1/stub-vl"):
            workshops.workshop(home, progress=silent)
        assert learn(home) == first, "the way back needs no second look"


@pytest.mark.slow
def test_what_is_made_is_read_with_the_eyes_that_learned(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SAMPLE", SAMPLE)
    with homes.home(settings(tmp_path / "home", server)) as home:
        fill(home, tmp_path)
        lessons.train(home, progress=silent)
        asked = len(server.asked)
        assert asked > VIDEOS, "styles were looked at too"
        learned = knowledge.recommender(home).codebook
        sid = home.videos.sids(learned)["v3"]
        wish = feeds.wish(home, name=str(sid), viewer=None)
        made, _ = crews.make(home, wish, progress=silent)
        assert len(server.asked) == asked + 1, "and the clip"
        assert made.id in home.videos.sids(learned)


def test_training_goes_on_where_the_endpoint_failed(tmp_path: Path, server: Server) -> None:
    def tires(body: dict[str, Any]) -> Reply:
        return looks(body) if len(server.asked) <= 7 else fails(401, "no credit left")

    server.answer = tires
    with homes.home(settings(tmp_path / "home", server)) as home:
        fill(home, tmp_path)
        with pytest.raises(ReelwrightError, match="no credit left"):
            lessons.training(home, progress=silent).look_at_videos()
        version = encoders.encoder(home.config).version
        assert len(home.videos.encodings(version)) == 7
        server.answer = looks
        lessons.training(home, progress=silent).look_at_videos()
        assert len(home.videos.encodings(version)) == VIDEOS
    assert len(server.asked) == VIDEOS + 1, "one question failed, none was asked twice"


def test_a_model_in_this_process_names_every_video(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the extra vlm is not installed")
    folder = pytest.importorskip("tiny_vlm").save_tiny(tmp_path / "model")
    chosen = ("features.encoder=transformers", f"transformers.model={folder}")
    small = ("features.frames=2", "features.side=56", "transformers.dtype=float32")
    with homes.home(settings(tmp_path / "home", None, *chosen, *small)) as home:
        fill(home, tmp_path)
        version = learn(home)
        assert home.videos.sids(version).keys() == {f"v{number}" for number in range(VIDEOS)}


# ---- what doctor says -------------------------------------------------------------------------


def encoder_line(config: Config) -> Finding:
    [found] = [one for one in examine(config) if one.what == "encoder"]
    return found


def test_doctor_names_the_encoder(tmp_path: Path, server: Server) -> None:
    home = tmp_path / "home"
    assert encoder_line(settings(home)) == Finding(
        "encoder", True, "local: nothing is asked and nothing is downloaded"
    )
    found = encoder_line(settings(home, server))
    assert found.fine
    assert found.words == f"captioner: {MODEL} at {server.url}, without a key"
    assert not home.exists(), "an examination changes nothing"


def test_doctor_says_what_a_captioner_lacks(tmp_path: Path, server: Server) -> None:
    found = encoder_line(settings(tmp_path, server, "captioner.model=another"))
    assert not found.fine
    assert "no model another. Set captioner.model to one of: stub-vl." in found.words
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    found = encoder_line(settings(tmp_path, server, f"captioner.base_url={url}"))
    assert not found.fine
    assert "cannot be reached" in found.words


def test_doctor_says_what_the_model_in_this_process_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings(tmp_path, None, "features.encoder=transformers")
    monkeypatch.setattr(encoders, "find_spec", lambda name: None)
    found = encoder_line(config)
    assert not found.fine
    assert found.words == (
        "features.encoder = 'transformers' needs transformers, which is not installed. "
        "Install it with: pip install 'reelwright[vlm]'"
    )


def test_doctor_downloads_nothing(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the extra vlm is not installed")
    chosen = ("features.encoder=transformers", "transformers.model=nobody/nothing")
    assert not encoder_line(settings(tmp_path, None, *chosen)).fine
    found = encoder_line(settings(tmp_path, None, *chosen, "transformers.download=allowed"))
    assert found.fine
    assert found.words == "transformers: nobody/nothing, to be downloaded when it is first needed"


def test_a_model_in_a_folder_is_found(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the extra vlm is not installed")
    tiny_vlm = pytest.importorskip("tiny_vlm")
    folder = tiny_vlm.save_tiny(tmp_path / "model")
    chosen = ("features.encoder=transformers", f"transformers.model={folder}")
    found = encoder_line(settings(tmp_path / "home", None, *chosen))
    assert found.fine
    assert re.fullmatch(
        r"transformers: transformers-1/model/[0-9a-f]{12}/bfloat16/6x448", found.words
    )
    found = encoder_line(
        settings(tmp_path / "home", None, chosen[0], f"transformers.model={tmp_path}")
    )
    assert not found.fine
    assert "holds no model" in found.words
