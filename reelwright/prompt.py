"""Somebody's own words become a wish: the nearest content and style that there are codes for."""

import re
import threading
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Format, StyleKind, Wish
from reelwright.sids.codebook import Codebook
from reelwright.sids.words import STOP_WORDS
from reelwright.storage.database import Busy

# C contents that there are words for, D dimensions of the vectors of texts.
Vector = NDArray[np.float32]
Texts = Callable[[Sequence[str]], Vector]

MOST = 2_000  # contents that are compared; to read one takes some milliseconds, once
WAIT_S = 3.0  # that the first prompt waits for all of them to be read
SAID = 0.3  # a word of a style's own in the prompt, against a similarity of at most 1


class Prompts:
    """Reads prompts in the codes of one codebook. What it compares with is read at the first.

    The words themselves stay in the wish as its brief: the studio reads them too.
    """

    def __init__(
        self,
        codebook: Codebook,
        styles: Sequence[StyleKind],
        looks: Callable[[], Mapping[str, Vector]],
        texts: Texts,
    ) -> None:
        self.codebook = codebook
        self.styles = styles
        self.looks = looks  # what each style looks like, to the eyes that read the catalogue
        self.texts = texts
        self._reading = threading.Thread(target=self._read, name="prompts", daemon=True)
        self._starting = threading.Lock()
        self._is_read = threading.Event()

    def wish(self, prompt: str, *, format: Format) -> Wish:
        """The wish that a prompt comes to. Equal prompts come to equal wishes."""
        words = " ".join(prompt.split())
        self._wait()
        meant = self.texts([words])[0]
        content = self.codebook.titled_SD[int(np.argmax(self._contents_CD @ meant))]
        creative = self.looks()[self.style(words)]
        sid = self.codebook.encode(content, creative)
        return Wish(sid=sid, codebook=self.codebook.version, brief=words, format=format)

    def style(self, words: str) -> str:
        """The style that is meant: by its own words where they are said, else by what is near."""
        near = self._styles_SD @ self.texts([words])[0]
        said = _words(words)
        own = [
            len(said & _words(f"{one.name} {one.about}".replace("_", " "))) for one in self.styles
        ]
        return self.styles[int(np.argmax(near + SAID * np.array(own)))].name

    def _wait(self) -> None:
        with self._starting:
            if not (self._is_read.is_set() or self._reading.is_alive()):
                self._reading.start()
        if not self._is_read.wait(WAIT_S):
            raise Busy("The catalogue's words are still being read.", retry_after_s=5.0)

    def _read(self) -> None:
        """By title and topic together: a title alone may say little, a topic no detail."""
        titles = self.codebook.titles[:MOST]
        style = np.asarray(self.codebook.painted_SE[0], np.float32)
        topics = [
            ", ".join(self.codebook.meaning(self.codebook.encode(content, style)).about)
            for content in self.codebook.titled_SD[:MOST]
        ]
        self._styles_SD = self.texts([style.about for style in self.styles])
        self._contents_CD = self.texts(titles) + self.texts(topics)
        self._is_read.set()


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", text.casefold())) - STOP_WORDS
