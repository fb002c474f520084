"""The director who is told a wish in soft tokens: a model in torch answers for it. Extra `llm`.

llama.cpp's server takes words alone, so this one turn is answered here, held to its form by
llguidance, which holds llama.cpp's answers, too; all that follows goes to another backbone.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from llguidance import LLMatcher, LLTokenizer
from tokenizers import Tokenizer
from torch import Tensor

from reelwright.studio.backbone import Ask, Backbone, Message, Reply, Schema, Silent
from reelwright.tuning.gguf_file import lay_over, open_model
from reelwright.tuning.lessons import END, Lesson, encode, template
from reelwright.tuning.llama import Before, Llama
from reelwright.tuning.soft import Decode, Projector, embedded, meant, softened
from reelwright.tuning.soft_file import Taught, beside, mark, open_projector

TEMPERATURE = 0.5  # as the embedded engine has it
TIGHT = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}


@dataclass(slots=True)
class Pupil:
    """A model with its adapter, and the projector that was taught together with it."""

    model: Llama
    words: Tokenizer
    projector: Projector
    codebook: str  # the version of the codes that it can read
    known: tuple[Message | None, Before] = (None, ())  # what it has read before any question
    forms: LLTokenizer = field(init=False)

    def __post_init__(self) -> None:
        self.forms = LLTokenizer(
            self.words.to_str(),
            n_vocab=self.model.shape.words,
            eos_token=self.words.token_to_id(END),
            slices=[],  # they speed up masks of large vocabularies and take seconds to make
        )

    def after(self, first: Message) -> tuple[Before, bool]:
        """What it knows after the message that all plans begin with, and whether it did before."""
        was_known = self.known[0] == first
        if not was_known:
            self.known = first, self.model.read(encode(self.words, template([first])))
        return self.known[1], was_known


def open_pupil(model: Path, adapter: Path, *, codebook: str) -> Pupil:
    """What train studio --soft has written, for codes of this version; refused for any other."""
    taught = Taught(codebook=codebook, model=mark(model), adapter=mark(adapter))
    projector = open_projector(beside(adapter), beside=taught)
    found, words = open_model(model)
    lay_over(found, adapter)
    return Pupil(found, words, projector, codebook)


class SoftBackbone:
    """Answers a director who is told a wish, from its codes; all else is asked of `otherwise`."""

    def __init__(
        self,
        otherwise: Backbone,
        pupil: Pupil,
        decode: Decode,
        *,
        clock: Callable[[], float],
        temperature: float = TEMPERATURE,
    ) -> None:
        self.otherwise = otherwise
        self.pupil = pupil
        self.decode = decode
        self.clock = clock
        self.temperature = temperature
        self._answering = threading.Lock()

    @property
    def name(self) -> str:
        return f"{self.otherwise.name}+soft"

    def reply(self, ask: Ask, *, seed: int, within_s: float) -> Reply:
        begun_s = self.clock()
        lesson = self._question(ask)
        if lesson is None:
            return self.otherwise.reply(ask, seed=seed, within_s=within_s)
        if not self._answering.acquire(timeout=max(0.0, within_s)):
            raise Silent(f"{self.name} is busy with others")
        try:
            return self._answered(ask, lesson, seed, begun_s, begun_s + within_s)
        finally:
            self._answering.release()

    def _question(self, ask: Ask) -> Lesson | None:
        """A director's first question with soft tokens in it, where codes are known."""
        if len(ask.messages) != 2 or not ask.wish or ask.wish.codebook != self.pupil.codebook:
            return None
        question = softened(ask.messages[1], self.pupil.projector.sizes.num_tokens)
        if question is None:
            return None
        tokens = tuple(encode(self.pupil.words, template([question], answering=True)))
        return Lesson(tokens, (False,) * len(tokens), meant(self.decode(ask.wish.sid)))

    @torch.no_grad()
    def _answered(
        self, ask: Ask, lesson: Lesson, seed: int, begun_s: float, until_s: float
    ) -> Reply:
        model = self.pupil.model
        before, was_known = self.pupil.after(ask.messages[0])
        num_before = before[0][0].shape[2]
        given_BTW = embedded(model, torch.tensor([lesson.tokens]), [lesson], self.pupil.projector)
        written = write(
            model,
            given_BTW,
            before,
            held(self.pupil.forms, ask.schema),
            choose=chooser(self.temperature, seed),
            most=ask.max_tokens,
            in_time=lambda: self.clock() < until_s,
        )
        if written is None:
            raise Silent(f"{self.name} did not come to an end")
        return Reply(
            text=self.pupil.words.decode(written),
            prompt_tokens=num_before + len(lesson.tokens),
            reused_tokens=num_before if was_known else 0,
            written_tokens=len(written),
            seconds=self.clock() - begun_s,
        )


def held(forms: LLTokenizer, schema: Schema) -> LLMatcher:
    """What an answer of this form may go on with, from its first token to its last."""
    grammar = LLMatcher.grammar_from_json_schema({**schema, "x-guidance": TIGHT})
    found = LLMatcher(forms, grammar)
    assert not found.is_error(), found.get_error()
    return found


def write(
    model: Llama,
    given_1TW: Tensor,
    before: Before,
    form: LLMatcher,
    *,
    choose: Callable[[Tensor], int],
    most: int,
    in_time: Callable[[], bool],
) -> list[int] | None:
    """The tokens of an answer, or nothing where it has not come to an end by then.

    What the form leaves no choice in is read at once and not asked for.
    """
    written: list[int] = []
    while len(written) < most and in_time():
        states_1TW, before = model.further(given_1TW, before)
        new = form.compute_ff_tokens() or [choose(_allowed(model.logits(states_1TW[0, -1]), form))]
        form.consume_tokens(new)
        assert not form.is_error(), form.get_error()
        written += new
        if form.is_stopped():
            return written
        given_1TW = model.token_embd(torch.tensor([new]))
    return None


def _allowed(logits_V: Tensor, form: LLMatcher) -> Tensor:
    """The logits with those tokens shut out that the form does not allow."""
    bits = np.unpackbits(np.frombuffer(form.compute_bitmask(), np.uint8), bitorder="little")
    may_V = torch.from_numpy(bits[: len(logits_V)].astype(bool))
    return logits_V.masked_fill(~may_V, -torch.inf)


def chooser(temperature: float, seed: int) -> Callable[[Tensor], int]:
    """Draws a token; at temperature 0 it takes the likeliest."""
    chance = torch.Generator().manual_seed(seed)

    def choose(logits_V: Tensor) -> int:
        if temperature == 0:
            return int(logits_V.argmax())
        return int(torch.multinomial((logits_V / temperature).softmax(0), 1, generator=chance))

    return choose
