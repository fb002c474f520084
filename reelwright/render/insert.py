"""Somebody's own picture or film in a shot: over the whole frame, or as a thing on its scene."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from reelwright.domain import Asset, AssetKind, Fill, Format, Insert, Shot
from reelwright.media.materials import Materials, Reel
from reelwright.render.blend import Affine, Buffers, cover, lay
from reelwright.render.colour import Regrade
from reelwright.render.depth import MOVES, apart
from reelwright.render.develop import Developer
from reelwright.render.finish import arch_box
from reelwright.render.framing import Shape
from reelwright.render.kenburns import Pan, View, pan
from reelwright.render.layer import Pixels
from reelwright.render.look import Look, Palette
from reelwright.render.mount import PAD, extent, laid, masked, mount, shadowed

CLOSER = 1.2  # so much larger than shown is a photograph kept, for the camera to come closer
CLOSE_UP = 1.2  # so much closer is the camera where a card lies over the photograph
NEARER = 0.35  # by so much more than the ground the front moves
TURNING = -0.8  # in an orbit the ground goes by behind a front that all but stays


@dataclass(frozen=True, slots=True)
class Stock:
    """A blueprint's assets, and where their pixels come from."""

    assets: Mapping[str, Asset]
    materials: Materials

    def asset(self, digest: str) -> Asset:
        return self.assets[digest]


@dataclass(frozen=True, slots=True)
class Footage:
    """An asset's pictures in a style, at any time of a shot."""

    still: Pixels | None
    reel: Reel | None
    develop: Callable[[Pixels], Pixels]
    fps: int
    lead_s: float  # so long before the shot's start its film begins, for the transition
    loops: bool

    def at(self, t_s: float) -> Pixels:
        """Premultiplied BGRA at a time; a film that has ended begins again or stands still."""
        if self.still is not None:
            return self.still
        assert self.reel is not None, "footage of nothing"
        number = max(0, int((t_s + self.lead_s) * self.fps + 1e-6))
        count = self.reel.count
        return self.develop(
            self.reel.frame(number % count if self.loops else min(number, count - 1))
        )


def footage(
    shot: Shot, insert: Insert, stock: Stock, look: Look, grade: Regrade, form: Format, side: int
) -> Footage:
    """The shot's asset, its shorter side about `side` pixels."""
    asset = stock.asset(insert.asset)
    u = float(min(form.width, form.height))
    lead_s = 0.5 * look.blend_s if shot.transition else 0.0
    if asset.kind is not AssetKind.FILM:
        raw = stock.materials.picture(asset, side)
        develop = Developer.of(look, grade, u, asset.kind, raw)
        return Footage(develop(raw), None, develop, form.fps, lead_s, insert.loops)
    end_s = shot.duration_s + look.blend_s + lead_s
    reel = stock.materials.film(asset, fps=form.fps, end_s=end_s, shorter_side=side)
    develop = Developer.of(look, grade, u, asset.kind, reel.frame(reel.count // 2))
    return Footage(None, reel, develop, form.fps, lead_s, insert.loops)


# ---- over the whole frame -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Covering:
    """A photograph or film that fills the frame, and the camera's way over it."""

    footage: Footage
    front: Pixels | None  # what stands before the rest, where the photograph was taken apart
    pan: Pan
    box: tuple[float, float, float, float]  # of the frame that is seen: left, top, width, height
    orbits: bool = False  # about what stands in front

    def draw(
        self, canvas: Pixels, share: float, t_s: float, grow: float, seed: float, buffers: Buffers
    ) -> None:
        view = self.pan.at(share, t_s, seed)
        view = View(view.x, view.y, view.width / grow)
        cover(canvas, self.footage.at(t_s), self._affine(view))
        if self.front is not None:
            lay(canvas, self.front, self._affine(self._nearer(view)), buffers)

    def _affine(self, view: View) -> Affine:
        left, top, width, height = self.box
        scale = width / view.width
        x, y = left + 0.5 * width, top + 0.5 * height
        return np.array([[scale, 0, x - scale * view.x], [0, scale, y - scale * view.y]])

    def _nearer(self, view: View) -> View:
        """The same view for what is nearer: it has moved further since the middle of the shot."""
        rest = self.pan.at(0.5)
        most = MOVES * min(self.pan.size)
        sideways = TURNING if self.orbits else NEARER
        x = min(most, max(-most, sideways * (view.x - rest.x)))
        y = min(most, max(-most, NEARER * (view.y - rest.y)))
        closer = (view.width / rest.width) ** NEARER
        return View(view.x + x, view.y + y, view.width * min(1.04, max(0.96, closer)))


def covering(
    shot: Shot, insert: Insert, stock: Stock, look: Look, grade: Regrade, form: Format
) -> Covering:
    """The asset over all of the frame, or of the window that the style looks through."""
    asset = stock.asset(insert.asset)
    box = opening(look, form.width, form.height)
    scale = CLOSER * max(box[2] / asset.width, box[3] / asset.height)
    side = max(16, round(min(asset.width, asset.height) * scale))
    shown = footage(shot, insert, stock, look, grade, form, side)
    picture = shown.at(0.0)
    size = (float(picture.shape[1]), float(picture.shape[0]))
    way = pan(
        shot.camera,
        size,
        box[2] / box[3],
        insert.focus,
        duration_s=shot.duration_s,
        strength=min(1.35, max(0.6, look.camera)),
        shake=0.006 * look.shake,
        rest=rest_of(shot, form),
        closer=CLOSE_UP if shot.display else 1.0,
    )
    front = None
    if insert.parallax and shown.still is not None and asset.kind is AssetKind.PHOTO:
        raw = stock.materials.picture(asset, side)
        if (parts := apart(raw)) is not None:
            ground, ahead = parts
            front = masked(shown.still, cv2.extractChannel(ahead, 3))
            still = shown.develop(ground)
            shown = Footage(still, None, shown.develop, form.fps, shown.lead_s, insert.loops)
    return Covering(shown, front, way, box, shot.camera == "orbit")


def rest_of(shot: Shot, form: Format) -> tuple[float, float]:
    """Where in the frame a shot's point of interest should be: beside what is written on it."""
    written = bool(shot.words.strip() or shot.display)
    match Shape.of(form.width, form.height):
        case Shape.WIDE:
            return (0.68, 0.5) if written else (0.5, 0.5)
        case _ if shot.display:
            return 0.5, 0.34
        case _:
            return (0.5, 0.58) if written else (0.5, 0.5)


def opening(look: Look, width: int, height: int) -> tuple[float, float, float, float]:
    """The part of the frame that a style lets see: left, top, width, height."""
    if look.window != "arch":
        return 0.0, 0.0, float(width), float(height)
    left, top, right, bottom = arch_box(width, height)
    return left, top, right - left, bottom - top


# ---- as a thing -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Thing:
    """An asset that stands in a scene as a subject does."""

    at: Callable[[float], Pixels]
    x: float  # of its middle
    y: float
    size: tuple[float, float]  # without frame and shadow
    stands: bool  # on its foot, rather than hanging


def thing(
    shot: Shot,
    insert: Insert,
    stock: Stock,
    look: Look,
    palette: Palette,
    grade: Regrade,
    form: Format,
) -> Thing:
    """The asset in its shape and frame, at its place."""
    asset = stock.asset(insert.asset)
    u = float(min(form.width, form.height))
    left, top, right, bottom = room_of(shot, look, form)
    room = (right - left, bottom - top)
    aspect = asset.width / asset.height
    bare = asset.kind in {AssetKind.CUTOUT, AssetKind.LOGO} and insert.fill is Fill.CONTAIN
    size = extent(insert.fill, aspect, room)
    side = max(16, round(1.1 * max(size) * min(1.0, max(aspect, 1 / aspect))))
    shown = footage(shot, insert, stock, look, grade, form, side)
    x, y = 0.5 * (left + right), bottom - 0.5 * size[1] if bare else 0.5 * (top + bottom)
    if bare:
        cut = stickered(shown.at(0.0), size, look, palette, u)
        return Thing(lambda t_s: cut, x, y, size, True)
    frame = mount(insert.fill, aspect, room, look, palette, u)
    if shown.still is not None:
        mounted = frame.of(shown.still, insert.focus)
        return Thing(lambda t_s: mounted, x, y, size, False)
    return Thing(lambda t_s: frame.of(shown.at(t_s), insert.focus), x, y, size, False)


def room_of(shot: Shot, look: Look, form: Format) -> tuple[float, float, float, float]:
    """Where a thing may stand, clear of titles, cards and frames: left, top, right, bottom."""
    w, h = float(form.width), float(form.height)
    shape = Shape.of(w, h)
    if shape is Shape.WIDE:
        left, top, right, bottom = 0.56 * w, 0.14 * h, 0.93 * w, 0.86 * h
    elif shape is Shape.SQUARE:
        left, top, right, bottom = 0.18 * w, 0.36 * h, 0.82 * w, 0.93 * h
    else:
        left, top, right, bottom = 0.11 * w, 0.39 * h, 0.89 * w, 0.86 * h
    if not shot.words:
        top = min(top, 0.16 * h)
    if shot.display and shape is not Shape.WIDE:
        top, bottom = min(top, 0.10 * h), 0.48 * h
    if shot.display and shape is Shape.SQUARE:
        bottom = (below(look) - 0.01) * h
    if look.window == "arch":
        arch = arch_box(w, h)
        inset = 0.06 * min(w, h)
        left, right = max(left, arch[0] + inset), min(right, arch[2] - inset)
        top, bottom = max(top, arch[1] + 0.6 * inset), min(bottom, arch[3] - inset)
    return left, top, right, bottom


def below(look: Look) -> float:
    """The share of a square frame above which a card leaves room for the thing itself."""
    return 0.55 if look.window == "arch" else 0.43


def stickered(
    picture: Pixels, size: tuple[float, float], look: Look, palette: Palette, u: float
) -> Pixels:
    """A cut-out at its size, with the outline and the shadow that its style gives to things."""
    pad = round(PAD * u)
    flat = cv2.resize(
        picture, (max(1, round(size[0])), max(1, round(size[1]))), interpolation=cv2.INTER_AREA
    )
    flat = cv2.copyMakeBorder(flat, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    rim = {"strips": (palette.light, 0.014), "shout": (palette.dark, 0.011)}.get(look.lettering)
    if rim:
        colour, width = rim
        flat = laid(outline(flat, colour, width * u), flat)
    if look.lettering == "tube":
        glow = outline(flat, palette.second, 0.004 * u)
        soft = cv2.convertScaleAbs(cv2.GaussianBlur(glow, (0, 0), 0.02 * u), alpha=1.2)
        flat = laid(laid(soft, glow), flat)
    if look.lettering in {"strips", "whisper", "serif", "caption"}:
        flat = shadowed(flat, flat, u, 0.30)
    return flat


def outline(picture: Pixels, colour: tuple[float, float, float], width: float) -> Pixels:
    """All that lies within `width` of what is solid, in one colour."""
    reach = max(1, round(width))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    alpha = cv2.GaussianBlur(cv2.dilate(cv2.extractChannel(picture, 3), kernel), (3, 3), 0)
    return np.stack(
        [cv2.convertScaleAbs(alpha, alpha=part) for part in (*colour[::-1], 1.0)], axis=2
    )
