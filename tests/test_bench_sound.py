"""The bench of sound: it finds cuts off the beat, hollow mixes, and whoever is too loud."""

from dataclasses import replace

import numpy as np
import pytest
from beds import plan

from reelwright.bench.sound import WORDS, Played, bands_db, figures_of, on_beats, play

RATE = 24_000


def played(**changes: object) -> Played:
    one = Played("calm", 6.0, 0.3, -14.0, -1.5, 0, 0.0, -0.5, (-6.0, -2.0, -20.0))
    return replace(one, **changes)  # type: ignore[arg-type]


def test_a_tone_is_in_its_band() -> None:
    t = np.arange(RATE) / RATE
    for place, hz in enumerate((100, 1000, 5000)):
        tone = np.sin(2 * np.pi * hz * t)[:, None].repeat(2, axis=1).astype(np.float32)
        shares = bands_db(tone, RATE)
        assert shares[place] == pytest.approx(0, abs=0.01)
        assert max(share for k, share in enumerate(shares) if k != place) < -40


def test_a_cut_off_the_beat_is_found() -> None:
    blueprint = plan("driving")
    first, second, third, *rest = blueprint.shots
    late = (
        first,
        replace(second, duration_s=second.duration_s + 0.1),
        replace(third, start_s=third.start_s + 0.1, duration_s=third.duration_s - 0.1),
        *rest,
    )
    cuts = len(blueprint.shots) - 1
    assert on_beats([blueprint]) == (cuts, cuts)
    assert on_beats([blueprint, replace(blueprint, shots=late)]) == (2 * cuts, 2 * cuts - 1)


def test_the_worst_clip_decides() -> None:
    figures = figures_of(
        [plan("calm")],
        [played(), played(lufs=-14.7, true_peak_db=-0.4, clipped=3), played(lufs=-13.8, dc=0.01)],
    )
    assert figures["lufs_worst_error"] == pytest.approx(0.7)
    assert figures["true_peak_worst_db"] == -0.4
    assert figures["clipping"] == 3
    assert figures["dc_worst"] == 0.01
    assert figures["realtime_factor_sound"] == 20.0
    assert figures["low_db_calm"] == -6.0


def test_every_figure_has_words() -> None:
    one = plan("playful", duration_s=1.0)
    figures = figures_of([one], [play(one, RATE)])
    assert set(figures) <= set(WORDS)
    assert figures["clipping"] == 0
