"""The camera over a photograph: from one view of it to another, towards the point of interest."""

import math
from dataclasses import dataclass

from reelwright.render import ease

ZOOM_PER_S, MOST_ZOOM = 0.035, 0.17  # faster than that, a photograph is felt to be thrown
TRAVEL_PER_S, MOST_TRAVEL = 0.055, 0.22  # of the view's own width, likewise
SIDEWAYS = {"pan_left", "pan_right", "tilt_up", "tilt_down", "orbit"}
ROOM = 1.10  # how much closer than the widest view a pan is, so that it has somewhere to go


@dataclass(frozen=True, slots=True)
class View:
    """A part of a photograph with the frame's shape, in the photograph's pixels."""

    x: float  # of its middle
    y: float
    width: float

    def towards(self, other: "View", share: float) -> "View":
        """`share` of the way; sides move evenly, so that a zoom keeps to its point."""

        def between(a: float, b: float) -> float:
            return a + (b - a) * share

        return View(
            between(self.x, other.x), between(self.y, other.y), between(self.width, other.width)
        )


@dataclass(frozen=True, slots=True)
class Pan:
    """A shot's way over a photograph of `size` in a frame of `aspect`, width over height."""

    size: tuple[float, float]
    aspect: float
    start: View
    end: View
    shake: float = 0.0  # of the view's width, to either side

    def at(self, share: float, t_s: float = 0.0, seed: float = 0.0) -> View:
        """The view at a share of the shot, also a little before and after: always within."""
        share = min(1.12, max(-0.12, share))
        view = self.start.towards(self.end, 0.75 * share + 0.25 * ease.smooth(share))
        if self.shake:
            x = self.shake * view.width * ease.wobble(t_s, seed)
            y = 0.8 * self.shake * view.width * ease.wobble(t_s, seed + 5)
            view = View(view.x + x, view.y + y, view.width)
        return within(view, self.size, self.aspect)


def pan(
    camera: str,
    size: tuple[float, float],
    aspect: float,
    focus: tuple[float, float],
    *,
    duration_s: float,
    strength: float = 1.0,
    shake: float = 0.0,
    rest: tuple[float, float] = (0.5, 0.5),
    closer: float = 1.0,
) -> Pan:
    """The way of a camera over a photograph. It ends, or for a pull begins, at the focus.

    The focus comes to rest at that place of the frame, as far as the photograph reaches.
    """
    shake += 0.010 if camera == "handheld" else 0.0
    widest = min(size[0], size[1] * aspect) / (1 + 3 * shake) / closer
    zoom = 1 + min(MOST_ZOOM, ZOOM_PER_S * duration_s) * strength
    travel = min(MOST_TRAVEL, TRAVEL_PER_S * duration_s) * strength

    def view(width: float, x: float = 0.0, y: float = 0.0) -> View:
        """The focus at its place, moved by shares of the view."""
        x += 0.5 - rest[0]
        y += 0.5 - rest[1]
        return View(focus[0] * size[0] + x * width, focus[1] * size[1] + y * width / aspect, width)

    room = widest / ROOM
    at_focus = within(view(room), size, aspect)
    match camera:
        case "push":
            start, end = view(widest), view(widest / zoom)
        case "pull":
            start, end = view(widest / zoom), view(widest)
        case "handheld" | "still":
            start, end = view(widest), view(2 * widest / (1 + zoom))
        case "orbit":
            start, end = view(room, x=-0.5 * travel), view(2 * room / (1 + zoom), x=0.5 * travel)
        case "pan_left":
            start, end = View(at_focus.x + travel * room, at_focus.y, room), at_focus
        case "pan_right":
            start, end = View(at_focus.x - travel * room, at_focus.y, room), at_focus
        case "tilt_up":
            start, end = View(at_focus.x, at_focus.y + travel * room / aspect, room), at_focus
        case "tilt_down":
            start, end = View(at_focus.x, at_focus.y - travel * room / aspect, room), at_focus
        case _:
            raise AssertionError(f"no camera called {camera}")
    start, end = within(start, size, aspect), within(end, size, aspect)
    went = math.dist((start.x, start.y), (end.x, end.y))
    if camera in SIDEWAYS and went < 0.2 * travel * room:
        end = within(View(end.x, end.y, start.width / zoom), size, aspect)  # nowhere to go: closer
    return Pan(size, aspect, start, end, shake)


def within(view: View, size: tuple[float, float], aspect: float) -> View:
    """The nearest view that shows nothing but the photograph."""
    width = min(view.width, size[0], size[1] * aspect)
    half_x, half_y = 0.5 * width, 0.5 * width / aspect
    return View(
        min(max(view.x, half_x), size[0] - half_x),
        min(max(view.y, half_y), size[1] - half_y),
        width,
    )
