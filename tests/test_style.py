"""A style on a take, without flicker, and less on faces."""

import numpy as np
import pytest
from moving import ground, performance, sliding

from reelwright.media.decode import Image
from reelwright.modify.dense import Floats
from reelwright.modify.style import AMOUNTS, SIDE, Amount, Before, Style, reduced, steadied

WHOLE = Amount(1.0, 1.0, 1.0, 1.0, 1.0)


class Restless:
    """Paints other noise on every frame, as networks do on what hardly changed."""

    def __init__(self, noise: float) -> None:
        self.rng = np.random.default_rng(1)
        self.noise = noise
        self.begun: list[float] = []

    def begin(self, frame: Image, amount: float) -> None:
        self.begun.append(amount)

    def paint(self, frame: Image) -> Floats:
        noise = self.rng.normal(0, self.noise, frame.shape)
        return np.clip(255 - frame + noise, 0, 255).astype(np.float32)


def styled(frames: list[Image], noise: float, shots: tuple[int, ...] = (0,)) -> list[Image]:
    stage = Style(Restless(noise), WHOLE, performance(frames, shots=shots))
    return [stage(number, frame) for number, frame in enumerate(frames)]


def test_colours_are_those_of_the_painter() -> None:
    frames = sliding(3)
    for frame, made in zip(frames, styled(frames, 0), strict=True):
        assert np.abs(made.astype(int) - (255 - frame)).mean() < 5


def test_what_a_painter_does_otherwise_on_each_frame_is_steadied() -> None:
    frames = [ground(72, 96)] * 12
    made = np.array(styled(frames, 30), float)
    unsteady = np.array([255 - frames[0] + noise for noise in _noises(12, frames[0].shape, 30)])
    flicker = np.abs(np.diff(made[6:], axis=0)).mean()
    assert flicker < np.abs(np.diff(unsteady, axis=0)).mean() / 5


def _noises(count: int, shape: tuple[int, ...], noise: float) -> list[Floats]:
    rng = np.random.default_rng(2)
    return [rng.normal(0, noise, shape).astype(np.float32) for _ in range(count)]


def test_what_was_painted_goes_along_with_what_moves() -> None:
    wide = ground(72, 120)
    before, after = wide[:, :96], wide[:, 2:98]
    drawn = np.zeros((72, 96, 3), np.float32)
    drawn[30:40, 50:60] = 100
    kept = steadied(np.zeros_like(drawn), after, _before(before, drawn))
    assert kept[32:38, 50:56].mean() > 75  # two pixels to the left of where it was
    assert kept[32:38, 60:70].mean() < 5


def test_where_something_else_came_nothing_old_is_kept() -> None:
    before, after = ground(72, 96), ground(72, 96).copy()
    after[20:50, 20:60] = (0, 0, 255)
    drawn = np.full((72, 96, 3), 80, np.float32)
    kept = steadied(np.zeros_like(drawn), after, _before(before, drawn))
    assert np.abs(kept[28:42, 28:52]).max() < 10
    assert kept[:, 75:].mean() > 60


def _before(frame: Image, drawn: Floats) -> Before:
    grey = np.ascontiguousarray(frame.mean(axis=2).astype(np.uint8))
    return Before(np.ascontiguousarray(frame), grey, drawn, np.zeros(frame.shape[:2], np.float32))


def test_every_shot_begins_anew() -> None:
    frames = [ground(72, 96, seed=number // 2) for number in range(4)]
    painter = Restless(0)
    stage = Style(painter, WHOLE, performance(frames, shots=(0, 2)))
    made = [stage(number, frame) for number, frame in enumerate(frames)]
    assert painter.begun == [1.0, 1.0]
    assert np.abs(made[2].astype(int) - (255 - frames[2])).mean() < 6


def test_faces_are_sheltered_and_nothing_else() -> None:
    frames = sliding(2)
    middles = np.full((2, 2), (48, 36), np.float32)
    amount = Amount(1.0, 1.0, 1.0, 0.0, 1.0)
    stage = Style(Restless(0), amount, performance(frames, face_N2=middles))
    made = stage(0, frames[0]).astype(int)
    assert np.abs(made - frames[0])[34:39, 46:51].max() <= 2
    assert np.abs(made - (255 - frames[0]))[:20, :20].mean() < 6


def test_a_face_that_is_lost_for_a_frame_is_sheltered_still() -> None:
    frames = sliding(2)
    middles = np.array([(48, 36), (np.nan, np.nan)], np.float32)
    amount = Amount(1.0, 1.0, 1.0, 0.0, 1.0)
    stage = Style(Restless(0), amount, performance(frames, face_N2=middles))
    stage(0, frames[0])
    made = stage(1, frames[1]).astype(int)
    near = np.abs(made - frames[1])[34:39, 46:51].mean()
    assert near < np.abs(255 - 2 * frames[1].astype(int))[34:39, 46:51].mean() / 2


def test_strengths_go_ever_further() -> None:
    for one, other in zip(AMOUNTS.values(), list(AMOUNTS.values())[1:], strict=False):
        assert other.paint >= one.paint
        assert other.colour >= one.colour
        assert other.light >= one.light
        assert other.face >= one.face
        assert other.detail <= one.detail
        assert other != one


@pytest.mark.parametrize("size", [(480, 640), (720, 405), (96, 64)])
def test_a_painter_gets_frames_of_its_own_size_in_the_shape_of_the_take(
    size: tuple[int, int],
) -> None:
    small = reduced(np.zeros((*size, 3), np.uint8))
    assert max(small.shape[:2]) == SIDE
    assert small.shape[0] / small.shape[1] == pytest.approx(size[0] / size[1], rel=0.01)
