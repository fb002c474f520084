"""What the rules do about complaints of the second look: whose turn it is, and what changes."""

import dataclasses
from collections.abc import Mapping, Sequence

from reelwright.domain import Instruction, Kit, Shot
from reelwright.studio.roles import ROLES
from reelwright.studio.steps import Candidate, Complaint, Draft, Fault, Understood
from reelwright.studio.tools import Desk
from reelwright.studio.understanding import kind_of
from reelwright.studio.wording import SMALL_WORDS, shortened

BLAMED: Mapping[Fault, str] = {
    "content": "director",
    "creative": "director",
    "frozen": "director",
    "beat": "visual",
    "black": "visual",
    "contrast": "visual",
    "silent": "audio",
    "narration": "effects",
    "safe_area": "effects",
    "reading": "effects",
}
LESS = 0.7  # of the time that words had, for words that were too many
STILL = "still"
BRIGHTEST_FIRST = ("day", "dawn", "dusk", "night")


def first_blamed(complaints: Sequence[Complaint]) -> int:
    """The place among the roles of the first that has something to put right."""
    names = [role.name for role in ROLES]
    return min(names.index(BLAMED[one.what]) for one in complaints)


def doubted(
    understood: Understood, desk: Desk, complaints: Sequence[Complaint], times: int
) -> Understood:
    """The wish understood otherwise, for the so-manieth time.

    Other scenes where the content came out wrong; where the creative codes did, the nearest style
    on the desk, on which those that are spent lie no longer.
    """
    faults = {one.what for one in complaints}
    scenes, style = understood.scenes, understood.style
    if "content" in faults:
        least = max(2, len(scenes))
        scenes = _turned(desk.scenes[:least], times)
    if "creative" in faults:
        style = desk.styles[0]
    return dataclasses.replace(understood, style=style, scenes=scenes)


def moving(told: Instruction, complaints: Sequence[Complaint], kit: Kit) -> Instruction:
    """Other cameras, that move, where a shot was frozen."""
    style = kind_of(told.style, kit.styles)
    shots = list(told.shots)
    for place in _places(complaints, {"frozen"}, len(shots)):
        ways = [
            one for one in style.cameras or kit.cameras if one not in {STILL, shots[place].camera}
        ]
        if ways:
            shots[place] = dataclasses.replace(shots[place], camera=ways[place % len(ways)])
    return dataclasses.replace(told, shots=tuple(shots))


def peopled(draft: Draft, complaints: Sequence[Complaint], subjects: Sequence[str]) -> Draft:
    """Where the content came out wrong, the next best thing; no shot is without one."""
    shots = list(draft.shots)
    for place in _places(complaints, {"content"}, len(shots)) if subjects else ():
        others = [one for one in subjects if one != shots[place].subject] or list(subjects)
        shots[place] = dataclasses.replace(shots[place], subject=others[0])
    return dataclasses.replace(draft, shots=tuple(shots))


def lit(draft: Draft, complaints: Sequence[Complaint], kit: Kit) -> Draft:
    """More light where a shot was black, and another one where words did not stand out."""
    order = [light for light in BRIGHTEST_FIRST if light in kit.lights] or list(kit.lights)
    shots = list(draft.shots)
    for place in _places(complaints, {"black"}, len(shots)):
        brighter = order[: order.index(shots[place].light)]
        shots[place] = dataclasses.replace(shots[place], light=(brighter or order)[-1])
    for place in _places(complaints, {"contrast"}, len(shots)):
        at = order.index(shots[place].light)
        shots[place] = dataclasses.replace(shots[place], light=order[(at + 1) % len(order)])
    return dataclasses.replace(draft, shots=tuple(shots))


def spent(styles: Sequence[str], nearest: str) -> frozenset[str]:
    """Those that came out wrong for good. The nearest to the wish has another take: with other
    shots it comes out otherwise, and there is none that is likelier."""
    return frozenset(one for one in styles if one != nearest or styles.count(one) > 1)


def sounding(draft: Draft, complaints: Sequence[Complaint], kit: Kit) -> Draft:
    """Other music where none was heard."""
    if not any(one.what == "silent" for one in complaints) or not draft.music:
        return draft
    mood = kit.moods[(kit.moods.index(draft.music.mood) + 1) % len(kit.moods)]
    return dataclasses.replace(
        draft, music=dataclasses.replace(draft.music, mood=mood, seed=draft.music.seed ^ 1)
    )


def terse(draft: Draft, complaints: Sequence[Complaint]) -> Draft:
    """Shorter words where they were too many or too large; none where they cannot be shorter."""
    shots = list(draft.shots)
    for place in _places(complaints, {"narration", "safe_area", "reading"}, len(shots)):
        shots[place] = dataclasses.replace(shots[place], words=_less(shots[place]))
    return dataclasses.replace(draft, shots=tuple(shots))


def _less(shot: Shot) -> str:
    """What of a shot's words can be read in less time; else all but the last one."""
    less = shortened(shot.words, LESS * shot.duration_s)
    if less != shot.words:
        return less
    kept = shot.words.split()[:-1]
    while kept and kept[-1] in SMALL_WORDS:
        kept.pop()
    return " ".join(kept).rstrip(",.:")


def _turned(candidates: tuple[Candidate, ...], times: int) -> tuple[Candidate, ...]:
    first = times % len(candidates)
    return candidates[first:] + candidates[:first]


def _places(complaints: Sequence[Complaint], faults: set[str], count: int) -> list[int]:
    """The shots that are complained of, each once; all of them where none is named."""
    places: set[int] = set()
    for one in complaints:
        if one.what in faults:
            places |= set(range(count)) if one.shot is None else {one.shot} & set(range(count))
    return sorted(places)
