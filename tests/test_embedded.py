"""The backbone inside this process, on its real weights; skipped where these were not pulled."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from reelwright.config import StudioConfig, ZooConfig
from reelwright.features.endpoint import Endpoint
from reelwright.studio.backbone import Ask, Message, Silent
from reelwright.studio.form import listing, one_of, record, words
from reelwright.studio.outside import canonical
from reelwright.studio.served import ServedBackbone
from reelwright.zoo.zoo import Zoo

pytest.importorskip("xllamacpp", reason="the llm extra is not installed")
from reelwright.studio.embedded import EmbeddedBackbone

MODEL = Zoo(ZooConfig().path).find("smollm2")  # before any fixture hides this user's cache
pytestmark = [
    pytest.mark.skipif(MODEL is None, reason="smollm2 is not here: reelwright models pull smollm2"),
    pytest.mark.timeout(400),
]
CONFIG = StudioConfig(timeout_s=300.0)
PATIENCE_S = 300.0  # on a machine with other work
SYSTEM = Message("system", "You direct short films. Answer in JSON. " + "Sea, forest, city. " * 20)
SCHEMA = record(
    title=words(24),
    scenes=listing(one_of(["sea", "forest", "city"]), 2, 2),
)


def ask(*said: str, system: Message = SYSTEM) -> Ask:
    roles = ("user", "assistant")
    messages = [Message(roles[k % 2], text) for k, text in enumerate(said)]  # type: ignore[arg-type]
    return Ask(messages=(system, *messages), schema=SCHEMA, rule={}, max_tokens=80)


def built(kept: Path) -> EmbeddedBackbone:
    assert MODEL
    return EmbeddedBackbone(MODEL, kept=kept, config=CONFIG, clock=time.monotonic)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("states")


@pytest.fixture(scope="module")
def backbone(kept: Path) -> EmbeddedBackbone:
    return built(kept)


def test_an_answer_has_the_form_and_a_conversation_is_not_computed_twice(
    backbone: EmbeddedBackbone,
) -> None:
    first = backbone.reply(ask("A film of owls."), seed=1, within_s=PATIENCE_S)
    told = json.loads(first.text)
    assert list(told) == ["title", "scenes"]
    assert len(told["scenes"]) == 2
    assert first.text == canonical(told), "no white space"
    assert first.reused_tokens == 0, "all of it was new"
    second = backbone.reply(
        ask("A film of owls.", first.text, "Another one."), seed=2, within_s=PATIENCE_S
    )
    new = second.prompt_tokens - second.reused_tokens
    assert new < 30, "only what was said since then"
    other = backbone.reply(ask("A film of fish."), seed=3, within_s=PATIENCE_S)
    assert other.reused_tokens > 80, "another plan begins with the same words"


def test_the_same_seed_says_the_same(backbone: EmbeddedBackbone) -> None:
    asked = ask("A film of two foxes.")
    texts = [backbone.reply(asked, seed=5, within_s=PATIENCE_S).text for _ in range(2)]
    assert texts[0] == texts[1]


def test_what_is_given_up_ends_in_time_and_does_no_harm(backbone: EmbeddedBackbone) -> None:
    backbone.reply(ask("Warm."), seed=1, within_s=PATIENCE_S)
    begun_s = time.monotonic()
    with pytest.raises(Silent, match="no answer"):
        backbone.reply(ask("A long story. " * 100), seed=1, within_s=0.2)
    assert time.monotonic() - begun_s < 5.0, "on a machine with other work"
    assert json.loads(backbone.reply(ask("A film."), seed=1, within_s=PATIENCE_S).text)


def test_the_next_run_knows_what_every_plan_begins_with(
    backbone: EmbeddedBackbone, kept: Path
) -> None:
    backbone.reply(ask("Warm."), seed=1, within_s=PATIENCE_S)
    assert len(list(kept.glob("*.state"))) == 1
    again = built(kept).reply(ask("A film of rain."), seed=1, within_s=PATIENCE_S)
    assert again.reused_tokens > 80


def test_a_broken_state_is_computed_anew(backbone: EmbeddedBackbone, kept: Path) -> None:
    backbone.reply(ask("Warm."), seed=1, within_s=PATIENCE_S)
    [state] = kept.glob("*.state")
    whole = state.read_bytes()
    state.write_bytes(whole[:1000])
    reply = built(kept).reply(ask("A film of snow."), seed=1, within_s=PATIENCE_S)
    assert json.loads(reply.text)
    assert reply.reused_tokens == 0
    assert state.stat().st_size == len(whole), "and kept anew"


def test_a_server_of_llama_cpp_answers_as_any_other(backbone: EmbeddedBackbone) -> None:
    backbone.reply(ask("Warm."), seed=1, within_s=PATIENCE_S)
    engine = backbone._engine
    assert engine
    address = f"{engine._server.listening_address}/v1"
    config = replace(CONFIG, base_url=address, model="smollm2")

    def served(key: str) -> ServedBackbone:
        endpoint = Endpoint(config, key=key, section="studio")
        return ServedBackbone(endpoint, clock=time.monotonic, jitter=lambda: 1.0)

    reply = served(engine._key).reply(ask("A film of rain."), seed=1, within_s=PATIENCE_S)
    assert json.loads(reply.text)["scenes"]
    assert reply.prompt_tokens > 80
    assert reply.written_tokens > 10
    with pytest.raises(Silent, match="401"):
        served("another-key").reply(ask("A film of rain."), seed=1, within_s=PATIENCE_S)


def test_the_engine_is_closed_to_others_of_this_machine(backbone: EmbeddedBackbone) -> None:
    backbone.reply(ask("Warm."), seed=1, within_s=PATIENCE_S)
    assert backbone._engine
    address = backbone._engine._server.listening_address
    assert address.startswith("http://127.0.0.1:")
    request = urllib.request.Request(f"{address}/slots/0?action=erase", data=b"{}")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 401
    refused.value.close()


def test_without_a_place_for_states_it_answers_all_the_same(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    reply = built(in_the_way / "states").reply(ask("A film."), seed=1, within_s=PATIENCE_S)
    assert json.loads(reply.text)


def test_a_file_that_is_no_model_is_silence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"x" * 1000)
    backbone = EmbeddedBackbone(broken, kept=tmp_path, config=CONFIG, clock=time.monotonic)
    for _ in range(2):
        with pytest.raises(Silent, match=r"cannot be loaded from .*broken\.gguf"):
            backbone.reply(ask("A film."), seed=1, within_s=PATIENCE_S)
