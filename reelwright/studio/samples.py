"""A clip of a style as the studio would plan one: for eyes that learn it, and for measurements."""

from collections.abc import Sequence

from reelwright.domain import Blueprint, Format, Instruction, ShotInstruction, StyleKind
from reelwright.studio.studio import Studio


def sample(
    studio: Studio, style: StyleKind, scenes: Sequence[str], *, format: Format, seed: int
) -> Blueprint:
    """As many shots as the style cuts, in these scenes of the kit by turns, titled with the first.

    Every scene gets a subject that fits it.
    """
    kit = studio.fit.kit
    told = {kind.name: kind.about for kind in kit.scenes}
    cameras = style.cameras or kit.cameras
    shots = max(1, round(format.duration_s / (sum(style.shot_s) / 2)))
    instruction = Instruction(
        title=scenes[0],
        about=tuple(told[scene] for scene in scenes),
        style=style.name,
        mood=style.mood or kit.moods[0],
        tempo_bpm=sum(style.tempo_bpm) / 2,
        shots=tuple(
            ShotInstruction(
                scene=told[scenes[number % len(scenes)]],
                camera=cameras[number % len(cameras)],
                share=1 / shots,
                words="" if number else f"The {scenes[0]}",
            )
            for number in range(shots)
        ),
    )
    return studio.blueprint(instruction, format=format, seed=seed)
