"""Small blueprints for the tests of the renderer."""

from reelwright.domain import Asset, Blueprint, Format, Music, Shot, StyleKind
from reelwright.render.kit import STYLES

SMALL = Format(width=108, height=192, fps=12, duration_s=2.0)


def style_of(name: str) -> StyleKind:
    return next(style for style in STYLES if style.name == name)


def shot(
    *,
    start_s: float = 0.0,
    duration_s: float = 1.0,
    scene: str = "harbour",
    light: str = "dusk",
    subject: str = "⛵",
    camera: str = "push",
    words: str = "",
    transition: str = "",
    seed: int = 5,
) -> Shot:
    return Shot(
        start_s=start_s,
        duration_s=duration_s,
        scene=scene,
        light=light,
        subject=subject,
        camera=camera,
        words=words,
        transition=transition,
        seed=seed,
    )


def plan(
    style: str = "documentary",
    *shots: Shot,
    form: Format = SMALL,
    tempo_bpm: float | None = None,
    mood: str = "",
    seed: int = 3,
    assets: tuple[Asset, ...] = (),
) -> Blueprint:
    """A clip in a style; without shots, two of them with a dissolve between."""
    kind = style_of(style)
    half_s = form.duration_s / 2
    if not shots:
        shots = (
            shot(duration_s=half_s, words="First light"),
            shot(
                start_s=half_s,
                duration_s=half_s,
                scene="mountains",
                subject="🥾",
                camera="pan_left",
                transition="dissolve",
                seed=6,
            ),
        )
    return Blueprint(
        title="First light",
        style=style,
        shots=shots,
        music=Music(
            mood=mood or kind.mood, tempo_bpm=tempo_bpm or sum(kind.tempo_bpm) / 2, seed=seed
        ),
        format=form,
        planner="test",
        assets=assets,
    )
