"""The bench of changed footage: what it sums up, and what it says where there is nothing to do."""

from pathlib import Path

import numpy as np
import pytest
from performances import acted

from reelwright.bench.modify import WORDS, Seen, _middle, kept_of, poster, summary
from reelwright.bench.negatives import graded, in_order
from reelwright.bench.takes import CLIPS, clips
from reelwright.errors import ReelwrightError
from reelwright.modify.card import Card, Figure


def test_a_folder_without_the_films_is_refused_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(ReelwrightError, match=r"no film grid/bbaf2n") as caught:
        clips(tmp_path, quick=True)
    assert "docs/modify.md" in caught.value.hint


def test_films_are_found_whatever_they_are_packed_in(tmp_path: Path) -> None:
    for name in CLIPS:
        path = tmp_path / "clips" / f"{name}.mpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [path.stem for path in clips(tmp_path, quick=False)] == [
        name.partition("/")[2] for name in CLIPS
    ]
    assert len(clips(tmp_path, quick=True)) == 2


def test_means_are_of_what_was_measured_and_the_worst_is_the_worst() -> None:
    seen = Seen()
    seen.put(face_nme=0.01, expr_corr=0.9, detect_rate_out=1.0, timing_lag_frames=0.0)
    seen.put(face_nme=0.03, expr_corr=None, detect_rate_out=0.9, timing_lag_frames=2.0)
    found = summary(seen)
    assert (found["face_nme"], found["face_nme_worst"]) == (0.02, 0.03)
    assert found["expr_corr"] == found["expr_corr_worst"] == 0.9
    assert (found["detect_rate_out"], found["timing_lag_frames"]) == (0.9, 2.0)
    assert "id_dist" not in found


def test_rates_are_of_the_footages_own_and_lags_count_either_way() -> None:
    values = {"detect_rate_src": 0.5, "detect_rate_out": 0.4, "timing_lag_frames": -3.0}
    told = kept_of(Card({name: Figure(value) for name, value in values.items()}))
    assert told["detect_rate_out"] == pytest.approx(0.8)
    assert told["timing_lag_frames"] == 3
    assert told["face_nme"] is None


def test_every_figure_of_the_hidden_middle_has_its_words() -> None:
    for figure in ("psnr", "ssim"):
        for way in ("ours", "flow", "blend"):
            assert _middle(f"{figure}_{way}") in WORDS


def test_looks_are_the_same_for_the_same_frame() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (40, 60, 3)).astype(np.uint8)
    for look in (poster, graded):
        made = look(picture)
        assert made.shape == picture.shape
        assert made.dtype == np.uint8
        assert np.array_equal(made, look(picture))
        assert not np.array_equal(made, picture)


def test_frames_in_another_order_take_all_that_is_known_along() -> None:
    take = acted(6)
    back = in_order(take, range(6)[::-1])
    assert np.array_equal(
        back.performers[0].face_NP3, take.performers[0].face_NP3[::-1], equal_nan=True
    )
    assert np.array_equal(back.footage.times_N, take.footage.times_N)
