"""Where the eye goes in a picture: cheap measures of colour, detail and place."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 96  # of the small picture that is looked at
RIM = 0.06  # of its sides: what stands there is taken for ground
COLOUR, DETAIL = 0.65, 0.35  # how much each says
Weights = NDArray[Any]  # float32; what numpy and OpenCV say that they return is wider


def salience(picture: NDArray[np.uint8]) -> Weights:
    """How much each place of a small copy draws the eye, 0 to 1. BGR, or premultiplied BGRA."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(np.ascontiguousarray(small[:, :, :3]), cv2.COLOR_BGR2LAB).astype(np.float32)
    soft = cv2.GaussianBlur(lab, (0, 0), 1.5)
    rim = max(1, round(RIM * min(size)))
    border = np.concatenate(
        [part.reshape(-1, 3) for part in (soft[:rim], soft[-rim:], soft[:, :rim], soft[:, -rim:])]
    )
    stray = border.std(axis=0) + 6.0  # a busy border says less
    unlike = np.linalg.norm((soft - border.mean(axis=0)) / stray, axis=2)
    detail = cv2.GaussianBlur(np.abs(cv2.Laplacian(lab[:, :, 0], cv2.CV_32F)), (0, 0), 3)
    weights: Weights = COLOUR * _scaled(unlike) + DETAIL * _scaled(detail)
    if small.shape[2] == 4:
        weights = weights * (small[:, :, 3] / 255.0)
    ys, xs = np.linspace(-1, 1, size[1])[:, None], np.linspace(-1, 1, size[0])[None, :]
    middle = np.exp(-0.9 * (xs * xs + ys * ys))  # photographers put things there
    return np.asarray(_scaled(weights * middle), np.float32)


def focus(picture: NDArray[np.uint8]) -> tuple[float, float]:
    """The point of interest, in shares of width and height: where the eye is drawn most."""
    weights = cv2.GaussianBlur(salience(picture), (0, 0), 4)
    strong = np.where(weights >= 0.75 * weights.max(), weights, 0).astype(np.float64)
    total = strong.sum()
    if total <= 0:
        return 0.5, 0.5
    ys, xs = np.mgrid[: strong.shape[0], : strong.shape[1]] + 0.5
    x, y = (strong * xs).sum() / total, (strong * ys).sum() / total
    return round(float(x) / strong.shape[1], 4), round(float(y) / strong.shape[0], 4)


def _scaled(values: Weights) -> Weights:
    """From 0 to 1, the strongest hundredth cut off."""
    top = float(np.quantile(values, 0.99))
    return np.asarray(np.clip(values / max(top, 1e-6), 0, 1), np.float32)
