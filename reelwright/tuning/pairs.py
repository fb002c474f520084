"""What is taught: all that a teacher was asked while it planned, and what it answered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reelwright.domain import Meaning, Wish
from reelwright.progress import Progress, silent
from reelwright.studio.backbone import Ask, Backbone, Message, Reply
from reelwright.studio.studio import Studio


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, and the answer that is to be learned."""

    ask: Ask
    answer: str  # JSON that the ask's schema allows


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation, and which of its messages are answers to be learned."""

    messages: tuple[Message, ...]
    taught: frozenset[int]  # places among the messages
    meant: tuple[float, ...] = ()  # what stands in the place of a wish's words, where they left


class Listener:
    """A backbone that lets a teacher answer, and keeps what was asked and answered."""

    def __init__(self, teacher: Backbone) -> None:
        self.teacher = teacher
        self.heard: list[Pair] = []

    @property
    def name(self) -> str:
        return self.teacher.name

    def reply(self, ask: Ask, *, seed: int, within_s: float) -> Reply:
        reply = self.teacher.reply(ask, seed=seed, within_s=within_s)
        self.heard.append(Pair(ask, reply.text))
        return reply


def listen(
    studio: Callable[[Backbone], Studio],
    teacher: Backbone,
    wishes: Sequence[tuple[Wish, Meaning]],
    *,
    progress: Progress = silent,
) -> list[list[Pair]]:
    """What a teacher was asked and answered over the plan of each wish."""
    found = []
    listener = Listener(teacher)
    planner = studio(listener)
    for done, (wish, meaning) in enumerate(wishes, start=1):
        listener.heard = []
        for _ in planner.plan(wish, meaning):
            pass
        found.append(listener.heard)
        progress("listening to the teacher", done, len(wishes))
    return found


def talks(pairs: Iterable[Pair]) -> list[Talk]:
    """Pairs as conversations: a question that goes on from the answer before it stands in one.

    So what several questions have in common is read once, and all their answers are learned.
    """
    found: list[Talk] = []
    for pair in pairs:
        messages = (*pair.ask.messages, Message("assistant", pair.answer))
        taught = {len(messages) - 1}
        if found and messages[: len(found[-1].messages)] == found[-1].messages:
            taught |= found.pop().taught
        found.append(Talk(messages, frozenset(taught)))
    return found
