"""What a clip's shots say, spoken: fitted into the time that there is, and where each line lies."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal import resample_poly

from reelwright.domain import Blueprint
from reelwright.render.synth import Sound
from reelwright.speech.voice import Samples, Voice

FIRST_S, LEAD_S = 0.35, 0.15  # after the clip's start, and after a cut, before somebody speaks
GAP_S = 0.15  # between two lines, and before the end
TRIES = 6  # beginnings of a line that are spoken to find one that fits
DOUBT = 1.15  # how wrong a guess of a line's length may be
BREATH = re.compile(r"[.!?;:,—–](?=\s)")
SMALL_WORDS = (
    "a an and as at because but by for from if in into nor of on onto or so than that the to until "
    "up when where while which who with without yet"
)
SMALL = frozenset(SMALL_WORDS.split())


@dataclass(frozen=True, slots=True)
class Line:
    """Words that are spoken from `start_s` on."""

    start_s: float
    words: str
    samples: Samples
    rate: int
    shot: int  # that says them

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.samples) / self.rate


def narrate(blueprint: Blueprint, voice: Voice | None) -> list[Line]:
    """All that is spoken, in order, no two lines at once and none beyond the end.

    A line may run on over shots that say nothing. What is still too long is shortened to its
    longest natural beginning; what has none is left out.
    """
    if voice is None or not blueprint.tongue or not voice.speaks(blueprint.tongue):
        return []
    lines = []
    for place, start_s, end_s in windows(blueprint):
        spoken = blueprint.shots[place].spoken
        words, samples = fitted(voice, spoken, blueprint.tongue, end_s - start_s)
        if len(samples):
            lines.append(Line(start_s, words, samples, voice.rate, place))
    return lines


def cut_short(blueprint: Blueprint, lines: Sequence[Line]) -> Iterator[tuple[int, str, str]]:
    """Each shot whose words cannot all be said in time: its place, the words, and what is said."""
    said = {line.shot: line.words for line in lines}
    for place, _, _ in windows(blueprint):
        whole = " ".join(blueprint.shots[place].spoken.split())
        if said.get(place, "") != whole:
            yield place, whole, said.get(place, "")


def windows(blueprint: Blueprint) -> list[tuple[int, float, float]]:
    """For each shot that says something: its place, and from when to when there is time for it."""
    shots = blueprint.shots
    saying = [place for place, shot in enumerate(shots) if shot.spoken.strip()]
    starts_s = [shots[place].start_s for place in saying]
    ends_s = [*starts_s, blueprint.format.duration_s][1:]
    return [
        (place, start_s + (LEAD_S if place else FIRST_S), end_s - GAP_S)
        for place, start_s, end_s in zip(saying, starts_s, ends_s, strict=bool(saying))
    ]


def fitted(voice: Voice, words: str, locale: str, seconds: float) -> tuple[str, Samples]:
    """The longest beginning of `words` that is spoken in time; nothing where none is."""
    letter_s, tries = 0.0, 0
    for beginning in beginnings(words):
        if letter_s * len(beginning) > seconds * DOUBT:
            continue
        if tries == TRIES:
            break
        tries += 1
        samples = voice.speak(beginning, locale)
        if len(samples) <= seconds * voice.rate:
            return beginning, samples
        letter_s = len(samples) / voice.rate / len(beginning)
    return "", np.zeros(0, np.float32)


def beginnings(words: str) -> Iterator[str]:
    """`words`, then what stands before its breaths, then before small words, the longest first."""
    whole = " ".join(words.split())
    if whole:
        yield whole
    ends = [match.start() for match in BREATH.finditer(whole)]
    yield from (whole[:end] for end in reversed(ends) if whole[:end].strip())
    single = whole[: ends[0]].split() if ends else whole.split()
    for count in range(len(single) - 1, 1, -1):
        if single[count].lower() in SMALL and single[count - 1].lower() not in SMALL:
            yield " ".join(single[:count])


def track(lines: Sequence[Line], duration_s: float, rate: int) -> Sound | None:
    """The lines in two channels (n, 2), from the clip's start on; None where nobody speaks."""
    if not lines:
        return None
    spoken = np.zeros(round(duration_s * rate), np.float32)
    for line in lines:
        common = math.gcd(rate, line.rate)
        sound = resample_poly(line.samples, rate // common, line.rate // common)
        start = round(line.start_s * rate)
        spoken[start : start + len(sound)] += sound[: max(0, len(spoken) - start)]
    return np.stack([spoken, spoken], axis=1)
