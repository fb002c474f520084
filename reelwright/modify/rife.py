"""A frame between two frames, by the network RIFE 4.0 (Huang et al. 2022), from its weights alone.

Four blocks, each at twice the resolution of the one before, correct a flow to either frame and a
mask that says from which of the two a pixel is taken.
"""

import pickle
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as fn

from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image

# B one picture, C channels, H rows, W columns; 4 of a flow: to the first frame, to the second.
Tensor = torch.Tensor

SCALES = (8, 4, 2, 1)  # how much smaller than the frames each block sees them
DEEP = 8  # convolutions in the middle of a block
GRAIN = 64  # sides of what the network is given are multiples of it
FAR = 32.0  # pixels; where the second block still corrects by more, all begin once more, coarser


class Rife:
    """Makes frames at any moment between two. The same frames give the same ones again."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self._weights = {name.removeprefix("module."): value for name, value in weights.items()}

    @classmethod
    def read(cls, path: Path) -> "Rife":
        """From the file in the zoo, which may hold numbers only."""
        try:
            return cls(torch.load(path, map_location="cpu", weights_only=True))
        except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
            raise ReelwrightError(
                f"The weights in {path.name} cannot be read.",
                hint="Get them again: reelwright models pull rife",
            ) from error

    @torch.inference_mode()
    def between(self, first: Image, last: Image, moment: float) -> Image:
        """What is seen at `moment`, 0 for the first and 1 for the last."""
        assert first.shape == last.shape, f"{first.shape} and {last.shape}"
        height, width = first.shape[:2]
        made_BCHW = self._made(tensor(first), tensor(last), moment)
        made = made_BCHW[0, :, :height, :width].permute(1, 2, 0).clamp(0, 1).numpy()
        return np.asarray(cv2.cvtColor(np.rint(made * 255).astype(np.uint8), cv2.COLOR_RGB2BGR))

    def _made(self, first: Tensor, last: Tensor, moment: float) -> Tensor:
        when_BCHW = torch.full_like(first[:, :1], moment)
        for coarser in (1, 2):
            scales = [coarser * scale for scale in SCALES]
            flow, mask = self._block(0, torch.cat((first, last, when_BCHW), 1), None, scales[0])
            goes_far = False
            for number in (1, 2, 3):
                seen = (pulled(first, flow[:, :2]), pulled(last, flow[:, 2:]), when_BCHW, mask)
                more, firmer = self._block(number, torch.cat(seen, 1), flow, scales[number])
                if number == 1 and coarser == 1:
                    goes_far = min(farthest(more[:, :2]), farthest(more[:, 2:])) > FAR
                    if goes_far:
                        break
                flow, mask = flow + more, mask + firmer
            if not goes_far:
                break
        share = torch.sigmoid(mask)
        return pulled(first, flow[:, :2]) * share + pulled(last, flow[:, 2:]) * (1 - share)

    def _block(
        self, number: int, seen: Tensor, flow: Tensor | None, scale: int
    ) -> tuple[Tensor, Tensor]:
        """A correction of the flow and of the mask, found at 1/scale of the size."""
        name = f"block{number}"
        small = resized(seen, 1 / scale)
        if flow is not None:
            small = torch.cat((small, resized(flow, 1 / scale) / scale), 1)
        small = self._conv(f"{name}.conv0.1", self._conv(f"{name}.conv0.0", small, 2), 2)
        deep = small
        for layer in range(DEEP):
            deep = self._conv(f"{name}.convblock.{layer}", deep, 1)
        out = fn.conv_transpose2d(
            deep + small,
            self._weights[f"{name}.lastconv.weight"],
            self._weights[f"{name}.lastconv.bias"],
            stride=2,
            padding=1,
        )
        out = resized(out, 2 * scale)
        return out[:, :4] * (2 * scale), out[:, 4:5]

    def _conv(self, name: str, given: Tensor, stride: int) -> Tensor:
        weights = self._weights
        out = fn.conv2d(given, weights[f"{name}.0.weight"], weights[f"{name}.0.bias"], stride, 1)
        return fn.prelu(out, weights[f"{name}.1.weight"])


def tensor(frame: Image) -> Tensor:
    """RGB from 0 to 1, its edge going on to sides that the network can halve."""
    height, width = frame.shape[:2]
    wide = cv2.copyMakeBorder(frame, 0, -height % GRAIN, 0, -width % GRAIN, cv2.BORDER_REPLICATE)
    flat = torch.from_numpy(np.ascontiguousarray(wide[..., ::-1].transpose(2, 0, 1)))
    return flat[None].float() / 255


def farthest(flow: Tensor) -> float:
    return float(flow.abs().max())


def resized(picture: Tensor, scale: float) -> Tensor:
    if scale == 1:
        return picture
    return fn.interpolate(picture, scale_factor=scale, mode="bilinear", align_corners=False)


def pulled(picture_BCHW: Tensor, flow_BCHW: Tensor) -> Tensor:
    """What the picture shows where the flow leads; its edge goes on beyond it."""
    height, width = picture_BCHW.shape[2:]
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    across = (x + flow_BCHW[:, 0]) * (2 / (width - 1)) - 1
    down = (y + flow_BCHW[:, 1]) * (2 / (height - 1)) - 1
    return fn.grid_sample(
        picture_BCHW,
        torch.stack((across, down), -1),
        mode="bilinear",
        padding_mode="border",
        align_corners=True,
    )
