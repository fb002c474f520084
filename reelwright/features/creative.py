"""How a film is made, as one vector on fixed scales: what vectors of two years can be compared by.

Every measure is put on a scale of its own (typical value, typical difference), so that no catalogue
is needed; a group's weight says how much of the style people take from it.
"""

from dataclasses import dataclass
from math import log, log2

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Traits
from reelwright.features.film import Film
from reelwright.features.look import Look
from reelwright.features.motion import Motion
from reelwright.features.sound import SILENCE_LUFS, USUAL_BPM, Heard

FURTHEST = 3.0  # typical differences; one strange measure shall not outweigh all others


@dataclass(frozen=True, slots=True)
class Style:
    """Everything measured of how a film is made."""

    film: Film
    motion: Motion
    look: Look
    heard: Heard

    @property
    def cuts_per_minute(self) -> float:
        return (len(self.motion.starts) - 1) * 60 / self.film.seconds


def traits(style: Style) -> Traits:
    """The measures that have a name and a unit."""
    sharpness, grain, _ = style.film.fine.mean(0)
    return Traits(
        cuts_per_minute=style.cuts_per_minute,
        motion=within_shots(style.motion, style.motion.change_T),
        brightness=style.look.brightness,
        contrast=style.look.contrast,
        saturation=style.look.saturation,
        warmth=style.look.warmth,
        sharpness=float(sharpness),
        grain=float(grain),
        loudness_lufs=style.heard.loudness_lufs,
        tempo_bpm=style.heard.tempo_bpm,
        palette=style.look.palette,
    )


def vector(style: Style) -> NDArray[np.float32]:
    """The measures of each group on their scales, the groups one after another."""
    groups = (
        (1.0, pace(style)),
        (1.0, camera(style.motion)),
        (1.0, light(style)),
        (1.0, colour(style.look)),
        (0.7, [4 * share**0.5 - 1 for share in style.look.hues]),
        (1.0, texture(style.film)),
        (1.0, sounds(style.heard)),
    )
    parts = [
        weight * np.clip(measures, -FURTHEST, FURTHEST) / len(measures) ** 0.5
        for weight, measures in groups
    ]
    return np.concatenate(parts).astype(np.float32)


def pace(style: Style) -> list[float]:
    return [
        1.5 * (log2(1 + style.cuts_per_minute / 10) - 1.2),
        log2((within_shots(style.motion, style.motion.change_T) + 0.002) / 0.02),
    ]


def camera(motion: Motion) -> list[float]:
    """Speeds on a logarithm, because a camera twice as fast looks one step faster at any speed."""

    def speed(measure_T: NDArray[np.float64], usual: float) -> float:
        return log2((within_shots(motion, np.abs(measure_T)) + usual / 4) / usual)

    zoom = within_shots(motion, motion.zoom_T)
    shake_T = np.hypot(np.gradient(motion.pan_T), np.gradient(motion.tilt_T))
    return [
        speed(motion.pan_T, 0.05),
        speed(motion.tilt_T, 0.05),
        speed(motion.zoom_T, 0.05),
        speed(motion.turn_T, 0.03),
        speed(shake_T, 0.04),
        speed(motion.subject_T, 0.03),
        zoom / 0.08,
    ]


def within_shots(motion: Motion, measure_T: NDArray[np.float64]) -> float:
    """The mean of a measure over the changes that are no cut."""
    inside = np.ones(len(measure_T), bool)
    inside[motion.starts] = False
    return float(measure_T[inside].mean()) if inside.any() else 0.0


def light(style: Style) -> list[float]:
    seen = style.look
    flicker = within_shots(style.motion, style.motion.flicker_T)
    return [
        (seen.brightness - 0.42) / 0.15,
        (seen.contrast - 0.6) / 0.18,
        (seen.shadows - 0.12) / 0.1,
        (seen.highlights - 0.78) / 0.15,
        (seen.vignette - 0.1) / 0.2,
        seen.bars / 0.06,
        log2((flicker + 0.002) / 0.01),
    ]


def colour(seen: Look) -> list[float]:
    return [
        1.5 * (seen.saturation - 0.45) / 0.18,
        1.5 * (seen.warmth - 0.5) / 0.1,
        *(tint / 0.1 for tint in seen.tints),
        *((spread - 0.09) / 0.06 for spread in seen.spread),
    ]


def texture(film: Film) -> list[float]:
    sharpness, grain, edges = film.fine.mean(0)
    return [
        (sharpness - 0.6) / 0.2,
        log2((grain + 0.0005) / 0.003),
        log2((edges + 0.02) / 0.15),
    ]


def sounds(heard: Heard) -> list[float]:
    """Silence is far away in loudness alone, and like any film in the rest."""
    loudness = (heard.loudness_lufs + 18) / 6
    if heard.loudness_lufs <= SILENCE_LUFS:
        return [loudness] + 8 * [0.0]
    return [
        loudness,
        3 * log2(heard.tempo_bpm / USUAL_BPM) if heard.tempo_bpm else 0.0,
        (heard.beat - 0.4) / 0.2,
        log2(max(heard.centroid_hz, 50) / 1500) / 0.6,
        (heard.low - 0.5) / 0.25,
        log(heard.high + 1e-4) / 2 + 2,
        log(heard.noise + 1e-6) / 2 + 2,
        (heard.dynamics_db - 12) / 8,
        (heard.onsets - 5) / 2,
    ]
