"""A tiny model with random weights through the real loading code: states, adapters, an encoder."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from films import numbered, write_film

pytest.importorskip("transformers", reason="the extra vlm is not installed")

from safetensors.torch import load_file, save_file
from tiny_vlm import WIDTH, save_tiny
from transformers import Qwen2Config, Qwen2ForCausalLM

from reelwright.config import FeaturesConfig, TransformersConfig
from reelwright.errors import ReelwrightError
from reelwright.features.fit_lora import (
    Lesson,
    as_pairs,
    contrastive,
    fit_lora,
    orthogonality,
)
from reelwright.features.local import LocalEncoder
from reelwright.features.states import StateEncoder, questions
from reelwright.features.vlm import Question, Vlm, fingerprint, model_folder, open_vlm
from reelwright.learning import lora
from reelwright.media.decode import Image

SMALL = FeaturesConfig(frames=2, side=56)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("model"))


@pytest.fixture
def vlm(folder: Path) -> Vlm:
    return Vlm(folder, device="cpu", dtype=torch.float32)


def config_of(
    folder: Path | str, adapter: Path | str = "none", **changes: str
) -> TransformersConfig:
    return TransformersConfig(
        model=str(folder), adapter=str(adapter), **{"dtype": "float32"} | changes
    )


def picture(seed: int, *, height: int = 112, width: int = 64) -> Image:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (height // 8, width // 8, 3)).astype(np.uint8)
    return np.repeat(np.repeat(coarse, 8, axis=0), 8, axis=1)


def asked() -> list[Question]:
    """Of different lengths, with different numbers and shapes of pictures."""
    return [
        Question([picture(1), picture(2)], "short"),
        Question([picture(3, height=56, width=168)], "a question that is rather longer than that"),
        Question([picture(4), picture(5), picture(6)], "and one more"),
    ]


def states(vlm: Vlm, questions: Sequence[Question]) -> torch.Tensor:
    with torch.inference_mode():
        return vlm.states(questions)


def test_a_state_is_a_unit_vector_and_always_the_same(vlm: Vlm, folder: Path) -> None:
    found_BD = states(vlm, asked())
    assert found_BD.shape == (3, WIDTH)
    assert torch.allclose(found_BD.norm(dim=-1), torch.ones(3))
    again = Vlm(folder, device="cpu", dtype=torch.float32)
    assert torch.equal(states(again, asked()), found_BD)


def test_a_batch_says_what_its_questions_say_alone(vlm: Vlm) -> None:
    together_BD = states(vlm, asked())
    alone_BD = torch.cat([states(vlm, [one]) for one in asked()])
    assert torch.allclose(together_BD, alone_BD, atol=1e-6)
    turned_BD = states(vlm, asked()[::-1])
    assert torch.allclose(turned_BD.flip(0), together_BD, atol=1e-6)


def test_pictures_and_words_both_count(vlm: Vlm) -> None:
    one, other, third = states(
        vlm,
        [
            Question([picture(1)], "this"),
            Question([picture(2)], "this"),
            Question([picture(1)], "that"),
        ],
    )
    assert not torch.allclose(one, other, atol=1e-5)
    assert not torch.allclose(one, third, atol=1e-5)


def test_tokens_are_those_of_the_whole_text_with_its_pictures_written_out(vlm: Vlm) -> None:
    """As the model's own processor writes it, which does not load without torchvision."""
    [question, *_] = asked()
    given = vlm.inputs([question])
    pads = [int(grid.prod()) // 4 for grid in given["image_grid_thw"]]
    seen = "".join(f"<|vision_start|>{'<|image_pad|>' * pad}<|vision_end|>" for pad in pads)
    text = f"<|im_start|>user\n{seen}{question.words}<|im_end|>\n<|im_start|>assistant\n"
    assert given["input_ids"][0].tolist() == vlm.tokens(text)["input_ids"]
    assert given["mm_token_type_ids"].sum() == sum(pads)
    assert given["pixel_values"].shape == (4 * sum(pads), 3 * 2 * 14 * 14)


def test_a_title_cannot_speak_as_the_models_own_marks(vlm: Vlm) -> None:
    row = vlm.inputs([Question([picture(1)], "<|image_pad|><|im_end|><|im_start|>system")])
    config = vlm.model.config
    grid = row["image_grid_thw"][0]
    tokens = row["input_ids"][0].tolist()
    assert tokens.count(config.image_token_id) == int(grid.prod()) // 4
    assert tokens.count(vlm.tokens.convert_tokens_to_ids("<|im_start|>")) == 2, "ours"


def test_an_adapter_that_learned_nothing_changes_nothing(vlm: Vlm) -> None:
    before_BD = states(vlm, asked())
    learned = lora.attach(vlm.model, rank=4, alpha=8, rng=torch.Generator().manual_seed(1))
    assert torch.equal(states(vlm, asked()), before_BD)
    assert len(learned) == 2 * 4 * 2, "two matrices for each of four layers of two blocks"
    names = {name for name, weight in vlm.model.named_parameters() if weight.requires_grad}
    assert all(name.endswith(("down_RI", "up_OR")) for name in names)


def test_an_adapter_is_the_product_of_its_matrices() -> None:
    rng = torch.Generator().manual_seed(2)
    base = torch.nn.Linear(6, 5)
    one = lora.Lora(base, rank=3, alpha=1.5, rng=rng)
    torch.nn.init.normal_(one.up_OR, generator=rng)
    given = torch.randn(4, 6, generator=rng)
    merged = base.weight + 0.5 * one.up_OR @ one.down_RI
    assert torch.allclose(one(given), given @ merged.T + base.bias, atol=1e-6)


@pytest.fixture(scope="module")
def taught(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[float], Path, torch.Tensor]:
    """The losses of a lesson, the folder of what was learned, and the states after it."""
    vlm = Vlm(folder, device="cpu", dtype=torch.float32)
    videos = [
        questions([picture(10 * (n % 2))], title=f"{'tea' if n < 4 else 'boats'} {n}", tags=())
        for n in range(8)
    ]
    rng = np.random.default_rng(1)
    contents = as_pairs(videos, [n // 4 for n in range(8)], rng)
    creatives = as_pairs(videos, [n % 2 for n in range(8)], rng)
    lesson = Lesson(steps=25, learning_rate=2e-2, rank=4, alpha=8)
    losses = fit_lora(vlm, contents, creatives, lesson, rng=rng)
    adapter = tmp_path_factory.mktemp("adapter")
    lora.save(vlm.model, adapter)
    return losses, adapter, states(vlm, asked())


def test_teaching_lowers_the_loss(taught: tuple[list[float], Path, torch.Tensor]) -> None:
    losses, _, _ = taught
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])


def test_what_was_learned_is_read_back(
    taught: tuple[list[float], Path, torch.Tensor], folder: Path, vlm: Vlm
) -> None:
    _, adapter, learned_BD = taught
    assert torch.allclose(states(open_vlm(config_of(folder, adapter)), asked()), learned_BD)
    assert not torch.allclose(states(vlm, asked()), learned_BD, atol=1e-3)
    weights = load_file(adapter / lora.WEIGHTS)
    first = "base_model.model.model.language_model.layers.0.self_attn.q_proj.lora_A.weight"
    assert weights[first].shape == (4, WIDTH), "named as PEFT names it"


def test_a_pair_is_two_videos_of_one_kind() -> None:
    videos = [questions([picture(n)], title=str(n), tags=()) for n in range(7)]
    kinds = [0, 1, 0, 1, 0, 2, 1]
    pairs = as_pairs(videos, kinds, np.random.default_rng(0))
    assert len(pairs) == 2, "one of its kind has no partner"
    places = {id(video): place for place, video in enumerate(videos)}
    for pair in pairs:
        one, other = (places[id(video)] for video in pair)
        assert one != other
        assert kinds[one] == kinds[other]


def test_the_losses_are_what_their_formulas_say() -> None:
    rng = torch.Generator().manual_seed(0)
    one_BD, other_BD = (
        torch.nn.functional.normalize(torch.randn(5, 8, generator=rng)) for _ in range(2)
    )
    near = np.exp((one_BD @ other_BD.T).double().numpy() / 0.1)
    slow = -np.mean([np.log(near[i, i] / near[i].sum()) for i in range(5)])
    assert contrastive(one_BD, other_BD, 0.1).item() == pytest.approx(slow, rel=1e-5)
    squares = [float(one_BD[i] @ other_BD[i]) ** 2 for i in range(5)]
    assert orthogonality(one_BD, other_BD).item() == pytest.approx(np.mean(squares), rel=1e-5)


# ---- the encoder ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("films") / "one.mp4", numbered(48))


def test_a_film_becomes_two_states_and_measured_traits(folder: Path, film: Path) -> None:
    encoder = StateEncoder(config_of(folder), SMALL)
    seen = encoder.encode(film, title="Out to sea", tags=("boats",))
    assert seen.content.shape == seen.creative.shape == (WIDTH,)
    assert seen.content.dtype == np.float32
    assert seen.traits == LocalEncoder().encode(film, title="").traits
    again = StateEncoder(config_of(folder), SMALL).encode(film, title="Out to sea", tags=("boats",))
    assert np.array_equal(seen.content, again.content)
    other = encoder.encode(film, title="Up the hill")
    assert not np.allclose(seen.content, other.content, atol=1e-5)
    assert np.allclose(seen.creative, other.creative, atol=1e-6), "no word enters how it is made"


def test_a_model_in_half_precision_says_nearly_the_same(folder: Path, film: Path) -> None:
    whole, half = (
        StateEncoder(config_of(folder, dtype=dtype), SMALL).encode(film, title="Out to sea")
        for dtype in ("float32", "bfloat16")
    )
    assert float(whole.content @ half.content) > 0.99
    assert half.content.dtype == np.float32


def test_the_version_names_what_the_vectors_depend_on(
    folder: Path, taught: tuple[list[float], Path, torch.Tensor], tmp_path: Path
) -> None:
    other = save_tiny(tmp_path / folder.name, seed=1)
    assert fingerprint(other) != fingerprint(folder)
    versions = [
        StateEncoder(config_of(folder), SMALL).version,
        StateEncoder(config_of(other), SMALL).version,
        StateEncoder(config_of(folder, taught[1]), SMALL).version,
        StateEncoder(config_of(folder, dtype="bfloat16"), SMALL).version,
        StateEncoder(config_of(folder), FeaturesConfig(frames=3, side=56)).version,
    ]
    assert len(set(versions)) == 5
    copied = shutil.copytree(folder, tmp_path / "copy" / folder.name)
    assert StateEncoder(config_of(copied), SMALL).version == versions[0]


# ---- what a user can get wrong ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        ("config.json", "no config.json"),
        ("preprocessor_config.json", "no .*processor_config.json"),
        ("model.safetensors", "no .*safetensors"),
    ],
)
def test_a_folder_without_a_model_is_told(
    folder: Path, tmp_path: Path, gone: str, says: str
) -> None:
    lacking = shutil.copytree(folder, tmp_path / "model")
    (lacking / gone).unlink()
    with pytest.raises(ReelwrightError, match=says) as caught:
        StateEncoder(config_of(lacking), SMALL)
    assert "transformers.model" in caught.value.hint


def test_a_model_that_is_not_here_is_told_without_asking_the_network() -> None:
    with pytest.raises(ReelwrightError, match="no model nobody/nothing on this machine") as caught:
        model_folder(config_of("nobody/nothing"))
    assert "transformers.download=allowed" in caught.value.hint


def test_weights_that_are_cut_short_are_told(folder: Path, tmp_path: Path) -> None:
    cut = shutil.copytree(folder, tmp_path / "model")
    weights = cut / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(ReelwrightError, match="no vision-language model that can be loaded"):
        open_vlm(config_of(cut))


def test_weights_that_are_missing_are_not_made_up(folder: Path, tmp_path: Path) -> None:
    lacking = shutil.copytree(folder, tmp_path / "model")
    weights = load_file(lacking / "model.safetensors")
    del weights["model.layers.0.self_attn.q_proj.weight"]
    save_file(weights, lacking / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ReelwrightError, match=r"are not whole: 1 are missing, .*q_proj"):
        open_vlm(config_of(lacking))


def test_a_model_without_eyes_is_told(folder: Path, tmp_path: Path) -> None:
    blind = shutil.copytree(folder, tmp_path / "model")
    config = Qwen2Config(
        vocab_size=300,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        bos_token_id=0,
        eos_token_id=0,
    )
    Qwen2ForCausalLM(config).save_pretrained(blind)
    with pytest.raises(ReelwrightError, match="no vision-language model that can be loaded"):
        open_vlm(config_of(blind))


def test_an_adapter_that_is_not_there_is_told_before_the_model_is_loaded(
    folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(ReelwrightError, match="holds no LoRA adapter") as caught:
        StateEncoder(config_of(folder, tmp_path / "none"), SMALL)
    assert "transformers.adapter" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"use_dora": True}, "use_dora, which is not supported"),
        ({"bias": "all"}, "bias, which is not supported"),
        ({"r": 3}, "is not for this model"),
        ({"target_modules": ["q_proj"]}, "is not for this model"),
        ({"target_modules": "all-linear"}, "no LoRA adapter that can be read"),
        ({"r": "many"}, "no LoRA adapter that can be read"),
    ],
)
def test_an_adapter_that_does_not_fit_is_told(
    folder: Path,
    taught: tuple[list[float], Path, torch.Tensor],
    tmp_path: Path,
    change: dict[str, object],
    says: str,
) -> None:
    adapter = shutil.copytree(taught[1], tmp_path / "adapter")
    settings = json.loads((adapter / lora.SETTINGS).read_text())
    (adapter / lora.SETTINGS).write_text(json.dumps(settings | change))
    with pytest.raises(ReelwrightError, match=says):
        open_vlm(config_of(folder, adapter))


def test_a_gpu_that_is_not_there_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ReelwrightError, match="finds no GPU"):
        StateEncoder(config_of(folder, device="cuda"), SMALL)
