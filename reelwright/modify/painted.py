"""Frames that somebody painted, out of files of theirs: for which frame each is, and if it fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Asset, AssetKind
from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image
from reelwright.media.materials import Materials
from reelwright.modify.performance import Footage

MOST = 64  # painted frames of one take
EDIT = "Edit the frames that `reelwright sheet` writes, and keep their size."
SMALLEST = 32  # pixels of a side between whose frames motion can be found
SLACK = 0.5  # of the usual step between two frames, by which a time may lie beyond the last


@dataclass(frozen=True, slots=True)
class Given:
    """A picture and the moment for which somebody gave it, with the words they gave it by."""

    words: str
    time_s: float
    path: Path


def given(
    footage: Footage,
    *,
    start: Path | None = None,
    end: Path | None = None,
    at: Sequence[str] = (),
) -> list[Given]:
    """What `--start-frame`, `--end-frame` and every `--keyframe TIME=PICTURE` ask for."""
    found = [Given("--keyframe " + words, *moment(words)) for words in at]
    if start is not None:
        found.append(Given(f"--start-frame {start}", 0.0, start))
    if end is not None:
        found.append(Given(f"--end-frame {end}", float(footage.times_N[-1]), end))
    return found


def moment(words: str) -> tuple[float, Path]:
    """The seconds and the picture of TIME=PICTURE."""
    time, _, path = words.partition("=")
    try:
        time_s = float(time)
    except ValueError:
        time_s = float("nan")
    if not path or not np.isfinite(time_s):
        raise ReelwrightError(
            f"--keyframe {words!r} does not say when and which picture.",
            hint="Give the seconds and the file, as in --keyframe 1.5=painted.png.",
        )
    return time_s, Path(path)


def looks(asked: Sequence[Given], footage: Footage, materials: Materials) -> dict[int, Image]:
    """The painted pictures by the numbers of their frames. What does not fit is refused."""
    if len(asked) > MOST:
        raise ReelwrightError(
            f"{len(asked)} painted frames are more than {MOST}.", hint="Give fewer of them."
        )
    numbers = {one: number_of(one, footage) for one in asked}
    refuse_two_for_one(numbers, footage)
    assets = {one: taken(materials, one.path) for one in asked}
    refuse_one_for_two(assets)
    return {numbers[one]: fitting(materials, one, assets[one], footage) for one in asked}


def number_of(one: Given, footage: Footage) -> int:
    """The frame that is shown nearest to the moment."""
    times_N = footage.times_N
    slack_s = SLACK / footage.fps if footage.fps else 0.0
    if not -slack_s <= one.time_s <= times_N[-1] + slack_s:
        raise ReelwrightError(
            f"{one.words} lies outside the clip, whose frames are shown from 0 s "
            f"to {times_N[-1]:.3f} s.",
            hint="Give a time within it.",
        )
    return int(np.abs(times_N - one.time_s).argmin())


def refuse_two_for_one(numbers: Mapping[Given, int], footage: Footage) -> None:
    first: dict[int, Given] = {}
    for one, number in numbers.items():
        other = first.setdefault(number, one)
        if other is not one:
            raise ReelwrightError(
                f"{other.words} and {one.words} are both for the frame at "
                f"{footage.times_N[number]:.3f} s.",
                hint="Give one picture for each frame.",
            )


def refuse_one_for_two(assets: Mapping[Given, Asset]) -> None:
    """The same picture cannot be right at two moments of a take in which somebody moves."""
    first: dict[str, Given] = {}
    for one, asset in assets.items():
        other = first.setdefault(asset.digest, one)
        if other is not one:
            raise ReelwrightError(
                f"{other.words} and {one.words} are the same picture.",
                hint="Paint each frame of its own; `reelwright sheet` writes them.",
            )


def fitting(materials: Materials, one: Given, asset: Asset, footage: Footage) -> Image:
    """Its pixels, if they are as many as the footage's."""
    if (asset.width, asset.height) != (footage.width, footage.height):
        raise ReelwrightError(
            f"{one.path.name} is {asset.width}x{asset.height} and the footage "
            f"{footage.width}x{footage.height}.",
            hint=EDIT,
        )
    return opaque(materials, asset, one.path)


def whole_picture(path: Path, materials: Materials) -> Image:
    """A picture that is to be seen whole: one whose style is taken, say."""
    return opaque(materials, taken(materials, path), path)


def two_alike(first: Path, last: Path, materials: Materials) -> tuple[Image, Image]:
    """Two pictures between which there can be motion."""
    one, other = whole_picture(first, materials), whole_picture(last, materials)
    if one.shape != other.shape:
        sizes = [f"{picture.shape[1]}x{picture.shape[0]}" for picture in (one, other)]
        raise ReelwrightError(
            f"{first.name} is {sizes[0]} and {last.name} {sizes[1]}.",
            hint="Give two pictures of one size.",
        )
    if min(one.shape[:2]) < SMALLEST:
        raise ReelwrightError(
            f"{first.name} is {one.shape[1]}x{one.shape[0]}.",
            hint=f"Give pictures with sides of {SMALLEST} pixels or more.",
        )
    if np.array_equal(one, other):
        raise ReelwrightError(
            f"{first.name} and {last.name} show the same: there is no motion between them.",
            hint="Give two moments of what moves.",
        )
    return one, other


def taken(materials: Materials, path: Path) -> Asset:
    """The file, opened in a limited child; only a picture will do."""
    asset = materials.take(path)
    if asset.kind is AssetKind.FILM:
        raise ReelwrightError(
            f"{path.name} is a film, not a picture.", hint="Give a PNG, JPEG or WebP picture."
        )
    return asset


def opaque(materials: Materials, asset: Asset, path: Path) -> Image:
    """The pixels of a picture through which nothing can be seen."""
    pixels: NDArray[np.uint8] = materials.picture(asset, min(asset.width, asset.height))
    if pixels[..., 3].min() < 255:
        raise ReelwrightError(
            f"{path.name} can be seen through in places.",
            hint="Flatten it onto a ground, or onto the frame that it was painted on.",
        )
    return np.ascontiguousarray(pixels[..., :3])
