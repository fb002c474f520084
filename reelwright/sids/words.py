"""Codes in words: what a group of videos is about, and how it is made, against the catalogue."""

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import TypeVar

import numpy as np

from reelwright.domain import Traits, Video

MOST_WORDS = 4
ONCE = 0.4  # weight of a term that only one video of the catalogue has
PARENT_SHARE = 0.5  # of a word's score comes from the wider group: the topic before the detail
FAINT = 0.4  # a term with a smaller share of the best one's score says nothing
STOP_WORDS = frozenset(
    """a about after all also an and any are as at back be been before being but by can come could
    did do does down each even every few first for from get go had has have her here him his how
    i if in into is it its just know last less like look made make makes making many me more most
    much my new no not now of off on one only or other our out over own part really s see she should
    so some still such t than that the their them then there these they thing this those through to
    too under until up us use very video videos was way we well were what when where which while who
    why will with without would you your""".split()  # noqa: SIM905  as a list of quoted words it cannot be read
)

Group = TypeVar("Group", bound=Hashable)


def terms(video: Video) -> list[str]:
    """Each tag as one term, then the words of the title that say something; each once."""
    words = re.findall(r"[^\W\d_][\w'’-]*", video.title.casefold())
    tags = (" ".join(tag.casefold().split()) for tag in video.tags)
    kept = (word for word in (*tags, *words) if len(word) > 1 and word not in STOP_WORDS)
    return list(dict.fromkeys(kept))


def about(videos: Sequence[Video], groups: Sequence[Group]) -> dict[Group, dict[str, float]]:
    """The score of each term of each group: how much of the group has it, times how rare it is."""
    found = [terms(video) for video in videos]
    spread = Counter(term for one in found for term in one)
    rarity = {  # a term that a single video has is rather its name than a topic
        term: log((len(videos) + 1) / (count + 0.5)) * (1 if count > 1 else ONCE)
        for term, count in spread.items()
    }
    counts: dict[Group, Counter[str]] = {}
    sizes = Counter(groups)
    for group, one in zip(groups, found, strict=True):
        counts.setdefault(group, Counter()).update(one)
    return {
        group: {term: count / (sizes[group] + 1) * rarity[term] for term, count in counter.items()}
        for group, counter in counts.items()
    }


def telling(scores: Mapping[str, float], wider: Mapping[str, float]) -> tuple[str, ...]:
    """The MOST_WORDS best terms of a group within a wider group; no word twice in two forms."""
    whole = {term: score + PARENT_SHARE * wider.get(term, 0.0) for term, score in scores.items()}
    for term, score in wider.items():
        whole.setdefault(term, PARENT_SHARE * score)
    ranked = sorted(whole, key=lambda term: -whole[term])  # of equals the one met first
    chosen: list[str] = []
    for term in ranked:
        if len(chosen) == MOST_WORDS or whole[term] < FAINT * whole[ranked[0]]:
            break
        if not any(says_again(term, other) for other in chosen):
            chosen.append(term)
    return tuple(chosen)


def says_again(term: str, other: str) -> bool:
    """Whether one of the two holds all words of the other, plural or not."""
    one, two = ({word.rstrip("s") for word in text.split()} for text in (term, other))
    return one <= two or two <= one


# ---- how it is made -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """What a trait is called where it is low and where it is high, if it differs by `step`."""

    trait: str
    low: str  # empty where nobody would remark on it
    high: str
    step: float  # a smaller difference from the middle of the catalogue is not noticed
    salience: float = 1.0  # how soon people remark on it, other things equal


WORDS = (
    Word("cuts_per_minute", "long takes", "fast cuts", 4.0, 1.2),
    Word("motion", "slow camera", "lively camera", 0.004),
    Word("brightness", "dark", "bright", 0.04, 1.1),
    Word("contrast", "soft contrast", "strong contrast", 0.05, 0.9),
    Word("saturation", "muted colour", "vivid colour", 0.05, 1.1),
    Word("warmth", "cool light", "warm light", 0.02, 1.1),
    Word("sharpness", "soft focus", "crisp", 0.08, 0.9),
    Word("grain", "", "grainy", 0.002, 1.2),
    Word("loudness_lufs", "quiet", "loud", 1.5, 0.8),
    Word("tempo_bpm", "{:.0f} bpm", "{:.0f} bpm", 5.0, 0.9),
)
BPM_STEP = 5  # a tempo is named in round numbers
NUMBERS = tuple(word.trait for word in WORDS)
PLACES = 21  # quantiles that describe the catalogue
NOTICED = 0.4  # of the way from the middle of the catalogue to its end
PLAIN = ("balanced",)

Quantiles = dict[str, tuple[float, ...]]


def quantiles(traits: Sequence[Traits]) -> Quantiles:
    """How each trait is spread over a catalogue."""
    places = np.linspace(0, 1, PLACES)
    return {
        name: tuple(map(float, np.quantile([getattr(one, name) for one in traits], places)))
        for name in NUMBERS
    }


def style(traits: Traits, spread: Quantiles) -> tuple[str, ...]:
    """At most MOST_WORDS words for what sets these traits apart from the catalogue, best first."""
    found: list[tuple[float, str]] = []
    for word in WORDS:
        value = getattr(traits, word.trait)
        middle = spread[word.trait][PLACES // 2]
        apart = 2 * place(value, spread[word.trait]) - 1
        text = word.high if apart > 0 else word.low
        silent = word.trait == "tempo_bpm" and value == 0
        if text and not silent and abs(value - middle) >= word.step:
            named = BPM_STEP * round(value / BPM_STEP) if word.trait == "tempo_bpm" else value
            found.append((word.salience * abs(apart), text.format(named)))
    found.sort(key=lambda one: -one[0])
    clear = [text for salience, text in found if salience >= NOTICED]
    return tuple(clear[:MOST_WORDS] or [text for _, text in found[:1]]) or PLAIN


def place(value: float, spread: Sequence[float]) -> float:
    """The share of a catalogue that lies below `value`, the middle of equals."""
    steps = np.linspace(0, 1, len(spread))
    below, upto = (np.searchsorted(spread, value, side=side) for side in ("left", "right"))
    if upto > below:  # exactly a quantile, or a run of equals
        return float((steps[below] + steps[upto - 1]) / 2)
    return float(np.interp(value, spread, steps))


def middle(traits: Sequence[Traits], palette: tuple[tuple[int, int, int], ...]) -> Traits:
    """The middle of each trait, with a given palette; a beat only if most of them have one."""
    values = {name: float(np.median([getattr(one, name) for one in traits])) for name in NUMBERS}
    beats = [one.tempo_bpm for one in traits if one.tempo_bpm]
    values["tempo_bpm"] = float(np.median(beats)) if 2 * len(beats) > len(traits) else 0.0
    return Traits(**values, palette=palette)
