"""Where the camera is at a time, and what that does to a layer at its depth."""

import math
from dataclasses import dataclass

from reelwright.render import ease
from reelwright.render.blend import Affine, placed
from reelwright.render.layer import Layer
from reelwright.render.look import Look

REACH = 0.045  # of the frame, to either side, at strength 1: 1.7 times it stays within the margins
ORBIT_DEPTH = 0.85  # what an orbit turns about


@dataclass(frozen=True, slots=True)
class Pose:
    """The camera's place in pixels of the frame, its zoom and its roll."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    roll: float = 0.0
    orbit: float = 0.0  # pixels by which what is infinitely far moves against the middle
    turn: tuple[float, float] = (0.0, 0.0)  # pixels by which everything moves, far or near


def pose(
    camera: str, share: float, t_s: float, look: Look, frame: tuple[float, float], seed: float
) -> Pose:
    """The camera `share` of the way through its shot. Every move is slow and lasts the shot."""
    width, height = frame
    k = look.camera
    share = min(1.15, max(-0.15, share))
    sweep = 2 * share - 1
    x = y = orbit = roll = 0.0
    zoom = 1.03
    match camera:
        case "push":
            zoom += 0.10 * k * share
        case "pull":
            zoom += 0.10 * k * (1 - share)
        case "pan_left":
            x = -REACH * k * width * sweep
        case "pan_right":
            x = REACH * k * width * sweep
        case "tilt_up":
            y = -0.8 * REACH * k * height * sweep
        case "tilt_down":
            y = 0.8 * REACH * k * height * sweep
        case "orbit":
            orbit = 1.5 * REACH * k * width * sweep
            zoom += 0.03 * k * (1 - abs(sweep))
        case "handheld":
            x = 0.012 * k * width * ease.wobble(t_s, seed)
            y = 0.010 * k * width * ease.wobble(t_s, seed + 5)
            roll = 0.006 * k * ease.wobble(0.8 * t_s, seed + 9)
            zoom += 0.03 * k * share
        case "still":
            zoom += 0.015 * k * share
        case _:
            raise AssertionError(f"no camera called {camera}")
    if look.shake and camera != "handheld":
        x += 0.006 * look.shake * width * ease.wobble(1.1 * t_s, seed + 2)
        y += 0.005 * look.shake * width * ease.wobble(1.2 * t_s, seed + 3)
        roll += 0.003 * look.shake * ease.wobble(0.9 * t_s, seed + 4)
    return Pose(x, y, zoom, roll, orbit)


def seen(layer: Layer, pose: Pose, t_s: float, frame: tuple[float, float]) -> Affine:
    """Where a layer stands in the frame at a time: its own motion, then the camera's."""
    dx, dy = layer.motion.offset(t_s)
    sprite = layer.pixels.shape
    swing = layer.motion.angle(t_s)
    own = placed(
        layer.x + 0.5 * sprite[1] + dx,
        layer.y + sprite[0] + dy,
        turn=swing,
        about=(0.5 * sprite[1], float(sprite[0])),
    )
    return through(own, pose, layer.depth, frame)


def through(own: Affine, pose: Pose, depth: float, frame: tuple[float, float]) -> Affine:
    """The same place as the camera sees it: nearer things move and grow more."""
    width, height = frame
    zoom = 1 + (pose.zoom - 1) * (0.3 + 0.7 * depth)
    shift_x = pose.turn[0] - pose.x * depth + pose.orbit * (ORBIT_DEPTH - depth)
    shift_y = pose.turn[1] - pose.y * depth
    cos, sin = zoom * math.cos(pose.roll), zoom * math.sin(pose.roll)
    mid_x, mid_y = 0.5 * width, 0.55 * height
    turned = own.copy()
    px, py = own[0, 2] + shift_x - mid_x, own[1, 2] + shift_y - mid_y
    turned[0] = cos * own[0] - sin * own[1]
    turned[1] = sin * own[0] + cos * own[1]
    turned[0, 2] = cos * px - sin * py + mid_x
    turned[1, 2] = sin * px + cos * py + mid_y
    return turned
