"""Reads the titles of a clip as a viewer has to, and tells what is wrong with each.

It looks at finished layers and pixels: what the renderer promises is not asked.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Blueprint, Format
from reelwright.reading import leaving_s, letters_s, reading_s
from reelwright.render.blend import Affine
from reelwright.render.entrance import Part
from reelwright.render.film import Desk, Film
from reelwright.render.layer import Pixels
from reelwright.render.safe import safe_area
from reelwright.render.titles import Title

SIDE = 216  # the short side of what is looked at
LOOKS_A_SECOND = 30
COVERED = 0.01  # of a word's ink: what a kern or a rounding hides nobody sees
SOLID = 127  # of 255: ink, or something that hides it
# WCAG 2.2 asks for 4.5, and for 3 where type is large: from 24 pixels of a page on. A phone held
# upright shows 360 of those across.
PHONE_ACROSS, LARGE, SMALL_TYPE, LARGE_TYPE = 360, 24.0, 4.5, 3.0
RING = 0.06  # of the type's size: how far around a letter its ground is looked at
STROKE = 0.12  # likewise: over how much of it an eye takes the mean
HARDEST = 0.1  # the share of the ring that is hardest to read on decides
AT_REST = (0.02, 0.05, 0.04, 0.85)  # short sides off, scale, radians, strength: as good as in place

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]
LINEAR = np.array(
    [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.arange(256) / 255],
    np.float32,
)


class Fault(StrEnum):
    """What can be wrong with a title."""

    OVERLAP = "overlaps"  # something of it hides letters
    OUTSIDE = "outside"  # letters leave the safe area
    LOW_CONTRAST = "low_contrast"
    TOO_FAST = "too_fast_to_read"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one title."""

    shot: int  # its place
    words: str
    faults: frozenset[Fault]
    contrast: float  # of its least legible word over what is asked of it; 1 is enough
    rest: float  # its time at rest over what its words take; 1 is enough
    size_px: float  # of its type, on a phone


@dataclass(frozen=True, slots=True)
class Word:
    """One piece of a title: as it is drawn, and its letters and their ground by themselves."""

    part: Part
    letters: Pixels
    ground: Pixels


def read(blueprint: Blueprint) -> list[Reading]:
    """Every title of a clip, in order. The clip is drawn small."""
    return proofread(Film(replace(blueprint, format=small(blueprint.format))))


def small(form: Format) -> Format:
    """A format of the same shape whose short side is the one that is looked at."""
    scale = SIDE / min(form.width, form.height)
    width, height = (2 * round(scale * side / 2) for side in (form.width, form.height))
    return replace(form, width=width, height=height)


def proofread(film: Film) -> list[Reading]:
    """Every title of a film, in order; the larger it is, the longer it takes."""
    desk = Desk.of(film.form.width, film.form.height)
    return [
        _read(film, place, title, desk)
        for place, scene in enumerate(film.scenes)
        if (title := scene.title) is not None
    ]


def _read(film: Film, place: int, title: Title, desk: Desk) -> Reading:
    shot = film.pictures[place].shot
    leaves_s = shot.duration_s - leaving_s(shot.duration_s)
    words = words_of(title)
    rest_s = rest(title, words, shot.duration_s)
    looks = (rest_s[0], 0.5 * (rest_s[0] + leaves_s), leaves_s)
    contrasts = []
    for t_s in looks:
        film.ground(place, shot.start_s + t_s, desk)
        contrasts += list(_contrasts(title, words, t_s, shot.duration_s, desk))
    size_px = title.block.size * PHONE_ACROSS / film.form.width
    share = min((leaves_s - rest_s[0] + 1 / LOOKS_A_SECOND) / letters_s(shot.words), 99.0)
    found = {
        Fault.OVERLAP: any(overlap(title, words, t_s, shot.duration_s, desk) for t_s in looks),
        Fault.OUTSIDE: any(
            outside(title, words, t_s, shot.duration_s, film.form) for t_s in rest_s
        ),
        Fault.LOW_CONTRAST: min(contrasts) < 1,
        Fault.TOO_FAST: share < 1 or leaves_s < reading_s(shot.words),
    }
    faults = frozenset(fault for fault, there in found.items() if there)
    return Reading(place, shot.words, faults, min(contrasts), share, size_px)


def words_of(title: Title) -> list[Word]:
    """The pieces of a title, each in its layers."""
    block = title.block
    parts = title.parts[-len(block.pieces) :]
    layers = (
        [title.dress.of(piece, block, layer)[0] for piece in block.pieces]
        for layer in ("letters", "ground")
    )
    return [Word(*three) for three in zip(parts, *layers, strict=True)]


# ---- when ------------------------------------------------------------------------------------


def rest(title: Title, words: Sequence[Word], length_s: float) -> list[float]:
    """The moments at which a title stands still, from its last look before it leaves backwards."""
    leaves_s = length_s - leaving_s(length_s)
    stay = title.stay(length_s)
    there = [_pose(word.part, *title.at(word.part, leaves_s, stay)) for word in words]
    moments = [leaves_s]
    for step in range(1, math.floor(leaves_s * LOOKS_A_SECOND)):
        t_s = leaves_s - step / LOOKS_A_SECOND
        now = [_pose(word.part, *title.at(word.part, t_s, stay)) for word in words]
        if not all(_near(one, last, title.dress.u) for one, last in zip(now, there, strict=True)):
            break
        moments.append(t_s)
    return moments[::-1]


def _pose(part: Part, affine: Affine, strength: float) -> tuple[float, float, float, float, float]:
    """Where the middle of a part is, its scale, its turn and its strength."""
    x, y = affine @ np.array([*part.middle, 1.0])
    cos, sin = float(affine[0, 0]), float(affine[1, 0])
    return float(x), float(y), math.hypot(cos, sin), math.atan2(sin, cos), strength


def _near(one: Sequence[float], last: Sequence[float], u: float) -> bool:
    off, scale, turn, strength = AT_REST
    return (
        math.hypot(one[0] - last[0], one[1] - last[1]) <= off * u
        and abs(one[2] - last[2]) <= scale
        and abs(one[3] - last[3]) <= turn
        and one[4] >= strength
    )


# ---- where -----------------------------------------------------------------------------------


def outside(title: Title, words: Sequence[Word], t_s: float, length_s: float, form: Format) -> bool:
    """Whether ink of a letter is outside of what the phone leaves free."""
    safe = safe_area(form.width, form.height)
    stay = title.stay(length_s)
    for word in words:
        affine, _ = title.at(word.part, t_s, stay)
        rows, columns = (np.flatnonzero(_solid(word.letters).any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            continue
        corners = itertools.product((columns[0], columns[-1] + 1), (rows[0], rows[-1] + 1))
        xs, ys = affine @ np.array([[x, y, 1.0] for x, y in corners]).T
        slack = 1.0  # a pixel of the small picture
        if xs.min() < safe.left - slack or xs.max() > safe.right + slack:
            return True
        if ys.min() < safe.top - slack or ys.max() > safe.bottom + slack:
            return True
    return False


def overlap(title: Title, words: Sequence[Word], t_s: float, length_s: float, desk: Desk) -> bool:
    """Whether a word, or what is drawn under it, hides letters of a word before it."""
    stay = title.stay(length_s)
    shape = desk.canvas.shape[1], desk.canvas.shape[0]
    earlier: list[Mask] = []
    for word in words:
        affine, _ = title.at(word.part, t_s, stay)
        over = _solid(cv2.warpAffine(word.part.sprite, affine, shape))
        if any((ink & over).sum() > max(2.0, COVERED * ink.sum()) for ink in earlier):
            return True
        earlier.append(_solid(cv2.warpAffine(word.letters, affine, shape)))
    return False


def _solid(pixels: Pixels) -> Mask:
    return np.asarray(pixels[:, :, 3] > SOLID)


# ---- on what ---------------------------------------------------------------------------------


def _contrasts(
    title: Title, words: Sequence[Word], t_s: float, length_s: float, desk: Desk
) -> Iterator[float]:
    """The contrast of each word with its ground on the desk, over what is asked of it."""
    bare = [replace(word.part, sprite=word.ground) for word in words]
    extras = title.parts[: -len(words)]
    replace(title, parts=(*extras, *bare)).draw(desk.canvas, t_s, length_s, desk.buffers)
    bright = brightness(desk.canvas)
    size = title.block.size
    across = size * PHONE_ACROSS / desk.canvas.shape[1]
    asked = LARGE_TYPE if across >= LARGE else SMALL_TYPE
    stay = title.stay(length_s)
    for word in words:
        affine, _ = title.at(word.part, t_s, stay)
        letters = cv2.warpAffine(word.letters, affine, bright.shape[::-1])
        yield contrast(letters, bright, size) / asked


def contrast(letters: Pixels, bright: Floats, size: float) -> float:
    """The contrast of letters with the tenth of what is around them that is hardest to read on."""
    cover = cv2.extractChannel(letters, 3)
    if cover.max() <= SOLID:
        return math.inf
    reach = max(1, round(RING * size))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    ring = (cv2.dilate(cover, disc) > SOLID) & (cover < SOLID // 2)
    wide = max(3, round(STROKE * size)) | 1
    weight = ring.astype(np.float32)
    mean = cv2.blur(bright * weight, (wide, wide)) / np.maximum(
        cv2.blur(weight, (wide, wide)), 1e-6
    )
    ink = float(np.average(brightness(letters), weights=cover > 0.9 * cover.max()))
    around = mean[ring] if ring.any() else np.array([ink])
    ratios = (np.maximum(around, ink) + 0.05) / (np.minimum(around, ink) + 0.05)
    return float(np.quantile(ratios, HARDEST))


def brightness(pixels: Pixels) -> Floats:
    """Relative luminance, as WCAG has it, of premultiplied pixels."""
    weights = np.array([[0.0722, 0.7152, 0.2126, 0.0]], np.float32)
    return np.asarray(cv2.transform(LINEAR[pixels], weights), np.float32)
