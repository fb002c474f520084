"""A vision-language model of the Qwen2.5-VL class, asked for states instead of words.

The state of the last token, in the last layer, is what the model is about to say: the prompts end
so that this is the one word for what a film is about, or for how it is made.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import torch
from huggingface_hub import snapshot_download
from safetensors import SafetensorError
from torch import Tensor
from torch.nn.functional import normalize
from transformers import AutoImageProcessor, AutoModelForImageTextToText, AutoTokenizer

from reelwright.config import TransformersConfig
from reelwright.errors import ReelwrightError, cleaned
from reelwright.learning import lora
from reelwright.media.decode import Image

# B questions of a batch, T tokens, D width of the model, P patches of all pictures.

BEFORE = "<|im_start|>user\n"
AFTER = "<|im_end|>\n<|im_start|>assistant\n"
SAMPLES, SAMPLE_BYTES = 64, 16_384  # of each file of weights, for its fingerprint
NEEDED = ("*.json", "*.safetensors", "*.txt", "*.jinja")
BROKEN = (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError)


class AbsentModel(ReelwrightError):
    """There is no such model on this machine, and none was to be fetched."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the model is shown, and the words after it."""

    pictures: Sequence[Image]
    words: str


class Vlm:
    """A model with its tokeniser and its eyes, loaded from a folder and never from elsewhere."""

    def __init__(self, folder: Path, *, device: str, dtype: torch.dtype) -> None:
        try:
            self.tokens = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self.eyes = AutoImageProcessor.from_pretrained(
                folder,
                local_files_only=True,
                backend="pil",  # the other one needs torchvision
            )
            self.model, told = AutoModelForImageTextToText.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,
                dtype=dtype,
                output_loading_info=True,
            )
        except BROKEN as error:
            raise ReelwrightError(
                f"{folder} holds no vision-language model that can be loaded ({_why(error)}).",
                hint="Set transformers.model to one of the Qwen2.5-VL class, with safetensors.",
            ) from error
        self._refuse_unlike(folder, told)
        self.device = device
        self.model.to(device).eval()

    def states(self, questions: Sequence[Question]) -> Tensor:
        """The last token's last hidden state for each question, as unit vectors BD."""
        given = self.inputs(questions)
        state_BTD = self.model.model(**given, use_cache=False).last_hidden_state
        return normalize(state_BTD[:, -1].float(), dim=-1)  # the last token: padding stands before

    def inputs(self, questions: Sequence[Question]) -> dict[str, Tensor]:
        """Tokens padded in front, and every picture as patches, as the model takes them."""
        rows, patches, grids = [], [], []
        for question in questions:
            seen = self.eyes(
                images=[cv2.cvtColor(one, cv2.COLOR_BGR2RGB) for one in question.pictures],
                return_tensors="pt",
            )
            rows.append(self._row(question.words, seen["image_grid_thw"]))
            patches.append(seen["pixel_values"])
            grids.append(seen["image_grid_thw"])
        longest = max(map(len, rows))
        tokens_BT = torch.tensor([[0] * (longest - len(row)) + row for row in rows])
        mask_BT = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows])
        pictured_BT = (tokens_BT == self.model.config.image_token_id) & mask_BT.bool()
        given = {
            "input_ids": tokens_BT,
            "attention_mask": mask_BT,
            "mm_token_type_ids": pictured_BT.int(),
            "pixel_values": torch.cat(patches).to(self.model.dtype),
            "image_grid_thw": torch.cat(grids),
        }
        return {name: tensor.to(self.device) for name, tensor in given.items()}

    def _row(self, words: str, grid: Tensor) -> list[int]:
        """The tokens of a question; each picture takes as many as the model makes of it."""
        config = self.model.config
        merged = int(config.vision_config.spatial_merge_size) ** 2
        row = self._ids(BEFORE)
        for picture in grid:
            count = int(picture.prod()) // merged
            row += [config.vision_start_token_id, *[config.image_token_id] * count]
            row.append(config.vision_end_token_id)
        plain = words.replace("<|", "< |")  # a title may not speak as the model's own marks
        return row + self._ids(plain) + self._ids(AFTER)

    def _ids(self, text: str) -> list[int]:
        return list(self.tokens(text, add_special_tokens=False)["input_ids"])

    def _refuse_unlike(self, folder: Path, told: dict[str, Any]) -> None:
        marks = ("image_token_id", "vision_start_token_id", "vision_end_token_id", "vision_config")
        lacking = [mark for mark in marks if getattr(self.model.config, mark, None) is None]
        if lacking:
            raise ReelwrightError(
                f"The {self.model.config.model_type} model in {folder} has no {lacking[0]}.",
                hint="Set transformers.model to one of the Qwen2.5-VL class.",
            )
        missing = sorted(name for name in told["missing_keys"] if "lm_head" not in name)
        if missing or told["mismatched_keys"]:
            raise ReelwrightError(
                f"The weights in {folder} are not whole: {len(missing)} are missing"
                f"{f', {missing[0]} among them' if missing else ''}.",
                hint="Copy or download the model again.",
            )


def open_vlm(config: TransformersConfig) -> Vlm:
    """The configured model, with its adapter where there is one."""
    vlm = Vlm(
        model_folder(config), device=device(config.device), dtype=getattr(torch, config.dtype)
    )
    if config.adapter != "none":
        lora.load(vlm.model, Path(config.adapter))
    return vlm


def _why(error: BaseException) -> str:
    return cleaned(error) or type(error).__name__


def device(name: str) -> str:
    if name == "cuda" and not torch.cuda.is_available():
        raise ReelwrightError(
            "transformers.device is cuda, and torch finds no GPU here.",
            hint="Set transformers.device=cpu, or install a torch that knows your GPU.",
        )
    return name


def model_folder(config: TransformersConfig) -> Path:
    """Where the model's files lie; only where it is allowed are they downloaded."""
    folder = Path(config.model)
    if not folder.is_dir():
        try:
            folder = Path(
                snapshot_download(
                    config.model,
                    local_files_only=config.download == "never",
                    allow_patterns=list(NEEDED),
                )
            )
        except BROKEN as error:
            may = "" if config.download == "never" else f" ({_why(error)})"
            raise AbsentModel(
                f"There is no model {config.model} on this machine{may}.",
                hint="Give its folder, or let it be downloaded: transformers.download=allowed.",
            ) from error
    for name in ("config.json", "*processor_config.json", "*.safetensors"):
        if not any(folder.glob(name)):
            raise ReelwrightError(
                f"{folder} holds no model: there is no {name} in it.",
                hint="Set transformers.model to a folder as save_pretrained writes it.",
            )
    return folder


def fingerprint(folder: Path) -> str:
    """Tells models apart without reading gigabytes: samples from all over every file."""
    read = hashlib.sha256()
    for file in sorted((*folder.glob("*.json"), *folder.glob("*.safetensors"))):
        size = file.stat().st_size
        read.update(f"{file.name} {size}\n".encode())
        with file.open("rb") as opened:
            for number in range(SAMPLES):
                opened.seek(number * max(0, size - SAMPLE_BYTES) // (SAMPLES - 1))
                read.update(opened.read(SAMPLE_BYTES))
    return read.hexdigest()[:12]
