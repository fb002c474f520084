"""Every scene in every light and style is a picture, in layers of depth."""

import numpy as np
import pytest
from numpy.typing import NDArray
from plans import shot

from reelwright.domain import Format
from reelwright.render.film import Desk
from reelwright.render.kit import CAMERAS, LIGHTS
from reelwright.render.look import LOOKS
from reelwright.render.picture import Picture, picture
from reelwright.render.scenes.all import PAINTERS

FORM = Format(width=72, height=128, fps=12, duration_s=1.0)


def made(scene: str, light: str, style: str, *, form: Format = FORM, seed: int = 5) -> Picture:
    look = LOOKS[style]
    one = shot(scene=scene, light=light, subject="", seed=seed)
    return picture(one, style, look, look.palettes[0], form)


def drawn(picture: Picture, t_s: float = 0.5) -> NDArray[np.uint8]:
    desk = Desk.of(*picture.frame)
    picture.draw(desk.canvas, t_s, 0.0, desk.buffers)
    return desk.canvas[:, :, :3].copy()


@pytest.mark.parametrize("scene", PAINTERS)
def test_a_scene_has_depth_and_shows_each_light_differently(scene: str) -> None:
    pictures = {light: made(scene, light, "documentary") for light in LIGHTS}
    for light, one in pictures.items():
        assert len(one.drawn.layers) >= 3, f"{scene} is flat"
        assert drawn(one).std() > 12, f"{scene} by {light} shows nothing"
    day, night = (
        drawn(pictures["day"]).mean(axis=(0, 1)),
        drawn(pictures["night"]).mean(axis=(0, 1)),
    )
    assert np.abs(day - night).max() > (1.0 if scene in {"space", "stage", "library"} else 8.0)


@pytest.mark.parametrize("style", LOOKS)
@pytest.mark.parametrize("scene", ["beach", "city", "kitchen"])
def test_every_style_draws_every_world(scene: str, style: str) -> None:
    assert drawn(made(scene, "day", style)).std() > 6


def test_a_seed_gives_the_same_scene_again_and_another_seed_another() -> None:
    first, again, other = (drawn(made("city", "day", "comic", seed=s)) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.abs(first.astype(int) - other).mean() > 2


@pytest.mark.parametrize("size", [(128, 72), (96, 96), (72, 128)])
def test_scenes_fill_every_format(size: tuple[int, int]) -> None:
    form = Format(width=size[0], height=size[1], fps=12, duration_s=1.0)
    for scene in ("harbour", "library", "road"):
        frame = drawn(made(scene, "day", "documentary", form=form))
        assert frame.shape == (size[1], size[0], 3)
        assert frame[-size[1] // 5 :].std() > 3


@pytest.mark.parametrize("camera", CAMERAS)
def test_no_camera_looks_past_the_ground(camera: str) -> None:
    """With the sky painted magenta, none of it is seen at the bottom, whatever the camera does."""
    magenta = np.array((255, 0, 255), np.uint8)
    look = LOOKS["bold_kinetic"]  # the strongest moves of all
    for scene in PAINTERS:
        if scene in {"space", "podium"}:  # where the bottom may show what is far
            continue
        one = shot(scene=scene, subject="", camera=camera, light="day")
        made_of = picture(one, "bold_kinetic", look, look.palettes[0], FORM)
        made_of.drawn.layers[0].pixels[:] = (255, 0, 255, 255)
        desk = Desk.of(FORM.width, FORM.height)
        for t_s in (0.0, 1.0):
            made_of.draw(desk.canvas, t_s, 1.0, desk.buffers)
            low = desk.canvas[int(0.86 * FORM.height) :, :, :3]
            assert not (low == magenta).all(axis=2).any(), f"{scene} ends under {camera}"
