"""Done stages: made once from the same inputs, whole or not there, and gone when nobody comes."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import ROOT, wait_until

from reelwright.storage.milestones import Milestones


class Plan:
    """A stage that counts how often it was done."""

    def __init__(self, text: str = "two shots") -> None:
        self.text = text
        self.times = 0

    def __call__(self, folder: Path) -> None:
        self.times += 1
        (folder / "plan").write_text(self.text)


@pytest.fixture
def milestones(tmp_path: Path) -> Milestones:
    return Milestones(tmp_path / "stages")


def test_a_stage_is_done_once_for_the_same_inputs(milestones: Milestones) -> None:
    plan = Plan()
    first = milestones.reached("plan", {"wish": "a", "rounds": 2}, plan)
    again = milestones.reached("plan", {"rounds": 2, "wish": "a"}, plan)
    assert (first, plan.times) == (again, 1)
    assert (again / "plan").read_text() == "two shots"


def test_other_inputs_or_another_stage_are_another_matter(milestones: Milestones) -> None:
    plan = Plan()
    milestones.reached("plan", {"wish": "a"}, plan)
    milestones.reached("plan", {"wish": "b"}, plan)
    milestones.reached("film", {"wish": "a"}, plan)
    assert plan.times == 3


def test_a_stage_that_failed_was_not_reached(milestones: Milestones) -> None:
    def fails(folder: Path) -> None:
        (folder / "plan").write_text("half of")
        raise ValueError("no ink")

    with pytest.raises(ValueError, match="no ink"):
        milestones.reached("plan", {}, fails)
    assert list(milestones.folder.iterdir()) == []
    assert milestones.reached("plan", {}, Plan()).is_dir()


def test_where_two_set_out_both_arrive_at_the_same(milestones: Milestones) -> None:
    both, reached = threading.Barrier(2), []

    def plan(folder: Path) -> None:
        both.wait(10.0)
        (folder / "plan").write_text("two shots")

    threads = [
        threading.Thread(target=lambda: reached.append(milestones.reached("plan", {}, plan)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reached[0] == reached[1]
    assert list(milestones.folder.iterdir()) == [reached[0]]


def test_what_nobody_comes_back_to_is_swept(milestones: Milestones) -> None:
    old = milestones.reached("plan", {"wish": "old"}, Plan())
    wanted = milestones.reached("plan", {"wish": "wanted"}, Plan())
    for place in (old, wanted):
        os.utime(place, (1000.0, 1000.0))
    milestones.reached("plan", {"wish": "wanted"}, Plan())  # which is a sign of life
    assert milestones.sweep(2000.0) == 1
    assert list(milestones.folder.iterdir()) == [wanted]
    assert milestones.sweep(2000.0) == 0


CHILD = """
import sys, time
from pathlib import Path
from reelwright.storage.milestones import Milestones

def go(folder):
    (folder / "plan").write_text("half of")
    time.sleep(60)

Milestones(Path(sys.argv[1])).reached("plan", {}, go)
"""


def test_what_a_killed_process_was_at_is_done_by_the_next(milestones: Milestones) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(milestones.folder)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    wait_until(lambda: any(milestones.folder.glob(".*/plan")))
    child.kill()
    child.wait()
    reached = milestones.reached("plan", {}, Plan())
    assert (reached / "plan").read_text() == "two shots"
    left = [place for place in milestones.folder.iterdir() if place != reached]
    assert len(left) == 1
    os.utime(left[0], (1000.0, 1000.0))
    assert milestones.sweep(2000.0) == 1
