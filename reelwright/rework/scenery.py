"""Worlds of our own: the compositor's scenes, seen by the camera that filmed the performer."""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from reelwright.domain import Format, Shot
from reelwright.media.decode import Image
from reelwright.modify.parallax import FAR, Move, Parallax
from reelwright.modify.performance import Footage, Performance
from reelwright.render.blend import Buffers
from reelwright.render.camera import Pose
from reelwright.render.hidden import solid_part
from reelwright.render.layer import Layer
from reelwright.render.look import LOOKS
from reelwright.render.outline import Box, Outline
from reelwright.render.picture import Picture, picture

STYLE = "documentary"  # natural colours: a person stands in it
MARGIN = 0.04  # of a side, that scenes hold beyond the frame and that a camera may use
MOST_GROWN = 1.5  # times the frame, that a scene is drawn in at most
NEAR = 1.25  # the depth up to which all is behind whoever is filmed, and out of focus
LEAST_SOFT, SOFT = 0.002, 0.075  # of the short side; and of how large a face is in the frame
TALL_FACE = 0.16  # of the frame's height, where no face was measured


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Which of our worlds: a scene, its light, its weather, and the style that it is drawn in."""

    scene: str
    light: str = "day"
    weather: str = ""
    style: str = STYLE

    @property
    def name(self) -> str:
        told = [self.scene.replace("_", " "), "" if self.light == "day" else f"at {self.light}"]
        told += [f"in {self.weather}" if self.weather else ""]
        told += ["" if self.style == STYLE else f"as {self.style.replace('_', ' ')}"]
        return ", ".join(part for part in told if part)


@dataclass(kw_only=True)
class SceneWorld:
    """A scene in motion, drawn for each frame from where the camera is."""

    name: str
    drawn: Picture
    box: Box  # of what is drawn, what a standing camera sees
    footage: Footage
    path: Parallax
    is_still: bool = False
    _desk: tuple[Image, Buffers] = field(repr=False)

    def plate(self, number: int) -> Image:
        canvas, buffers = self._desk
        t_s = float(self.footage.times_N[number])
        self.drawn.draw_from(eye(self.path.move(number)), canvas, t_s, 0.0, buffers, self.box)
        left, top, right, bottom = self.box
        return np.asarray(
            cv2.cvtColor(canvas[top:bottom, left:right], cv2.COLOR_BGRA2BGR), np.uint8
        )


def scene_world(place: Place, performance: Performance, *, seed: int) -> SceneWorld:
    """One of our worlds, ready for a take: drawn once, with room for the camera's path."""
    footage, path = performance.footage, Parallax.of(performance)
    width, height, box = roomy(footage, path)
    # Beats are the music's; shakes and twelve drawings a second are a film's, not a place's.
    look = replace(LOOKS[place.style], soft=0.0)
    form = Format(width=width, height=height, fps=30, duration_s=10.0)
    shot = Shot(
        start_s=0.0,
        duration_s=max(1.0, float(footage.times_N[-1])),
        scene=place.scene,
        light=place.light,
        subject="",
        camera="still",
        words="",
        transition="",
        seed=seed,
        weather=place.weather,
    )
    drawn = picture(shot, place.style, look, look.palettes[seed % len(look.palettes)], form)
    soft = softness(performance) * min(footage.width, footage.height)
    return SceneWorld(
        name=place.name,
        drawn=defocused(drawn, soft),
        box=box,
        footage=footage,
        path=path,
        _desk=(np.zeros((height, width, 4), np.uint8), Buffers.of(width, height)),
    )


def eye(move: Move) -> Pose:
    """The compositor's camera for a measured one: what is far makes FAR of its shift."""
    return Pose(
        x=-(1 - FAR) * move.x,
        y=-(1 - FAR) * move.y,
        zoom=move.zoom,
        roll=move.roll,
        turn=(FAR * move.x, FAR * move.y),
    )


def roomy(footage: Footage, path: Parallax) -> tuple[int, int, Box]:
    """The size of a scene in which the camera's path has room, and the frame's place in it."""
    (reach_x, reach_y), tilt = path.reach, path.rolls
    sides = []
    for side, reach, other in (
        (footage.width, reach_x, footage.height),
        (footage.height, reach_y, footage.width),
    ):
        wanted = (side + 2 * reach + tilt * other) / path.shrinks - 2 * MARGIN * side
        sides.append(round(min(max(wanted, side), MOST_GROWN * side)))
    left, top = (sides[0] - footage.width) // 2, (sides[1] - footage.height) // 2
    return *sides, (left, top, left + footage.width, top + footage.height)  # type: ignore[return-value]


def softness(performance: Performance) -> float:
    """How far what is far is blurred, as a share of the short side: the closer the face the more.

    So do lenses: a face that fills the frame has a soft ground, a person far away a sharp one.
    """
    tall = TALL_FACE
    if performance.performers:
        faces = performance.performers[0].face_NP3[:, :, 1]
        seen = faces[np.isfinite(faces).all(axis=1)]
        if len(seen):
            tall = float(np.median(np.ptp(seen, axis=1))) / performance.footage.height
    return LEAST_SOFT + SOFT * min(tall, 0.5)


def defocused(drawn: Picture, reach: float) -> Picture:
    """The scene behind the plane of focus, the farthest softest. Light that is added is soft."""
    layers = tuple(
        _soft(layer, reach * (1 - 0.75 * min(layer.depth, NEAR) / NEAR), is_backdrop=not place)
        for place, layer in enumerate(drawn.drawn.layers)
    )
    return replace(
        drawn,
        drawn=replace(drawn.drawn, layers=layers),
        solids=tuple(solid_part(layer.pixels) for layer in layers),
        outlines=tuple(Outline.of(layer.pixels) for layer in layers),
    )


def _soft(layer: Layer, sigma: float, *, is_backdrop: bool) -> Layer:
    """A layer out of focus; what is no backdrop gets room for its edges to run out into."""
    if sigma < 0.4 or layer.adds:
        return layer
    if is_backdrop:
        return replace(layer, pixels=cv2.GaussianBlur(layer.pixels, (0, 0), sigma))
    room = int(np.ceil(2.5 * sigma))
    wide = cv2.copyMakeBorder(
        layer.pixels, room, room, room, room, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0)
    )
    soft = cv2.GaussianBlur(wide, (0, 0), sigma)
    return replace(layer, pixels=soft, x=layer.x - room, y=layer.y - room)
