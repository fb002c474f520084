"""The four roles as data: what each is told, the tools it may call, the form of its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from reelwright.domain import Kit
from reelwright.studio import answers
from reelwright.studio.answers import AGAIN, CUT, NOTHING, SAME, Answer
from reelwright.studio.backbone import Schema
from reelwright.studio.form import listing, one_of, record, whole, words
from reelwright.studio.outside import Data, Outside
from reelwright.studio.pacing import beats
from reelwright.studio.steps import Draft
from reelwright.studio.tools import Call, Desk, Facts, speaking_s
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
    told: Callable[[Draft, Kit], Answer]  # what a draft says, asked or not
    taken: Callable[[Answer, Draft, Desk], Draft | str]  # the draft with it, or why not

    @property
    def prompt(self) -> str:
        return prompt(self.name)


@cache
def prompt(name: str) -> str:
    """A text that ships with the package."""
    return (files("reelwright.studio") / "prompts" / f"{name}.txt").read_text("utf-8").strip()


def _open_direction(draft: Draft) -> tuple[Call, ...]:
    return Call("styles", {}), Call("scenes", {"words": ""})


def _open_pictures(draft: Draft) -> tuple[Call, ...]:
    return (Call("subjects", {"words": ""}),)


def _open_nothing(draft: Draft) -> tuple[Call, ...]:
    return ()


def _form_of_direction(draft: Draft, found: Found, kit: Kit) -> Schema:
    told = answers.directed(draft, kit)
    count = len(draft.instruction.shots)
    styles = _names(told["style"], *named(found, "styles"))
    return _asked(
        style=_one(styles),
        beats=listing(whole(1, max(MOST_BEATS, *told["beats"])), 1, max(1, count - 1)),
        scenes=_each(_names(*told["scenes"], *named(found, "scenes")), count),
        cameras=_each(_names(*told["cameras"], *_cameras(styles, kit)), count),
        words=listing(words(max(MAX_TITLE, *map(len, told["words"]))), 1, count),
    )


def _form_of_pictures(draft: Draft, found: Found, kit: Kit) -> Schema:
    told = answers.pictured(draft, kit)
    things = _names(*told["things"], *named(found, "subjects"), NOTHING)
    lights = kind_of(draft.instruction.style, kit.styles).lights or kit.lights
    return _asked(
        things=_each(things, len(draft.shots)),
        lights=_each(_names(*told["lights"], *lights), len(draft.shots)),
    )


def _form_of_sound(draft: Draft, found: Found, kit: Kit) -> Schema:
    tempi = suiting_tempi(draft, kit) if late_s(draft) else [SAME]
    return _asked(mood=_one(list(kit.moods)), tempo=_one(tempi))


def _form_of_effects(draft: Draft, found: Found, kit: Kit) -> Schema:
    told = answers.finished(draft, kit)
    if not told:
        return _asked()
    ways = kind_of(draft.instruction.style, kit.styles).transitions or kit.transitions
    suiting = _names(*told["transitions"], *(way or CUT for way in ways), CUT)
    return _asked(transitions=_each(suiting, len(draft.shots) - 1))


def suiting_tempi(draft: Draft, kit: Kit) -> list[str]:
    """The tempi of the style at which every shot keeps its beats and the last one a fair length."""
    bpm = answers.tempi(draft, kit)
    least_s = SHORT_SHOT * kind_of(draft.instruction.style, kit.styles).shot_s[0]
    others = [
        name
        for name in bpm
        if bpm[name] != bpm[SAME]
        and answers.retimed(draft.shots, bpm[SAME], bpm[name])[-1].duration_s >= least_s
    ]
    return [SAME, *others]


def _cameras(styles: list[str], kit: Kit) -> list[str]:
    """Those that suit one of the styles."""
    kinds = [kind_of(style, kit.styles) for style in styles]
    return [camera for kind in kinds for camera in kind.cameras or kit.cameras]


def named(found: Found, tool: str) -> list[str]:
    """What a tool has found, by name."""
    return [one.text for one in found[tool] if isinstance(one, Outside)]


def _names(*names: str) -> list[str]:
    """Each of them once, and not the sign that stands for another."""
    return [name for name in dict.fromkeys(names) if name != AGAIN]


def _one(names: list[str]) -> Schema | None:
    """One of some names; nothing where that is no choice."""
    return one_of(names) if len(names) > 1 else None


def _each(names: list[str], count: int) -> Schema | None:
    """Likewise for each shot, as `answers.once` writes it."""
    return listing(one_of([*names, AGAIN]), 1, count) if len(names) > 1 else None


def _asked(**forms: Schema | None) -> Schema:
    """The form of an answer. What there is no choice in is not asked, and stays as it is."""
    return record(**{name: form for name, form in forms.items() if form})


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
    opening=_open_nothing,
    form=_form_of_sound,
    told=answers.heard,
    taken=answers.take_audio,
)
EFFECTS = Role(
    name="effects",
    tools=("beats",),
    opening=_open_nothing,
    form=_form_of_effects,
    told=answers.finished,
    taken=answers.take_effects,
)
ROLES = (DIRECTOR, VISUAL, AUDIO, EFFECTS)


def facts_for(role: Role, draft: Draft) -> Mapping[str, Data]:
    """What no tool has to be asked for. Whoever speaks later has heard it, too."""
    if role is DIRECTOR:
        told = draft.instruction
        count = len(beats(draft.format.duration_s, told.tempo_bpm)) + 1
        return {"shots": len(told.shots), "beats": count}
    if role is AUDIO and late_s(draft):
        return {"late_s": late_s(draft)}
    return {}


def late_s(draft: Draft) -> float:
    """How long somebody still speaks when their shot is over; the longest of all shots."""
    told = zip(draft.instruction.shots, draft.shots, strict=False)
    return max(0.0, *(round(speaking_s(one.words) - shot.duration_s, 1) for one, shot in told))
