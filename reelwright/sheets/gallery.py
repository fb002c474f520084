"""Everything that can be drawn on one page: every style over every scene, a good frame of each."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import skia

from reelwright.domain import Blueprint, Format, Music, SceneKind, Shot, StyleKind
from reelwright.progress import Progress, silent
from reelwright.render.film import Desk, Film
from reelwright.render.kit import SCENES, STYLES
from reelwright.render.layer import Pixels
from reelwright.render.page import (
    FAINT,
    GROUND,
    STRONG,
    TEXT,
    TITLE,
    colour,
    picture,
    shortened,
    write,
)

CELL, GAP = (168.0, 300.0), 12.0  # of many styles over many scenes
LARGE = (336.0, 600.0)  # of one style or one scene, a grid of which has names below its pictures
IN_ROW = 7
FINE = 2  # pixels drawn for each of the page's
EDGE, HEAD, SIDE = 90.0, 292.0, 190.0  # around the pictures: all sides, above, names of styles
NAMED = 58.0  # below a large picture
SEED = 11
LENGTH_S, FPS = 3.0, 12

# What stands in each scene: the thing that says at once where one is.
SUBJECTS = {
    "harbour": "⛵",
    "beach": "🏄",
    "underwater": "🐠",
    "mountains": "🥾",
    "winter": "🏂",
    "forest": "🦊",
    "campsite": "⛺",
    "garden": "🦋",
    "farm": "🚜",
    "desert": "🌵",
    "space": "🚀",
    "city": "🚲",
    "neon_city": "🛸",
    "road": "🚗",
    "market": "🍎",
    "kitchen": "🍲",
    "cafe": "☕",
    "workshop": "🤖",
    "library": "📚",
    "stadium": "⚽",
    "court": "🏀",
    "skatepark": "🛹",
    "stage": "🎸",
    "gallery": "🎨",
    "podium": "💎",
}

WEATHERED = 7  # one sample in so many shows a weather of its scene


@dataclass(frozen=True, slots=True)
class Sample:
    """A style over a scene."""

    style: StyleKind
    scene: SceneKind

    def blueprint(self, place: int) -> Blueprint:
        """A film of one shot, titled with what it shows."""
        kind = self.style
        lights = kind.lights or ("day",)
        weathers = self.scene.weathers if place % WEATHERED == WEATHERED // 2 else ()
        shot = Shot(
            start_s=0.0,
            duration_s=LENGTH_S,
            scene=self.scene.name,
            light=lights[place % len(lights)],
            subject=SUBJECTS[self.scene.name],
            camera=kind.cameras[0],
            words=spoken(self.scene.name).capitalize(),
            transition="",
            seed=SEED + place,
            weather=weathers[place % len(weathers)] if weathers else "",
        )
        width, height = (round(FINE * side) for side in CELL)
        return Blueprint(
            title=shot.words,
            style=kind.name,
            shots=(shot,),
            music=Music(mood=kind.mood, tempo_bpm=kind.tempo_bpm[0], seed=SEED),
            format=Format(width=width, height=height, fps=FPS, duration_s=LENGTH_S),
            planner="gallery",
        )


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Samples on a page: styles down and scenes across; or in a grid where there is one of them."""

    styles: Sequence[StyleKind]
    scenes: Sequence[SceneKind]
    threads: int
    progress: Progress = silent

    def draw(self) -> skia.Surface:
        self._say(0)
        surface = skia.Surface(*(round(side) for side in self.size))
        with surface as canvas:
            canvas.clear(colour(GROUND))
            self._head(canvas)
            for place, frame in enumerate(self._frames()):
                picture(canvas, frame, self.box(place), 10)
                self._say(place + 1)
            self._names(canvas)
        return surface

    def _say(self, done: int) -> None:
        self.progress("drawing the gallery", done, len(self.samples))

    @cached_property
    def samples(self) -> list[Sample]:
        return [Sample(style, scene) for style in self.styles for scene in self.scenes]

    @property
    def title(self) -> str:
        if (len(self.styles), len(self.scenes)) == (len(STYLES), len(SCENES)):
            return "Everything that can be drawn"
        if self.is_grid:
            alone = self.styles[0] if len(self.styles) == 1 else self.scenes[0]
            return spoken(alone.name).capitalize()
        return "Some of what can be drawn"

    @property
    def is_grid(self) -> bool:
        return len(self.styles) == 1 or len(self.scenes) == 1

    @property
    def cell(self) -> tuple[float, float]:
        return LARGE if self.is_grid else CELL

    @property
    def columns(self) -> int:
        return min(IN_ROW, len(self.samples)) if self.is_grid else len(self.scenes)

    @property
    def size(self) -> tuple[float, float]:
        """Of the page; never too narrow for its title."""
        last = self.box(len(self.samples) - 1)
        right = self.box(self.columns - 1).right()
        return max(right + EDGE, 1400.0), last.bottom() + EDGE + (NAMED if self.is_grid else 0.0)

    def box(self, place: int) -> skia.Rect:
        """Where a sample's picture stands."""
        row, column = divmod(place, self.columns)
        (wide, tall), below = self.cell, NAMED if self.is_grid else 0.0
        left = EDGE + (0.0 if self.is_grid else SIDE)
        return skia.Rect.MakeXYWH(
            left + column * (wide + GAP), HEAD + row * (tall + GAP + below), wide, tall
        )

    def _frames(self) -> Iterable[Pixels]:
        """The pictures in order, each thread drawing one of them."""
        with ThreadPoolExecutor(self.threads, thread_name_prefix="gallery") as pool:
            yield from pool.map(self._frame, range(len(self.samples)))

    def _frame(self, place: int) -> Pixels:
        sample = self.samples[place]
        film = Film(sample.blueprint(place))
        return film.poster(Desk.of(film.form.width, film.form.height))

    def _head(self, canvas: skia.Canvas) -> None:
        write(canvas, self.title, TITLE, 92, EDGE - 4, 62)
        styles, scenes = len(self.styles), len(self.scenes)
        said = f"{counted(styles, 'style')} over {counted(scenes, 'scene')}"
        write(canvas, said, TEXT, 27, EDGE, 190, ink=FAINT)

    def _names(self, canvas: skia.Canvas) -> None:
        if self.is_grid:
            for place, sample in enumerate(self.samples):
                box = self.box(place)
                shown, way = spoken(sample.scene.name), spoken(sample.style.name)
                write(canvas, shown.capitalize(), STRONG, 22, box.left(), box.bottom() + 10)
                write(canvas, way, TEXT, 20, box.right(), box.bottom() + 12, align=1.0, ink=FAINT)
            return
        for place, scene in enumerate(self.scenes):
            box = self.box(place)
            name = shortened(spoken(scene.name).capitalize(), STRONG, 21, box.width())
            write(canvas, name, STRONG, 21, box.left(), box.top() - 38)
        for row, style in enumerate(self.styles):
            box = self.box(row * self.columns)
            for number, word in enumerate(spoken(style.name).capitalize().split()):
                y = box.centerY() - 28 + 32 * number
                write(canvas, word, STRONG, 25, EDGE, y)


def spoken(name: str) -> str:
    return name.replace("_", " ")


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
