"""Side-chain ducking: what stands in front pushes down what lies behind it, for a while."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from reelwright.render.synth import Sound

BLOCK_S = 0.005  # the side chain thinks in blocks of this length
KNEE_DB = 12.0  # from the threshold to where the bed is down by the whole depth
SILENCE = 1e-10  # power


@dataclass(frozen=True, kw_only=True, slots=True)
class Ducking:
    """How far the bed goes down, when, and how fast."""

    depth_db: float
    threshold_db: float  # of the foreground, against the bed's mean level
    attack_s: float  # to a third of the way that is left; it begins so much before the foreground
    release_s: float


def duck(bed: Sound, foreground: Sound, ducking: Ducking, rate: int) -> Sound:
    """The bed (n, 2) without `foreground` (n, 2), as far down as that asks for."""
    assert bed.shape == foreground.shape, f"{bed.shape} behind {foreground.shape}"
    return np.asarray(bed * gain(bed, foreground, ducking, rate)[:, None], np.float32)


def gain(bed: Sound, foreground: Sound, ducking: Ducking, rate: int) -> NDArray[np.float32]:
    """What every sample of the bed is multiplied by: 1 where nothing is in front."""
    size = max(1, int(BLOCK_S * rate))
    power = float(np.mean(np.square(bed), dtype=np.float64))
    above_db = _levels_db(foreground, size) - 10 * np.log10(power + SILENCE)
    asked_db = ducking.depth_db * np.clip((above_db - ducking.threshold_db) / KNEE_DB, 0, 1)
    ahead = round(ducking.attack_s / BLOCK_S)
    early_db = maximum_filter1d(asked_db, 2 * ahead + 1, mode="nearest")
    down_db = _eased(early_db, ducking)
    centres = (np.arange(len(down_db)) + 0.5) * size
    smooth_db = np.interp(np.arange(len(bed)), centres, down_db)
    return np.asarray(10 ** (-smooth_db / 20), np.float32)


def _levels_db(sound: Sound, size: int) -> NDArray[np.float64]:
    """The mean power of each block."""
    whole = np.pad(np.square(sound).mean(axis=1), (0, -len(sound) % size))
    power = whole.reshape(-1, size).mean(axis=1, dtype=np.float64)
    return np.asarray(10 * np.log10(power + SILENCE))


def _eased(asked_db: NDArray[np.float64], ducking: Ducking) -> NDArray[np.float64]:
    """Down by the attack, back by the release, block after block."""
    down = 1 - float(np.exp(-BLOCK_S / ducking.attack_s))
    back = 1 - float(np.exp(-BLOCK_S / ducking.release_s))
    eased, now = np.empty(len(asked_db)), 0.0
    for k, asked in enumerate(asked_db.tolist()):
        now += (down if asked > now else back) * (asked - now)
        eased[k] = now
    return eased
