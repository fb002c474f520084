"""How a look answers to the footage: learned from painted frames."""

import numpy as np
import pytest
from moving import ground

from reelwright.media.decode import Image
from reelwright.modify.response import DOUBTS, Carried, Response, blurred
from reelwright.modify.tint import plain


def planted(fine: float, plainer: float, doubt: float, seed: int) -> tuple[Carried, Image]:
    """A carried look, and the truth that such shares would make of it."""
    rng = np.random.default_rng(seed)
    shape = (60, 80, 3)
    broad, small = (rng.normal(0, 6, shape).astype(np.float32) for _ in range(2))
    away = rng.normal(0, 12, shape).astype(np.float32)
    look = ground(60, 80, seed).astype(np.float32) * 0.5 + 60
    one = Carried(
        look_HW3=look,
        doubt_HW=np.full((60, 80), doubt, np.float32),
        broad_HW3=broad,
        fine_HW3=small,
        plainer_HW3=away,
    )
    return one, plain(look + broad + fine * small + plainer * away)


@pytest.mark.parametrize("step", [1, 4])
def test_the_shares_that_would_have_foretold_a_painted_frame_are_found(step: int) -> None:
    pair = planted(0.1, 0.7, DOUBTS[step], seed=1)
    response = Response.learned([pair])
    assert np.abs(response.shares_B3[step] - (1.0, 0.1, 0.7)).max() < 0.1
    assert response.error_B[step] < Response.usual().error_B[step] / 8


def test_where_nothing_was_seen_the_usual_is_believed() -> None:
    response = Response.learned([planted(0.1, 0.7, DOUBTS[0], seed=2)])
    usual = Response.usual()
    assert np.allclose(response.shares_B3[3:], usual.shares_B3[3:], atol=1e-3)
    assert np.allclose(response.error_B[3:], usual.error_B[3:], rtol=1e-3)


def test_a_foretold_frame_is_what_was_painted_to_within_the_error_that_is_told() -> None:
    response = Response.learned([planted(0.2, 0.4, 20.0, seed=3)])
    other, truth = planted(0.2, 0.4, 20.0, seed=4)
    made, error = response(other)
    assert np.mean((made - truth) ** 2) < 1.5 * error.mean() + 2


def test_a_mere_guess_sets_in_with_the_way_and_what_explains_all_is_there_at_once() -> None:
    one, truth = planted(0.5, 0.4, 20.0, seed=3)
    noise = np.random.default_rng(9).normal(0, 25, truth.shape)

    def at_once(wanted: Image) -> float:
        response = Response.learned([(one, wanted)])
        lit = one.look_HW3 + one.broad_HW3
        near, far = (np.abs(response(one, late)[0] - lit).mean() for late in (0.1, 1.0))
        return float(near / far)

    assert at_once(plain((truth + noise).astype(np.float32))) < 0.3
    assert at_once(truth) > 0.55


def test_more_doubt_is_never_expected_to_err_less_by_itself() -> None:
    assert (np.diff(Response.usual().error_B) > 0).all()


def test_blurring_keeps_the_mean() -> None:
    picture = ground(40, 40).astype(np.float32)
    assert blurred(picture, 2.0).mean() == pytest.approx(picture.mean(), rel=0.02)
