"""Where the eye goes: to what is unlike its surroundings, wherever that stands."""

import numpy as np
import pytest
from stills import cut_out, disc

from reelwright.media.focus import focus, salience


@pytest.mark.parametrize("at", [(0.25, 0.3), (0.5, 0.5), (0.72, 0.66), (0.3, 0.7)])
@pytest.mark.parametrize("size", [(200, 120), (120, 200), (64, 64)])
def test_a_thing_on_a_plain_ground_is_found(at: tuple[float, float], size: tuple[int, int]) -> None:
    x, y = focus(disc(*size, at=at, radius=0.16))
    assert np.hypot(x - at[0], y - at[1]) < 0.06


def test_nothing_is_as_interesting_as_the_middle() -> None:
    assert focus(np.full((80, 120, 3), 128, np.uint8)) == (0.5, 0.5)
    assert focus(np.full((1, 1, 3), 9, np.uint8)) == (0.5, 0.5)


def test_what_is_clear_draws_no_eye() -> None:
    picture = cut_out()[:, :, [2, 1, 0, 3]]
    weights = salience(picture)
    assert weights[0, 0] == weights[-1, -1] == 0
    assert weights.max() == pytest.approx(1)
