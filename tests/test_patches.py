"""Patches of one picture found again in another."""

import numpy as np
from moving import ground

from reelwright.modify.patches import SIDE, Field, Floats, Short, matched, windows


def everywhere(height: int, width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.ones((height, width), bool)


def still(height: int, width: int) -> Field:
    return np.zeros((height, width, 2), np.int32)


def costs(wanted: Floats, there: Floats, field: Field) -> Floats:
    y, x = np.indices(wanted.shape[:2])
    found = there[y + field[..., 1], x + field[..., 0]]
    return np.asarray(((wanted - found) ** 2).sum(axis=-1), np.float32)


def brute(wanted: Floats, there: Floats) -> Floats:
    """The cost of the best match of every pixel, by trying all."""
    all_there = there.reshape(-1, there.shape[-1])
    return np.array([[((all_there - one) ** 2).sum(axis=1).min() for one in row] for row in wanted])


def test_the_best_matches_are_those_of_trying_all_places() -> None:
    there = windows(ground(14, 18).astype(np.float32))
    wanted = windows(ground(14, 18)[::-1, ::-1].astype(np.float32))
    field = matched(
        wanted,
        there,
        [still(14, 18)],
        everywhere(14, 18),
        pull=0.0,
        rounds=40,
        rng=np.random.default_rng(1),
    )
    best = brute(wanted, there)
    found = costs(wanted, there, field)
    assert (found >= best - 1e-3 * best - 1).all()
    assert np.isclose(found, best, rtol=1e-4).mean() > 0.97


def test_what_went_far_is_found_again_at_its_new_place() -> None:
    picture = ground(60, 80).astype(np.float32)
    moved = np.roll(picture, (9, -17), axis=(0, 1))
    short = Short.learned(picture)
    field = matched(
        short.of(moved),
        short.of(picture),
        [still(60, 80)],
        everywhere(60, 80),
        pull=0.0,
        rounds=3,
        rng=np.random.default_rng(2),
    )
    inside = field[14:-4, 4:-24]  # what did not come in over the edge
    assert (inside == (17, -9)).all(axis=-1).mean() > 0.98


def test_outside_the_mask_nothing_is_changed() -> None:
    picture = windows(ground(30, 30).astype(np.float32))
    mask = np.zeros((30, 30), bool)
    mask[10:20, 10:20] = True
    start = np.full((30, 30, 2), 3, np.int32)
    field = matched(
        picture, picture, [start], mask, pull=0.0, rounds=2, rng=np.random.default_rng(3)
    )
    assert (field[~mask] == 3).all()
    assert (field[mask] == 0).mean() > 0.95


def test_a_pull_keeps_matches_where_motion_would_have_them() -> None:
    flat = windows(np.full((20, 20, 3), 90, np.float32))  # all places are as like
    start = np.zeros((20, 20, 2), np.int32)
    start[..., 0] = 1
    field = matched(
        flat, flat, [start], everywhere(20, 20), pull=1.0, rounds=2, rng=np.random.default_rng(4)
    )
    assert (field[:, :-1] == (1, 0)).all()


def test_a_second_start_is_tried_where_it_is_better() -> None:
    picture = windows(ground(30, 30).astype(np.float32))
    wrong, right = np.full((30, 30, 2), 2, np.int32), still(30, 30)
    field = matched(
        picture,
        picture,
        [wrong, right],
        everywhere(30, 30),
        pull=0.0,
        rounds=0,
        rng=np.random.default_rng(5),
    )
    assert (field == 0).all()


def test_short_vectors_keep_nearly_all_that_tells_patches_apart() -> None:
    picture = ground(60, 80).astype(np.float32)
    whole = windows(picture).reshape(-1, SIDE * SIDE * 3)
    short = Short.learned(picture).of(picture).reshape(len(whole), -1)
    pairs = np.random.default_rng(6).integers(0, len(whole), (400, 2))
    far = ((whole[pairs[:, 0]] - whole[pairs[:, 1]]) ** 2).sum(axis=1)
    near = ((short[pairs[:, 0]] - short[pairs[:, 1]]) ** 2).sum(axis=1)
    assert (near <= far * 1.0001).all()
    assert near.sum() / far.sum() > 0.8
