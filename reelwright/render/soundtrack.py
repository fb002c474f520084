"""The sound of a clip: music composed for its shots, effects, perhaps a narrator; mastered."""

import numpy as np

from reelwright.domain import Blueprint
from reelwright.render.arrangement import arrange
from reelwright.render.cues import Cue, cues
from reelwright.render.desk import Desk
from reelwright.render.duck import Ducking, duck
from reelwright.render.foley import effect
from reelwright.render.harmony import Chart
from reelwright.render.master import loudness, master
from reelwright.render.moods import MOODS
from reelwright.render.music import play_music
from reelwright.render.synth import Sound

# A narrator as loud as the music alone would be, and that much over it while they speak.
UNDER_VOICE = Ducking(depth_db=8.0, threshold_db=-18.0, attack_s=0.04, release_s=0.35)
EFFECT_ROOM = 0.25
FAINTEST_LUFS = -60.0  # what is no louder than this is nobody speaking


def soundtrack(blueprint: Blueprint, *, rate: int, voice: Sound | None = None) -> Sound:
    """The sound (n, 2), as long as the clip. Beat k of the music starts at 60 * k / tempo seconds.

    The same blueprint gives the same samples. A voice (n, 2) starts with the clip; it may be
    shorter, and what is longer is cut.
    """
    mix = mixed(blueprint, rate)
    return master(mix if voice is None else narrated(mix, voice, rate), rate=rate)


def mixed(blueprint: Blueprint, rate: int) -> Sound:
    """Music and effects, before mastering."""
    music = blueprint.music
    assert music.mood in MOODS, f"no music is called {music.mood}"
    assert rate >= 16_000, f"{rate} samples a second leave no room for the cymbals"
    assert music.tempo_bpm > 0, f"a tempo of {music.tempo_bpm}"
    mood, chart = MOODS[music.mood], Chart.of(blueprint)
    rng = np.random.default_rng(music.seed)
    arrangement = arrange(chart, blueprint.shots, start=mood.start)
    desk = Desk(chart, rate)
    play_music(desk, chart, mood, arrangement, rng)
    level_db = desk.level_db()
    for cue in cues(blueprint, arrangement):
        _sound(desk, cue, level_db)
    return desk.mixed(mood, rng)


def narrated(bed: Sound, voice: Sound, rate: int) -> Sound:
    """The bed, down while somebody speaks, with the voice in front of it."""
    spoken = np.zeros_like(bed)
    n = min(len(bed), len(voice))
    spoken[:n] = voice[:n]
    if not n or (spoken_lufs := loudness(spoken, rate)) < FAINTEST_LUFS:
        return bed
    spoken *= np.float32(10 ** ((loudness(bed, rate) - spoken_lufs) / 20))
    return np.asarray(duck(bed, spoken, UNDER_VOICE, rate) + spoken, np.float32)


def _sound(desk: Desk, cue: Cue, level_db: float) -> None:
    lead = round(cue.lead_s * desk.rate)
    gain = float(10 ** ((level_db + cue.level_db) / 20))
    at_s = cue.at_s - lead / desk.rate
    sound = effect(cue.effect, lead, desk.rate)
    desk.place("effects", sound, at_s, gain=gain, pan=0.0, room=EFFECT_ROOM)
