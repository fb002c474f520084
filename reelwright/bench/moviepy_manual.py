"""The bench's composition by MoviePy 2, put together as its own manual puts clips together.

Whatever a page of its user guide shows for a purpose is done as it is shown there, and a comment
names the page; nothing is made slower than that. Photographs come developed and cut out, music as
samples; layers, their moves and the titles are those of the tuned clip (`bench/moviepy.py`), which
are the manual's own. Three things differ. Everything lies in one stack, where the tuned clip chains
its shots. Compositions have no `bg_color`, as none in the guide has: they carry masks then, which
costs most of the difference, and only the reference of `CompositeVideoClip` says that it is slower.
And what MoviePy has no effect for is a filter in Pillow or numpy, as the manual writes filters.
Needs the `bench` extra.
"""

import numpy as np
from moviepy import CompositeVideoClip, ImageClip, vfx
from PIL import Image, ImageFilter

from reelwright.bench import moviepy as tuned
from reelwright.bench.moviepy import Clip, FrameAt, Picture, gone, reach
from reelwright.render.film import Film, blend_s
from reelwright.render.finish import GRAIN_SLACK

write = tuned.write  # user guide, "Rendering": `write_videofile`, and music by `with_audio`


def clip(film: Film) -> Clip:
    """The whole composition in MoviePy's terms, without its sound."""
    numbers = range(len(film.blueprint.shots))
    size = (film.form.width, film.form.height)
    # Getting started, "MoviePy in 10 minutes": all clips, timed and placed, in one composition.
    body = CompositeVideoClip([_shot(film, k) for k in numbers], size=size)
    titles = [text for k in numbers for text in tuned.written(film, k)]
    stack = [_blurred(film, body), _vignette(film), *titles]
    return _grained(film, CompositeVideoClip(stack, size=size))


def _shot(film: Film, number: int) -> Clip:
    """A shot from when it begins to come until it has gone."""
    plan, shot = film.blueprint, film.blueprint.shots[number]
    following = plan.shots[number + 1] if number + 1 < len(plan.shots) else None
    comes_s = blend_s(plan, number)
    goes_s = blend_s(plan, number + 1) if following is not None else 0.0
    start_s, end_s = shot.start_s - comes_s / 2, shot.end_s + goes_s / 2
    shown = tuned.shown(film, number, start_s, end_s, behind=None)
    if shot.transition == "dissolve":
        # User guide, "Compositing", "Adding transition effects".
        shown = shown.with_effects([vfx.CrossFadeIn(comes_s)])

    def position(t_s: float) -> tuple[float, float]:
        left_s, x = end_s - start_s - t_s, 0.0
        if shot.transition == "push":
            x += 1 - gone(t_s / comes_s)
        if following is not None and following.transition == "push":
            x -= gone(1 - left_s / goes_s)
        return film.form.width * x, 0

    # The same page, "Positioning clips" and "Changing starting and stopping times of clips". Its
    # effects `SlideIn` and `SlideOut` do the same, at an even speed.
    return shown.with_position(position).with_start(start_s)


def _blurred(film: Film, body: Clip) -> Clip:
    """Along the way of every push, as MoviePy's only blur, `HeadBlur`, does it: with Pillow."""
    pushes = [
        (shot.start_s, blend_s(film.blueprint, number))
        for number, shot in enumerate(film.blueprint.shots)
        if shot.transition == "push"
    ]

    # User guide, "Modifying", "Modifying both the apparence and the timing of a clip".
    def along(frame_at: FrameAt, t_s: float) -> Picture:
        frame = frame_at(t_s)
        wide = max(reach((t_s - at_s) / long_s + 0.5, film.form.width) for at_s, long_s in pushes)
        if wide < 3:
            return frame
        return np.asarray(Image.fromarray(frame).filter(ImageFilter.BoxBlur((wide // 2, 0))))

    return body.transform(along) if pushes else body


def _vignette(film: Film) -> Clip:
    """Black over the whole frame, thick where the vignette and the bars let little through."""
    assert film.finish.veil is not None, "a style without a vignette"
    black = np.zeros_like(film.finish.veil)
    black[:, :, 3] = 255 - film.finish.veil[:, :, 0]
    # User guide, "Loading": the alpha of a picture becomes the mask of its clip.
    return ImageClip(black).with_duration(film.form.duration_s)


def _grained(film: Film, whole: Clip) -> Clip:
    """The same silver as ours, another part of it in every frame."""
    assert film.finish.grain is not None, "a style without grain"
    noise = film.finish.grain[:, :, :3].astype(np.int16) - 128
    width, height, fps = film.form.width, film.form.height, film.form.fps

    # Getting started, "MoviePy in 10 minutes", its last filter: wider numbers, clipped, and back.
    def grained(frame_at: FrameAt, t_s: float) -> Picture:
        step = round(t_s * fps)
        top, left = (step * 37) % GRAIN_SLACK, (step * 53) % GRAIN_SLACK
        loud = frame_at(t_s) + noise[top : top + height, left : left + width]
        return np.asarray(np.clip(loud, 0, 255), np.uint8)

    return whole.transform(grained)
