"""How a film looks: its light, its colours and its palette, whatever it shows."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Colour
from reelwright.media.decode import Image

# T samples, H rows, W columns, C blue, green, red; P pixels, K colours.

HUES = 12
PALETTE = 5
PALETTE_PIXELS = 2400
NEAR_BLACK = 16  # of 255; a bar above and below the picture is no brighter


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """The measures of light and colour. Fractions lie in 0 to 1."""

    brightness: float
    contrast: float  # between the brightest and the darkest twentieth
    shadows: float  # the darkest twentieth
    highlights: float  # the brightest twentieth
    vignette: float  # how much darker the corners are than the middle, a fraction
    bars: float  # share of the height that is black above and below
    saturation: float
    warmth: float  # 0 blue, 1 orange
    tints: tuple[float, ...]  # green-red and blue-yellow of shadows, middle and highlights, -1 to 1
    spread: tuple[float, float]  # of green-red and blue-yellow
    hues: tuple[float, ...]  # share of the colourfulness in each of HUES hues
    palette: tuple[Colour, ...]


def look(colour_THWC: Image) -> Look:
    """Light and colour over the whole film."""
    blue, green, red = (colour_THWC[..., c].astype(np.float32) / 255 for c in range(3))
    luma = 0.114 * blue + 0.587 * green + 0.299 * red
    most, least = np.maximum(np.maximum(blue, green), red), np.minimum(np.minimum(blue, green), red)
    dark_T, bright_T = np.percentile(luma.reshape(len(luma), -1), (5, 95), axis=1)
    tints, spread = tints_of(colour_THWC, luma)
    return Look(
        brightness=float(luma.mean()),
        contrast=float((bright_T - dark_T).mean()),
        shadows=float(dark_T.mean()),
        highlights=float(bright_T.mean()),
        vignette=vignette(luma.mean(0)),
        bars=bars(luma.max(0)),
        saturation=float((most - least).sum() / (most.sum() + 1e-6)),
        warmth=float((red.mean() + 1e-3) / (red.mean() + blue.mean() + 2e-3)),
        tints=tints,
        spread=spread,
        hues=hues(colour_THWC),
        palette=palette(colour_THWC),
    )


def vignette(luma_HW: NDArray[np.floating]) -> float:
    height, width = luma_HW.shape
    y, x = np.indices(luma_HW.shape)
    away = np.hypot((y + 0.5) / height - 0.5, (x + 0.5) / width - 0.5) / 0.7071
    middle = float(luma_HW[away < 0.5].mean())
    return (middle - float(luma_HW[away > 0.85].mean())) / (middle + 0.02)


def bars(brightest_HW: NDArray[np.floating]) -> float:
    """Share of rows that stay black for the whole film, counted inwards from both edges."""
    black = brightest_HW.max(1) < NEAR_BLACK / 255
    inner = np.flatnonzero(~black)
    return 1.0 if inner.size == 0 else float(1 - (inner[-1] - inner[0] + 1) / len(black))


def tints_of(
    colour_THWC: Image, luma: NDArray[np.floating]
) -> tuple[tuple[float, ...], tuple[float, float]]:
    """The cast of shadows, middle and highlights, as a colourist sets it; and its spread."""
    lab = cv2.cvtColor(colour_THWC.reshape(-1, 1, 3), cv2.COLOR_BGR2Lab).reshape(-1, 3)
    cast = (lab[:, 1:].astype(np.float32) - 128) / 127
    low, high = np.percentile(luma[:, ::2, ::2], (33, 67))
    flat = luma.ravel()
    zones = (flat <= low, (flat > low) & (flat < high), flat >= high)
    casts = [cast[zone].mean(0) if zone.any() else np.zeros(2) for zone in zones]
    spread = cast.std(0)
    return tuple(map(float, np.ravel(casts))), (float(spread[0]), float(spread[1]))


def hues(colour_THWC: Image) -> tuple[float, ...]:
    """Shares of HUES hues, red first, each pixel counted by its colourfulness; sums to 1 or 0."""
    hsv = cv2.cvtColor(colour_THWC.reshape(-1, 1, 3), cv2.COLOR_BGR2HSV).reshape(-1, 3)
    chroma = hsv[:, 1].astype(np.float32) * hsv[:, 2]
    place = hsv[:, 0].astype(np.float32) / 180 * HUES
    lower = np.floor(place)
    part = place - lower
    share = np.zeros(HUES)
    for bins, weight in ((lower, chroma * (1 - part)), (lower + 1, chroma * part)):
        share += np.bincount(bins.astype(np.intp) % HUES, weight, HUES)
    total = share.sum()
    return tuple(map(float, share / total if total > 0 else share))


def palette(colour_THWC: Image) -> tuple[Colour, ...]:
    """The PALETTE colours of the film, the strongest first: k-means in Lab, without chance."""
    pixels = colour_THWC.reshape(-1, 3)[:: max(1, colour_THWC.size // 3 // PALETTE_PIXELS)]
    lab_PC = cv2.cvtColor(pixels[:, None], cv2.COLOR_BGR2Lab)[:, 0].astype(np.float32)
    centres_KC = spread_out(lab_PC, PALETTE)
    for _ in range(8):
        nearest_P = ((lab_PC[:, None] - centres_KC) ** 2).sum(2).argmin(1)
        count_K = np.bincount(nearest_P, minlength=len(centres_KC))
        for k in np.flatnonzero(count_K):
            centres_KC[k] = lab_PC[nearest_P == k].mean(0)
    order = [k for k in np.argsort(-count_K, kind="stable") if count_K[k]]
    lab = np.clip(np.round(centres_KC[order]), 0, 255).astype(np.uint8)
    rgb = cv2.cvtColor(lab[:, None], cv2.COLOR_Lab2RGB)[:, 0]
    return tuple((int(red), int(green), int(blue)) for red, green, blue in rgb)


def spread_out(points_PC: NDArray[np.floating], count: int) -> NDArray[np.floating]:
    """The point nearest to the mean, then each time the one furthest from those chosen."""
    far_P = ((points_PC - points_PC.mean(0)) ** 2).sum(1)
    chosen = [int(far_P.argmin())]
    far_P = ((points_PC - points_PC[chosen[0]]) ** 2).sum(1)
    while len(chosen) < count and far_P.max() > 0:
        chosen.append(int(far_P.argmax()))
        far_P = np.minimum(far_P, ((points_PC - points_PC[chosen[-1]]) ** 2).sum(1))
    return points_PC[chosen].copy()
