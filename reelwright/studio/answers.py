"""The small JSON in which each role answers: what a draft says in it, and a draft with it put in.

For every role, `taken` puts back what `told` took out: a draft with its own words is itself.
Writing is what a small machine is slowest at, so nothing is said twice: a list of a name for each
shot ends where it would begin again, and leaves out a name that stood right before (`once`,
`over`).
"""

import dataclasses
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from reelwright.domain import Instruction, Kit, Shot, ShotInstruction
from reelwright.studio.instructing import seen, tempo, told_light, told_weather
from reelwright.studio.outside import refusal, tidy
from reelwright.studio.steps import Draft
from reelwright.studio.tools import Desk, label
from reelwright.studio.understanding import kind_of

Answer = Mapping[str, Any]

NOTHING, CUT = "nothing", "cut"  # what is empty in a blueprint has a name in an answer
AGAIN = ""  # in a list: the name before
SAME = "same"  # the tempo of the music, as it was


def directed(draft: Draft, kit: Kit) -> Answer:
    """What the director has decided: pacing in beats, the rest by its names in the kit."""
    told = draft.instruction
    names = {scene.about: scene.name for scene in kit.scenes}
    beat_s = 60 / told.tempo_bpm
    return {
        "style": told.style,
        "beats": _unheld(
            [
                max(1, round(shot.share * draft.format.duration_s / beat_s))
                for shot in told.shots[:-1] or told.shots
            ]
        ),
        "scenes": once([names[told_light(shot.scene, kit.lights)[0]] for shot in told.shots]),
        "cameras": once([shot.camera for shot in told.shots]),
        "words": _unsilenced([shot.words for shot in told.shots]),
    }


def take_director(answer: Answer, draft: Draft, desk: Desk) -> Draft | str:
    """The draft with another instruction. Tempo, lights and what it is about stay the rule's."""
    kit, otherwise = desk.fit.kit, draft.instruction
    ruled = [shot.words for shot in otherwise.shots]
    told, count = directed(draft, kit), len(ruled)
    lines = [tidy(words) for words in answer["words"]]
    spoken = _unrepeated([*lines, *[""] * (count - len(lines))], ruled)
    if wrong := _refused(spoken, desk):
        return wrong
    style = kind_of(answer["style"], kit.styles)
    is_other = style.name != otherwise.style
    tempo_bpm = tempo(otherwise.tempo_bpm, style) if is_other else otherwise.tempo_bpm
    lengths_s = _lengths(_held(answer["beats"], count), tempo_bpm, draft.format.duration_s)
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
                _over("scenes", answer, told, count),
                otherwise.shots,
                _over("cameras", answer, told, count),
                lengths_s,
                spoken,
                strict=True,
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
        "things": once([labels[shot.subject] for shot in draft.shots]),
        "lights": once([shot.light for shot in draft.shots]),
    }


def take_visual(answer: Answer, draft: Draft, desk: Desk) -> Draft | str:
    """The draft with other things in its shots, in another light."""
    glyphs = {label(one): one.glyph for one in desk.fit.kit.subjects} | {NOTHING: ""}
    told, count = pictured(draft, desk.fit.kit), len(draft.shots)
    things = _over("things", answer, told, count)
    lights = _over("lights", answer, told, count)
    shots = tuple(
        dataclasses.replace(shot, subject=glyphs[thing], light=light)
        for shot, thing, light in zip(draft.shots, things, lights, strict=True)
    )
    return dataclasses.replace(draft, shots=shots)


def heard(draft: Draft, kit: Kit) -> Answer:
    assert draft.music, "nothing is heard yet"
    return {"mood": draft.music.mood, "tempo": SAME}


def tempi(draft: Draft, kit: Kit) -> dict[str, float]:
    """What the tempo of the music may be, by the names that it has in an answer."""
    assert draft.music, "nothing is heard yet"
    slowest, fastest = kind_of(draft.instruction.style, kit.styles).tempo_bpm
    middle = (slowest + fastest) / 2
    return {
        SAME: draft.music.tempo_bpm,
        "slowest": slowest,
        "middle": middle,
        "fastest": fastest,
    }


def take_audio(answer: Answer, draft: Draft, desk: Desk) -> Draft | str:
    """The draft with other music. Cuts stay on the beats that they were on."""
    assert draft.music, "nothing is heard yet"
    new_bpm = tempi(draft, desk.fit.kit)[answer["tempo"]]
    shots = retimed(draft.shots, draft.music.tempo_bpm, new_bpm)
    music = dataclasses.replace(draft.music, mood=answer["mood"], tempo_bpm=new_bpm)
    return dataclasses.replace(draft, music=music, shots=shots)


def finished(draft: Draft, kit: Kit) -> Answer:
    if len(draft.shots) == 1:  # the first one comes in by itself
        return {}
    return {"transitions": once([shot.transition or CUT for shot in draft.shots[1:]])}


def take_effects(answer: Answer, draft: Draft, desk: Desk) -> Draft | str:
    """The draft with other transitions."""
    if "transitions" not in answer:
        return draft
    first, *others = draft.shots
    told = finished(draft, desk.fit.kit)
    ways = _over("transitions", answer, told, len(others))
    shots = tuple(
        dataclasses.replace(shot, transition="" if way == CUT else way)
        for shot, way in zip(others, ways, strict=True)
    )
    return dataclasses.replace(draft, shots=(first, *shots))


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


def _unrepeated(lines: Sequence[str], ruled: Sequence[str]) -> list[str]:
    """What was said before is said again only where the rules do, too.

    Small models like to repeat themselves.
    """
    return [
        line if line not in lines[:place] or line == otherwise else ""
        for place, (line, otherwise) in enumerate(zip(lines, ruled, strict=True))
    ]


def once(names: Sequence[str]) -> list[str]:
    """As little of a list as tells all of it."""
    whole = list(names)
    beginnings = (whole[: place + 1] for place in range(len(whole)))
    told = next(one for one in beginnings if over(one, len(whole)) == whole)
    return [AGAIN if place and name == told[place - 1] else name for place, name in enumerate(told)]


def over(names: Sequence[str], count: int) -> list[str]:
    """So many names out of what was told of them: a list that ends early begins again."""
    told: list[str] = []
    for name in names:
        told.append(told[-1] if told and name == AGAIN else name)
    return [told[place % len(told)] for place in range(count)]


def _over(entry: str, answer: Answer, ruled: Answer, count: int) -> list[str]:
    """The names of all shots. One that nothing stands before is the rule's."""
    first, *others = answer[entry]
    return over([ruled[entry][0] if first == AGAIN else first, *others], count)


def _unheld(beats: Sequence[int]) -> list[int]:
    """Beats without those at the end that are as many as in the shot before."""
    told = list(beats)
    while len(told) > 1 and told[-1] == told[-2]:
        told.pop()
    return told


def _held(beats: Sequence[int], count: int) -> list[int]:
    return [*beats, *[beats[-1]] * (count - len(beats))]


def _unsilenced(words: Sequence[str]) -> list[str]:
    """Words without the silence after the last ones."""
    told = list(words)
    while len(told) > 1 and not told[-1]:
        told.pop()
    return told
