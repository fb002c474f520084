"""Low-rank adapters: small matrices beside frozen ones, read and written as PEFT writes them.

Ours rather than PEFT's: what is needed of it is this page, and its files are two matrices a layer.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.functional import linear

from reelwright.errors import ReelwrightError, cleaned

# R rank, I inputs, O outputs of a layer.

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj")  # of the language model; its eyes stay as is
WEIGHTS = "adapter_model.safetensors"
SETTINGS = "adapter_config.json"
PREFIX = "base_model.model."  # which PEFT puts before every name
BEYOND_US = ("use_dora", "use_rslora", "rank_pattern", "alpha_pattern", "modules_to_save")


class Lora(nn.Module):
    """A frozen layer and what was learned on top of it: nothing at first."""

    def __init__(self, base: nn.Linear, *, rank: int, alpha: float, rng: torch.Generator) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.scale = alpha / rank
        spread = base.in_features**-0.5
        down_RI = torch.empty(rank, base.in_features).uniform_(-spread, spread, generator=rng)
        self.down_RI = nn.Parameter(down_RI.to(base.weight.device))
        self.up_OR = nn.Parameter(torch.zeros(base.out_features, rank, device=base.weight.device))

    def forward(self, given: Tensor) -> Tensor:
        plain: Tensor = self.base(given)
        learned = linear(linear(given.to(self.down_RI.dtype), self.down_RI), self.up_OR)
        return plain + self.scale * learned.to(plain.dtype)


def attach(
    model: nn.Module,
    *,
    rank: int,
    alpha: float,
    rng: torch.Generator,
    targets: Sequence[str] = TARGETS,
) -> list[nn.Parameter]:
    """Put an adapter beside each layer named in `targets`, freeze the rest; what is learned."""
    model.requires_grad_(False)
    found = [
        name
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear) and name.rpartition(".")[2] in targets
    ]
    for name in found:
        place, _, own = name.rpartition(".")
        layer = model.get_submodule(name)
        assert isinstance(layer, nn.Linear), f"{name} is a {type(layer)}"
        setattr(model.get_submodule(place), own, Lora(layer, rank=rank, alpha=alpha, rng=rng))
    return [weight for weight in model.parameters() if weight.requires_grad]


def adapters(model: nn.Module) -> Iterator[tuple[str, Lora]]:
    """Every adapter with the name of the layer that it stands beside."""
    for name, layer in model.named_modules():
        if isinstance(layer, Lora):
            yield name, layer


def save(model: nn.Module, folder: Path) -> None:
    """Write the adapters of a model so that `load`, and PEFT, can read them."""
    found = dict(adapters(model))
    assert found, "a model without adapters"
    weights = {}
    for name, one in found.items():
        weights[f"{PREFIX}{name}.lora_A.weight"] = one.down_RI.detach().cpu().contiguous()
        weights[f"{PREFIX}{name}.lora_B.weight"] = one.up_OR.detach().cpu().contiguous()
    rank = next(iter(found.values())).down_RI.shape[0]
    settings = {
        "peft_type": "LORA",
        "r": rank,
        "lora_alpha": next(iter(found.values())).scale * rank,
        "target_modules": sorted({name.rpartition(".")[2] for name in found}),
        "bias": "none",
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / WEIGHTS)
    (folder / SETTINGS).write_text(json.dumps(settings, indent=1), encoding="utf-8")


def load(model: nn.Module, folder: Path) -> None:
    """Attach the adapters in `folder`, each to its layer of `model`; all of them have to fit."""
    settings, weights = read(folder)
    attach(
        model,
        rank=int(settings["r"]),
        alpha=float(settings["lora_alpha"]),
        rng=torch.Generator().manual_seed(0),
        targets=settings["target_modules"],
    )
    places = {
        f"{PREFIX}{name}.{part}.weight": weight
        for name, one in adapters(model)
        for part, weight in (("lora_A", one.down_RI), ("lora_B", one.up_OR))
    }
    strange = sorted(places.keys() ^ weights.keys()) or sorted(
        name for name, weight in places.items() if weight.shape != weights[name].shape
    )
    if strange:
        raise ReelwrightError(
            f"The adapter in {folder} is not for this model: {len(strange)} of its layers differ, "
            f"{strange[0].removeprefix(PREFIX)} among them.",
            hint="Set transformers.model to the model that it was trained on.",
        )
    with torch.no_grad():
        for name, weight in places.items():
            weight.copy_(weights[name])


def read(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The settings and the weights of the adapter in `folder`, if it is one that we can use."""
    try:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        weights = load_file(folder / WEIGHTS)
        named = int(settings["r"]) > 0 and float(settings["lora_alpha"]) > 0
        if not (named and isinstance(settings["target_modules"], list)):
            raise ValueError("target_modules is no list")
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ReelwrightError(
            f"{folder} holds no LoRA adapter that can be read ({cleaned(error)}).",
            hint=f"It has to hold {SETTINGS} and {WEIGHTS}; set transformers.adapter.",
        ) from error
    _refuse_beyond_us(settings, folder)
    return settings, weights


def _refuse_beyond_us(settings: dict[str, Any], folder: Path) -> None:
    asked = [name for name in BEYOND_US if settings.get(name)]
    if settings.get("bias", "none") != "none":
        asked.append("bias")
    if asked:
        raise ReelwrightError(
            f"The adapter in {folder} uses {', '.join(asked)}, which is not supported.",
            hint="Merge it into the model with PEFT, and set transformers.model to the result.",
        )
