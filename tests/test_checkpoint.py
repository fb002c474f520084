"""What is kept of a training: whole or not at all, and after a kill -9 the same figures."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from contests import ring

from reelwright.bench.recommend import Bench
from reelwright.errors import ReelwrightError
from reelwright.leaderboard.sasrec import SasRec
from reelwright.learning.checkpoint import KEPT, Shelf, Units, read_whole, write_whole
from reelwright.progress import Progress, silent


def shelf(folder: Path, said: list[str] | None = None) -> Shelf:
    say = (said if said is not None else []).append
    return Shelf(folder, say=say, note=lambda what, value, step: None, clock=lambda: 0.0)


def test_a_file_is_whole_or_nothing(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "file"
    assert read_whole(file) is None
    write_whole(file, b"one\ntwo")
    assert read_whole(file) == b"one\ntwo"
    assert [path.name for path in file.parent.iterdir()] == ["file"]
    whole = file.read_bytes()
    for cut in range(0, len(whole), 7):
        file.write_bytes(whole[:cut])
        assert read_whole(file) is None
    file.write_bytes(whole[:-1] + b"X")
    assert read_whole(file) is None


def test_the_newest_states_are_kept_and_the_newest_counts(tmp_path: Path) -> None:
    assert shelf(tmp_path).load() is None
    for epoch in range(5):
        shelf(tmp_path).save({"epoch": epoch, "weights": torch.full((3,), float(epoch))})
    assert len(list(tmp_path.iterdir())) == KEPT
    state = shelf(tmp_path).load()
    assert state is not None
    assert state["epoch"] == 4
    assert state["weights"].tolist() == [4.0] * 3


@pytest.mark.parametrize("damage", [b"", b"half", b"00\nnot a state"])
def test_a_damaged_state_gives_way_to_the_one_before_it(tmp_path: Path, damage: bytes) -> None:
    said: list[str] = []
    for epoch in range(3):
        shelf(tmp_path).save({"epoch": epoch})
    newest, before = sorted(tmp_path.iterdir(), reverse=True)
    newest.write_bytes(damage)
    state = shelf(tmp_path, said).load()
    assert state == {"epoch": 1}
    assert "the one before it counts" in said[0]
    shelf(tmp_path).save({"epoch": 9})  # and what comes next has its place
    assert shelf(tmp_path).load() == {"epoch": 9}
    for file in tmp_path.iterdir():
        file.write_bytes(damage)
    assert shelf(tmp_path, said).load() is None
    assert "begins anew" in said[-1]
    assert before.name < newest.name


def test_a_sound_file_that_holds_no_state_is_damage_too(tmp_path: Path) -> None:
    write_whole(tmp_path / "000001.state", b"not a state")
    said: list[str] = []
    assert shelf(tmp_path, said).load() is None
    assert len(said) == 1


def test_time_before_a_kill_is_counted(tmp_path: Path) -> None:
    now = 0.0

    def timed() -> Shelf:
        return Shelf(tmp_path, say=print, note=lambda what, value, step: None, clock=lambda: now)

    first = timed()
    now = 30.0
    first.save({})
    now = 1000.0
    second = timed()
    second.load()
    now = 1012.0
    assert second.spent_s == 42.0
    second.clear()
    assert not tmp_path.exists()


def test_a_damaged_unit_is_measured_again(tmp_path: Path) -> None:
    said: list[str] = []
    units = Units(tmp_path, say=said.append)
    assert units.load("run") is None
    units.save("run", {"rows": {"x": 0.1234567890123}})
    assert units.load("run") == {"rows": {"x": 0.1234567890123}}
    file = tmp_path / "run.json"
    file.write_bytes(file.read_bytes()[:-3])
    assert units.load("run") is None
    assert "measured again" in said[0]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ReelwrightError, match="cannot be written"):
        shelf(tmp_path / "file").save({})


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_checkpoint import measured
def watch(what, done, total):
    if what == "sasrec: epochs" and done == 4:
        os.kill(os.getpid(), signal.SIGKILL)
measured(Path({work!r}), watch)
"""


def measured(work: Path, progress: Progress) -> dict[str, float]:
    bench = Bench(work, progress, print, lambda run: lambda what, value, step: None)
    small = SasRec(width=8, layers=1, shared=8, negatives=2, batch=16, rate=0.01, epochs=6)
    return bench.measure([ring(60)], [small], protocols=("held", "all"), seeds=2)


def test_a_training_killed_with_kill_9_ends_with_the_figures_of_one_left_in_peace(
    tmp_path: Path,
) -> None:
    script = KILLED.format(tests=str(Path(__file__).parent), work=str(tmp_path / "a"))
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, timeout=60)
    assert done.returncode == -signal.SIGKILL
    states = list((tmp_path / "a").glob("*/*.state"))
    assert len(states) == KEPT
    max(states).write_bytes(b"cut short")  # and as if the disk had lost the newest
    epochs = []

    def watch(what: str, done: int, total: int) -> None:
        if what == "sasrec: epochs":
            epochs.append(done)

    resumed, whole = measured(tmp_path / "a", watch), measured(tmp_path / "b", silent)
    assert epochs[0] == 3  # where it was, but for the one that was lost
    assert {name: value for name, value in resumed.items() if "seconds" not in name} == {
        name: value for name, value in whole.items() if "seconds" not in name
    }
    assert not list((tmp_path / "a").glob("*/*.state"))
