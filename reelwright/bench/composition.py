"""The one clip that two programs draw: photographs in depth, words, two transitions, music."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.bench.photograph import photograph
from reelwright.domain import Asset, Blueprint, Format, Insert, Music, Shot
from reelwright.media.materials import Materials
from reelwright.render.insert import NEARER, Covering
from reelwright.render.kenburns import View

STYLE = "documentary"  # graded, with a vignette, bars and grain, its camera held by hand
CAMERAS = ("push", "pan_right", "pull")
CUTS = ("", "dissolve", "push")  # the last with a blur along its way
LINES = (("Turned by hand,", "fired twice"), ("No two are alike",), ("Until they are gone",))
SIZE = (1500, 2400)  # of the photographs
TEMPO_BPM = 90.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture stands in the frame: its size over its own, and its left top corner."""

    scale: float
    x: float
    y: float


def photographs(folder: Path, materials: Materials) -> list[Asset]:
    """One for each shot, as files that are taken in like anybody's."""
    taken = []
    for number in range(len(LINES)):
        path = folder / f"photograph-{number}.jpg"
        cv2.imwrite(str(path), photograph(*SIZE, seed=number + 1), [cv2.IMWRITE_JPEG_QUALITY, 92])
        taken.append(materials.take(path))
    return taken


def composition(assets: Sequence[Asset], form: Format) -> Blueprint:
    """The clip as our own renderer takes it, its shots equally long."""
    each_s = form.duration_s / len(LINES)
    shots = tuple(
        Shot(
            start_s=number * each_s,
            duration_s=each_s,
            scene="",
            light="day",
            subject="",
            camera=CAMERAS[number],
            words=" ".join(LINES[number]),
            transition=CUTS[number],
            seed=number + 1,
            insert=Insert(asset=asset.digest, focus=asset.focus, parallax=True),
        )
        for number, asset in enumerate(assets)
    )
    return Blueprint(
        title=shots[0].words,
        style=STYLE,
        shots=shots,
        music=Music(mood="warm", tempo_bpm=TEMPO_BPM, seed=3),
        format=form,
        planner="bench",
        assets=tuple(assets),
    )


def ground_place(covering: Covering, view: View) -> Place:
    """Where the photograph's ground stands in the frame when the camera has this view of it."""
    left, top, width, height = covering.box
    scale = width / view.width
    return Place(scale, left + 0.5 * width - scale * view.x, top + 0.5 * height - scale * view.y)


def front_place(covering: Covering, view: View) -> Place:
    """Where what stands in front is at the same time: it has moved further, and grown more."""
    rest = covering.pan.at(0.5)
    nearer = View(
        view.x + NEARER * (view.x - rest.x),
        view.y + NEARER * (view.y - rest.y),
        view.width * (view.width / rest.width) ** NEARER,
    )
    return ground_place(covering, nearer)


def straight(premultiplied: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGBA whose colours do not fade with its alpha, as most programs take it."""
    alpha = premultiplied[:, :, 3:].astype(np.float32)
    colour = premultiplied[:, :, 2::-1] * (255 / np.maximum(alpha, 1))
    return np.dstack([np.clip(colour, 0, 255), alpha]).round().astype(np.uint8)
