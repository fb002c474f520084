"""A clip on one page: its shots as cards, and below them all of it over time, with its sound."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import skia

from reelwright.domain import Blueprint, Colour, Fill, Shot
from reelwright.media.materials import Materials
from reelwright.progress import Progress, silent
from reelwright.render.colour import Rgb, eight_bit, luminance, mix
from reelwright.render.film import AT_REST, Desk, Film, blend_s
from reelwright.render.layer import Pixels
from reelwright.render.page import (
    FAINT,
    GROUND,
    INK,
    PAPER,
    QUOTE,
    STRONG,
    TEXT,
    TITLE,
    colour,
    filled,
    lined,
    lines_of,
    picture,
    save,
    shortened,
    write,
)
from reelwright.render.synth import Sound
from reelwright.sheets.signs import camera_sign
from reelwright.sheets.wave import loudness

WIDTH = 2400
EDGE = 100.0
INNER = WIDTH - 2 * EDGE
HEAD = 292.0  # what is above the cards
GAP = 44.0  # between cards
MOST_IN_ROW = {"tall": 6, "broad": 4}
TALLEST = 640.0  # a card's pictures
BESIDE = 250.0  # from this width on, the words of a card stand beside its pictures
NEXT = 16.0  # between two pictures of a card
BELOW = 232.0  # the height of the words below a picture
STRIP, WAVE = 112.0, 170.0  # heights of the film strip and of the sound
BAR, BAR_STEP = 4.0, 7.0  # of the sound
AT = {"dawn": "at dawn", "day": "by day", "dusk": "at dusk", "night": "at night"}
MOVES = {
    "push": "push in",
    "pull": "pull out",
    "pan_left": "pan left",
    "pan_right": "pan right",
    "tilt_up": "tilt up",
    "tilt_down": "tilt down",
    "orbit": "orbit",
    "handheld": "hand-held",
    "still": "still",
}
LEGIBLE = 0.16  # luminance below which a style's colour is lightened on our dark ground


@dataclass(frozen=True, kw_only=True)
class ContactSheet:
    """Everything on the page, in its place."""

    blueprint: Blueprint
    sound: Sound
    materials: Materials | None = None  # the files that the blueprint names by content
    progress: Progress = silent

    def draw(self) -> skia.Surface:
        self._say(0)
        surface = skia.Surface(WIDTH, round(self.height))
        with surface as canvas:
            canvas.clear(colour(GROUND))
            self._head(canvas)
            for place in range(len(self.shots)):
                self._card(canvas, place)
            self._timeline(canvas, self.height - EDGE - self.timeline_height)
        return surface

    # ---- measures ------------------------------------------------------------------------------

    @property
    def shots(self) -> tuple[Shot, ...]:
        return self.blueprint.shots

    @property
    def steps(self) -> int:
        """Pictures to be drawn."""
        return len(self.shots) * len(self.moments) + self.in_strip

    def _say(self, done: int) -> None:
        self.progress("drawing the contact sheet", done, self.steps)

    @cached_property
    def aspect(self) -> float:
        return self.blueprint.format.width / self.blueprint.format.height

    @cached_property
    def columns(self) -> int:
        """As few rows as there can be, and these as even as they can be."""
        most = MOST_IN_ROW["broad" if self.aspect > 1 else "tall"]
        rows = math.ceil(len(self.shots) / most)
        return math.ceil(len(self.shots) / rows)

    @cached_property
    def card_width(self) -> float:
        return (INNER - GAP * (self.columns - 1)) / self.columns

    @cached_property
    def image(self) -> tuple[float, float]:
        """Width and height of a card's picture."""
        width = min(self.card_width, TALLEST * self.aspect)
        return width, width / self.aspect

    @property
    def is_beside(self) -> bool:
        return self.card_width - self.image[0] >= BESIDE

    @cached_property
    def moments(self) -> list[float]:
        """The shares of a shot that its card shows: where there is room, more than one."""
        count = max(1, int((self.card_width - BESIDE) / (self.image[0] + NEXT)))
        return [AT_REST] if count == 1 else [(k + 0.5) / count for k in range(count)]

    @property
    def card_step(self) -> float:
        """From one card to the next; pictures that fill no card stand as far apart as they can."""
        if self.is_beside or self.columns == 1:
            return self.card_width + GAP
        return (INNER - self.image[0]) / (self.columns - 1)

    @property
    def row_height(self) -> float:
        return self.image[1] + (0.0 if self.is_beside else BELOW) + 56.0

    @property
    def timeline_height(self) -> float:
        return 44.0 + STRIP + 14.0 + WAVE + 46.0

    @property
    def height(self) -> float:
        rows = math.ceil(len(self.shots) / self.columns)
        return HEAD + rows * self.row_height + 24.0 + self.timeline_height + EDGE

    @cached_property
    def in_strip(self) -> int:
        return max(1, round(INNER / (STRIP * self.aspect)))

    def x_of(self, t_s: float) -> float:
        """Where a time lies on the time line."""
        return EDGE + INNER * t_s / self.blueprint.format.duration_s

    @cached_property
    def beats(self) -> tuple[float, ...]:
        return self.blueprint.music.beats(self.blueprint.format.duration_s)

    # ---- pictures and colours --------------------------------------------------------------------

    @cached_property
    def film(self) -> Film:
        """The film in small."""
        form = self.blueprint.format
        scale = self.image[0] / form.width
        width, height = (2 * round(side * scale / 2) for side in (form.width, form.height))
        small = replace(form, width=width, height=height)
        return Film(replace(self.blueprint, format=small), self.materials)

    @cached_property
    def _desk(self) -> Desk:
        return Desk.of(self.film.form.width, self.film.form.height)

    def _frame(self, t_s: float) -> Pixels:
        frame = min(self.film.count - 1, max(0, round(t_s * self.film.form.fps)))
        return self.film.bgr(frame, self._desk)

    @cached_property
    def accent(self) -> Colour:
        return _legible(self.film.palette.accent)

    @cached_property
    def second(self) -> Colour:
        return _legible(self.film.palette.second)

    # ---- the head --------------------------------------------------------------------------------

    def _head(self, canvas: skia.Canvas) -> None:
        plan, form = self.blueprint, self.blueprint.format
        title = shortened(plan.title or "Untitled", TITLE, 96, INNER)
        write(canvas, title, TITLE, 96, EDGE - 4, 76)
        count = len(self.shots)
        facts = (
            f"{form.duration_s:g} s",
            f"{count} {'shot' if count == 1 else 'shots'}",
            f"{form.width} x {form.height} at {form.fps}",
            _spoken(plan.style),
            f"{_spoken(plan.music.mood)} music at {plan.music.tempo_bpm:.0f} bpm",
            f"planned by {plan.planner}",
        )
        write(canvas, "   ·   ".join(facts), TEXT, 26, EDGE, 212, ink=FAINT)
        for place, tint in enumerate((self.accent, self.second)):
            canvas.drawCircle(EDGE + INNER - 14 - 44 * place, 228, 14, filled(tint))

    # ---- a card ----------------------------------------------------------------------------------

    def _card(self, canvas: skia.Canvas, place: int) -> None:
        shot = self.shots[place]
        row, column = divmod(place, self.columns)
        x = EDGE + column * self.card_step
        y = HEAD + row * self.row_height
        width, height = self.image
        for number, share in enumerate(self.moments):
            frame = self._frame(shot.start_s + share * shot.duration_s)
            box = skia.Rect.MakeXYWH(x + number * (width + NEXT), y, width, height)
            picture(canvas, frame, box, 14)
            self._say(place * len(self.moments) + number + 1)
        if self.is_beside:
            left = box.right() + 30
            self._told(canvas, place, left, y + 4, x + self.card_width - left)
        else:
            self._told(canvas, place, x, y + height + 20, width)

    def _told(self, canvas: skia.Canvas, place: int, x: float, y: float, width: float) -> None:
        """What there is to say of a shot: number and times, words, camera, how it comes in."""
        shot = self.shots[place]
        write(canvas, str(place + 1), STRONG, 30, x, y, ink=self.accent)
        times = f"{shot.start_s:.2f} – {shot.end_s:.2f} s"
        right = x + width
        if self.is_beside:
            write(canvas, times, TEXT, 22, x, y + 44, ink=FAINT)
            y += 92
        else:
            write(canvas, times, TEXT, 22, right, y + 6, align=1.0, ink=FAINT)
            y += 50
        quoted = f"“{shot.words}”" if shot.words.strip() else ""
        lines = lines_of(quoted, QUOTE, 30, width, 5 if self.is_beside else 2)
        for number, line in enumerate(lines):
            write(canvas, line, QUOTE, 30, x, y + 38 * number)
        y += 38 * len(lines) + (16 if lines else 4)
        camera_sign(canvas, shot.camera, x + 23, y + 27, 46, INK)
        world = shortened(_world(shot), TEXT, 21, width - 64)
        write(canvas, world, TEXT, 21, x + 64, y - 2)
        for number, line in enumerate((MOVES[shot.camera], self._entry(place))):
            line = shortened(line, TEXT, 21, width - 64)
            write(canvas, line, TEXT, 21, x + 64, y + 27 + 28 * number, ink=FAINT)

    def _entry(self, place: int) -> str:
        """How a shot comes in."""
        shot = self.shots[place]
        if place == 0:
            return "opens the film"
        if not shot.transition:
            return "comes in by cut"
        return f"comes in by {shot.transition}, {blend_s(self.blueprint, place):.2f} s"

    # ---- the time line ---------------------------------------------------------------------------

    def _timeline(self, canvas: skia.Canvas, y: float) -> None:
        strip, wave = y + 44, y + 44 + STRIP + 14
        self._segments(canvas, y)
        self._strip(canvas, strip)
        self._wave(canvas, wave)
        for shot in self.shots[1:]:
            x = self.x_of(shot.start_s)
            canvas.drawLine(x, y - 4, x, wave + WAVE, lined(GROUND, 7))
            canvas.drawLine(x, y - 4, x, wave + WAVE, lined(INK, 2, 0.9))
        self._scale(canvas, wave + WAVE)

    def _segments(self, canvas: skia.Canvas, y: float) -> None:
        """A bar for every shot, its number in it, and where two of them are seen together."""
        count = len(self.shots)
        for place, shot in enumerate(self.shots):
            left, right = self.x_of(shot.start_s) + 5, self.x_of(shot.end_s) - 5
            canvas.drawRoundRect(skia.Rect.MakeLTRB(left, y, right, y + 32), 8, 8, filled(PAPER))
            half_s = 0.5 * blend_s(self.blueprint, place)
            text = self.x_of(shot.start_s + half_s) + 14
            write(canvas, str(place + 1), STRONG, 19, text, y + 4, ink=self.accent)
            following_s = 0.5 * blend_s(self.blueprint, place + 1) if place + 1 < count else 0.0
            room = self.x_of(shot.end_s - following_s) - text - 44
            words = shortened(shot.words, TEXT, 18, room)
            if len(words) > 2:
                write(canvas, words, TEXT, 18, text + 28, y + 5, ink=FAINT)
            if half_s:
                self._blend(canvas, self.x_of(shot.start_s), self.x_of(half_s) - EDGE, y)

    def _blend(self, canvas: skia.Canvas, x: float, half: float, y: float) -> None:
        """A transition as editors draw it: one picture gives way to the other."""
        left, right, low = x - half, x + half, y + 32
        for corners, alpha in (
            ([(left, y), (right, low), (left, low)], 0.30),
            ([(left, y), (right, y), (right, low)], 0.75),
        ):
            path = skia.Path()
            path.addPoly([skia.Point(*corner) for corner in corners], True)
            canvas.drawPath(path, filled(self.accent, alpha))

    def _strip(self, canvas: skia.Canvas, y: float) -> None:
        """Frames side by side, each of the time in the middle of its place."""
        step = INNER / self.in_strip
        duration_s = self.blueprint.format.duration_s
        canvas.save()
        whole = skia.Rect.MakeXYWH(EDGE, y, INNER, STRIP)
        canvas.clipRRect(skia.RRect.MakeRectXY(whole, 10, 10), True)
        for place in range(self.in_strip):
            frame = self._frame((place + 0.5) / self.in_strip * duration_s)
            self._say(self.steps - self.in_strip + place + 1)
            high = step / self.aspect
            box = skia.Rect.MakeXYWH(EDGE + place * step, y + (STRIP - high) / 2, step, high)
            picture(canvas, frame, box, 0)
        canvas.restore()

    def _wave(self, canvas: skia.Canvas, y: float) -> None:
        """The sound as bars about a line, over the beats that it plays."""
        middle, reach = y + WAVE / 2, WAVE / 2 - 16
        for number, beat_s in enumerate(self.beats):
            x, is_first = self.x_of(beat_s), number % 4 == 0
            canvas.drawLine(x, y + 2, x, y + WAVE, lined(INK, 2, 0.20 if is_first else 0.09))
        count = int(INNER / BAR_STEP)
        for place, (peak, mean) in enumerate(loudness(self.sound, count)):
            x = EDGE + (place + 0.5) * INNER / count
            for level, alpha in ((peak, 0.45), (mean, 1.0)):
                high = max(BAR / 2, level * reach)
                canvas.drawLine(x, middle - high, x, middle + high, lined(self.accent, BAR, alpha))

    def _scale(self, canvas: skia.Canvas, y: float) -> None:
        """Beats as dots, and seconds, as many as can be told apart."""
        for number, beat_s in enumerate(self.beats):
            radius = 5.0 if number % 4 == 0 else 3.2
            canvas.drawCircle(self.x_of(beat_s), y + 1, radius, filled(self.second))
        duration_s = self.blueprint.format.duration_s
        step = next(step for step in (1, 2, 5, 10, 30) if duration_s / step <= 24)
        for t_s in range(0, math.floor(duration_s) + 1, step):
            align = 0.0 if t_s == 0 else 1.0 if self.x_of(t_s) > EDGE + INNER - 30 else 0.5
            write(canvas, f"{t_s} s", TEXT, 19, self.x_of(t_s), y + 16, align=align, ink=FAINT)


def draw_sheet(
    out: Path,
    blueprint: Blueprint,
    sound: Sound,
    materials: Materials | None,
    *,
    progress: Progress = silent,
) -> None:
    """A clip on one page, written whole; `materials` are the files that it names, if any."""
    sheet = ContactSheet(blueprint=blueprint, sound=sound, materials=materials, progress=progress)
    save(sheet.draw(), out, "The contact sheet")


def _world(shot: Shot) -> str:
    """What is seen, when, and in which weather."""
    if shot.insert is not None and shot.insert.fill is Fill.COVER:
        return "A picture of its own"
    scene = f"{_spoken(shot.scene or 'plain ground')} {AT[shot.light]}"
    return (scene + (f" in the {shot.weather}" if shot.weather else "")).capitalize()


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _legible(tint: Rgb) -> Colour:
    """A style's colour, lightened as far as it takes to be seen on our ground."""
    for step in range(10):
        lighter = mix(tint, (1.0, 1.0, 1.0), step / 10)
        if luminance(lighter) >= LEGIBLE:
            break
    return eight_bit(lighter)
