"""The sound of planned clips in figures: loudness, peaks, cuts on beats, balance, and its price."""

import time
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reelwright.assemble import intake, workshops
from reelwright.config import Config
from reelwright.domain import ON_BEAT_S, Blueprint
from reelwright.progress import Progress
from reelwright.render.kit import MOODS
from reelwright.render.master import LOUDNESS_LUFS, loudness, true_peak_db
from reelwright.render.soundtrack import soundtrack
from reelwright.render.synth import Sound

Figures = dict[str, float]

LOW_HZ, HIGH_HZ = 200.0, 3000.0  # what lies between is the middle
BANDS = {"low": "below 200 Hz", "middle": "from 200 Hz to 3 kHz", "high": "above 3 kHz"}
LENGTHS_S = (6.0, 1.0, 15.0, 3.0, 30.0, 10.0)
QUICK_LENGTHS_S = (6.0, 1.0, 15.0)
QUICK_PLANS = 24
MINUTE_S = 60.0

WORDS = {
    "plans": "planned clips of the demo world that were played",
    "cuts": "cuts in all plans",
    "cuts_on_beats": "share of the cuts within 40 ms of a beat",
    "lufs_worst_error": "the farthest that any is from -14 LUFS, LU",
    "true_peak_worst_db": "the highest true peak of any, dB",
    "clipping": "samples at full scale or beyond",
    "dc_worst": "the most direct current, of full scale",
    "mono_worst_db": "the most that is lost in mono, dB",
    "realtime_factor_sound": "length of the sound over processor time",
    "cpu_s_of_6s": "processor seconds for a clip of six, mean",
    "peak_mb_60s": "memory for a minute of sound, MB",
    **{
        f"{band}_db_{mood}": f"{mood}: share of the power {where}, dB"
        for mood in MOODS
        for band, where in BANDS.items()
    },
}


@dataclass(frozen=True, slots=True)
class Played:
    """What is measured of one clip's sound."""

    mood: str
    length_s: float
    cpu_s: float
    lufs: float
    true_peak_db: float
    clipped: int
    dc: float
    mono_db: float
    bands_db: tuple[float, ...]


def measure(config: Config, *, quick: bool, progress: Progress) -> Figures:
    """Plans of the demo world in several lengths, played at the shipped rate."""
    rate = config.media.audio_rate
    plans = planned(config, QUICK_LENGTHS_S if quick else LENGTHS_S)
    some = plans[:QUICK_PLANS] if quick else plans
    played = []
    for done, blueprint in enumerate(some, start=1):
        played.append(play(blueprint, rate))
        progress("playing plans", done, len(some))
    return figures_of(plans, played) | {"peak_mb_60s": peak_mb(some[0], rate)}


def planned(config: Config, lengths_s: Sequence[float]) -> list[Blueprint]:
    """The demo world's plans: one of each style, then a second of each in the next length."""
    world, studio = intake.world(config), workshops.planner()
    turns: Counter[str] = Counter()
    plans = []
    for one in world.commissions:
        turn = turns[one.instruction.style]
        turns[one.instruction.style] += 1
        form = replace(one.format, duration_s=lengths_s[turn % len(lengths_s)])
        plans.append((turn, studio.blueprint(one.instruction, format=form, seed=one.seed)))
    return [plan for _, plan in sorted(plans, key=lambda pair: pair[0])]


def play(blueprint: Blueprint, rate: int) -> Played:
    """The measures of one clip's sound."""
    start_s = time.process_time()
    sound = soundtrack(blueprint, rate=rate)
    cpu_s = time.process_time() - start_s
    mono = sound.mean(axis=1, dtype=np.float64)
    return Played(
        mood=blueprint.music.mood,
        length_s=blueprint.format.duration_s,
        cpu_s=cpu_s,
        lufs=loudness(sound, rate),
        true_peak_db=true_peak_db(sound),
        clipped=int((np.abs(sound) >= 1.0).sum()),
        dc=float(np.abs(sound.mean(axis=0, dtype=np.float64)).max()),
        mono_db=float(10 * np.log10((mono**2).mean() / (sound.astype(np.float64) ** 2).mean())),
        bands_db=bands_db(sound, rate),
    )


def bands_db(sound: Sound, rate: int) -> tuple[float, ...]:
    """The shares of the power that are low, middle and high."""
    power: NDArray[np.float64] = (np.abs(np.fft.rfft(sound, axis=0)) ** 2).sum(axis=1)
    hz = np.fft.rfftfreq(len(sound), 1 / rate)
    inside = (hz < LOW_HZ, (hz >= LOW_HZ) & (hz < HIGH_HZ), hz >= HIGH_HZ)
    return tuple(float(10 * np.log10(power[where].sum() / power.sum())) for where in inside)


def on_beats(plans: Sequence[Blueprint]) -> tuple[int, int]:
    """How many cuts there are, and how many of them are on a beat."""
    off_s = []
    for blueprint in plans:
        off_s += [blueprint.music.off_beat_s(shot.start_s) for shot in blueprint.shots[1:]]
    return len(off_s), sum(off <= ON_BEAT_S for off in off_s)


def figures_of(plans: Sequence[Blueprint], played: Sequence[Played]) -> Figures:
    """The worst of what must hold for every clip, and means of the rest."""
    cuts, on_beat = on_beats(plans)
    sixes = [one.cpu_s for one in played if one.length_s == 6.0]
    lengths_s, cpu_s = sum(one.length_s for one in played), sum(one.cpu_s for one in played)
    return {
        "plans": float(len(played)),
        "cuts": float(cuts),
        "cuts_on_beats": round(on_beat / max(cuts, 1), 4),
        "lufs_worst_error": round(max(abs(one.lufs - LOUDNESS_LUFS) for one in played), 3),
        "true_peak_worst_db": round(max(one.true_peak_db for one in played), 2),
        "clipping": float(sum(one.clipped for one in played)),
        "dc_worst": round(max(one.dc for one in played), 5),
        "mono_worst_db": round(min(one.mono_db for one in played), 2),
        "realtime_factor_sound": round(lengths_s / cpu_s, 1),
        **({"cpu_s_of_6s": round(float(np.mean(sixes)), 3)} if sixes else {}),
        **_balance(played),
    }


def _balance(played: Sequence[Played]) -> Figures:
    """The three bands of every mood that was played, mean over its clips."""
    figures: Figures = {}
    for mood in MOODS:
        of_mood = [one.bands_db for one in played if one.mood == mood]
        if of_mood:
            means = np.mean(of_mood, axis=0)
            figures |= {
                f"{band}_db_{mood}": round(float(mean), 1)
                for band, mean in zip(BANDS, means, strict=True)
            }
    return figures


def peak_mb(blueprint: Blueprint, rate: int) -> float:
    """The most memory that arrays take while a minute of this plan's last shot is played."""
    *before, last = blueprint.shots
    form = replace(blueprint.format, duration_s=MINUTE_S)
    shots = (*before, replace(last, duration_s=MINUTE_S - last.start_s))
    tracemalloc.start()
    soundtrack(replace(blueprint, format=form, shots=shots), rate=rate)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(most / 1e6, 1)
