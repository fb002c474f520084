"""What clothes can be made of: a colour, a pattern that we draw, or somebody's picture."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image
from reelwright.media.materials import Materials

TILE = 256  # pixels of a tile's side
SHOULDERS = 0.5  # of somebody's shoulders, that a pattern's tile is wide
WHOLE = 1.25  # of them, that a picture is: it is seen once on a chest

COLOURS = {
    "black": "#1c1c1f",
    "white": "#efefec",
    "grey": "#8a8a8c",
    "silver": "#c2c4c8",
    "red": "#b3202c",
    "crimson": "#8f1230",
    "pink": "#e58aa8",
    "magenta": "#b5257f",
    "purple": "#6b3a8c",
    "violet": "#5b45a0",
    "navy": "#1e2a4f",
    "blue": "#2457a6",
    "sky": "#79b4de",
    "turquoise": "#2fa59c",
    "teal": "#1d6a6c",
    "green": "#2f7d43",
    "olive": "#6b6b33",
    "lime": "#93bf3a",
    "yellow": "#e0bd33",
    "gold": "#c1963a",
    "orange": "#d9722b",
    "rust": "#a14a28",
    "brown": "#6a4630",
    "beige": "#cdb894",
    "cream": "#e9dfc6",
}
HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Fabric:
    """A tile of cloth in Lab, as OpenCV counts it, and its width in widths of shoulders."""

    name: str
    lab: NDArray[np.uint8]  # 1 x 1 for a plain colour
    width: float = SHOULDERS
    mirrors: bool = False  # a picture's edges need not meet

    @property
    def is_plain(self) -> bool:
        return self.lab.size == 3

    @property
    def mean(self) -> NDArray[np.float64]:
        mean: NDArray[np.float64] = self.lab.reshape(-1, 3).mean(axis=0)
        return mean


def fabric(text: str, materials: Materials) -> Fabric:
    """What is asked for: `red`, `#aa3344`, `tartan`, `navy stripes`, or a picture's file."""
    if (ours := own_fabric(text)) is not None:
        return ours
    path = Path(text)
    if path.exists():
        return _picture(path, materials)
    if path.suffix and not text.startswith("#"):
        raise ReelwrightError(
            f"There is no file {text}.", hint="Give a colour, a pattern or a picture."
        )
    raise unknown(text)


def own_fabric(text: str) -> Fabric | None:
    """The colour or pattern of ours that this names; no file is looked for."""
    words = text.strip().casefold().split()
    colours = [COLOURS.get(word, word if HEX.fullmatch(word) else "") for word in words]
    if len(words) == 1 and colours[0]:
        return Fabric(text, _lab(_bgr(colours[0])[None, None]))
    if words and words[-1] in PATTERNS and all(colours[:-1]) and len(words) <= 3:
        ink = [_bgr(one) for one in colours[:-1]]
        return Fabric(text, _lab(PATTERNS[words[-1]](*ink)))
    return None


def unknown(text: str) -> ReelwrightError:
    known = [*COLOURS, *PATTERNS]
    last = (text.casefold().split() or [""])[-1]
    near = difflib.get_close_matches(last, known, n=1, cutoff=0.5)
    return ReelwrightError(
        f"There is no costume {text!r}.",
        hint=f"Did you mean {near[0]}?" if near else f"There is: {', '.join(known)}, or #aa3344.",
    )


def _picture(path: Path, materials: Materials) -> Fabric:
    asset = materials.take(path)
    if asset.duration_s:
        raise ReelwrightError(f"{path.name} is a film, not cloth.", hint="Give a picture.")
    flat = materials.picture(asset, TILE)[:, :, :3]
    small = cv2.resize(flat, (TILE, TILE), interpolation=cv2.INTER_AREA)
    return Fabric(path.stem, _lab(np.asarray(small, np.uint8)), WHOLE, mirrors=True)


def _bgr(text: str) -> NDArray[np.uint8]:
    return np.array([int(text[at : at + 2], 16) for at in (5, 3, 1)], np.uint8)


def _lab(bgr: Any) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(bgr), cv2.COLOR_BGR2LAB), np.uint8)


# ---- patterns, each a tile that goes on at its edges --------------------------------------------

Paint = NDArray[np.uint8]
NAVY, CREAM, RED = _bgr(COLOURS["navy"]), _bgr(COLOURS["cream"]), _bgr(COLOURS["crimson"])
COAL, ASH = _bgr("#4a4a4e"), _bgr("#a9a8a4")
LEAF, SAND, EARTH, BARK = _bgr("#4b5a34"), _bgr("#a59b6e"), _bgr("#5d4630"), _bgr("#23261d")
ROSE, POND, POLLEN = _bgr("#d8527a"), _bgr("#23404a"), _bgr("#e0bd33")


def _over(share: NDArray[Any], ink: Paint, ground: Paint) -> Image:
    """Ink as far as `share` says, else ground; the edges between them soft."""
    part = np.clip(share, 0, 1)[:, :, None]
    return np.asarray(np.rint(part * ink + (1 - part) * ground), np.uint8)


def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    ys, xs = np.mgrid[:TILE, :TILE] / TILE
    return xs, ys


def _edge(inside: NDArray[Any], soft: float = 0.012) -> NDArray[Any]:
    """1 where a distance is above zero, 0 below, with a soft edge."""
    return np.asarray(np.clip(0.5 + inside / (2 * soft), 0, 1))


def stripes(ink: Paint = NAVY, ground: Paint = CREAM) -> Image:
    _, ys = _grid()
    return _over(_edge(0.25 - np.abs((2 * ys) % 1 - 0.5)), ink, ground)


def checks(ink: Paint = RED, ground: Paint = CREAM) -> Image:
    xs, ys = _grid()
    bars = [_edge(0.25 - np.abs((2 * one) % 1 - 0.5)) for one in (xs, ys)]
    return _over(0.5 * (bars[0] + bars[1]), ink, ground)


def dots(ink: Paint = CREAM, ground: Paint = NAVY) -> Image:
    xs, ys = _grid()
    rows = np.floor(2 * ys)
    far = np.hypot((2 * xs + 0.5 * rows) % 1 - 0.5, (2 * ys) % 1 - 0.5)
    return _over(_edge(0.22 - far, 0.02), ink, ground)


def tartan(ink: Paint = RED, ground: Paint = NAVY) -> Image:
    xs, ys = _grid()
    share = np.zeros((TILE, TILE))
    for one in (xs, ys):
        broad = _edge(0.18 - np.abs(one - 0.5), 0.006)
        share += 0.5 * (1 - broad)
    cloth = _over(share, ink, ground).astype(np.float64)
    for one in (xs, ys):
        line = _edge(0.012 - np.abs(one - 0.12), 0.006) + _edge(0.009 - np.abs(one - 0.5), 0.006)
        cloth += (0.7 * np.clip(line, 0, 1))[:, :, None] * (CREAM - cloth)
    return np.asarray(np.rint(cloth), np.uint8)


def herringbone(ink: Paint = COAL, ground: Paint = ASH) -> Image:
    xs, ys = _grid()
    fold = np.abs((4 * xs) % 2 - 1)
    return _over(_edge(0.25 - np.abs((8 * ys + 2 * fold) % 1 - 0.5), 0.06), ink, ground)


def camouflage(ink: Paint = LEAF, ground: Paint = SAND) -> Image:
    rng = np.random.default_rng(11)
    cloth = np.broadcast_to(ground, (TILE, TILE, 3)).astype(np.uint8)
    for paint, level in ((ink, 0.15), (EARTH, 0.75), (BARK, 1.15)):
        spots = rng.standard_normal((TILE, TILE)).astype(np.float32)
        wide = cv2.copyMakeBorder(spots, 64, 64, 64, 64, cv2.BORDER_WRAP)
        soft = cv2.GaussianBlur(wide, (0, 0), 15, sigmaY=10)[64:-64, 64:-64]
        cloth = _over(_edge(soft / soft.std() - level, 0.05), paint, cloth)
    return cloth


def flowers(ink: Paint = ROSE, ground: Paint = POND) -> Image:
    xs, ys = _grid()
    cloth = np.broadcast_to(ground, (TILE, TILE, 3)).astype(np.uint8)
    heads = ((0.26, 0.28, 0.17, ink), (0.76, 0.72, 0.15, CREAM), (0.74, 0.2, 0.09, RED))
    for x, y, size, paint in heads:
        right, down = (xs - x + 0.5) % 1 - 0.5, (ys - y + 0.5) % 1 - 0.5
        far, turn = np.hypot(right, down), np.arctan2(down, right)
        petals = size * (0.72 + 0.28 * np.cos(5 * turn))
        cloth = _over(_edge(petals - far), paint, cloth)
        cloth = _over(_edge(0.26 * size - far), POLLEN, cloth)
    return cloth


PATTERNS: dict[str, Callable[..., Image]] = {
    one.__name__: one for one in (stripes, checks, dots, tartan, herringbone, camouflage, flowers)
}
