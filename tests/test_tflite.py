"""The networks' one file taken apart, and one of them cut in two; skipped where it is not here."""

import numpy as np
import pytest
from conftest import REAL_ZOO

from reelwright.modify.mesh import FIRST_LOOK, SECOND_LOOK
from reelwright.modify.nets import SIZES, likely, parts
from reelwright.zoo.weights import PEOPLE, PEOPLE_NETS

WEIGHTS = REAL_ZOO / PEOPLE.file


def test_the_zoo_and_the_networks_agree_on_the_file() -> None:
    assert len(SIZES) == len(PEOPLE_NETS)
    assert sum(SIZES.values()) == PEOPLE.num_bytes


def test_the_file_is_taken_apart_without_a_rest() -> None:
    everything = b"".join(bytes([n]) * size for n, size in enumerate(SIZES.values()))
    for number, (name, part) in enumerate(parts(everything).items()):
        assert len(part) == SIZES[name]
        assert set(part) == {number}


def test_logits_become_probabilities() -> None:
    assert likely(np.array([-200.0, 0.0, 200.0])) == pytest.approx([0, 0.5, 1])


@pytest.mark.skipif(
    not WEIGHTS.exists(), reason="people is not here: reelwright models pull people"
)
def test_the_two_halves_of_the_mesh_are_what_lies_between_their_ends() -> None:
    tflite = pytest.importorskip("reelwright.modify.tflite")
    model = parts(WEIGHTS.read_bytes())["mesh"]
    first = tflite.TfliteNet(tflite.half(model, *FIRST_LOOK))
    features, rough, logit = first(np.full((192, 192, 3), 0.5, np.float32))
    assert features.shape == (1, 48, 48, 32)
    assert rough.size == 468 * 3
    assert logit.size == 1
    second = tflite.TfliteNet(tflite.half(model, *SECOND_LOOK))
    found = second(*(np.zeros((16, 16, 32), np.float32) for _ in range(3)))
    assert [part.shape[1] for part in found] == [80, 71, 5, 71, 5]
    told = tflite.custom_options(model, b"Landmarks2TransformMatrix")
    assert [(one["left_rotation_idx"], one["right_rotation_idx"]) for one in told] == [
        (61, 291),
        (33, 133),
        (362, 263),
    ]
