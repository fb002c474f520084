"""What browsers cannot play is made anew as what they can: H.264 in an MP4."""

import dataclasses
from pathlib import Path

import numpy as np

from reelwright.config import MediaConfig
from reelwright.media.decode import frames, sound
from reelwright.media.encode import encode
from reelwright.media.probe import Probe

# What Chromium, Firefox and Safari of today play from a plain <video> element.
PLAYABLE = {
    ".mp4": frozenset({"h264", "av1", "vp9"}),
    ".m4v": frozenset({"h264", "av1", "vp9"}),
    ".webm": frozenset({"vp8", "vp9", "av1"}),
}
MAX_FPS = 60


def is_playable(path: Path, probe: Probe) -> bool:
    return probe.codec in PLAYABLE.get(path.suffix.lower(), frozenset())


def converted(path: Path, probe: Probe, folder: Path, config: MediaConfig) -> tuple[Path, Probe]:
    """The film as an MP4 in `folder`, at a constant rate, and what has changed of it."""
    fps = max(1, min(round(probe.fps), MAX_FPS))
    width, height = (max(2, side // 2 * 2) for side in (probe.width, probe.height))
    film = folder / "film.mp4"
    pictures = frames(path, size=(width, height), every_s=1 / fps)
    heard = sound(path, rate=config.audio_rate) if probe.has_sound else None
    encode(
        film,
        (picture for _, picture in pictures),
        width=width,
        height=height,
        fps=fps,
        sound=None if heard is None else np.stack([heard, heard], axis=1),
        config=config,
    )
    after = dataclasses.replace(probe, width=width, height=height, fps=float(fps), codec="h264")
    return film, after
