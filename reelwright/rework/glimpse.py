"""A small picture of each world of ours, to choose by."""

import cv2
import numpy as np

from reelwright.domain import Format, Shot
from reelwright.render.blend import Buffers
from reelwright.render.camera import Pose
from reelwright.render.look import LOOKS
from reelwright.render.picture import picture
from reelwright.rework.scenery import STYLE
from reelwright.rework.wording import own

WIDE, HIGH = 480, 270  # twice as many pixels as a page shows
AT_S = 0.4
QUALITY = 82


def glimpse(name: str) -> bytes:
    """A JPEG of a world as it stands behind a take, sharp."""
    place, look = own(name), LOOKS[STYLE]
    shot = Shot(
        start_s=0.0,
        duration_s=1.0,
        scene=place.scene,
        light=place.light,
        subject="",
        camera="still",
        words="",
        transition="",
        seed=0,
    )
    form = Format(width=WIDE, height=HIGH, fps=30, duration_s=1.0)
    drawn = picture(shot, STYLE, look, look.palettes[0], form)
    canvas = np.zeros((HIGH, WIDE, 4), np.uint8)
    box = (0, 0, WIDE, HIGH)
    drawn.draw_from(Pose(), canvas, AT_S, 0.0, Buffers.of(WIDE, HIGH), box)
    bgr = cv2.cvtColor(canvas, cv2.COLOR_BGRA2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert done, f"no picture of {name}"
    return bytes(data.tobytes())
