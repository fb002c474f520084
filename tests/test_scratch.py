"""Arrays on the disk for a second pass."""

import gc
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.modify.scratch import DiskRows, Scratch


def test_what_was_put_is_got_whatever_its_kind_and_shape(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    kept: list[NDArray[Any]] = [
        np.arange(24, dtype=np.float16).reshape(2, 3, 4),
        np.zeros((0, 3), np.uint8),
        np.arange(10, dtype=np.int64)[::2],
    ]
    for number, array in enumerate(kept):
        scratch.put(("a", number), array)
    for number, array in reversed(list(enumerate(kept))):
        found = scratch.get(("a", number))
        assert found.dtype == array.dtype
        assert np.array_equal(found, array)
    assert ("a", 2) in scratch
    assert ("b", 2) not in scratch


def test_a_key_is_given_once(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    scratch.put("a", np.zeros(1))
    with pytest.raises(AssertionError, match="lies there already"):
        scratch.put("a", np.zeros(1))


def test_nothing_is_seen_of_it_and_nothing_is_left(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    scratch.put("a", np.zeros(100_000))
    assert list(tmp_path.iterdir()) == []
    open_files = len(os.listdir("/proc/self/fd"))
    del scratch
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == open_files - 1


def test_rows_are_those_of_the_array() -> None:
    array = np.arange(90, dtype=np.float16).reshape(15, 2, 3)
    rows = DiskRows([array[:8], array[8:]])
    assert (len(rows), rows.shape, rows.dtype) == (15, array.shape, array.dtype)
    assert np.array_equal(np.asarray(rows), array)
    assert np.array_equal(list(rows), array)
    for row in (0, 8, 14, -1, -15):
        assert np.array_equal(rows[row], array[row])
    for beyond in (15, -16):
        with pytest.raises(IndexError):
            rows[beyond]
