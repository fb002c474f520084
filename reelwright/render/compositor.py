"""The renderer that needs nothing but a processor: from a blueprint to an MP4 and its company."""

import os
import queue
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.config import MediaConfig, RenderConfig
from reelwright.domain import Blueprint, Clip
from reelwright.media.captions import Cue, cues, together, webvtt
from reelwright.media.encode import encode, jpeg
from reelwright.media.heap import give_holes_back, give_large_back
from reelwright.media.materials import Materials
from reelwright.media.preview import preview, thumbnail
from reelwright.progress import Progress, silent
from reelwright.render.film import Desk, Film
from reelwright.render.narration import Line, narrate, track
from reelwright.render.soundtrack import soundtrack
from reelwright.render.synth import Sound
from reelwright.speech.voice import Voice

NAME = "compositor"
AHEAD = 3  # frames that a thread may be ahead of the encoder


class Compositor:
    """Draws what its kit offers. The same blueprint gives the same frames on any threads."""

    def __init__(
        self,
        config: RenderConfig,
        media: MediaConfig,
        materials: Materials | None = None,
        voice: Voice | None = None,
    ) -> None:
        self.media = media
        self.voice = voice  # without one nothing is spoken
        self.materials = materials  # the files that blueprints name by content
        self.threads = config.threads or os.cpu_count() or 1
        give_large_back()
        cv2.setNumThreads(1)  # frames are drawn side by side; threads within one would only wait

    def render(
        self,
        blueprint: Blueprint,
        folder: Path,
        *,
        sound: Sound | None = None,
        progress: Progress = silent,
    ) -> Clip:
        """The finished film in `folder`, which must exist, with all that belongs to it.

        Whoever has played the blueprint's `soundtrack` already, at our rate, may hand it in.
        """
        film = Film(blueprint, self.materials)
        telling: list[NDArray[np.uint8]] = []
        posters: list[Future[NDArray[np.uint8]]] = []
        lines = narrate(blueprint, self.voice)
        if sound is None:
            sound = self._sound(blueprint, lines)
        give_holes_back()  # many notes came and went, and perhaps another clip before them
        clip = clip_in(folder, blueprint)
        encode(
            clip.film,
            kept(self._frames(film, posters, progress), film.telling, telling),
            width=film.form.width,
            height=film.form.height,
            fps=film.form.fps,
            sound=sound,
            config=self.media,
        )
        jpeg(clip.poster, posters[0].result())
        preview(clip.preview, telling, fps=film.form.fps, config=self.media)
        clip.captions.write_text(webvtt(captions(blueprint, lines)), encoding="utf-8")
        return clip

    def sound(self, blueprint: Blueprint) -> Sound:
        """The sound of the film, with its narrator."""
        return self._sound(blueprint, narrate(blueprint, self.voice))

    def _sound(self, blueprint: Blueprint, lines: Sequence[Line]) -> Sound:
        rate = self.media.audio_rate
        spoken = track(lines, blueprint.format.duration_s, rate)
        return soundtrack(blueprint, rate=rate, voice=spoken)

    def frame(self, blueprint: Blueprint, t_s: float) -> NDArray[np.uint8]:
        """The BGR frame on the screen at a time."""
        film = Film(blueprint, self.materials)
        place = min(film.count - 1, max(0, int(t_s * film.form.fps + 1e-6)))
        return film.bgr(place, Desk.of(film.form.width, film.form.height))

    def _frames(
        self, film: Film, posters: list[Future[NDArray[np.uint8]]], progress: Progress
    ) -> Iterator[NDArray[np.uint8]]:
        """All frames in order, drawn ahead on several threads, each drawing only once.

        The poster is drawn on its way, while the layers of its shot are there.
        """
        desks: queue.SimpleQueue[Desk] = queue.SimpleQueue()
        for _ in range(self.threads):
            desks.put(Desk.of(film.form.width, film.form.height))

        def draw(frame: int) -> NDArray[np.uint8]:
            with lent(desks) as desk:
                return film.i420(frame, desk)

        def poster() -> NDArray[np.uint8]:
            with lent(desks) as desk:
                return film.poster(desk)

        steps = [film.step_of(frame) for frame in range(film.count)]
        next_shot = {
            film.first_of(shot): place for place, shot in enumerate(film.blueprint.shots, start=1)
        }
        with ThreadPoolExecutor(self.threads, thread_name_prefix="draw") as pool:
            waiting: deque[tuple[int, Future[NDArray[np.uint8]]]] = deque()
            to_draw = iter(dict.fromkeys(steps))
            done = 0
            while done < film.count:
                while len(waiting) < AHEAD * self.threads:
                    step = next(to_draw, None)
                    if step is None:
                        break
                    waiting.append((step, pool.submit(draw, step)))
                    if step == film.step_of(film.telling.start):
                        posters.append(pool.submit(poster))
                    if step in next_shot:  # a shot ahead, so that no frame waits for its layers
                        pool.submit(film.ready, next_shot[step])
                step, drawing = waiting.popleft()
                picture = drawing.result()
                while done < film.count and steps[done] == step:
                    yield picture
                    done += 1
                    progress("drawing frames", done, film.count)


def clip_in(folder: Path, blueprint: Blueprint) -> Clip:
    """The clip of a blueprint that is, or will be, drawn in a folder."""
    return Clip(
        film=folder / "film.mp4",
        poster=folder / "poster.jpg",
        preview=folder / "preview.mp4",
        captions=folder / "captions.vtt",
        blueprint=blueprint,
        renderer=NAME,
    )


def captions(blueprint: Blueprint, lines: Sequence[Line]) -> list[Cue]:
    """What is read on the picture and heard, and when. A shot that speaks is told as it does."""
    heard = {line.shot for line in lines}
    read = cues(shot for place, shot in enumerate(blueprint.shots) if place not in heard)
    return together(read, [Cue(line.start_s, line.end_s, line.words) for line in lines])


@contextmanager
def lent(desks: queue.SimpleQueue[Desk]) -> Iterator[Desk]:
    """A desk that nobody draws on, for as long as a `with` lasts."""
    desk = desks.get()
    try:
        yield desk
    finally:
        desks.put(desk)


def kept(
    frames: Iterable[NDArray[np.uint8]], wanted: range, into: list[NDArray[np.uint8]]
) -> Iterator[NDArray[np.uint8]]:
    """The frames as they come; of those whose number is wanted, thumbnails are remembered."""
    for number, frame in enumerate(frames):
        if number in wanted:
            into.append(thumbnail(frame))
        yield frame
