"""How one shot gives way to the next: two finished pictures and a share become one."""

import math
from functools import lru_cache

import cv2
import numpy as np

from reelwright.render import ease
from reelwright.render.blend import placed
from reelwright.render.colour import Rgb, eight_bit
from reelwright.render.layer import Pixels

SHARP_WIPES = frozenset({"comic", "paper_cutout", "bold_kinetic"})


def joined(kind: str, one: Pixels, other: Pixels, share: float, *, style: str, tint: Rgb) -> Pixels:
    """The picture `share` of the way from `one` to `other`. May write into both."""
    match kind:
        case "dissolve":
            return _dissolve(one, other, ease.smooth(share))
        case "push":
            return _push(one, other, share, sideways=True)
        case "whip":
            return _push(one, other, share, sideways=False)
        case "zoom":
            return _zoom(one, other, share)
        case "wipe":
            soft = 0.02 if style in SHARP_WIPES else 0.22
            return _wipe(one, other, share, soft, tint)
        case "flash":
            return _flash(one, other, share, tint)
        case "leak":
            return _leak(one, other, share)
        case _:
            raise AssertionError(f"no transition called {kind}")


def _dissolve(one: Pixels, other: Pixels, share: float) -> Pixels:
    return cv2.addWeighted(other, share, one, 1 - share, 0, one)


def _push(one: Pixels, other: Pixels, share: float, *, sideways: bool) -> Pixels:
    """The next picture shoves this one out, blurred along its way while it is fast."""
    gone = ease.smooth(ease.smooth(share))
    height, width = one.shape[:2]
    length = width if sideways else height
    at = min(length, max(0, round(gone * length)))
    strip = np.concatenate([one, other], axis=1 if sideways else 0)
    view = strip[:, at : at + width] if sideways else strip[at : at + height]
    speed = math.sin(math.pi * ease.clamp(share)) ** 2
    reach = int(speed * length * (0.10 if sideways else 0.14)) | 1
    if reach < 3:
        return np.ascontiguousarray(view)
    kernel = (reach, 1) if sideways else (1, reach)
    return cv2.blur(view, kernel)


def _zoom(one: Pixels, other: Pixels, share: float) -> Pixels:
    """Into this picture and out into the next, smeared towards the middle."""
    height, width = one.shape[:2]
    middle = (0.5 * width, 0.5 * height)
    fast = ease.into(min(1.0, 2 * share), 2) if share < 0.5 else ease.into(2 - 2 * share, 2)
    picture = one if share < 0.5 else other
    scale = 1 + 0.9 * fast if share < 0.5 else 1 + 0.5 * fast
    parts = [
        cv2.warpAffine(
            picture,
            placed(*middle, scale=scale * (1 + 0.10 * fast * step), about=middle),
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for step in range(3)
    ]
    smeared = cv2.addWeighted(
        cv2.addWeighted(parts[0], 0.5, parts[1], 0.5, 0), 0.66, parts[2], 0.34, 0
    )
    near = abs(share - 0.5)
    if near >= 0.18:
        return smeared
    rest = other if share < 0.5 else one
    return _dissolve(np.asarray(smeared, np.uint8), rest, 0.5 * (1 - near / 0.18))


def _wipe(one: Pixels, other: Pixels, share: float, soft: float, tint: Rgb) -> Pixels:
    """An edge that crosses the picture; where it is sharp, a band of colour goes ahead of it."""
    order = wipe_order(one.shape[1], one.shape[0])
    if soft < 0.1:
        ahead = _passed(order, min(1.0, share * 1.16), soft)
        band = np.empty_like(one)
        band[:] = (*eight_bit(tint)[::-1], 255)
        one = _through(one, band, ahead)
        share = max(0.0, share * 1.16 - 0.16)
    return _through(one, other, _passed(order, share, soft))


def _passed(order: Pixels, share: float, soft: float) -> Pixels:
    """Where the edge has been, 255, and where it has not, 0."""
    steps = np.arange(256) / 255
    curve = np.clip((share * (1 + soft) - steps) / soft, 0, 1) * 255
    return cv2.LUT(order, curve.astype(np.uint8))


def _through(one: Pixels, other: Pixels, mask: Pixels) -> Pixels:
    many = cv2.cvtColor(mask, cv2.COLOR_GRAY2BGRA)
    shown = cv2.multiply(other, many, scale=1 / 255)
    kept = cv2.multiply(one, cv2.bitwise_not(many), scale=1 / 255)
    return cv2.add(shown, kept)


@lru_cache(maxsize=4)
def wipe_order(width: int, height: int) -> Pixels:
    """When a slanting edge reaches every pixel, 0 first and 255 last."""
    xs = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    ys = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    slant = xs * 0.72 + (1 - ys) * 0.28
    low, high = float(slant.min()), float(slant.max())
    return ((slant - low) / (high - low) * 255).astype(np.uint8)


def _flash(one: Pixels, other: Pixels, share: float, tint: Rgb) -> Pixels:
    picture = one if share < 0.5 else other
    bright = ease.into(2 * share, 2) if share < 0.5 else ease.into(2 - 2 * share, 2)
    if share < 0.62:  # the two meet under the flash
        picture = _dissolve(one, other, ease.smooth((share - 0.38) / 0.24))
    red, green, blue = (0.6 + 0.4 * part for part in tint)
    level = 0.92 * bright
    flash = np.empty_like(picture)
    flash[:] = (255 * level * blue, 255 * level * green, 255 * level * red, 255)
    return cv2.addWeighted(picture, 1 - level, flash, 1.0, 0)


def _leak(one: Pixels, other: Pixels, share: float) -> Pixels:
    """A dissolve under a wave of orange light, as at the end of a roll of film."""
    height, width = one.shape[:2]
    picture = _dissolve(one, other, ease.smooth((share - 0.2) / 0.6))
    xs = np.linspace(0, 1, width // 4, dtype=np.float32)[None, :]
    ys = np.linspace(0, 1, height // 4, dtype=np.float32)[:, None]
    front = 1.7 * share - 0.35
    wave = np.exp(-(((xs + 0.25 * np.sin(3 * ys + 5 * share) - front) / 0.34) ** 2))
    strength = math.sin(math.pi * ease.clamp(share)) * wave
    light = np.stack([strength * 60, strength * 150, strength * 255, strength * 0], axis=2)
    whole = cv2.resize(light.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.add(picture, whole)
