"""Real people, filmed: short takes out of a folder of data, measured, and films made of them."""

import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwright.assemble import performances
from reelwright.config import Config
from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image, frames
from reelwright.media.encode import encode
from reelwright.media.probe import Prober
from reelwright.modify.analyse import analyse
from reelwright.modify.card import Card
from reelwright.modify.performance import Performance
from reelwright.modify.preserved import Likeness, preserved

# Who speaks is larger in the frame than who signs, and moves the face more. The first two are also
# those of a quick run: one who speaks, and one who is filmed in 640x480.
CLIPS = ("grid/bbaf2n", "asl/bird", "asl/book", "grid/lbax4n", "asl/again")
QUICK_CLIPS = CLIPS[:2]
RESTING = 16  # frames at the beginning, in which nobody says or signs anything yet
SUFFIXES = (".mkv", ".mpg", ".mp4")


@dataclass(frozen=True, kw_only=True, slots=True)
class Take:
    """Footage and what was measured of it, and how long that took."""

    film: Path
    performance: Performance
    analysed_s: float

    @property
    def both(self) -> tuple[Path, Performance]:
        return self.film, self.performance

    @property
    def size(self) -> tuple[int, int]:
        return self.performance.footage.width, self.performance.footage.height

    def pictures(self) -> Iterator[Image]:
        return (frame for _, frame in frames(self.film, size=self.size))


@dataclass(frozen=True, slots=True)
class Bench:
    """Where films are made and measured."""

    config: Config
    folder: Path
    identity: Likeness | None

    def take(self, film: Path) -> Take:
        """A film, measured."""
        probe = Prober(self.config.media).probe(film)
        watcher = performances.looking(self.config).watcher  # once a film, however long it is
        start_s = time.perf_counter()
        found = analyse(film, probe, watcher)
        return Take(film=film, performance=found, analysed_s=time.perf_counter() - start_s)

    def cut(self, film: Path, num: int) -> Take:
        """Some frames of a film, once people have begun, as footage of its own."""
        probe = Prober(self.config.media).probe(film)
        seen = [frame for _, frame in itertools.islice(frames(film), RESTING, RESTING + num)]
        return self.take(self.write(f"take-{film.stem}", seen, round(probe.fps)))

    def write(self, name: str, pictures: Iterable[Image], fps: int) -> Path:
        """Frames as a film."""
        pictures = iter(pictures)
        first = next(pictures)
        height, width = (side // 2 * 2 for side in first.shape[:2])

        def even() -> Iterator[Image]:
            for picture in (first, *pictures):
                yield np.ascontiguousarray(picture[:height, :width])

        path = self.folder / f"{name}.mp4"
        config = self.config.media
        encode(path, even(), width=width, height=height, fps=fps, sound=None, config=config)
        return path

    def card(self, take: Take, result: Take, keyframes: dict[int, Image] | None = None) -> Card:
        """Without identity: its networks take longer than all the rest together."""
        return preserved(take.both, result.both, keyframes=keyframes)

    def full_card(self, take: Take, result: Take) -> Card:
        return preserved(take.both, result.both, identity=self.identity)


def clips(data: Path, *, quick: bool) -> list[Path]:
    """The films of the folder that are measured."""
    found = []
    for name in QUICK_CLIPS if quick else CLIPS:
        paths = [data / "clips" / f"{name}{suffix}" for suffix in SUFFIXES]
        here = [path for path in paths if path.is_file()]
        if not here:
            raise ReelwrightError(
                f"There is no film {name} in {data / 'clips'}.",
                hint="Give a folder with clips/asl and clips/grid: docs/modify.md says whence.",
            )
        found.append(here[0])
    return found


def fps_of(take: Take) -> int:
    return max(1, round(take.performance.footage.fps))
