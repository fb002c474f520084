"""A blueprint as a pure function of time: any frame, in any order, on any thread."""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Blueprint, Product, Shot
from reelwright.errors import ReelwrightError
from reelwright.media.materials import Materials
from reelwright.reading import leaving_s
from reelwright.render import cut
from reelwright.render.blend import Buffers, shaped
from reelwright.render.card import Card, card
from reelwright.render.colour import LIGHTS
from reelwright.render.finish import Finish
from reelwright.render.insert import Stock
from reelwright.render.kit import CAMERAS, MOODS, SUBJECTS, TRANSITIONS, WEATHERS
from reelwright.render.lately import Kept, Lately
from reelwright.render.layer import Pixels
from reelwright.render.look import LOOKS, Look, Palette
from reelwright.render.outline import Box
from reelwright.render.picture import Picture, picture
from reelwright.render.scenes.all import PAINTERS
from reelwright.render.titles import Title, title

# BT.709 through OpenCV's conversion, which knows BT.601 only: BGR that it turns into our numbers.
TO_709 = np.array(
    [[0.95820, 0.03222, 0.00958], [-0.06713, 1.17217, -0.10504], [0.00792, 0.07848, 0.91360]],
    np.float32,
)

AT_REST = 0.62  # of a shot: by then every style's title has come in, and none has begun to leave
TELLING_S = 0.5
# Of shots: the one that leaves, the one that comes, the next, which is made ready meanwhile, and
# for the ground under its title the one after it.
KEPT_PICTURES, KEPT_SCENES = 4, 3


@dataclass(frozen=True, slots=True)
class Desk:
    """What one thread draws on."""

    canvas: Pixels
    other: Pixels
    buffers: Buffers

    @classmethod
    def of(cls, width: int, height: int) -> "Desk":
        return cls(
            canvas=np.empty((height, width, 4), np.uint8),
            other=np.empty((height, width, 4), np.uint8),
            buffers=Buffers.of(width, height),
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """A shot with its pictures, its title and its card."""

    picture: Picture
    title: Title | None
    card: Card | None = None

    @property
    def shot(self) -> Shot:
        return self.picture.shot


class Film:
    """All that a blueprint's frames have in common, drawn once, each shot when it is needed."""

    def __init__(self, blueprint: Blueprint, materials: Materials | None = None) -> None:
        check(blueprint)
        self.stock = stock(blueprint, materials)
        self.blueprint = blueprint
        self.form = blueprint.format
        self.look: Look = LOOKS[blueprint.style]
        seed = blueprint.music.seed + 31 * blueprint.shots[0].seed
        self.palette: Palette = branded(
            self.look.palettes[seed % len(self.look.palettes)], blueprint.product
        )
        self.finish = Finish.of(
            self.look, self.palette, self.form.width, self.form.height, seed % 9973
        )
        count = len(blueprint.shots)
        self._kept_pictures = Kept[Picture](count, keep=KEPT_PICTURES)
        self._kept_scenes = Kept[Scene](count, keep=KEPT_SCENES)

    @property
    def pictures(self) -> Lately[Picture]:
        """Every shot in layers."""
        return Lately(self._pictured, self._kept_pictures)

    @property
    def scenes(self) -> Lately[Scene]:
        """Every shot with all that belongs to it."""
        return Lately(self._scene, self._kept_scenes)

    @property
    def telling(self) -> range:
        """The frames of the most telling half second: they begin with what the poster shows."""
        start_s, end_s = telling_s(self.blueprint)
        first = math.ceil(start_s * self.form.fps - 1e-6)
        last = max(first + 1, math.ceil(end_s * self.form.fps - 1e-6))
        return range(first, min(self.count, last))

    @property
    def count(self) -> int:
        return round(self.form.duration_s * self.form.fps)

    @cached_property
    def hold(self) -> int:
        """For how many frames a drawing stands: 1, or more where a style moves in steps."""
        return max(1, round(self.form.fps / self.look.steps)) if self.look.steps else 1

    def step_of(self, frame: int) -> int:
        """The frame whose drawing is shown at `frame`. Every shot begins with a new drawing."""
        first = self.first_of(self._at(frame))
        return first + (frame - first) // self.hold * self.hold

    def first_of(self, shot: Shot) -> int:
        """The frame with which a shot begins."""
        return math.ceil(shot.start_s * self.form.fps - 1e-6)

    def ready(self, place: int) -> None:
        """Draw a shot's layers and its title, if there is such a shot: its frames then need not."""
        if place < len(self.scenes):
            _ = self.scenes[place]

    def bgr(self, frame: int, desk: Desk) -> NDArray[np.uint8]:
        """A frame as BGR; the array is a new one."""
        self._draw(self.step_of(frame), desk)
        return np.asarray(cv2.cvtColor(desk.canvas, cv2.COLOR_BGRA2BGR), np.uint8)

    def i420(self, frame: int, desk: Desk) -> NDArray[np.uint8]:
        """A frame as the encoder takes it, BT.709."""
        self._draw(self.step_of(frame), desk)
        plain, turned = (
            shaped(buffer, desk.canvas[:, :, :3])
            for buffer in (desk.buffers.free, desk.buffers.moved)
        )
        cv2.cvtColor(desk.canvas, cv2.COLOR_BGRA2BGR, plain)
        cv2.transform(plain, TO_709, turned)
        return np.asarray(cv2.cvtColor(turned, cv2.COLOR_BGR2YUV_I420), np.uint8)

    def poster(self, desk: Desk) -> NDArray[np.uint8]:
        """A good frame with the title at rest: the one with which the preview begins."""
        place = self.blueprint.shots.index(told_shot(self.blueprint))
        scene, shot = self.scenes[place], self.blueprint.shots[place]
        frame = self.telling.start
        t_s = self.step_of(frame) / self.form.fps
        shown = scene.title or self._title(self.blueprint.title, place)
        self._picture(scene.picture, t_s, desk.canvas, desk.buffers)
        self.finish.picture(desk.canvas, desk.buffers)
        if shown is not None:
            shown.draw(desk.canvas, AT_REST * shot.duration_s + 5, 99.0, desk.buffers)
        self.finish.film(desk.canvas, frame)
        return np.asarray(cv2.cvtColor(desk.canvas, cv2.COLOR_BGRA2BGR), np.uint8)

    def ground(self, place: int, t_s: float, desk: Desk) -> None:
        """The picture at a time while a shot's title may stand on it, without any title."""
        canvas = self._joined(place, t_s, desk)
        if canvas is not desk.canvas:
            np.copyto(desk.canvas, canvas)
        self.finish.picture(desk.canvas, desk.buffers)

    # ---- one drawing ----------------------------------------------------------------------

    def _draw(self, frame: int, desk: Desk) -> None:
        t_s = frame / self.form.fps
        place = self.blueprint.shots.index(self._at(frame))
        self.ground(place, t_s, desk)
        scene = self.scenes[place]
        since_s, length_s = t_s - scene.shot.start_s, scene.shot.duration_s
        if scene.card is not None:
            scene.card.draw(desk.canvas, since_s, length_s, self._pulse(t_s), desk.buffers)
        if scene.title is not None:
            scene.title.draw(desk.canvas, since_s, length_s, desk.buffers)
        self.finish.film(desk.canvas, frame)

    def _joined(self, place: int, t_s: float, desk: Desk) -> Pixels:
        """The picture at a time: of one shot, or of two in the middle of a transition."""
        shots = self.blueprint.shots
        for incoming in (place, place + 1):
            if not 0 < incoming < len(shots) or not shots[incoming].transition:
                continue
            share = (t_s - shots[incoming].start_s) / blend_s(self.blueprint, incoming) + 0.5
            if 0 < share < 1:
                kind = shots[incoming].transition
                drawn = zip(cut.seen(kind, share), (desk.canvas, desk.other), strict=True)
                for shot, (is_seen, canvas) in enumerate(drawn, start=incoming - 1):
                    if is_seen:
                        self._picture(self.pictures[shot], t_s, canvas, desk.buffers)
                return cut.joined(
                    kind,
                    desk.canvas,
                    desk.other,
                    share,
                    style=self.blueprint.style,
                    tint=self.palette.accent,
                    buffers=desk.buffers,
                )
        self._picture(self.pictures[place], t_s, desk.canvas, desk.buffers, self.finish.clear)
        return desk.canvas

    def _picture(
        self,
        drawn: Picture,
        t_s: float,
        canvas: Pixels,
        buffers: Buffers,
        within: Box | None = None,
    ) -> None:
        drawn.draw(canvas, t_s - drawn.shot.start_s, self._pulse(t_s), buffers, within)

    def _pulse(self, t_s: float) -> float:
        """1 on every beat of the music, gone before the next."""
        beat_s = 60 / self.blueprint.music.tempo_bpm
        return math.exp(-6.0 * (t_s % beat_s) / beat_s)

    def _at(self, frame: int) -> Shot:
        t_s = frame / self.form.fps + 1e-6
        shots = self.blueprint.shots
        return next((shot for shot in reversed(shots) if shot.start_s <= t_s), shots[0])

    # ---- drawn once -----------------------------------------------------------------------

    def _pictured(self, place: int) -> Picture:
        shot = self.blueprint.shots[place]
        return picture(shot, self.blueprint.style, self.look, self.palette, self.form, self.stock)

    def _scene(self, place: int) -> Scene:
        drawn = self.pictures[place]
        return Scene(drawn, self._title(drawn.shot.words, place), self._card(drawn.shot))

    def _card(self, shot: Shot) -> Card | None:
        if shot.display is None or self.blueprint.product is None:
            return None
        return card(shot, self.blueprint.product, self.look, self.palette, self.form, self.stock)

    def _title(self, words: str, place: int) -> Title | None:
        if not words.strip():
            return None
        frame = (self.form.width, self.form.height)
        return title(words, self.look, self.palette, frame, lambda: self._moments(place))

    def _moments(self, place: int) -> list[Pixels]:
        """What a title of this shot has to be read on, from when it may have come to its end."""
        desk = Desk.of(self.form.width, self.form.height)
        shot = self.blueprint.shots[place]
        ends_s = shot.duration_s - leaving_s(shot.duration_s)
        moments = []
        usual_s = (0.1 * shot.duration_s, 0.4 * ends_s, 0.7 * ends_s, ends_s)
        for t_s in (*usual_s, *self.pictures[place].struck_s(ends_s)):
            self.ground(place, shot.start_s + t_s, desk)
            moments.append(desk.canvas.copy())
        return moments


def blend_s(blueprint: Blueprint, incoming: int) -> float:
    """How long the transition into a shot takes, half of it before the cut; 0 for a plain cut.

    It is as long as the style has it, but no more than two thirds of the shorter shot.
    """
    shots = blueprint.shots
    if incoming == 0 or not shots[incoming].transition:
        return 0.0
    shorter = min(shots[incoming - 1].duration_s, shots[incoming].duration_s)
    return min(LOOKS[blueprint.style].blend_s, 0.66 * shorter)


def told_shot(blueprint: Blueprint) -> Shot:
    """The shot that stands for a clip: the first with words on it, or the first of all."""
    return next((shot for shot in blueprint.shots if shot.words.strip()), blueprint.shots[0])


def telling_s(blueprint: Blueprint) -> tuple[float, float]:
    """From when to when a clip is at its most telling: its title stands still over its picture.

    Half a second clear of the transitions around the shot, or as much of it as there is.
    """
    shot = told_shot(blueprint)
    place = blueprint.shots.index(shot)
    after_s = 0.5 * blend_s(blueprint, place + 1) if place + 1 < len(blueprint.shots) else 0.0
    before_s = 0.5 * blend_s(blueprint, place)
    first_s, last_s = shot.start_s + before_s, shot.end_s - after_s
    start_s = max(first_s, min(shot.start_s + AT_REST * shot.duration_s, last_s - TELLING_S))
    return start_s, min(start_s + TELLING_S, last_s)


def branded(palette: Palette, product: Product | None) -> Palette:
    """The clip's palette, its accent being the brand's own colour where there is one."""
    if product is None or product.colour is None:
        return palette
    red, green, blue = (part / 255 for part in product.colour)
    return replace(palette, accent=(red, green, blue))


def stock(blueprint: Blueprint, materials: Materials | None) -> Stock | None:
    """The blueprint's assets; None where it has none."""
    if not blueprint.assets:
        return None
    if materials is None:
        raise ReelwrightError(
            "The blueprint shows files of its own, and they are not here.",
            hint="Give them with the command that made it.",
        )
    for asset in blueprint.assets:
        materials.place(asset)  # a file that is missing is missed before anything is drawn
    return Stock({asset.digest: asset for asset in blueprint.assets}, materials)


def check(blueprint: Blueprint) -> None:
    """A plan picks from the kit; a name that is not in it is a mistake of ours."""
    assert blueprint.style in LOOKS, f"no style called {blueprint.style!r}"
    assert blueprint.music.mood in MOODS, f"no mood called {blueprint.music.mood!r}"
    assert blueprint.music.tempo_bpm > 0, f"music at {blueprint.music.tempo_bpm} beats a minute"
    for shot in blueprint.shots:
        assert shot.scene in PAINTERS or not shot.scene, f"no scene called {shot.scene!r}"
        assert shot.light in LIGHTS, f"no light called {shot.light!r}"
        assert shot.weather in WEATHERS or not shot.weather, f"no weather {shot.weather!r}"
        assert shot.duration_s > 0, f"a shot of {shot.duration_s} s"
        assert shot.camera in CAMERAS, f"no camera called {shot.camera!r}"
        assert shot.subject in SUBJECTS or not shot.subject, f"no subject {shot.subject!r}"
        assert shot.transition in TRANSITIONS or not shot.transition, (
            f"no transition called {shot.transition!r}"
        )
