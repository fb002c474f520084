"""Plans that are made to be heard, for tests of sound."""

from collections.abc import Sequence

from reelwright.domain import Blueprint, Format, Music, Shot
from reelwright.render.kit import STYLES

STYLE_OF = {style.mood: style for style in STYLES}


def shots_at(
    starts: Sequence[float], duration_s: float, *, transition: str = "", words: str = "Hello"
) -> tuple[Shot, ...]:
    """Shots that start then, all of them coming in the same way."""
    return tuple(
        Shot(
            start_s=start,
            duration_s=end - start,
            scene="beach",
            light="day",
            subject="",
            camera="still",
            words=words,
            transition=transition if start else "",
            seed=1,
        )
        for start, end in zip(starts, [*starts[1:], duration_s], strict=True)
    )


def plan(
    mood: str,
    *,
    duration_s: float = 6.0,
    seed: int = 1,
    transition: str = "",
    words: str = "Hello",
    shot_beats: int = 0,
) -> Blueprint:
    """Shots of a whole number of beats, as long as the mood's style likes them."""
    style = STYLE_OF[mood]
    tempo_bpm = sum(style.tempo_bpm) / 2
    beats = shot_beats or max(1, round(sum(style.shot_s) / 2 * tempo_bpm / 60))
    shot_s = beats * 60 / tempo_bpm
    starts = [k * shot_s for k in range(max(1, round(duration_s / shot_s)))]
    return Blueprint(
        title="A test",
        style=style.name,
        shots=shots_at(starts, duration_s, transition=transition, words=words),
        music=Music(mood=mood, tempo_bpm=tempo_bpm, seed=seed),
        format=Format(duration_s=duration_s),
        planner="test",
    )
