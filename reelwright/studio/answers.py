"""The small JSON in which each role answers: what a draft says in it, and a draft with it put in.

For every role, `taken` puts back what `told` took out: a draft with its own words is itself.
"""

import dataclasses
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from reelwright.domain import Instruction, Kit, Shot, ShotInstruction
from reelwright.reading import readable
from reelwright.studio.instructing import seen, tempo, told_light, told_weather
from reelwright.studio.outside import refusal, tidy
from reelwright.studio.steps import Draft
from reelwright.studio.tools import Desk, label
from reelwright.studio.understanding import kind_of

Answer = Mapping[str, Any]

NOTHING, CUT = "nothing", "cut"  # what is empty in a blueprint has a name in an answer


def directed(draft: Draft, kit: Kit) -> Answer:
    """What the director has decided: pacing in beats, the rest by its names in the kit."""
    told = draft.instruction
    names = {scene.about: scene.name for scene in kit.scenes}
    beat_s = 60 / told.tempo_bpm
    return {
        "style": told.style,
        "tempo_bpm": short(told.tempo_bpm),
        "beats": [
            max(1, round(shot.share * draft.format.duration_s / beat_s)) for shot in told.shots
        ],
        "scenes": [names[told_light(shot.scene, kit.lights)[0]] for shot in told.shots],
        "cameras": [shot.camera for shot in told.shots],
        "words": [shot.words for shot in told.shots],
    }


def take_director(answer: Answer, draft: Draft, desk: Desk) -> Draft | str:
    """The draft with another instruction. Lights and what it is about stay the rule's."""
    kit, otherwise = desk.fit.kit, draft.instruction
    ruled = [shot.words for shot in otherwise.shots]
    spoken = _once([tidy(words) for words in answer["words"]], ruled)
    if wrong := _refused(spoken, desk):
        return wrong
    style = kind_of(answer["style"], kit.styles)
    tempo_bpm = tempo(float(answer["tempo_bpm"]), style)
    lengths_s = _lengths(answer["beats"], tempo_bpm, draft.format.duration_s)
    is_other = style.name != otherwise.style
    instruction = Instruction(
        title=spoken[0] or otherwise.title,
        about=otherwise.about,
        style=style.name,
        mood=(style.mood or kit.moods[0]) if is_other else otherwise.mood,
        tempo_bpm=tempo_bpm,
        shots=tuple(
            ShotInstruction(
                scene=_moved(before.scene, scene, kit),
                camera=camera,
                share=length_s / sum(lengths_s),
                words=words,
            )
            for scene, before, camera, length_s, words in zip(
                answer["scenes"], otherwise.shots, answer["cameras"], lengths_s, spoken, strict=True
            )
        ),
    )
    return dataclasses.replace(draft, instruction=instruction)


def _moved(told: str, scene: str, kit: Kit) -> str:
    """A shot's words with another scene: in its light, and in its weather where that suits it."""
    [there] = [one for one in kit.scenes if one.name == scene]
    weather = told_weather(told, kit.weathers)
    light = told_light(told, kit.lights)[1]
    return seen(there.about, light, weather if weather in there.weathers else "")


def pictured(draft: Draft, kit: Kit) -> Answer:
    labels = {subject.glyph: label(subject) for subject in kit.subjects} | {"": NOTHING}
    return {
        "subjects": [labels[shot.subject] for shot in draft.shots],
        "lights": [shot.light for shot in draft.shots],
    }


def take_visual(answer: Answer, draft: Draft, desk: Desk) -> Draft | str:
    """The draft with other things in its shots, in another light."""
    glyphs = {label(one): one.glyph for one in desk.fit.kit.subjects} | {NOTHING: ""}
    shots = tuple(
        dataclasses.replace(shot, subject=glyphs[subject], light=light)
        for shot, subject, light in zip(
            draft.shots, answer["subjects"], answer["lights"], strict=True
        )
    )
    return dataclasses.replace(draft, shots=shots)


def heard(draft: Draft, kit: Kit) -> Answer:
    assert draft.music, "nothing is heard yet"
    return {"mood": draft.music.mood, "tempo_bpm": short(draft.music.tempo_bpm)}


def take_audio(answer: Answer, draft: Draft, desk: Desk) -> Draft | str:
    """The draft with other music. Cuts stay on the beats that they were on."""
    assert draft.music, "nothing is heard yet"
    new_bpm = float(answer["tempo_bpm"])
    shots = retimed(draft.shots, draft.music.tempo_bpm, new_bpm)
    music = dataclasses.replace(draft.music, mood=answer["mood"], tempo_bpm=new_bpm)
    return dataclasses.replace(draft, music=music, shots=shots)


def finished(draft: Draft, kit: Kit) -> Answer:
    answer: dict[str, Any] = {}
    words = [shot.words for shot in draft.shots]
    if words != [told.words for told in draft.instruction.shots[: len(words)]]:
        answer["words"] = words  # others than the director's, which could not all be read in time
    if len(words) > 1:  # the first one comes in by itself
        answer["transitions"] = [shot.transition or CUT for shot in draft.shots[1:]]
    return answer


def take_effects(answer: Answer, draft: Draft, desk: Desk) -> Draft | str:
    """The draft with other words, where they can be read in time, and other transitions."""
    ruled = [shot.words for shot in draft.shots]
    spoken = _once([tidy(words) for words in answer.get("words", ruled)], ruled)
    if wrong := _refused(spoken, desk):
        return wrong
    ways = ["", *("" if way == CUT else way for way in answer.get("transitions", ()))]
    shots = tuple(
        dataclasses.replace(
            shot,
            words=words if _may_stand(words, shot) else shot.words,
            transition=way,
        )
        for shot, words, way in zip(draft.shots, spoken, ways, strict=True)
    )
    return dataclasses.replace(draft, shots=shots)


def _may_stand(words: str, shot: Shot) -> bool:
    """Whether a shot's words can be read in time. The first shot is not left without any."""
    return readable(words, shot.duration_s) and bool(words or shot.start_s)


def retimed(shots: Sequence[Shot], old_bpm: float, new_bpm: float) -> tuple[Shot, ...]:
    """Shots that start on the same beats of a bed at another tempo and end at the same time."""
    if new_bpm == old_bpm:
        return tuple(shots)
    starts = [60 * round(shot.start_s * old_bpm / 60) / new_bpm for shot in shots]
    ends = [*starts[1:], shots[-1].end_s]
    return tuple(
        dataclasses.replace(shot, start_s=start, duration_s=end - start)
        for shot, start, end in zip(shots, starts, ends, strict=True)
    )


def _lengths(beats: Sequence[int], tempo_bpm: float, duration_s: float) -> list[float]:
    """How long each shot lasts; the last one has the rest, and too many beats count as shares."""
    counts = list(itertools.accumulate(beats))
    if counts[-1] - beats[-1] >= math.ceil(duration_s * tempo_bpm / 60 - 1e-9):
        return [duration_s * count / counts[-1] for count in beats]
    ends = [0.0, *(60 * count / tempo_bpm for count in counts[:-1]), duration_s]
    return [end - start for start, end in itertools.pairwise(ends)]


def _refused(spoken: Sequence[str], desk: Desk) -> str:
    return next((wrong for words in spoken if (wrong := refusal(words, desk.given))), "")


def _once(lines: Sequence[str], ruled: Sequence[str]) -> list[str]:
    """What was said before is said again only where the rules do, too.

    Small models like to repeat themselves.
    """
    return [
        line if line not in lines[:place] or line == otherwise else ""
        for place, (line, otherwise) in enumerate(zip(lines, ruled, strict=True))
    ]


def short(number: float) -> float:
    """A whole number is written without its point."""
    return int(number) if number == int(number) else number
