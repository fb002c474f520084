"""One shot of a blueprint, drawn once into layers, and then any of its moments."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.domain import Fill, Format, Shot
from reelwright.render import ease
from reelwright.render.airborne import Airborne
from reelwright.render.blend import Buffers, cover, lay, placed
from reelwright.render.camera import Pose, pose, seen, through
from reelwright.render.colour import LIGHTS, Regrade, Tones
from reelwright.render.emblem import emblem
from reelwright.render.falling import air
from reelwright.render.framing import place
from reelwright.render.ground import ground
from reelwright.render.hidden import bands, solid_part
from reelwright.render.insert import Covering, Stock, Thing, covering, thing
from reelwright.render.kit import SKIES
from reelwright.render.layer import Layer, Particles, Pixels
from reelwright.render.look import Look, Palette
from reelwright.render.outline import Box, Outline
from reelwright.render.scenes.all import PAINTERS
from reelwright.render.sheet import Drawn, Spot, Stage
from reelwright.render.subject import Brush, subject
from reelwright.render.weather import WEATHERS, under, weathered

HERO_DEPTH = 0.8
SUBJECT_HOLD = 0.3  # subjects keep more of their own colours than the world does
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sprite:
    """Pixels, and where there are any, if that is worth knowing."""

    pixels: Pixels
    outline: Outline | None = None

    @classmethod
    def of(cls, pixels: Pixels) -> "Sprite":
        """One that is drawn many times."""
        return cls(pixels, Outline.of(pixels))


@dataclass(frozen=True, slots=True)
class Actor:
    """A shot's subject with what its style puts behind it, and where both stand."""

    sprite: Callable[[float], Sprite]  # at a time
    backdrop: Sprite | None
    turning: float  # of the backdrop, radians a second
    shadow: Sprite | None  # on the ground, where it stands on one
    x: float
    y: float  # of its middle
    foot: float
    size: float
    sways: bool = True  # a framed picture hangs straight


@dataclass(frozen=True, slots=True)
class Picture:
    """A shot in layers. `draw` is a pure function of time."""

    shot: Shot
    style: str
    look: Look
    frame: tuple[int, int]
    drawn: Drawn
    actor: Actor | None
    covering: Covering | None = None  # what is seen instead of a scene
    air: tuple[Airborne, ...] = ()  # what its weather lets fly
    solids: tuple[Box | None, ...] = ()  # of every layer, what is opaque
    outlines: tuple[Outline, ...] = ()  # and where there is anything

    def draw(
        self,
        canvas: Pixels,
        t_s: float,
        pulse: float,
        buffers: Buffers,
        within: Box | None = None,
    ) -> None:
        """The shot at `t_s` after its start, before any finish. `pulse` is that of the beat.

        Only what lies within a box will be seen, where one is given.
        """
        size = (float(self.frame[0]), float(self.frame[1]))
        seed = (self.shot.seed % 1000) / 100
        at = pose(self.shot.camera, self._share(t_s), t_s, self.look, size, seed)
        if self.covering is not None:
            grow = 1 + pulse * self.look.pulse
            self.covering.draw(canvas, self._share(t_s), t_s, grow, seed, buffers)
            return
        at = replace(at, zoom=at.zoom * (1 + pulse * self.look.pulse))
        self.draw_from(at, canvas, t_s, pulse, buffers, within)

    def draw_from(
        self,
        at: Pose,
        canvas: Pixels,
        t_s: float,
        pulse: float,
        buffers: Buffers,
        within: Box | None = None,
    ) -> None:
        """Its scene as a camera of somebody else's sees it."""
        size = (float(self.frame[0]), float(self.frame[1]))
        layers = self.drawn.layers
        left, top, right, bottom = within or (0, 0, *self.frame)
        view, corner = canvas[top:bottom, left:right], np.array([[0, 0, left], [0, 0, top]])
        places = [seen(layer, at, t_s, size) - corner for layer in layers]
        rows = bands(layers, self.solids, places, (right - left, bottom - top))
        cover(view, layers[0].pixels, places[0], (0, rows[0][1]))
        entered = False
        for layer, stand, (solid, end), outline in zip(
            layers[1:], places[1:], rows[1:], self.outlines[1:], strict=True
        ):
            if not entered and layer.depth > HERO_DEPTH + 0.25:
                self._act(canvas, t_s, at, pulse, buffers)
                entered = True
            lay(
                view,
                layer.pixels,
                stand,
                buffers,
                adds=layer.adds,
                strength=layer.motion.strength(t_s),
                above=solid,
                outline=outline,
            )
            cover(view, layer.pixels, stand, (solid, end))
        if not entered:
            self._act(canvas, t_s, at, pulse, buffers)
        for particles in self.drawn.particles:
            if not particles.behind:
                _float(canvas, particles, t_s)
        for flying in self.air:
            if not flying.behind:
                flying.draw(canvas, t_s, at, buffers)

    def struck_s(self, until_s: float) -> list[float]:
        """When lightning is at its brightest for the first time; nothing without a storm."""
        every = [one.motion for one in self.drawn.layers if one.motion.strikes_s]
        first_s = [motion.phase * motion.strikes_s for motion in every]
        return [t_s for t_s in first_s if t_s < until_s]

    def _share(self, t_s: float) -> float:
        share = t_s / self.shot.duration_s
        return ease.out(share, 2.2) if self.look.lettering == "slam" else share

    def _act(self, canvas: Pixels, t_s: float, at: Pose, pulse: float, buffers: Buffers) -> None:
        for particles in self.drawn.particles:
            if particles.behind:
                _float(canvas, particles, t_s)
        for flying in self.air:
            if flying.behind:
                flying.draw(canvas, t_s, at, buffers)
        actor = self.actor
        if actor is None:
            return
        frame = (float(self.frame[0]), float(self.frame[1]))
        come = ENTRANCES[self.style](t_s)
        bob = 0.012 * actor.size * math.sin(2.1 * t_s + self.shot.seed % 7)
        lean = 0.022 * math.sin(1.7 * t_s + self.shot.seed % 5) if actor.sways else 0.0
        grow = come.scale * (1 + 0.9 * pulse * self.look.pulse)

        def put(
            sprite: Sprite, x: float, y: float, scale: float, turn: float, strength: float
        ) -> None:
            pixels = sprite.pixels
            middle = (0.5 * pixels.shape[1], 0.5 * pixels.shape[0])
            own = placed(x, y, scale=scale, turn=turn, about=middle)
            stand = through(own, at, HERO_DEPTH, frame)
            lay(canvas, pixels, stand, buffers, strength=strength, outline=sprite.outline)

        if actor.shadow is not None:
            put(actor.shadow, actor.x, actor.foot, come.scale, 0, come.strength)
        if actor.backdrop is not None:
            turn = actor.turning * t_s
            put(actor.backdrop, actor.x, actor.y, min(1.06, grow), turn, come.strength)
        y = actor.y + bob + come.lift * actor.size
        put(actor.sprite(t_s), actor.x, y, grow, lean + come.turn, come.strength)


@dataclass(frozen=True, slots=True)
class Entrance:
    scale: float = 1.0
    turn: float = 0.0
    lift: float = 0.0
    strength: float = 1.0


def _stands(t_s: float) -> Entrance:
    return Entrance()


def _pops(t_s: float) -> Entrance:
    p = ease.clamp(t_s / 0.34)
    return Entrance(max(0.0, ease.back(p, 2.4)), 0.35 * (1 - ease.out(p)))


def _bounces(t_s: float) -> Entrance:
    return Entrance(max(0.0, ease.elastic(t_s / 0.6)), -0.2 * (1 - ease.out(t_s / 0.4)))


def _rises(t_s: float) -> Entrance:
    p = ease.out(t_s / 1.3)
    return Entrance(0.94 + 0.06 * p, 0, 0.10 * (1 - p), ease.smooth(t_s / 0.9))


def _lights_up(t_s: float) -> Entrance:
    flicker = (0.1, 0.8, 0.25, 0.2, 0.9, 0.5, 1.0)[min(6, max(0, int(t_s / 0.06)))]
    return Entrance(strength=flicker)


def _swings_in(t_s: float) -> Entrance:
    p = ease.clamp(t_s / 0.5)
    return Entrance(1.0, 0.5 * (1 - ease.back(p, 2.0)), -1.1 * (1 - ease.out(p)))


ENTRANCES = {
    "bold_kinetic": _pops,
    "calm_minimal": _rises,
    "retro_film": _stands,
    "neon_night": _lights_up,
    "paper_cutout": _swings_in,
    "documentary": _stands,
    "comic": _bounces,
    "luxury": _rises,
}


def regrade_of(look: Look, palette: Palette) -> Regrade:
    """The style's regrade, drawn towards this clip's palette as far as the style wants it."""
    if not look.tinted:
        return look.regrade
    stops = (palette.dark, palette.second, palette.accent, palette.light)
    if look.lettering == "slam":
        stops = (palette.dark, palette.accent, palette.second, palette.light)
    grade = look.regrade
    return replace(grade, stops=stops, hold=look.tinted)


def picture(
    shot: Shot,
    style: str,
    look: Look,
    palette: Palette,
    form: Format,
    stock: Stock | None = None,
) -> Picture:
    """Draw all layers of a shot. The same shot and the same assets give the same layers."""
    assert shot.light in LIGHTS, f"no light called {shot.light!r}"
    assert shot.weather in WEATHERS or not shot.weather, f"no weather called {shot.weather!r}"
    weather = shot.weather if shot.scene in SKIES else ""  # a room has none
    tones = Tones(under(LIGHTS[shot.light], weather), regrade_of(look, palette))
    width, height = form.width, form.height
    insert = shot.insert
    if insert is not None and insert.fill is Fill.COVER:
        nothing = Drawn((), Spot(x=0.5 * width, y=0.8 * height, size=0.5 * min(width, height)))
        shown = covering(shot, insert, stock_of(stock), look, tones.regrade, form)
        return Picture(shot, style, look, (width, height), nothing, None, shown)
    rng = np.random.default_rng(shot.seed)
    stage = Stage(w=width, h=height, tones=tones, look=look, palette=palette, rng=rng)
    drawn = PAINTERS[shot.scene](stage) if shot.scene else ground(stage)
    drawn = weathered(drawn, weather, stage)
    if look.soft:
        drawn = Drawn(_softened(drawn.layers, look.soft * stage.u), drawn.spot, drawn.particles)
    actor = None
    if insert is not None:
        grade = tones.regrade
        actor = _standing(thing(shot, insert, stock_of(stock), look, palette, grade, form), stage)
    elif shot.subject:
        grade = tones.regrade
        natural = replace(grade, hold=min(SUBJECT_HOLD, grade.hold), lift=0.4 * grade.lift)
        brush = Brush(style, replace(tones, regrade=natural), palette)
        actor = _actor(shot, drawn.spot, brush, look, stage)
    return Picture(
        shot,
        style,
        look,
        (width, height),
        drawn,
        actor,
        air=air(weather, stage, shot.scene),
        solids=tuple(solid_part(layer.pixels) for layer in drawn.layers),
        outlines=tuple(Outline.of(layer.pixels) for layer in drawn.layers),
    )


def stock_of(stock: Stock | None) -> Stock:
    assert stock is not None, "a shot with an asset, and no assets"
    return stock


def _standing(shown: Thing, stage: Stage) -> Actor:
    """A thing where a subject would stand, on its shadow or before what the style puts there."""
    look, u = stage.look, stage.u
    foot, size = shown.y + 0.5 * shown.size[1], min(shown.size)

    def sprite(t_s: float) -> Sprite:
        return Sprite(shown.at(t_s))

    if not shown.stands:
        return Actor(sprite, None, 0.0, None, shown.x, shown.y, foot, size, sways=False)
    backdrop, turning = _behind(look, stage.palette, min(0.92 * max(shown.size), 0.62 * u), u)
    shadow = None if backdrop is not None else _contact_shadow(1.15 * shown.size[0], 0.8)
    return Actor(sprite, backdrop, turning, shadow, shown.x, shown.y, foot, size)


def _behind(look: Look, palette: Palette, size: float, u: float) -> tuple[Sprite | None, float]:
    """What a style puts behind a subject, and how fast it turns."""
    found = emblem(look, palette, size, u)
    return (Sprite.of(found[0]), found[1]) if found is not None else (None, 0.0)


def _softened(layers: tuple[Layer, ...], reach: float) -> tuple[Layer, ...]:
    """Far layers out of focus, the farthest most."""
    soft = []
    for layer in layers:
        sigma = reach * max(0.0, 0.7 - layer.depth)
        pixels = layer.pixels
        if sigma > 0.4 and not layer.adds:
            small = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            small = cv2.GaussianBlur(small, (0, 0), max(0.4, sigma / 2))
            pixels = cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        soft.append(
            Layer(
                pixels=pixels,
                x=layer.x,
                y=layer.y,
                depth=layer.depth,
                motion=layer.motion,
                adds=layer.adds,
            )
        )
    return tuple(soft)


def _actor(shot: Shot, spot: Spot, brush: Brush, look: Look, stage: Stage) -> Actor:
    at = place(spot, look, stage.w, stage.h, titled=bool(shot.words.strip()))
    sprite = Sprite.of(subject(shot.subject, at.size, brush))
    backdrop, turning = _behind(look, brush.palette, at.size, stage.u)
    shadow = None
    if not at.floats:
        shadow = _contact_shadow(at.size, 0.55 if look.window == "arch" else 1.0)
    return Actor(lambda t_s: sprite, backdrop, turning, shadow, at.x, at.y, at.foot, at.size)


def _contact_shadow(size: float, strength: float) -> Sprite:
    """The soft dark ellipse on which a thing stands."""
    width, height = math.ceil(1.1 * size), math.ceil(0.22 * size)
    xs = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    ys = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    fall = np.clip(1 - (xs * xs + ys * ys), 0, 1) ** 1.4
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[:, :, 3] = (fall * 105 * strength).astype(np.uint8)
    pixels[:, :, 0] = (fall * 14 * strength).astype(np.uint8)
    return Sprite(pixels)


def _float(canvas: Pixels, cloud: Particles, t_s: float) -> None:
    """Draw small things where they are now; who leaves on one side comes back on the other."""
    height, width = canvas.shape[:2]
    places, near, phase = _scattered(cloud.seed, cloud.count)
    top, bottom = (share * height for share in cloud.area)
    speed = 0.45 + 0.55 * near
    xs = places[:, 0] * width + cloud.velocity[0] * speed * t_s
    xs = (xs + cloud.sway * np.sin(1.3 * t_s + 6.28 * phase)) % width
    ys = top + (places[:, 1] * (bottom - top) + cloud.velocity[1] * speed * t_s) % (bottom - top)
    radii = cloud.size[0] + (cloud.size[1] - cloud.size[0]) * near
    if cloud.twinkle:
        radii = radii * (0.35 + 0.65 * np.abs(np.sin(1.9 * t_s * (0.5 + phase) + 6.28 * phase)))
    colour = (*cloud.colour, 255)
    tail = np.array(cloud.velocity) * cloud.streak_s
    for x, y, r, v in zip(xs, ys, radii, speed, strict=True):
        at = (int(x * 16), int(y * 16))
        if cloud.streak_s:
            end = (int((x - tail[0] * v) * 16), int((y - tail[1] * v) * 16))
            cv2.line(canvas, at, end, colour, max(1, round(2 * r)), cv2.LINE_AA, 4)
        else:
            cv2.circle(canvas, at, int(r * 16), colour, -1, cv2.LINE_AA, 4)


@lru_cache(maxsize=64)
def _scattered(seed: int, count: int) -> tuple[Floats, Floats, Floats]:
    """Where particles start, how near each is, and where in its swing."""
    rng = np.random.default_rng(seed)
    return rng.random((count, 2)), rng.random(count), rng.random(count)
