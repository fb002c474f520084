"""Which effects a plan asks for: how each style sounds its cuts, its words and its opening."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from reelwright.domain import Blueprint, Shot
from reelwright.render.arrangement import Arrangement
from reelwright.render.harmony import STEPS

# How long an effect may lead up to a cut, by the way its shot comes in; none for what strikes.
LEAD_S = {"whip": 0.32, "zoom": 0.45, "dissolve": 0.9, "blur": 0.9, "luma": 0.9, "leak": 0.9}
LEADS_S = 0.5  # of the others
SHARE = 0.8  # of the shot before, at most
BLOWS = frozenset({"impact", "thump", "flash", "shutter", "splice", "buzz", "glitch", "pop", "pow"})
SHORT = {"page": 0.16, "snip": 0.07, "zip": 0.3, "rip": 0.28}  # hands are as fast as they are
AMBIENCE: Mapping[str, tuple[tuple[str, float], ...]] = {  # what a weather sounds like
    "rain": (("rain", 1.0),),
    "storm": (("rain", 1.0), ("gale", 1.0)),
    "wind": (("gale", 2.0),),
    "snow": (("gale", -4.0),),
}
SPARSE_BEATS = 2.5  # between two effects on words: more often they would be a drum


@dataclass(frozen=True, slots=True)
class Cue:
    """An effect with its accent at `at_s`, its peak so far above the music's mean level."""

    effect: str
    at_s: float
    lead_s: float
    level_db: float


Heard = tuple[tuple[str, float], ...]  # effects that sound together, with their levels


@dataclass(frozen=True, kw_only=True, slots=True)
class Foley:
    """A style's sounds. What it has no sound of its own for is silent."""

    swift: Heard  # push, slide, whip, zoom
    turn: Heard  # wipe, iris
    soft: Heard  # dissolve, blur, luma, leak, burn
    flash: Heard
    torn: Heard = ()  # tear; as a turn, where a style has nothing for it
    broken: Heard = ()  # glitch, likewise
    plain: Heard = ()
    words: Heard = ()  # words that come in, a sixteenth after their shot
    rise: Heard = ()  # leads up to the opening
    rise_beats: float = 2.0
    land: Heard = ()  # and falls on it
    room: Heard = ()  # runs through the whole clip

    def of(self, transition: str) -> Heard:
        """What is heard where a shot comes in this way."""
        match transition:
            case "push" | "slide" | "whip" | "zoom":
                return self.swift
            case "wipe" | "iris":
                return self.turn
            case "tear":
                return self.torn or self.turn
            case "glitch":
                return self.broken or self.turn
            case "dissolve" | "blur" | "luma" | "leak" | "burn":
                return self.soft
            case "flash":
                return self.flash
            case _:
                return self.plain


FOLEY: Mapping[str, Foley] = {
    "bold_kinetic": Foley(
        swift=(("whoosh", 9.0),),
        turn=(("whoosh", 8.0),),
        soft=(("air", 7.0),),
        flash=(("flash", 12.0),),
        broken=(("glitch", 8.0),),
        words=(("thump", 7.0),),
        rise=(("riser", 10.0),),
        rise_beats=3.0,
        land=(("impact", 9.0),),
    ),
    "calm_minimal": Foley(
        swift=(("air", 4.0),),
        turn=(("air", 4.0),),
        soft=(("air", 3.0),),
        flash=(("shimmer", -2.0),),
    ),
    "retro_film": Foley(
        swift=(("whoosh", 7.0), ("splice", 5.0)),
        turn=(("air", 7.0), ("splice", 5.0)),
        soft=(("air", 6.0), ("splice", 2.0)),
        flash=(("flash", 9.0), ("splice", 5.0)),
        plain=(("splice", 6.0),),
        rise=(("reverse", 4.0),),
        room=(("projector", -9.0),),
    ),
    "neon_night": Foley(
        swift=(("whoosh", 7.0), ("glitch", 5.0)),
        turn=(("glitch", 7.0),),
        soft=(("air", 7.0),),
        flash=(("flash", 8.0), ("glitch", 7.0)),
        words=(("buzz", 0.0),),
        rise=(("riser", 9.0),),
        rise_beats=4.0,
        land=(("impact", 8.0),),
    ),
    "paper_cutout": Foley(
        swift=(("page", 10.0),),
        turn=(("page", 10.0),),
        soft=(("page", 7.0),),
        flash=(("page", 7.0), ("shutter", 9.0)),
        torn=(("rip", 9.0),),
        plain=(("snip", 8.0),),
        words=(("snip", 6.0),),
    ),
    "documentary": Foley(
        swift=(("air", 6.0),),
        turn=(("air", 6.0),),
        soft=(("air", 5.0),),
        flash=(("shutter", 9.0),),
    ),
    "comic": Foley(
        swift=(("zip", -1.0), ("pop", 3.0)),
        turn=(("page", 9.0),),
        soft=(("air", 7.0),),
        flash=(("pow", 8.0),),
        words=(("pop", 5.0),),
        rise=(("zip", -1.0),),
        land=(("pow", 7.0),),
    ),
    "luxury": Foley(
        swift=(("air", 5.0),),
        turn=(("air", 4.0), ("shimmer", -4.0)),
        soft=(("air", 4.0), ("shimmer", -5.0)),
        flash=(("shimmer", -1.0),),
        rise=(("reverse", -1.0),),
    ),
}


def cues(blueprint: Blueprint, arrangement: Arrangement) -> list[Cue]:
    """Every effect of a plan. Of one that is asked for twice at one time the longer stays."""
    found: dict[tuple[str, float], Cue] = {}
    for cue in _asked(blueprint, arrangement):
        there = found.get((cue.effect, cue.at_s))
        if there is None or there.lead_s < cue.lead_s:
            found[cue.effect, cue.at_s] = cue
    return list(found.values())


def _asked(blueprint: Blueprint, arrangement: Arrangement) -> Iterator[Cue]:
    """Those of the cuts, of words, of openings, and of the room."""
    foley, length_s = FOLEY[blueprint.style], blueprint.format.duration_s
    for before, shot in pairwise(blueprint.shots):
        longest_s = SHARE * before.duration_s
        for name, level_db in foley.of(shot.transition):
            lead_s = min(_lead_s(name, LEAD_S.get(shot.transition, LEADS_S)), longest_s)
            yield Cue(name, shot.start_s, lead_s, level_db)
    yield from _weather(blueprint.shots)
    yield from _words(blueprint, foley)
    for drop_s in arrangement.drops_s:
        rise_s = min(foley.rise_beats * arrangement.beat_s, drop_s)
        yield from (Cue(name, drop_s, rise_s, level_db) for name, level_db in foley.rise)
        yield from (Cue(name, drop_s, 0.0, level_db) for name, level_db in foley.land)
    yield from (Cue(name, length_s, length_s, level_db) for name, level_db in foley.room)


def _lead_s(effect: str, asked_s: float) -> float:
    return 0.0 if effect in BLOWS else min(asked_s, SHORT.get(effect, asked_s))


def _weather(shots: Sequence[Shot]) -> Iterator[Cue]:
    """Rain and wind for as long as they are seen, over all cuts from one such shot to the next."""
    for weather, run in groupby(shots, key=lambda shot: shot.weather):
        seen = list(run)
        length_s = seen[-1].end_s - seen[0].start_s
        for name, level_db in AMBIENCE.get(weather, ()):
            yield Cue(name, seen[-1].end_s, length_s, level_db)


def _words(blueprint: Blueprint, foley: Foley) -> Iterator[Cue]:
    beat_s, last_s = 60 / blueprint.music.tempo_bpm, -60.0
    for shot in blueprint.shots:
        at_s = _lands_s(shot, beat_s)
        if shot.words and at_s - last_s >= SPARSE_BEATS * beat_s:
            last_s = at_s
            for name, level_db in foley.words:
                yield Cue(name, at_s, min(_lead_s(name, 0.5), at_s), level_db)


def _lands_s(shot: Shot, beat_s: float) -> float:
    return shot.start_s + min(beat_s / STEPS, 0.3 * shot.duration_s)
