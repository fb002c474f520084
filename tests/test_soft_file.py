"""A projector on the disk: read as it was written, beside what it was taught with alone."""

import dataclasses
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from test_soft import projector

from reelwright.errors import ReelwrightError
from reelwright.tuning.soft_file import Taught, beside, mark, open_projector, write

TAUGHT = Taught(codebook="codes-1", model="m" * 64, adapter="a" * 64)


def test_what_is_read_says_what_was_written(tmp_path: Path) -> None:
    made, file = projector(3), tmp_path / "p.safetensors"
    write(made, TAUGHT, file)
    found = open_projector(file, beside=TAUGHT)
    given = torch.randn(4, 10, generator=torch.Generator().manual_seed(2))
    assert torch.equal(found(given), made(given))
    assert found.sizes == made.sizes
    assert not any(weight.requires_grad for weight in found.parameters())
    assert [one.name for one in tmp_path.iterdir()] == ["p.safetensors"]


@pytest.mark.parametrize("name", ["codebook", "model", "adapter"])
def test_it_is_refused_beside_anything_else(tmp_path: Path, name: str) -> None:
    file = tmp_path / "p.safetensors"
    write(projector(), TAUGHT, file)
    with pytest.raises(ReelwrightError, match=f"another {name}"):
        open_projector(file, beside=dataclasses.replace(TAUGHT, **{name: "other"}))


def test_a_file_that_is_broken_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "p.safetensors"
    write(projector(), TAUGHT, file)
    whole = file.read_bytes()
    for payload in (b"", b"nothing", whole[:-40], whole[:90], b"\xff" * 200):
        file.write_bytes(payload)
        with pytest.raises(ReelwrightError, match="holds no projector"):
            open_projector(file, beside=TAUGHT)
    with pytest.raises(ReelwrightError, match="holds no projector"):
        open_projector(tmp_path / "none", beside=TAUGHT)


def test_weights_of_other_sizes_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.safetensors"
    save_file({"one": torch.zeros(3)}, file)  # somebody else's file
    with pytest.raises(ReelwrightError, match="its kind is None"):
        open_projector(file, beside=TAUGHT)
    made = projector()
    made.sizes = dataclasses.replace(made.sizes, content=7)
    write(made, TAUGHT, file)
    assert "middle_M" in load_file(file)
    with pytest.raises(ReelwrightError, match="do not fit its sizes"):
        open_projector(file, beside=TAUGHT)


def test_files_are_told_apart_by_all_that_is_in_them(tmp_path: Path) -> None:
    one, other = tmp_path / "a.gguf", tmp_path / "b.gguf"
    one.write_bytes(b"x" * 9000)
    other.write_bytes(b"x" * 8999 + b"y")
    assert mark(one) != mark(other)
    assert beside(one) == tmp_path / "a.safetensors"
