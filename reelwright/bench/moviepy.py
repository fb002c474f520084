"""The bench's composition by MoviePy 2, tuned as far as one of its experts would go.

It is spared what is drawn once: photographs come developed and cut out, music as samples. Its own
are the moves (`Resize` and positions), layers, texts, the dissolve (`CrossFadeIn`), the push and
the writing. What it has no effect for is a line of OpenCV within `transform`: blur, grain, vignette
and bars in a single multiplication. No clip carries a mask where it does not need one, and shots
are chained, not stacked: both are much faster. Needs the `bench` extra.
"""

import math
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from moviepy import (
    AudioArrayClip,
    ColorClip,
    CompositeVideoClip,
    ImageClip,
    TextClip,
    concatenate_videoclips,
    vfx,
)
from numpy.typing import NDArray

from reelwright.bench.composition import LINES, Place, front_place, ground_place, straight
from reelwright.config import MediaConfig
from reelwright.media.encode import X264_THREADS, x264
from reelwright.render import ease
from reelwright.render.colour import eight_bit
from reelwright.render.film import Film, blend_s
from reelwright.render.finish import GRAIN_SLACK
from reelwright.render.insert import Covering
from reelwright.render.layer import trimmed

Clip = Any  # MoviePy carries no types
Picture = NDArray[np.uint8]
FrameAt = Callable[[float], Picture]
BLACK = (0, 0, 0)
ARRIVE_S, LEAVE_S = 0.4, 0.2
FONT = ("fontpkg_inter", "files", "Inter[opsz,wght].ttf")


def clip(film: Film) -> Clip:
    """The whole composition in MoviePy's terms, without its sound."""
    shots = film.blueprint.shots
    cuts = [0.0, *(shot.start_s for shot in shots[1:]), film.form.duration_s]
    half = [0.0, *(blend_s(film.blueprint, k) / 2 for k in range(1, len(shots))), 0.0]
    parts = []
    for k, shot in enumerate(shots):
        if half[k]:
            meet = _dissolve if shot.transition == "dissolve" else _push
            start, end = cuts[k] - half[k], cuts[k] + half[k]
            parts.append(meet(shown(film, k - 1, start, end), shown(film, k, start, end)))
        parts.append(shown(film, k, cuts[k] + half[k], cuts[k + 1] - half[k + 1]))
    seen = _seen_through(film, concatenate_videoclips(parts))
    titles = [text for k in range(len(shots)) for text in written(film, k)]
    size = (film.form.width, film.form.height)
    return _grained(film, CompositeVideoClip([seen, *titles], size=size, bg_color=BLACK))


def write(made: Clip, sound: NDArray[np.float32], path: Path, fps: int, media: MediaConfig) -> None:
    """The film, encoded as ours are."""
    made = made.with_audio(AudioArrayClip(sound, fps=media.audio_rate))
    keyframes = str(max(1, int(fps * media.keyframe_every_s)))
    options = x264(media)
    preset = options.pop("preset")
    encoded = [part for name, value in options.items() for part in (f"-{name}", value)]
    made.write_videofile(
        str(path),
        fps=fps,
        codec="libx264",
        preset=preset,
        threads=X264_THREADS,
        audio_fps=media.audio_rate,
        audio_codec="aac",
        audio_bitrate=f"{media.audio_kbps}k",
        temp_audiofile=str(path.with_suffix(".m4a")),
        ffmpeg_params=[*encoded, "-g", keyframes, "-movflags", "+faststart"],
        logger=None,
    )


# ---- pictures ---------------------------------------------------------------------------------


def shown(
    film: Film,
    number: int,
    start_s: float,
    end_s: float,
    *,
    behind: tuple[int, int, int] | None = BLACK,
) -> Clip:
    """A photograph under its camera, from one time of the clip to another."""
    scene = film.scenes[number]
    covering, shot = scene.picture.covering, scene.shot
    assert covering is not None, f"shot {number} shows no photograph"
    seed = (shot.seed % 1000) / 100

    def place(of: Callable[[Covering, Any], Place]) -> Callable[[float], Place]:
        def at(t_s: float) -> Place:
            since_s = start_s + t_s - shot.start_s
            return of(covering, covering.pan.at(since_s / shot.duration_s, since_s, seed))

        return at

    ground = np.ascontiguousarray(covering.footage.at(0.0)[:, :, 2::-1])
    layers = [_moved(ImageClip(ground), place(ground_place), (0, 0))]
    if covering.front is not None and (cut_out := trimmed(covering.front)) is not None:
        pixels, left, top = cut_out
        layers.append(_moved(ImageClip(straight(pixels)), place(front_place), (left, top)))
    return CompositeVideoClip(
        [layer.with_duration(end_s - start_s) for layer in layers],
        size=(film.form.width, film.form.height),
        bg_color=behind,
    )


def _moved(layer: Clip, place: Callable[[float], Place], corner: tuple[int, int]) -> Clip:
    """A picture that grows and goes as it is told; `corner` is where it was cut out."""

    def position(t_s: float) -> tuple[float, float]:
        at = place(t_s)
        return at.x + at.scale * corner[0], at.y + at.scale * corner[1]

    grown = layer.with_effects([vfx.Resize(lambda t_s: place(t_s).scale)])
    return grown.with_position(position)


def _dissolve(one: Clip, other: Clip) -> Clip:
    faded = other.with_effects([vfx.CrossFadeIn(other.duration)])
    return CompositeVideoClip([one, faded], size=one.size, bg_color=BLACK)


def _push(one: Clip, other: Clip) -> Clip:
    """One shoves the other out to the left, blurred along its way while it is fast."""
    width, length_s = int(one.size[0]), float(one.duration)

    def blurred(frame_at: FrameAt, t_s: float) -> Any:
        wide = reach(t_s / length_s, width)
        return cv2.blur(frame_at(t_s), (wide, 1)) if wide >= 3 else frame_at(t_s)

    both = [
        one.with_position(lambda t_s: (-width * gone(t_s / length_s), 0)),
        other.with_position(lambda t_s: (width - width * gone(t_s / length_s), 0)),
    ]
    return CompositeVideoClip(both, size=one.size, bg_color=BLACK).transform(blurred)


def gone(share: float) -> float:
    """How much of the frame one shot has left to the next, at a share of a push."""
    return ease.smooth(ease.smooth(ease.clamp(share)))


def reach(share: float, width: int) -> int:
    """How wide a push is blurred along its way at a share of it, pixels; 1 is not at all."""
    return int(0.10 * width * math.sin(math.pi * ease.clamp(share)) ** 2) | 1


def _seen_through(film: Film, body: Clip) -> Clip:
    """Vignette and bars: black bars, so that what they let through is all there is to them."""
    assert film.finish.veil is not None, "a style without a vignette"
    veil = np.ascontiguousarray(film.finish.veil[:, :, :3])
    return body.image_transform(lambda frame: cv2.multiply(frame, veil, scale=1 / 255))


def _grained(film: Film, body: Clip) -> Clip:
    """The same silver as ours, another part of it in every frame."""
    if film.finish.grain is None:
        return body
    tile = np.ascontiguousarray(film.finish.grain[:, :, :3])
    width, height, fps = film.form.width, film.form.height, film.form.fps

    def grained(frame_at: FrameAt, t_s: float) -> Any:
        step = round(t_s * fps)
        top, left = (step * 37) % GRAIN_SLACK, (step * 53) % GRAIN_SLACK
        part = tile[top : top + height, left : left + width]
        return cv2.addWeighted(frame_at(t_s), 1.0, part, 1.0, -128.0)

    return body.transform(grained)


# ---- words ------------------------------------------------------------------------------------


def written(film: Film, number: int) -> list[Clip]:
    """A bar and lines that come in from the left one after the other, and fade away."""
    scene, u = film.scenes[number], min(film.form.width, film.form.height)
    assert scene.title is not None, f"shot {number} has no words"
    box, lines = scene.title.box, LINES[number]
    pitch = box.height / len(lines)
    size = (max(2, round(0.014 * u)), round(box.height))
    accent = ColorClip(size, color=eight_bit(film.palette.accent))
    texts = [(accent, box.left - 0.04 * u, box.top, 0.0)]
    look = {"color": "white", "bg_color": "#101418", "font_size": 0.62 * pitch}
    margin = (round(0.16 * pitch), round(0.12 * pitch))  # without one it cuts letters off below
    with as_file(files(FONT[0]).joinpath(*FONT[1:])) as font:
        for k, line in enumerate(lines):
            plate = TextClip(font=str(font), text=line, margin=margin, **look)
            texts.append((plate, box.left - margin[0], box.top + k * pitch, 0.1 * k))
    return [_entering(text, x, y, late_s, scene.shot, u) for text, x, y, late_s in texts]


def _entering(text: Clip, x: float, y: float, late_s: float, shot: Any, u: float) -> Clip:
    def position(t_s: float) -> tuple[float, float]:
        return x - 0.05 * u * (1 - ease.out(ease.clamp(t_s / ARRIVE_S))), y

    shown = text.with_start(shot.start_s + late_s).with_duration(shot.duration_s - late_s)
    faded = shown.with_effects([vfx.CrossFadeIn(ARRIVE_S), vfx.CrossFadeOut(LEAVE_S)])
    return faded.with_position(position)
