"""Mattes: the small one belongs to performers and is calm; the fine one has the frame's edges."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from watched import body_at

from reelwright.modify.crop import Crop
from reelwright.modify.matte import LONGER, PAIRS, belonging, filled, fine, joined, solved, steadied

Floats = NDArray[np.float32]
WIDTH, HEIGHT = 640, 480


def haired(seed: int = 0) -> tuple[Floats, NDArray[np.uint8]]:
    """A head with single hairs before a plain wall: its true alpha, and the frame."""
    rng = np.random.default_rng(seed)
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.ellipse(alpha, (320, 260), (90, 120), 0, 0, 360, 255, -1, cv2.LINE_AA)
    for angle in rng.uniform(-2.8, -0.3, 60):
        root = (int(320 + 88 * np.cos(angle)), int(260 + 117 * np.sin(angle)))
        tip = (int(320 + 94 * np.cos(angle)), int(260 + 125 * np.sin(angle)))
        cv2.line(alpha, root, tip, 255, 1, cv2.LINE_AA)
    true = cv2.GaussianBlur(alpha, (0, 0), 0.6).astype(np.float32)[..., None] / 255
    wall = (
        np.array([200, 190, 180], np.float32) + np.linspace(0, 25, WIDTH, dtype=np.float32)[:, None]
    )
    hair = np.array([40, 50, 70], np.float32) + rng.normal(0, 6, (HEIGHT, WIDTH, 1)).astype(
        np.float32
    )
    frame = true * hair + (1 - true) * wall + rng.normal(0, 2, (HEIGHT, WIDTH, 3))
    return true[..., 0].astype(np.float32), np.clip(np.rint(frame), 0, 255).astype(np.uint8)


def small_of(true: Floats) -> Floats:
    """What a network of 256 pixels makes of it: no hairs, soft edges."""
    shaven = cv2.morphologyEx(true, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    return np.asarray(cv2.resize(shaven, (192, 144), interpolation=cv2.INTER_AREA), np.float32)


def test_hair_is_found_in_the_frame() -> None:
    true, frame = haired()
    small = small_of(true)
    plain = cv2.resize(small, (WIDTH, HEIGHT))
    found = fine(frame, small)
    edge = (true > 0.02) & (plain < 0.1)  # hairs, which the small matte lacks
    assert found[edge].mean() > 0.5 * true[edge].mean()
    assert plain[edge].mean() < 0.25 * true[edge].mean()
    assert np.abs(found - true)[edge].mean() < 0.7 * np.abs(plain - true)[edge].mean()


def test_what_is_surely_in_or_out_stays_so() -> None:
    true, frame = haired()
    found = fine(frame, small_of(true))
    assert found.shape == (HEIGHT, WIDTH)
    assert found.dtype == np.float32
    assert found[220:300, 280:360].min() == 1
    assert found[:60].max() == 0


def test_a_matte_in_bytes_says_the_same() -> None:
    true, frame = haired()
    small = small_of(true)
    as_bytes = np.rint(small * 255).astype(np.uint8)
    assert np.abs(fine(frame, as_bytes) - fine(frame, small)).mean() < 0.001


def test_where_colours_are_alike_the_small_matte_stands() -> None:
    true, _ = haired()
    grey = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    small = small_of(true)
    plain = cv2.resize(small, (WIDTH, HEIGHT))
    assert np.abs(fine(grey, small) - plain).mean() < 0.01


def test_noise_of_a_still_picture_moves_its_edges_little() -> None:
    true, _ = haired()
    small = small_of(true)
    first, second = (fine(haired(seed)[1], small) for seed in (0, 0))
    assert (first == second).all()
    shaky = fine(np.clip(haired()[1].astype(int) + 3, 0, 255).astype(np.uint8), small)
    assert np.abs(shaky - first).mean() < 0.002


def test_a_dark_trunk_and_a_bright_scalp_are_one_performer() -> None:
    """Hair, and skin as bright as the wall behind it: the skin is no hole."""
    true = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.circle(true, (320, 240), 110, 1.0, -1)
    frame = np.full((HEIGHT, WIDTH, 3), 190, np.uint8)
    cv2.circle(frame, (320, 240), 110, (40, 40, 50), -1)
    cv2.ellipse(frame, (320, 200), (60, 50), 0, 0, 360, (178, 182, 190), -1)
    found = fine(frame, small_of(true))
    assert found[170:230, 290:350].min() > 0.9


def test_many_small_systems_are_solved_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    factors = rng.normal(size=(4, 5, 3, 3))
    square = factors @ np.swapaxes(factors, -1, -2)
    right = rng.normal(size=(4, 5, 3))
    brute = np.linalg.solve(square + 0.1 * np.eye(3), right[..., None])[..., 0]
    entries = [square[..., i, j].astype(np.float32) for i, j in PAIRS]
    assert solved(entries, right.astype(np.float32), 0.1) == pytest.approx(
        brute, rel=1e-3, abs=1e-4
    )


def test_small_blobs_go_unless_a_body_lies_there() -> None:
    matte = np.zeros((72, 96), np.float32)
    matte[10:70, 30:60] = 1
    matte[5:12, 80:90] = 0.9
    alone = belonging(matte, [])
    assert alone[40, 45] == 1
    assert alone[8, 85] == 0
    box = np.array([80, 5, 89, 11], np.float32)
    assert belonging(matte, [box])[8, 85] == np.float32(0.9)
    assert belonging(alone, []) is alone


def test_a_calm_matte_moves_along_and_a_sudden_one_is_believed() -> None:
    before, now = np.zeros((60, 80), np.float32), np.zeros((60, 80), np.float32)
    before[20:40, 20:40] = 1
    now[20:40, 23:43] = 1
    flow = np.zeros((60, 80, 2), np.float32)
    flow[..., 0] = 3
    assert np.abs(steadied(now, before, flow) - now).max() < 0.01
    flicker = np.clip(now - 0.1, 0, 1)
    calmed = steadied(flicker, before, flow)
    assert calmed[30, 33] == pytest.approx(0.9 + 0.1 * 0.25, abs=0.03)
    assert (steadied(now, np.zeros_like(before), flow)[25:35, 28:38] == 1).all()
    assert steadied(now, None, None) is now


def test_without_bodies_the_outline_stands() -> None:
    outline = np.random.default_rng(0).random((144, LONGER)).astype(np.float32)
    assert (joined(outline, [], (WIDTH, HEIGHT)) == outline).all()


def test_a_badge_on_the_trunk_is_no_hole_and_what_no_bone_crosses_stays_as_it_was() -> None:
    body = body_at(160, 60)
    points = body.points_P3
    points[:, 2] = 0.1
    for number, (x, y) in {11: (200, 80), 12: (120, 80), 23: (190, 180), 24: (130, 180)}.items():
        points[number] = (x, y, 0.9)
    points[[13, 15]] = [(230, 130, 0.9), (240, 190, 0.9)]
    seen = replace(body, crop=Crop(160, 120, 240.0))
    holed = np.ones((144, 192), np.float32)
    holed[70:80, 90:100] = 0.3  # the badge
    holed[70:80, 20:30] = 0.3  # a wall beyond the arm
    holed[76:82, 136:140] = 0.3  # on the arm
    whole = filled(holed, [seen], (320, 240))
    assert whole[70:80, 90:100].min() > 0.99
    assert (whole[70:80, 20:30] == holed[70:80, 20:30]).all()
    assert whole[79, 138] > 0.99
    nowhere = replace(seen, mask=-seen.mask)
    assert (filled(holed, [nowhere], (320, 240)) == holed).all()
