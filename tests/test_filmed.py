"""What is measured of pictures as they pass: known motion is explained, flicker is not motion."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from reelwright.media.decode import Image
from reelwright.modify.filmed import (
    Both,
    Seen,
    collapse,
    counted,
    figures,
    jitter,
    trusted,
    unexplained,
    watch,
)

SIZE = (96, 128)


def ground(seed: int = 1) -> Image:
    rough = np.random.default_rng(seed).integers(0, 255, (20, 24, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(rough, (160, 128), interpolation=cv2.INTER_CUBIC), np.uint8)


def panned(num: int, *, seed: int = 1) -> list[Image]:
    """A window that goes two pixels to the right with every frame."""
    whole = ground(seed)
    return [
        np.ascontiguousarray(whole[10:106, 2 * number : 2 * number + 128]) for number in range(num)
    ]


def beside(frames: list[Image], others: list[Image]) -> Iterator[Both]:
    yield from zip(frames, others, strict=True)


def test_a_known_motion_explains_what_it_moves() -> None:
    first, second = panned(2)
    motion = np.zeros((*SIZE, 2), np.float32)
    motion[..., 0] = -2
    sure = trusted(first, second, motion)
    inner = np.s_[4:-4, 4:-4]
    assert sure[inner] == pytest.approx(1)
    assert unexplained(first, second, motion, sure)[inner] == pytest.approx(0)
    unmoved = trusted(first, second, np.zeros_like(motion))
    assert unmoved[inner].mean() < 0.7
    lost = unexplained(first, second, np.zeros_like(motion), np.ones(SIZE, np.float32))
    apart = np.linalg.norm(first.astype(float) - second, axis=2) / 255
    assert lost == pytest.approx(apart, abs=1e-5)


def test_the_footage_itself_is_the_measure() -> None:
    frames = panned(8)
    found = figures(watch(beside(frames, frames), None))
    assert found["jitter"].value == pytest.approx(1)
    assert found["e_warp"] == found["e_warp_src"]
    assert found["bg_ssim"].absent


def test_flicker_is_told_from_motion_whatever_the_contrast() -> None:
    frames = panned(12)
    flat = [np.asarray(frame // 2 + 60, np.uint8) for frame in frames]
    steady = figures(watch(beside(frames, flat), None))
    assert steady["jitter"].value == pytest.approx(1, abs=0.03)
    lit = [
        np.clip(frame.astype(int) + 30 * (number % 2), 0, 255).astype(np.uint8)
        for number, frame in enumerate(flat)
    ]
    flickering = figures(watch(beside(frames, lit), None))
    assert (flickering["jitter"].value or 0) > 1.3
    assert (flickering["e_warp"].value or 0) > 3 * (steady["e_warp"].value or 0)


def test_a_matte_divides_performer_and_background() -> None:
    frames = panned(4)
    matte = np.zeros((4, 24, 32), np.uint8)
    matte[:, :, 16:] = 255
    changed = [frame.copy() for frame in frames]
    for frame in changed:
        frame[:, :56] = 255 - frame[:, :56]
    found = figures(watch(beside(frames, changed), matte))
    assert (found["bg_ssim"].value or 1) < 0.2
    assert found["e_warp_fg"].value == pytest.approx(found["e_warp_src"].value, abs=0.01)


def test_a_frame_unlike_its_neighbours_collapses() -> None:
    even, source = np.full(20, 0.7), np.full(20, 0.9)
    even[0] = source[0] = np.nan
    assert collapse(even, source).value == 0, "rougher everywhere is no collapse"
    even[8:10] = 0.2
    found = collapse(even, source)
    assert found.value == pytest.approx(0.5)
    assert found.worst_frame == 8
    assert collapse(np.full(1, np.nan), np.full(1, np.nan)).value is None


def test_what_stands_still_has_no_jitter() -> None:
    frames = panned(1) * 5
    assert jitter(watch(beside(frames, frames), None)).absent == "nothing moves"


def test_what_is_missing_is_counted_and_is_no_number_elsewhere() -> None:
    frames = panned(6)
    pairs: list[Both] = [
        (frame, None if number in (2, 3) else frame) for number, frame in enumerate(frames)
    ]
    found = figures(watch(iter(pairs), None))
    assert (found["missing_frames"].value, found["missing_frames"].worst_frame) == (2, 2)
    assert found["e_warp"] == found["e_warp_src"], "only where both are there"
    assert counted(np.zeros(3, bool)).worst_frame is None


def test_a_measure_that_comes_late_is_absent_before() -> None:
    seen = Seen()
    seen.num = 2
    seen.put(level=5.0)
    seen.num = 4
    assert np.array_equal(seen.series("level"), [np.nan, np.nan, 5.0, np.nan], equal_nan=True)
