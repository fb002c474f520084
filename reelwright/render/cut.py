"""How one shot gives way to the next: two finished pictures and a share become one."""

import math

import cv2
import numpy as np

from reelwright.render import ease, reveal
from reelwright.render.blend import Buffers, placed
from reelwright.render.colour import Rgb
from reelwright.render.layer import Pixels

SHARP = frozenset({"comic", "paper_cutout", "bold_kinetic"})  # edges of cut paper, not of light
SMALL = 4  # what is blurred is blurred at a fraction of the size
# Until when only the first of two pictures is seen, and from when on only the second.
ALONE = {"flash": (0.38, 0.62), "zoom": (0.32, 0.68), "leak": (0.2, 0.8), "blur": (0.25, 0.75)}
SLICES, BEATS = 26, 9  # of a broken picture, and how often it breaks in one transition


def seen(kind: str, share: float) -> tuple[bool, bool]:
    """Whether anything of the first and of the second picture is in a transition at a moment."""
    first, last = ALONE.get(kind, (-1.0, 2.0))
    return share < last, share > first


def joined(
    kind: str,
    one: Pixels,
    other: Pixels,
    share: float,
    *,
    style: str,
    tint: Rgb,
    buffers: Buffers,
) -> Pixels:
    """The picture `share` of the way from `one` to `other`. May write into both.

    What is not `seen` need not have been drawn.
    """
    height, width = one.shape[:2]
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
            order = reveal.slanting(width, height)
            if style in SHARP:
                return reveal.banded(one, other, order, share, tint, buffers)
            return reveal.edge(one, other, order, share, 0.22, buffers)
        case "iris":
            order = reveal.opening(width, height)
            if style in SHARP:
                return reveal.banded(one, other, order, ease.smooth(share), tint, buffers)
            return reveal.edge(one, other, order, ease.smooth(share), 0.05, buffers)
        case "luma":
            return reveal.luma(one, other, share, buffers)
        case "burn":
            return reveal.burn(one, other, share, buffers)
        case "tear":
            return reveal.tear(one, other, share, buffers)
        case "blur":
            return _blur(one, other, share)
        case "slide":
            return _slide(one, other, share)
        case "glitch":
            return _glitch(one, other, share)
        case "flash":
            return _flash(one, other, share, tint)
        case "leak":
            return _leak(one, other, share)
        case _:
            raise AssertionError(f"no transition called {kind}")


def _met(kind: str, share: float) -> float:
    """How far the second picture has come, in a transition that begins and ends with one."""
    first, last = ALONE[kind]
    return ease.smooth((share - first) / (last - first))


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
    if not all(seen("zoom", share)):
        return smeared
    rest = other if share < 0.5 else one
    near = abs(share - 0.5) / (ALONE["zoom"][1] - 0.5)
    return _dissolve(np.asarray(smeared, np.uint8), rest, 0.5 * (1 - near))


def _flash(one: Pixels, other: Pixels, share: float, tint: Rgb) -> Pixels:
    picture = one if share < 0.5 else other
    bright = ease.into(2 * share, 2) if share < 0.5 else ease.into(2 - 2 * share, 2)
    if all(seen("flash", share)):  # the two meet under the flash
        picture = _dissolve(one, other, _met("flash", share))
    red, green, blue = (0.6 + 0.4 * part for part in tint)
    level = 0.92 * bright
    flash = np.empty_like(picture)
    flash[:] = (255 * level * blue, 255 * level * green, 255 * level * red, 255)
    return cv2.addWeighted(picture, 1 - level, flash, 1.0, 0)


def _leak(one: Pixels, other: Pixels, share: float) -> Pixels:
    """A dissolve under a wave of orange light, as at the end of a roll of film."""
    height, width = one.shape[:2]
    picture = _dissolve(one, other, _met("leak", share))
    xs = np.linspace(0, 1, width // 4, dtype=np.float32)[None, :]
    ys = np.linspace(0, 1, height // 4, dtype=np.float32)[:, None]
    front = 1.7 * share - 0.35
    wave = np.exp(-(((xs + 0.25 * np.sin(3 * ys + 5 * share) - front) / 0.34) ** 2))
    strength = math.sin(math.pi * ease.clamp(share)) * wave
    light = np.stack([strength * 60, strength * 150, strength * 255, strength * 0], axis=2)
    whole = cv2.resize(light.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.add(picture, whole)


def _blur(one: Pixels, other: Pixels, share: float) -> Pixels:
    """Out of focus, and into it again on the next picture."""
    height, width = one.shape[:2]
    strength = math.sin(math.pi * ease.clamp(share)) ** 1.3
    picture = _dissolve(one, other, _met("blur", share))
    sigma = 0.020 * min(width, height) * strength / SMALL
    if sigma < 0.12:
        return picture
    small = cv2.resize(picture, (width // SMALL, height // SMALL), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), sigma)
    whole = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
    sharp = min(1.0, 2.5 * sigma)  # a picture in small is soft by itself: it comes in by degrees
    return cv2.addWeighted(whole, sharp, picture, 1 - sharp, 0)


def _slide(one: Pixels, other: Pixels, share: float) -> Pixels:
    """The next picture is laid over this one, which gives way a little and darkens."""
    height, width = one.shape[:2]
    come = ease.smooth(ease.out(share, 1.5))
    edge = round((1 - come) * width)
    away = round(0.28 * come * width)
    picture = np.empty_like(one)
    covered = one[:, away : away + edge]
    picture[:, :edge] = cv2.convertScaleAbs(covered, alpha=1 - 0.45 * come) if edge else covered
    picture[:, edge:] = other[:, : width - edge]
    reach = min(edge, round(0.07 * width))
    if reach:
        fall = np.linspace(255, 255 * (0.45 + 0.55 * come), reach).astype(np.uint8)
        shade = cv2.merge([np.repeat(fall[None, :], height, axis=0)] * 4)
        strip = picture[:, edge - reach : edge]
        picture[:, edge - reach : edge] = cv2.multiply(strip, shade, scale=1 / 255)
    picture[:, :, 3] = 255
    return picture


def _glitch(one: Pixels, other: Pixels, share: float) -> Pixels:
    """A signal that breaks: slices of both pictures thrown sideways, their colours apart."""
    height, width = one.shape[:2]
    beat = min(BEATS - 1, int(share * BEATS))
    broken = math.sin(math.pi * (beat + 0.5) / BEATS)
    rng = np.random.default_rng(97 + beat)
    edges = np.sort(rng.integers(0, height, SLICES - 1))
    picture = np.empty_like(one)
    for top, bottom in zip([0, *edges], [*edges, height], strict=True):
        come = rng.random() < (beat + 0.5) / BEATS
        thrown = rng.random() < 0.75 * broken
        shift = round(float(rng.normal(0, 0.11)) * broken * width) if thrown else 0
        picture[top:bottom] = np.roll((other if come else one)[top:bottom], shift, axis=1)
    apart = round(0.022 * width * broken)
    for channel, shift in ((2, apart), (0, -apart)):
        plane = np.roll(cv2.extractChannel(picture, channel), shift, axis=1)
        cv2.insertChannel(plane, picture, channel)
    return picture
