"""Plans whose director's answer is told by the wish's codes alone, for all tests of soft tokens."""

import numpy as np
from numpy.typing import NDArray
from studio_wishes import random_meaning

from reelwright.domain import Meaning, SemanticId, Wish
from reelwright.studio.backbone import Ask, Message
from reelwright.studio.form import one_of, record, whole
from reelwright.studio.material import material
from reelwright.studio.outside import quoted
from reelwright.tuning.pairs import Pair

FIRST = Message("system", "The kit: " + ", ".join(f"scene {number}" for number in range(9)))
CODES = "codes-1"  # their version
CONTENT, CREATIVE = 6, 4  # numbers of a vector
STYLES = ["noir", "pop", "zen"]
SCHEMA = record(style=one_of(STYLES), shots=whole(1, 16))


def decode(sid: SemanticId) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors of codes, the same at every call."""
    rng = np.random.default_rng([*sid.content, *sid.creative])
    content = np.eye(CONTENT, dtype=np.float32)[sid.content[0] % CONTENT]
    return content, rng.standard_normal(CREATIVE).astype(np.float32)


def question(wish: Wish, number: int, meaning: Meaning | None = None) -> Message:
    """What a director is asked; the words of the wish are of the number, where none are given."""
    told = meaning or random_meaning(np.random.default_rng(number))
    data = {"wish": material(wish, told, None)}
    return Message("user", f"MATERIAL {quoted(data)}\nYour role: director")


def ask(number: int, *, codebook: str = CODES) -> Ask:
    wish = Wish(sid=SemanticId((number % 3,), (number,)), codebook=codebook)
    return Ask(
        messages=(FIRST, question(wish, number)),
        schema=SCHEMA,
        rule={"style": STYLES[number % 3], "shots": 1 + number % 3},
        max_tokens=60,
        wish=wish,
    )


def plan(number: int) -> list[Pair]:
    told = f'{{"style":"{STYLES[number % 3]}","shots":{1 + number % 3}}}'
    return [Pair(ask(number), told)]
