"""How often a backbone answers what the teacher did, to questions that it did not learn from."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from reelwright.progress import Progress, silent
from reelwright.studio.backbone import Backbone, Silent
from reelwright.tuning.pairs import Pair


def examine(
    backbone: Backbone,
    pairs: Sequence[Pair],
    *,
    within_s: float,
    seed: int,
    progress: Progress = silent,
) -> dict[str, float]:
    """Shares of what equals the teacher's answer; what was not answered in time is wrong.

    `fields_right` counts whole fields, `answers_right` whole answers, and `NAME_right` the entries
    of one field, wherever roles have one of that name.
    """
    assert pairs, "nothing to ask"
    fields: list[bool] = []
    entries: dict[str, list[bool]] = defaultdict(list)
    answered = right = 0
    for done, pair in enumerate(pairs, start=1):
        told, wanted = _told(backbone, pair, within_s, seed), json.loads(pair.answer)
        answered += told is not None
        right += told == wanted
        for name, value in wanted.items():
            said = told.get(name) if told else None
            fields.append(said == value)
            entries[name] += _alike(said, value)
        progress("asking what was not learned from", done, len(pairs))
    found = {
        "answered": answered / len(pairs),
        "answers_right": right / len(pairs),
        "fields_right": _share(fields),
    }
    return found | {f"{name}_right": _share(marks) for name, marks in sorted(entries.items())}


def _told(backbone: Backbone, pair: Pair, within_s: float, seed: int) -> dict[str, Any] | None:
    try:
        told = json.loads(backbone.reply(pair.ask, seed=seed, within_s=within_s).text)
    except (Silent, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _alike(said: Any, value: Any) -> list[bool]:
    """Entry by entry where there is a list; what is missing or too much is wrong."""
    if not isinstance(value, list):
        return [said == value]
    given = said if isinstance(said, list) else []
    longer = max(len(given), len(value))
    return [
        place < min(len(given), len(value)) and given[place] == value[place]
        for place in range(longer)
    ]


def _share(marks: Sequence[bool]) -> float:
    return sum(marks) / len(marks)
