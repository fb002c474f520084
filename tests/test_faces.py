"""Faces and their meshes: followed by their own points, looked at again at lips and eyes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.modify.crop import Crop, whole
from reelwright.modify.faces import Faces, box, same
from reelwright.modify.mesh import (
    FINER,
    GROW,
    MESH_POINTS,
    REGION_SIDE,
    SHARE,
    SIDE,
    Mesh,
    Region,
    mapped,
    square,
    zoomed,
)

Floats = NDArray[np.float32]
FRAME = np.zeros((240, 320, 3), np.uint8)


def brute_zoomed(features: Floats, affine: Floats) -> Floats:
    """Cell by cell: where its middle lies in the features, and the four around it."""
    height, width, channels = features.shape
    out = np.zeros((FINER, FINER, channels), np.float32)
    for row in range(FINER):
        for column in range(FINER):
            x, y = affine[:, :2] @ ((column + 0.5) * SHARE, (row + 0.5) * SHARE) + affine[:, 2]
            x, y = x / SHARE - 0.5, y / SHARE - 0.5
            left, top = int(np.floor(x)), int(np.floor(y))
            for r, c, weight in (
                (top, left, (1 - (y - top)) * (1 - (x - left))),
                (top, left + 1, (1 - (y - top)) * (x - left)),
                (top + 1, left, (y - top) * (1 - (x - left))),
                (top + 1, left + 1, (y - top) * (x - left)),
            ):
                if 0 <= r < height and 0 <= c < width:
                    out[row, column] += weight * features[r, c]
    return out


def regions() -> list[Region]:
    """Of the real one's sizes, with points as they come."""
    return [
        Region(range(80), 0, 10),
        Region(range(100, 171), 100, 108),
        Region(range(200, 271), 200, 208),
    ]


def rough() -> Floats:
    rng = np.random.default_rng(0)
    points = rng.uniform(60, 130, (MESH_POINTS, 3)).astype(np.float32)
    points[0], points[10] = (70, 120, 0), (110, 130, 0)
    return points


def test_a_region_is_zoomed_as_cell_by_cell() -> None:
    features = np.random.default_rng(1).random((48, 48, 8)).astype(np.float32)
    affine = square(rough(), regions()[0])
    assert zoomed(features, affine) == pytest.approx(brute_zoomed(features, affine), abs=0.03)


def test_a_region_s_square_holds_its_points_and_a_margin() -> None:
    points = rough()
    affine = square(points, regions()[1])
    back = np.linalg.inv(np.vstack([affine, [0, 0, 1]]))[:2].astype(np.float32)
    own = mapped(points[list(regions()[1].points), :2], back)
    margin = REGION_SIDE * (1 - 1 / GROW) / 2
    assert own.min(0) == pytest.approx([margin, margin], abs=0.1)
    assert own.max(0) == pytest.approx([REGION_SIDE - margin] * 2, abs=0.1)


def mesh(logit: float = 3.0) -> Mesh:
    """The second look leaves every point in the middle of its region."""

    def first(*given: Floats) -> tuple[Floats, ...]:
        return np.zeros((1, 48, 48, 32), np.float32), rough(), np.array([logit], np.float32)

    def second(*given: Floats) -> tuple[Floats, ...]:
        return tuple(np.full((1, n, 2), REGION_SIDE / 2, np.float32) for n in (80, 71, 5, 71, 5))

    return Mesh(first, second, regions())


def test_the_second_look_places_lips_eyes_and_irises() -> None:
    points, sure = mesh()(np.zeros((SIDE, SIDE, 3), np.float32))
    assert points.shape == (478, 3)
    assert not np.isnan(points).any()
    assert float(sure[0]) == pytest.approx(1 / (1 + np.exp(-3)))
    untouched = np.r_[80:100, 171:200, 271:MESH_POINTS]
    assert (points[untouched] == rough()[untouched]).all()
    assert np.ptp(points[:80, :2], axis=0) == pytest.approx([0, 0], abs=1e-3)
    assert points[:80, 2] == pytest.approx(rough()[:80, 2])  # depth is the first look's
    assert points[468:473, 2] == pytest.approx(rough()[100:116, 2].mean())


def finder(side: int, count: int, *, sure: bool) -> object:
    def net(*given: Floats) -> tuple[Floats, ...]:
        raw = np.zeros((1, count, 16), np.float32)
        raw[..., 2:4] = side / 4
        raw[..., 4], raw[..., 6] = -4, 4  # the eyes, level
        logits = np.full((1, count, 1), -9, np.float32)
        logits[0, count // 2] = 4 if sure else -9
        return raw, logits

    return net


def faces(*, near: bool = True, far: bool = False, logit: float = 3.0) -> Faces:
    nets: tuple[object, object] = (finder(128, 896, sure=near), finder(192, 2304, sure=far))
    return Faces(*nets, mesh(logit))  # type: ignore[arg-type]


def test_a_face_is_found_then_followed() -> None:
    (found,) = faces().see(FRAME)
    assert found.shape == (478, 3)
    (again,) = faces(near=False).see(FRAME, [found], search=False)
    assert not np.isnan(again).any()


def test_a_small_face_is_found_by_the_other_finder() -> None:
    assert len(faces(near=False, far=True).see(FRAME)) == 1
    assert faces(near=False).see(FRAME) == []
    assert faces(near=False, far=True).count(FRAME) == 9  # one in each part


def test_a_head_is_looked_at_closely() -> None:
    (found,) = faces().see(FRAME)
    head = Crop(200.0, 100.0, 60.0)
    near = faces().closely(FRAME, head)
    assert near.shape == found.shape
    near_by, far_off = (np.hypot(*(one[:, :2].mean(0) - (head.x, head.y))) for one in (near, found))
    assert near_by < head.side < far_off
    assert np.isnan(faces(near=False, far=True).closely(FRAME, head)).all()


def test_where_there_is_no_face_any_more_it_is_nowhere() -> None:
    old = np.full((478, 3), 100, np.float32) + np.random.default_rng(0).normal(0, 9, (478, 3))
    lost = faces(near=False, logit=-3.0).see(FRAME, [old.astype(np.float32)])
    assert np.isnan(lost[0]).all()
    assert np.isnan(faces(near=False).see(FRAME, lost)[0]).all()


def test_faces_are_the_same_where_their_boxes_are() -> None:
    points = np.random.default_rng(0).uniform(0, 50, (478, 3)).astype(np.float32)
    assert same(points, points + 5)
    assert not same(points, points + 40)
    assert box(points)[2] <= 50
    assert whole(FRAME).side == 320
