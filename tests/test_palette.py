"""A picture's style without a network."""

import numpy as np
import pytest
from moving import ground

from reelwright.modify.palette import STEEPEST, Palette, Spread, lab_of, strokes, transport


def test_colours_lie_as_in_the_picture() -> None:
    frame = ground(90, 120)
    style = (ground(90, 120, seed=5) // 3 + np.array([20, 90, 120])).astype(np.uint8)
    palette = Palette(style)
    palette.begin(frame, 1.0)
    painted = np.rint(palette.paint(frame)).astype(np.uint8)
    made, wanted, own = Spread.of(painted), Spread.of(style), Spread.of(frame)
    assert np.abs(made.mean_3 - wanted.mean_3).max() < 8
    assert np.abs(made.mean_3 - own.mean_3).max() > 20


def test_less_goes_less_far() -> None:
    frame, style = ground(90, 120), np.full((40, 40, 3), (30, 60, 200), np.uint8)
    means = []
    for amount in (0.0, 0.5, 1.0):
        palette = Palette(style)
        palette.begin(frame, amount)
        means.append(palette.paint(frame).mean(axis=(0, 1)))
    red = [mean[2] - mean[0] for mean in means]
    assert red[0] < red[1] < red[2]


def test_the_map_of_colours_makes_one_spread_the_other() -> None:
    rng = np.random.default_rng(1)
    own, wanted = (np.cov(rng.normal(size=(3, 50)) * [[1], [2], [1.5]]) for _ in range(2))
    turn = transport(own, wanted)
    assert np.allclose(turn @ own @ turn.T, wanted, atol=1e-8)
    assert np.allclose(turn, turn.T)


def test_no_colour_is_spread_until_its_noise_is_seen() -> None:
    turn = transport(np.eye(3) * 0.01, np.eye(3) * 400.0)
    assert np.linalg.norm(turn, 2) == pytest.approx(STEEPEST)


def test_strokes_even_out_noise_and_keep_edges() -> None:
    frame = np.full((60, 80, 3), 60, np.uint8)
    frame[:, 40:] = 200
    noisy = np.clip(frame + np.random.default_rng(2).normal(0, 6, frame.shape), 0, 255)
    before = lab_of(noisy.astype(np.uint8))
    after = strokes(before)
    assert after[:, 5:30, 0].std() < before[:, 5:30, 0].std() / 2
    assert after[30, 46, 0] - after[30, 33, 0] > 0.8 * (
        before[:, 50:, 0].mean() - before[:, :30, 0].mean()
    )
