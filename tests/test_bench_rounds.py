"""What is left after each round is counted on the best plan until then."""

from looks import round_of
from plans import plan

from reelwright.bench.rounds import complaints_left


def test_what_is_left_falls_with_the_rounds() -> None:
    told = [
        [round_of(plan(), "beat", "beat"), round_of(plan(), "content"), round_of(plan())],
        [round_of(plan())],
        [round_of(plan(), "beat"), round_of(plan(), "black", "beat")],
    ]
    found = complaints_left(told, 2)
    assert [found[f"complaints_left_{n}"] for n in range(3)] == [1.0, 1.0, 0.333]
    assert [found[f"burden_left_{n}"] for n in range(3)] == [1.0, 1.0, 0.333]
    assert [found[f"clean_{n}"] for n in range(3)] == [0.333, 0.333, 0.667]
    assert (found["first_beat"], found["first_content"], found["rounds_mean"]) == (3, 0, 2.0)
    assert found["look_s"] == 0.5
