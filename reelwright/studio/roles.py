"""The four roles as data: what each is told, the tools it may call, the form of its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from reelwright.domain import Kit, Shot
from reelwright.studio import answers
from reelwright.studio.answers import CUT, NOTHING, Answer, short
from reelwright.studio.backbone import Schema
from reelwright.studio.form import listing, one_of, record, whole, words
from reelwright.studio.outside import Data
from reelwright.studio.steps import Draft
from reelwright.studio.tools import Call, Desk, Facts
from reelwright.studio.understanding import kind_of
from reelwright.studio.wording import MAX_TITLE

Found = Mapping[str, Facts]  # by the tools of one turn

MOST_BEATS = 16  # of one shot
SHORT_SHOT = 0.8  # of the shortest that a style has: what music may do to the last one


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """One voice on the shared backbone. All that tells it from the others stands here."""

    name: str  # of its prompt file, too
    tools: tuple[str, ...]  # that it may call
    opening: Callable[[Draft], tuple[Call, ...]]  # tools that are called before it is asked
    form: Callable[[Draft, Found, Kit], Schema]
    told: Callable[[Draft, Kit], Answer]  # what a draft says, as an answer
    taken: Callable[[Answer, Draft, Desk], Draft | str]  # the draft with it, or why not

    @property
    def prompt(self) -> str:
        return prompt(self.name)


@cache
def prompt(name: str) -> str:
    """A text that ships with the package."""
    return (files("reelwright.studio") / "prompts" / f"{name}.txt").read_text("utf-8").strip()


def _open_direction(draft: Draft) -> tuple[Call, ...]:
    told = draft.instruction
    length = {"tempo_bpm": told.tempo_bpm, "seconds": draft.format.duration_s}
    return Call("styles", {}), Call("scenes", {"words": ""}), Call("beats", length)


def _open_pictures(draft: Draft) -> tuple[Call, ...]:
    return (Call("subjects", {"words": ""}),)


def _open_sound(draft: Draft) -> tuple[Call, ...]:
    return (Call("speaking", {"words": _said(draft)}),)


def _open_effects(draft: Draft) -> tuple[Call, ...]:
    seconds = [shot.duration_s for shot in draft.shots]
    return (Call("reading", {"words": _said(draft), "seconds": seconds}),)


def _said(draft: Draft) -> list[str]:
    return [shot.words for shot in draft.instruction.shots[: len(draft.shots)]]


def _form_of_direction(draft: Draft, found: Found, kit: Kit) -> Schema:
    told = answers.directed(draft, kit)
    count = len(draft.instruction.shots)
    styles = _names(told["style"], *found["styles"])
    slowest, fastest = kind_of(draft.instruction.style, kit.styles).tempo_bpm
    return record(
        style=one_of(styles),
        tempo_bpm=one_of(sorted({told["tempo_bpm"], short(slowest), short(fastest)})),
        beats=_each(whole(1, max(MOST_BEATS, *told["beats"])), count),
        scenes=_each(one_of(_names(*told["scenes"], *found["scenes"])), count),
        cameras=_each(one_of(_names(*told["cameras"], *_cameras(styles, kit))), count),
        words=_lines(told["words"]),
    )


def _form_of_pictures(draft: Draft, found: Found, kit: Kit) -> Schema:
    told = answers.pictured(draft, kit)
    things = _names(*told["subjects"], *found["subjects"], NOTHING)
    lights = kind_of(draft.instruction.style, kit.styles).lights or kit.lights
    return record(
        subjects=_each(one_of(things), len(draft.shots)),
        lights=_each(one_of(_names(*told["lights"], *lights)), len(draft.shots)),
    )


def _form_of_sound(draft: Draft, found: Found, kit: Kit) -> Schema:
    return record(mood=one_of(list(kit.moods)), tempo_bpm=one_of(tempi(draft, kit)))


def _form_of_effects(draft: Draft, found: Found, kit: Kit) -> Schema:
    told = answers.finished(draft, kit)
    forms = {"words": _lines(told["words"])} if "words" in told else {}
    if between := len(draft.shots) - 1:
        ways = kind_of(draft.instruction.style, kit.styles).transitions or kit.transitions
        suiting = _names(*told["transitions"], *(way or CUT for way in ways), CUT)
        forms["transitions"] = _each(one_of(suiting), between)
    return record(**forms)


def tempi(draft: Draft, kit: Kit) -> list[float]:
    """The tempi of the style at which every shot keeps its beats and the last one a fair length."""
    told = answers.heard(draft, kit)["tempo_bpm"]
    style = kind_of(draft.instruction.style, kit.styles)
    slowest, fastest = style.tempo_bpm
    least_s = SHORT_SHOT * style.shot_s[0]
    return [
        short(bpm)
        for bpm in sorted({told, slowest, (slowest + fastest) / 2, fastest})
        if bpm == told or _last(draft.shots, told, bpm).duration_s >= least_s
    ]


def _last(shots: tuple[Shot, ...], told_bpm: float, bpm: float) -> Shot:
    return answers.retimed(shots, told_bpm, bpm)[-1]


def _cameras(styles: list[str], kit: Kit) -> list[str]:
    """Those that suit one of the styles."""
    kinds = [kind_of(style, kit.styles) for style in styles]
    return [camera for kind in kinds for camera in kind.cameras or kit.cameras]


def _names(*names: str) -> list[str]:
    return list(dict.fromkeys(names))


def _each(items: Schema, count: int) -> Schema:
    return listing(items, count, count)


def _lines(told: list[str]) -> Schema:
    """The words of all shots: as long as a title, or as what has to stand there anyway."""
    return _each(words(max(MAX_TITLE, *map(len, told))), len(told))


DIRECTOR = Role(
    name="director",
    tools=("styles", "scenes", "beats", "reading"),
    opening=_open_direction,
    form=_form_of_direction,
    told=answers.directed,
    taken=answers.take_director,
)
VISUAL = Role(
    name="visual",
    tools=("subjects", "scenes"),
    opening=_open_pictures,
    form=_form_of_pictures,
    told=answers.pictured,
    taken=answers.take_visual,
)
AUDIO = Role(
    name="audio",
    tools=("speaking", "beats"),
    opening=_open_sound,
    form=_form_of_sound,
    told=answers.heard,
    taken=answers.take_audio,
)
EFFECTS = Role(
    name="effects",
    tools=("reading", "speaking"),
    opening=_open_effects,
    form=_form_of_effects,
    told=answers.finished,
    taken=answers.take_effects,
)
ROLES = (DIRECTOR, VISUAL, AUDIO, EFFECTS)


def facts_for(role: Role, draft: Draft) -> Mapping[str, Data]:
    """What no tool has to be asked for: how many shots there are, and how long they are."""
    if role is DIRECTOR:
        return {"shots": len(draft.instruction.shots)}
    return {"seconds": tuple(round(shot.duration_s, 1) for shot in draft.shots)}
