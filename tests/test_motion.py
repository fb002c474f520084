"""Cuts among wild cameras, titles and flicker; the camera's speed in its own units."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.features.film import small
from reelwright.features.motion import Motion, watch_motion
from reelwright.media.decode import Image

EVERY_S = 0.125
SIZE = (180, 320)
Camera = Callable[[float], tuple[float, float, float]]  # seconds: pan and tilt in widths, log zoom


def scene(seed: int) -> Image:
    """A world larger than the frame, with a sky, shapes and some texture."""
    rng = np.random.default_rng(seed)
    world = np.zeros((960, 720), np.float32)
    world += np.linspace(rng.integers(30, 120), rng.integers(120, 230), 960)[:, None]
    for _ in range(16):
        x, y, r = rng.integers(0, 720), rng.integers(0, 960), rng.integers(20, 110)
        grey = float(rng.integers(0, 255))
        if rng.random() < 0.5:
            cv2.circle(world, (int(x), int(y)), int(r), grey, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(world, (int(x), int(y)), (int(x + r), int(y + 2 * r)), grey, -1)
    texture = cv2.resize(rng.normal(0, 14, (60, 45)), (720, 960), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(world + texture, 0, 255), np.uint8)


def shot(seed: int, camera: Camera, samples: int = 12) -> list[Image]:
    """The scene as the camera sees it, as small grey pictures."""
    world, (width, height) = scene(seed), SIZE
    frames = []
    for number in range(samples):
        pan, tilt, zoom = camera((number - samples / 2) * EVERY_S)
        scale = 0.6 * np.exp(zoom)
        x, y = width / 2 + pan * width, height / 2 + tilt * width
        matrix = np.array([[scale, 0, x - scale * 360], [0, scale, y - scale * 480]])
        frame = cv2.warpAffine(world, matrix, SIZE, borderMode=cv2.BORDER_REFLECT)
        frames.append(np.ascontiguousarray(small(np.repeat(frame[..., None], 3, 2))[..., 0]))
    return frames


def still(time_s: float) -> tuple[float, float, float]:
    return 0, 0, 0


def watched(frames: list[Image]) -> Motion:
    return watch_motion(np.stack(frames), EVERY_S)


def middle(values: NDArray[np.float64]) -> float:
    return float(np.median(values[1:]))


@pytest.mark.parametrize(
    ("pan", "tilt", "zoom"), [(0.2, 0, 0), (-0.3, 0, 0), (0, 0.15, 0), (0, 0, 0.2), (0, 0, -0.2)]
)
def test_the_camera_is_measured_in_widths_and_growth_a_second(
    pan: float, tilt: float, zoom: float
) -> None:
    motion = watched(shot(3, lambda time_s: (pan * time_s, tilt * time_s, zoom * time_s), 16))
    assert middle(motion.pan_T) == pytest.approx(pan, abs=0.03)
    assert middle(motion.tilt_T) == pytest.approx(tilt, abs=0.03)
    assert middle(motion.zoom_T) == pytest.approx(zoom, abs=0.05)
    assert abs(middle(motion.turn_T)) < 0.03
    assert motion.starts == [0]


def test_a_still_picture_moves_not_at_all() -> None:
    motion = watched(shot(1, still))
    for measure_T in (motion.pan_T, motion.zoom_T, motion.change_T, motion.flicker_T):
        assert np.abs(measure_T).max() < 1e-3


def test_cuts_are_found_where_they_are() -> None:
    lengths = (6, 10, 5, 12, 8)
    cameras: tuple[Camera, ...] = (
        still,
        lambda time_s: (0.4 * time_s, 0, 0),
        lambda time_s: (0, 0.3 * time_s, 0.1 * time_s),
        still,
        lambda time_s: (0, 0, 0.3 * time_s),
    )
    frames = [
        frame
        for seed, (length, camera) in enumerate(zip(lengths, cameras, strict=True))
        for frame in shot(seed + 20, camera, length)
    ]
    assert watched(frames).starts == [0, *np.cumsum(lengths)[:-1]]


def test_a_dissolve_is_one_cut() -> None:
    before, after = shot(31, still, 16), shot(32, lambda time_s: (0.1 * time_s, 0, 0), 16)
    mixed = [
        np.asarray(cv2.addWeighted(one, 1 - step / 5, other, step / 5, 0), np.uint8)
        for step, one, other in zip(range(1, 5), before[-4:], after[:4], strict=True)
    ]
    starts = watched([*before[:-4], *mixed, *after[4:]]).starts
    assert len(starts) == 2
    assert abs(starts[1] - 14) <= 2


def test_flicker_titles_and_a_fast_camera_are_no_cuts() -> None:
    rng = np.random.default_rng(0)
    frames = shot(40, lambda time_s: (0.35 * time_s, 0, 0), 40)
    for number, frame in enumerate(frames):
        frame[:] = np.clip(frame * (1 + rng.normal(0, 0.06)), 0, 255)
        if 10 <= number < 22:
            cv2.putText(frame, "HELLO", (4, 60), cv2.FONT_HERSHEY_DUPLEX, 0.5, 255, 2)
    motion = watched(frames)
    assert motion.starts == [0]
    assert motion.flicker_T[1:].mean() > 0.04


def test_one_picture_is_one_shot() -> None:
    assert watched(shot(5, still, 1)).starts == [0]
