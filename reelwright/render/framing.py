"""Where a shot's subject stands in a frame of any shape: clear of the title and of the edges."""

from dataclasses import dataclass, replace
from enum import StrEnum

from reelwright.domain import Blueprint, Format
from reelwright.render.emblem import REACH
from reelwright.render.finish import arch_box
from reelwright.render.look import Look
from reelwright.render.sheet import Spot, hero_x, is_wide

ROOM_BESIDE = 0.41  # of a wide frame's height, from the subject's middle to the title and the edge
TITLED = 0.375  # of the height: what stands above in a square frame belongs to the title
LOWEST = 0.965
LONG_SIDE = 16 / 9  # of the short one, as screens have it
SQUARE_SHARE = 0.82  # of a spot's size, where there is less room below the title


class Shape(StrEnum):
    """The three kinds of frames that pictures and titles are laid out for."""

    VERTICAL = "vertical"
    SQUARE = "square"
    WIDE = "wide"

    @classmethod
    def of(cls, width: float, height: float) -> "Shape":
        if is_wide(width, height):
            return cls.WIDE
        return cls.SQUARE if width > 0.8 * height else cls.VERTICAL


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of a subject, the ground under it, and its size, in pixels of the frame."""

    x: float
    y: float
    foot: float
    size: float
    floats: bool


def place(spot: Spot, look: Look, width: float, height: float, *, titled: bool) -> Place:
    """Where the subject of a scene's spot stands in this frame, in this style."""
    shape = Shape.of(width, height)
    u = min(width, height)
    size = spot.size * (0.92 if look.emblem else 1.0)
    x, foot = spot.x, spot.y
    floats = spot.floats or bool(look.emblem)
    if shape is Shape.WIDE:  # the title stands beside it
        x, size = hero_x(width, height), 1.1 * size
        if look.emblem:
            size = min(size, ROOM_BESIDE * u / REACH[look.emblem])
    elif shape is Shape.SQUARE:
        size *= SQUARE_SHARE
    if look.window == "arch":
        left, _, right, bottom = arch_box(width, height)
        x, size = 0.5 * (left + right), min(size, 0.58 * (right - left))
        foot = min(foot, bottom - 0.07 * height)
    y = foot - 0.5 * size - (0.03 * u if floats else 0.0)
    if look.emblem and shape is Shape.SQUARE:
        top = TITLED if titled else 1 - LOWEST
        size = min(size / SQUARE_SHARE, 0.5 * (LOWEST - top) * height / REACH[look.emblem])
        y = 0.5 * (top + LOWEST) * height
    elif look.emblem and shape is Shape.WIDE:
        y = min(y, 0.53 * height)
    elif look.emblem:
        y = min(y, 0.615 * height)
    return Place(x, y, foot, size, floats)


def shaped(form: Format, shape: Shape) -> Format:
    """A format of this shape with the same short side; the same one where it has it already."""
    if Shape.of(form.width, form.height) is shape:
        return form
    short = min(form.width, form.height)
    long = 2 * round(short * LONG_SIDE / 2)  # chroma is halved, so both sides are even
    match shape:
        case Shape.VERTICAL:
            return replace(form, width=short, height=long)
        case Shape.SQUARE:
            return replace(form, width=short, height=short)
        case Shape.WIDE:
            return replace(form, width=long, height=short)


def reframed(blueprint: Blueprint, form: Format) -> Blueprint:
    """The same film for another frame: shots, words, music and every seed are as they were."""
    assert form.duration_s == blueprint.format.duration_s, f"{form} for {blueprint.format}"
    return replace(blueprint, format=form)
