"""Cuts are told with the frame that begins a shot, and motion is none."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.features.motion import AROUND, CUT
from reelwright.modify.shots import is_cut, with_cuts

Picture = NDArray[np.uint8]


def scene(seed: int, frames: int, *, step: int = 2) -> Iterator[Picture]:
    """A textured place under a pan."""
    rng = np.random.default_rng(seed)
    place = cv2.resize(rng.integers(0, 255, (12, 30, 3), np.uint8), (480, 120))
    for number in range(frames):
        yield np.ascontiguousarray(place[:, number * step : number * step + 160])


def told(pictures: list[Picture]) -> list[int]:
    found = list(with_cuts((n / 30, picture) for n, picture in enumerate(pictures)))
    assert [time for time, _, _ in found] == [n / 30 for n in range(len(pictures))]
    assert all((one == other).all() for (_, one, _), other in zip(found, pictures, strict=True))
    return [number for number, (_, _, cut) in enumerate(found) if cut]


def test_cuts_are_found_where_they_are() -> None:
    pictures = [*scene(1, 20), *scene(2, 17), *scene(3, 12)]
    assert told(pictures) == [20, 37]


def test_a_pan_and_a_short_film_have_none() -> None:
    assert told(list(scene(1, 40, step=4))) == []
    assert told(list(scene(1, 1))) == []
    assert told([]) == []


@pytest.mark.parametrize("usual", [0.0, 0.4])
def test_a_change_counts_by_what_is_around_it(usual: float) -> None:
    around = [usual] * (2 * AROUND)
    assert is_cut(CUT, around) == (usual == 0)
    assert not is_cut(CUT / 2, around)
