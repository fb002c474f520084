"""How the camera moved: to a tenth of a pixel, and not at all where it stands."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.modify.camera import Camera, at_size, fitted

Floats = NDArray[np.float32]
Map = NDArray[np.float64]
Picture = NDArray[np.uint8]
WIDTH, HEIGHT = 320, 240


def wall(seed: int = 0) -> NDArray[np.uint8]:
    """Much to see, larger than the frame."""
    rng = np.random.default_rng(seed)
    rough = sum(
        cv2.resize(rng.random((60 * k, 80 * k)).astype(np.float32), (640, 480)) / k for k in (1, 3)
    )
    return np.clip(150 * rough / 1.33 + 30, 0, 255).astype(np.uint8)


def filmed(moves: list[Map], *, noise: float = 1.0) -> Iterator[tuple[Picture, Floats]]:
    """Frames of the wall under those motions, and a performer who walks before it."""
    rng = np.random.default_rng(1)
    for number, move in enumerate(moves):
        into = move @ np.array([[1, 0, -160], [0, 1, -120], [0, 0, 1.0]])
        frame = cv2.warpPerspective(wall(), into, (WIDTH, HEIGHT)).astype(np.float32)
        matte = np.zeros((HEIGHT, WIDTH), np.float32)
        cv2.ellipse(matte, (90 + 5 * number, 150), (40, 90), 0, 0, 360, 1.0, -1)
        person = 255 * rng.random((HEIGHT, WIDTH))
        shown = np.where(matte > 0, person, frame) + rng.normal(0, noise, frame.shape)
        yield np.clip(shown, 0, 255).astype(np.uint8), matte


def apart(found: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    """How far the two motions are from one another at the worst corner, in pixels."""
    corners = np.array([[[0, 0], [WIDTH, 0], [0, HEIGHT], [WIDTH, HEIGHT]]], np.float64)
    one, other = (cv2.perspectiveTransform(corners, motion) for motion in (found, true))
    return float(np.hypot(*(one - other)[0].T).max())


def test_a_camera_that_stands_does_not_move_at_all() -> None:
    camera = Camera()
    for grey, matte in filmed([np.eye(3)] * 12, noise=4.0):
        assert (camera.see(grey, matte) == np.eye(3)).all()


@pytest.mark.parametrize("kind", ["pan", "zoom", "turn"])
def test_a_move_is_measured(kind: str) -> None:
    def move(step: int) -> NDArray[np.float64]:
        match kind:
            case "pan":
                return np.array([[1, 0, 2.3 * step], [0, 1, -1.1 * step], [0, 0, 1.0]])
            case "zoom":
                return np.vstack(
                    [cv2.getRotationMatrix2D((160, 120), 0, 1 + 0.01 * step), [0, 0, 1]]
                )
            case _:
                return np.vstack([cv2.getRotationMatrix2D((160, 120), step, 1), [0, 0, 1]])

    moves = [move(step) for step in range(12)]
    camera = Camera()
    errors = [
        apart(camera.see(grey, matte), true)
        for (grey, matte), true in zip(filmed(moves), moves, strict=True)
    ]
    assert np.median(errors) < 0.4
    assert max(errors) < 1.0
    assert apart(np.eye(3), moves[-1]) > 10


def test_a_long_pan_takes_new_references_and_does_not_drift() -> None:
    moves = [np.array([[1, 0, -4.0 * step], [0, 1, 0], [0, 0, 1]]) for step in range(30)]
    camera = Camera()
    found = [camera.see(grey, matte) for grey, matte in filmed(moves)]
    assert apart(found[-1], moves[-1]) < 1.0


def test_a_plain_wall_tells_nothing_and_nothing_is_made_up() -> None:
    rng = np.random.default_rng(0)
    camera = Camera()
    for _ in range(5):
        grey = np.clip(128 + rng.normal(0, 3, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8)
        assert (camera.see(grey, np.zeros((HEIGHT, WIDTH), np.float32)) == np.eye(3)).all()


def test_the_plainest_motion_is_taken() -> None:
    rng = np.random.default_rng(2)
    here = rng.uniform(0, 300, (60, 2)).astype(np.float32)
    shift = fitted(here, here + np.array([3, 1], np.float32))
    assert shift is not None
    assert shift == pytest.approx(np.array([[1, 0, 3], [0, 1, 1], [0, 0, 1]]), abs=1e-4)
    wild = fitted(here, rng.uniform(0, 300, (60, 2)).astype(np.float32))
    assert wild is None


def test_at_another_size_the_same_places_move_alike() -> None:
    move = np.vstack([cv2.getRotationMatrix2D((100, 80), 5, 1.1), [0, 0, 1]])
    large = at_size(move, (HEIGHT, WIDTH), 2 * WIDTH, 2 * HEIGHT).astype(np.float64)
    point = np.array([[[50.0, 60.0]]])
    small = cv2.perspectiveTransform(point, move)
    middles = cv2.perspectiveTransform(2 * point + 0.5, large)
    assert middles == pytest.approx(2 * small + 0.5, abs=1e-3)
    assert (at_size(np.eye(3), (240, 320), 640, 480) == np.eye(3)).all()
