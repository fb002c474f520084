"""Files of llama.cpp: what torch reads and writes, against the engine itself on the same files."""

import json
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
import xllamacpp
from tiny_llama import SHAPE, WORDS, tiny, write_tiny
from torch import Tensor

from reelwright.config import ZooConfig
from reelwright.errors import ReelwrightError
from reelwright.studio.backbone import Message
from reelwright.tuning.fit import Course, attach
from reelwright.tuning.gguf_file import lay_over, open_model, write_adapter
from reelwright.tuning.lessons import encode, template
from reelwright.tuning.llama import Llama
from reelwright.zoo.zoo import Zoo

SAID = (
    Message("system", 'The kit: {"scenes":["harbour","the 12 \\u003c lakes"]}'),
    Message("user", "MATERIAL ünï 3.5 日本  two spaces\nand a line"),
    Message("assistant", '{"style":"calm","tempo_bpm":108.5}'),
    Message("user", " then\n\n'tis 2026!"),
)
Ask = Callable[[str, dict[str, Any]], Any]


@contextmanager
def engine(model: Path, adapter: Path | None = None) -> Iterator[Ask]:
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_ctx, params.n_parallel, params.n_gpu_layers = 512, 1, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.warmup, params.ui, params.verbosity = False, False, -1
    if adapter:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
    server = xllamacpp.Server(params)

    def ask(path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            f"{server.listening_address}{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    yield ask


def taught(seed: int) -> Llama:
    """A model whose adapters say something, as after many steps."""
    model, rng = tiny(), torch.Generator().manual_seed(seed)
    for weight in attach(model, Course(rank=3, alpha=6.0, blocks=2), seed=seed):
        with torch.no_grad():
            weight.copy_(torch.randn(weight.shape, generator=rng) * 0.5)
    return model


@torch.no_grad()
def greedy(model: Llama, tokens: Sequence[int], count: int) -> list[int]:
    found = list(tokens)
    for _ in range(count):
        states = model(torch.tensor([found]))
        found.append(int(model.logits(states[0, -1]).argmax()))
    return found[len(tokens) :]


def test_a_model_comes_out_of_its_file_as_it_went_in(tmp_path: Path) -> None:
    model, words = open_model(write_tiny(tmp_path / "tiny.gguf", seed=4))
    assert model.shape == SHAPE or model.shape.epsilon == pytest.approx(SHAPE.epsilon)
    for name, weight in tiny(4).state_dict().items():
        assert torch.equal(weight, model.state_dict()[name])
    assert words.get_vocab_size() == len(WORDS)


def test_torch_sees_the_very_tokens_that_the_engine_sees(tmp_path: Path) -> None:
    file = write_tiny(tmp_path / "tiny.gguf")
    _, words = open_model(file)
    messages = [{"role": one.role, "content": one.content} for one in SAID]
    with engine(file) as ask:
        prompt = ask("/apply-template", {"messages": messages})["prompt"]
        theirs = ask("/tokenize", {"content": prompt, "parse_special": True, "add_special": False})
    assert template(SAID, answering=True) == prompt
    assert encode(words, prompt) == theirs["tokens"]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_engine_says_with_the_adapter_what_torch_says(tmp_path: Path, seed: int) -> None:
    file = write_tiny(tmp_path / "tiny.gguf")
    model, plain = taught(seed), tiny()
    write_adapter(model, tmp_path / "a.gguf", name="a", licence="Apache-2.0", about="a test")
    tokens = [1, 50, 60, 70, 80, 90, 2, 40]
    asked = {"prompt": tokens, "n_predict": 12, "temperature": 0, "return_tokens": True}
    with engine(file, tmp_path / "a.gguf") as ask:
        told = ask("/completion", asked | {"ignore_eos": True})
    assert told["tokens"] == greedy(model, tokens, 12)
    assert told["tokens"] != greedy(plain, tokens, 12)


@pytest.mark.parametrize(
    ("kind", "splitter", "why"),
    [("qwen2", "smollm", "architecture is qwen2"), ("llama", "llama-bpe", "llama-bpe")],
)
def test_a_model_of_another_kind_is_refused_in_one_line(
    tmp_path: Path, kind: str, splitter: str, why: str
) -> None:
    with pytest.raises(ReelwrightError, match=why):
        open_model(write_tiny(tmp_path / "tiny.gguf", kind=kind, splitter=splitter))


@pytest.mark.parametrize("payload", [b"", b"GGUF", b"no model at all" * 99])
def test_a_file_that_is_no_model_is_refused_in_one_line(tmp_path: Path, payload: bytes) -> None:
    (tmp_path / "broken.gguf").write_bytes(payload)
    with pytest.raises(ReelwrightError, match="can be read"):
        open_model(tmp_path / "broken.gguf")


def test_a_file_that_is_cut_off_is_refused_in_one_line(tmp_path: Path) -> None:
    file = write_tiny(tmp_path / "tiny.gguf")
    file.write_bytes(file.read_bytes()[:-5000])
    with pytest.raises(ReelwrightError, match="can be read"):
        open_model(file)


SMOLLM2 = Zoo(ZooConfig().path).find("smollm2")  # before any fixture hides this user's cache


@pytest.mark.skipif(SMOLLM2 is None, reason="smollm2 is not here: reelwright models pull smollm2")
def test_an_adapter_changes_the_real_model_as_much_here_as_in_the_engine(tmp_path: Path) -> None:
    """The engine rounds what goes into its products, so only the change can be the same."""
    assert SMOLLM2
    model, words = open_model(SMOLLM2)
    tokens = encode(words, template(SAID, answering=True))
    rng = torch.Generator().manual_seed(1)
    learned = attach(model, Course(rank=2, alpha=4.0, blocks=3), seed=1)
    told_there: list[dict[int, float]] = []
    here: list[Tensor] = []
    for number, loud in enumerate((0.0, 0.1)):
        for weight in learned:
            with torch.no_grad():
                weight.copy_(torch.randn(weight.shape, generator=rng) * loud)
        file = tmp_path / f"{number}.gguf"
        write_adapter(model, file, name="a", licence="Apache-2.0", about="a test")
        with engine(SMOLLM2, file) as ask:
            prompt = template(SAID, answering=True)
            asked = {"content": prompt, "parse_special": True, "add_special": False}
            assert ask("/tokenize", asked)["tokens"] == tokens
            told = ask("/completion", {"prompt": tokens, "n_predict": 1, "n_probs": 500})
        likely = told["completion_probabilities"][0]["top_logprobs"]
        told_there.append({one["id"]: one["logprob"] for one in likely})
        with torch.no_grad():
            here.append(model.logits(model(torch.tensor([tokens]))[0, -1]).log_softmax(-1))
    both = sorted(told_there[0].keys() & told_there[1].keys())
    assert len(both) > 100
    there = torch.tensor([told_there[1][one] - told_there[0][one] for one in both])
    change = (here[1] - here[0])[both]
    assert float(change.abs().max()) > 0.5, "the adapter says something"
    assert float(torch.corrcoef(torch.stack([there, change]))[0, 1]) > 0.9
    assert float(there.std() / change.std()) == pytest.approx(1.0, abs=0.2)


def test_an_adapter_that_is_laid_over_a_model_says_what_was_taught(tmp_path: Path) -> None:
    model, found, tokens = taught(4), tiny(), torch.tensor([[5, 17, 200, 3]])
    write_adapter(model, tmp_path / "a.gguf", name="n", licence="l", about="a")
    lay_over(found, tmp_path / "a.gguf")
    assert torch.allclose(found(tokens), model(tokens), atol=0.02)  # it is kept in half precision
    assert not torch.allclose(found(tokens), tiny()(tokens), atol=0.5)
    assert not any(weight.requires_grad for weight in found.parameters())


def test_what_is_no_adapter_of_the_model_is_refused(tmp_path: Path) -> None:
    file = write_tiny(tmp_path / "tiny.gguf")
    with pytest.raises(ReelwrightError, match="holds no adapter of this model"):
        lay_over(tiny(), file)
    file.write_bytes(b"GGUF and nothing else")
    with pytest.raises(ReelwrightError, match="holds no adapter of this model"):
        lay_over(tiny(), file)
