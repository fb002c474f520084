"""The look itself: a plan is drawn small, read as any film is read, and measured."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.allowance import Allowance, endless
from reelwright.config import MediaConfig
from reelwright.domain import Blueprint, SemanticId, Wish
from reelwright.features.film import small
from reelwright.media.decode import Image
from reelwright.media.encode import encode
from reelwright.media.materials import Materials
from reelwright.render.film import Film
from reelwright.render.narration import cut_short, narrate
from reelwright.render.proofreading import proofread
from reelwright.render.sketch import frames, sketched
from reelwright.render.soundtrack import soundtrack
from reelwright.render.synth import Sound
from reelwright.secondlook.checks import Sketch, Words, complaints
from reelwright.secondlook.rounds import Looked, Round
from reelwright.speech.voice import Voice
from reelwright.studio.saying import said
from reelwright.studio.steps import Step, blueprint_of

FILE = "sketch.mp4"


ReadCodes = Callable[[Wish, Path, str], SemanticId]  # of a film for a wish, under a title


class SecondLook:
    """Looks at plans, with the eyes that read the catalogue. The same plan is seen the same."""

    def __init__(
        self,
        read_codes: ReadCodes,
        words: Words,
        media: MediaConfig,
        *,
        materials: Materials | None = None,
        voice: Voice | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.read_codes = read_codes
        self.words = words
        self.media = media
        self.materials = materials  # the files that blueprints name by content
        self.voice = voice  # the narrator of what is made, if there is one
        self.clock = clock

    def look(
        self,
        wish: Wish,
        planned: tuple[Step, ...],
        folder: Path,
        *,
        allowance: Allowance | None = None,
    ) -> Round:
        """What is wrong with a plan. Its sketch is drawn in `folder`, and gone again."""
        allowance = allowance or endless()
        start_s, blueprint = self.clock(), blueprint_of(planned)
        film = Film(replace(blueprint, format=sketched(blueprint.format)), materials=self.materials)
        with ThreadPoolExecutor(1) as beside:
            readings = beside.submit(proofread, film)
            sound = soundtrack(blueprint, rate=self.media.audio_rate)
            grey = self._write(film, sound, folder / FILE, allowance)
            measured = self.read_codes(wish, folder / FILE, blueprint.title)
        (folder / FILE).unlink()
        sketch = Sketch(
            blueprint=blueprint,
            wished=wish.sid,
            measured=measured,
            words=self.words,
            readings=readings.result(),
            grey_THW=np.stack(grey),
            fps=film.form.fps,
            sound=sound,
            rate=self.media.audio_rate,
            unsaid=self._unsaid(blueprint, wish.locale),
        )
        found, took_s = complaints(sketch), self.clock() - start_s
        return Round(planned, Looked(measured=measured, complaints=found, seconds=took_s), sound)

    def _unsaid(self, blueprint: Blueprint, locale: str) -> list[tuple[int, str, str]]:
        if self.voice is None or not self.voice.speaks(locale):
            return []
        spoken = said(blueprint, locale)
        return list(cut_short(spoken, narrate(spoken, self.voice)))

    def _write(self, film: Film, sound: Sound, path: Path, allowance: Allowance) -> list[Image]:
        """Small grey pictures of the frames that now lie at `path` as a film."""
        grey: list[Image] = []
        encode(
            path,
            greyed(allowance.through(frames(film)), grey),
            width=film.form.width,
            height=film.form.height,
            fps=film.form.fps,
            sound=sound,
            config=replace(self.media, preset="ultrafast"),
        )
        return grey


def greyed(pictures: Iterable[NDArray[np.uint8]], into: list[Image]) -> Iterator[Image]:
    """The BGR pictures as they come; of each a small grey one is remembered on its way."""
    for picture in pictures:
        into.append(np.asarray(cv2.cvtColor(small(picture), cv2.COLOR_BGR2GRAY), np.uint8))
        yield picture
