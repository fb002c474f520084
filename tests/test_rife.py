"""The network between two frames, with weights of our own."""

from pathlib import Path

import numpy as np
import pytest
import torch
from moving import ground

from reelwright.errors import ReelwrightError
from reelwright.modify.rife import GRAIN, Rife, Tensor, pulled, tensor


def weights(scale: float = 0.0) -> dict[str, Tensor]:
    """A network of few channels; without a scale it sees no motion and takes half of each frame."""
    chance = torch.Generator().manual_seed(1)
    made: dict[str, Tensor] = {}

    def layer(name: str, into: int, out: int) -> None:
        made[f"module.{name}.0.weight"] = scale * torch.randn(out, into, 3, 3, generator=chance)
        made[f"module.{name}.0.bias"] = torch.zeros(out)
        made[f"module.{name}.1.weight"] = torch.full((out,), 0.25)

    for number in range(4):
        layer(f"block{number}.conv0.0", 7 if number == 0 else 12, 4)
        layer(f"block{number}.conv0.1", 4, 8)
        for deep in range(8):
            layer(f"block{number}.convblock.{deep}", 8, 8)
        made[f"module.block{number}.lastconv.weight"] = scale * torch.randn(
            8, 5, 4, 4, generator=chance
        )
        made[f"module.block{number}.lastconv.bias"] = torch.zeros(5)
    return made


@pytest.mark.parametrize("size", [(64, 64), (50, 71), (33, 130)])
def test_frames_of_every_size_come_back_in_their_size(size: tuple[int, int]) -> None:
    first, last = ground(*size), ground(*size, seed=8)
    made = Rife(weights(0.02)).between(first, last, 0.5)
    assert made.shape == first.shape


def test_without_motion_a_frame_between_is_half_of_each() -> None:
    first, last = ground(40, 60), ground(40, 60, seed=8)
    made = Rife(weights()).between(first, last, 0.5)
    assert np.abs(made - (first.astype(float) + last) / 2).max() <= 1


def test_a_network_that_sees_far_motion_begins_once_more_coarser() -> None:
    far = weights()
    far["module.block1.lastconv.bias"] = torch.tensor([40.0, 0, -40.0, 0, 0])
    seen: list[int] = []

    class Watched(Rife):
        def _block(
            self, number: int, seen_BCHW: Tensor, flow: Tensor | None, scale: int
        ) -> tuple[Tensor, Tensor]:
            seen.append(scale)
            return super()._block(number, seen_BCHW, flow, scale)

    Watched(far).between(ground(64, 64), ground(64, 64, seed=8), 0.5)
    assert seen == [8, 4, 16, 8, 4, 2]


def test_pulling_looks_up_where_the_flow_leads() -> None:
    picture = tensor(ground(64, 64))
    flow = torch.zeros(1, 2, 64, 64)
    flow[:, 0], flow[:, 1] = 3, -2
    moved = pulled(picture, flow)
    assert torch.allclose(moved[..., 10:50, 10:50], picture[..., 8:48, 13:53], atol=1e-4)


def test_what_the_network_is_given_can_be_halved() -> None:
    assert all(side % GRAIN == 0 for side in tensor(ground(50, 71)).shape[2:])


def test_a_broken_file_is_refused_and_says_how_to_get_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "rife-4.0.pkl"
    path.write_bytes(b"no weights")
    with pytest.raises(ReelwrightError, match="models pull rife"):
        Rife.read(path)


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rife-4.0.pkl"
    torch.save({"a": pytest.raises}, path)
    with pytest.raises(ReelwrightError, match="cannot be read"):
        Rife.read(path)
