"""Planted factors: what a film is about is read from one vector, how it is made from the other."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from films import RATE, write_film
from numpy.typing import NDArray

from reelwright.features.encoder import Encoding
from reelwright.features.local import LocalEncoder
from reelwright.features.text import TextVectors
from reelwright.media.decode import Image

SIZE = (108, 192)
FPS = 16
SECONDS = 2

TOPICS = (
    ("Boats in the harbour at sunrise", ("harbour", "sailing")),
    ("Fresh bread from the oven", ("baking", "kitchen")),
    ("A robot learns to walk", ("robots", "technology")),
    ("Climbing the north face", ("mountains", "climbing")),
)


@dataclass(frozen=True)
class Making:
    """A style: what is done to any scene, whatever it shows."""

    shot_s: float
    pan: float  # widths a second
    grade: tuple[float, float, float]  # gains of blue, green, red
    saturation: float
    grain: float
    blur: float
    bpm: float
    level: float


STYLES = (
    Making(0.5, 0.3, (1.0, 1.0, 1.0), 1.6, 0.0, 0.0, 150, 0.5),
    Making(2.0, 0.02, (0.6, 0.9, 1.15), 0.7, 9.0, 1.2, 80, 0.1),
    Making(1.0, 0.1, (1.2, 0.9, 0.6), 0.9, 0.0, 0.0, 110, 0.3),
    Making(2.0, 0.0, (0.35, 0.35, 0.35), 0.1, 5.0, 0.0, 0, 0.05),
)


def film(path: Path, topic: int, making: Making, seed: int) -> Path:
    """A film of one topic in one style; place, shapes and colours vary with the seed."""
    rng = np.random.default_rng(seed)
    shots = [scene(topic, rng) for _ in range(round(SECONDS / making.shot_s))]
    frames = []
    for number in range(FPS * SECONDS):
        time_s = number / FPS
        image = shots[min(int(time_s / making.shot_s), len(shots) - 1)]
        shift = 40 + making.pan * SIZE[0] * (time_s % making.shot_s - making.shot_s / 2)
        view = image[:, round(shift) : round(shift) + SIZE[0]].astype(np.float64)
        grey = view.mean(2, keepdims=True)
        view = (grey + (view - grey) * making.saturation) * making.grade
        if making.blur:
            view = np.asarray(cv2.GaussianBlur(view, (0, 0), making.blur), np.float64)
        view += rng.normal(0, making.grain, view.shape[:2])[..., None]
        frames.append(np.clip(view, 0, 255).astype(np.uint8))
    return write_film(path, frames, fps=FPS, sound=music(making, rng))


def scene(topic: int, rng: np.random.Generator) -> Image:
    """A sky over a ground with shapes of the topic's kind, in colours of its own."""
    width, height = SIZE[0] + 80, SIZE[1]
    image = np.zeros((height, width, 3), np.uint8)
    image[:] = rng.integers(90, 220, 3)
    image[int(height * (0.35 + 0.1 * topic)) :] = rng.integers(40, 160, 3)
    for _ in range(10):
        x, y, r = (int(value) for value in rng.integers((0, 0, 6), (width, height, 30)))
        colour = tuple(int(value) for value in rng.integers(0, 255, 3))
        match topic:
            case 0:
                cv2.circle(image, (x, y), r, colour, -1)
            case 1:
                cv2.rectangle(image, (x, y), (x + r, y + r), colour, -1)
            case 2:
                cv2.line(image, (x, y), (x + r, y - 2 * r), colour, 4)
            case _:
                cv2.ellipse(image, (x, y), (r, r // 3), 0, 0, 360, colour, -1)
    return image


def music(making: Making, rng: np.random.Generator) -> NDArray[np.float32]:
    sound = rng.normal(0, 0.02, SECONDS * RATE) * making.level
    stroke = np.sin(np.arange(2000) * 0.02) * np.exp(-np.arange(2000) / 400) * making.level
    for beat in range(int(SECONDS * making.bpm / 60)):
        start = int(beat * 60 / making.bpm * RATE)
        sound[start : start + 2000] += stroke[: len(sound) - start]
    return sound.astype(np.float32)


@pytest.fixture(scope="module")
def encoder() -> LocalEncoder:
    return LocalEncoder(TextVectors())


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, encoder: LocalEncoder
) -> list[tuple[int, int, Encoding]]:
    """Two films of each topic in each style: (topic, style, encoding)."""
    folder = tmp_path_factory.mktemp("world")
    films: list[tuple[int, int, Encoding]] = []
    for topic, (title, tags) in enumerate(TOPICS):
        for style, making in enumerate(STYLES):
            for take in range(2):
                path = film(folder / f"{topic}{style}{take}.mp4", topic, making, seed=len(films))
                films.append((topic, style, encoder.encode(path, title=title, tags=tags)))
    return films


def told(vectors: list[NDArray[np.float32]], factor: list[int]) -> float:
    """The share whose factor the nearest mean of the others tells."""
    points, labels = np.stack(vectors), np.array(factor)
    right = 0
    for one in range(len(points)):
        others = np.arange(len(points)) != one
        means = [points[others & (labels == label)].mean(0) for label in np.unique(labels)]
        right += int(np.square(means - points[one]).sum(1).argmin() == labels[one])
    return right / len(points)


def test_the_right_vector_tells_each_factor(world: list[tuple[int, int, Encoding]]) -> None:
    contents = [encoding.content for _, _, encoding in world]
    creatives = [encoding.creative for _, _, encoding in world]
    topics, styles = [topic for topic, _, _ in world], [style for _, style, _ in world]
    assert told(contents, topics) == 1
    assert told(creatives, styles) > 0.9
    assert told(contents, styles) < 0.4  # chance is .25
    assert told(creatives, topics) < 0.5


def test_traits_say_what_was_done(world: list[tuple[int, int, Encoding]]) -> None:
    def mean(style: int, trait: str) -> float:
        return float(np.mean([getattr(e.traits, trait) for _, s, e in world if s == style]))

    assert mean(0, "cuts_per_minute") > 60 > 20 > mean(1, "cuts_per_minute")
    assert mean(0, "motion") > 1.5 * mean(2, "motion")
    assert mean(1, "grain") > 2 * mean(2, "grain")
    assert mean(1, "sharpness") < mean(2, "sharpness")
    assert mean(2, "warmth") < 0.45 < 0.55 < mean(1, "warmth")
    assert mean(3, "brightness") < 0.6 * mean(0, "brightness")
    assert mean(0, "saturation") > mean(2, "saturation") > mean(3, "saturation")
    assert mean(0, "loudness_lufs") > mean(3, "loudness_lufs") + 10


def test_words_do_not_reach_how_it_is_made_nor_sound_what_it_is_about(
    tmp_path: Path, encoder: LocalEncoder
) -> None:
    path = film(tmp_path / "one.mp4", 0, STYLES[0], seed=1)
    one, other = (encoder.encode(path, title=title) for title in ("Boats", "A cake"))
    assert (one.creative == other.creative).all()
    assert one.traits == other.traits
    assert one.content @ other.content < 0.7


def test_the_same_film_gives_the_same_vectors_and_content_is_a_unit(
    tmp_path: Path, encoder: LocalEncoder
) -> None:
    path = film(tmp_path / "one.mp4", 2, STYLES[1], seed=3)
    one, other = (encoder.encode(path, title="A robot", tags=["metal"]) for _ in range(2))
    assert (one.content == other.content).all()
    assert (one.creative == other.creative).all()
    assert np.linalg.norm(one.content) == pytest.approx(1, abs=1e-5)
    assert np.isfinite(one.creative).all()
    assert one.content.dtype == one.creative.dtype == np.float32


def test_a_film_without_words_or_sound_is_known_by_its_pictures(
    tmp_path: Path, encoder: LocalEncoder
) -> None:
    frames = [np.full((64, 48, 3), 90, np.uint8)] * 5
    found = encoder.encode(write_film(tmp_path / "grey.mp4", frames, fps=10), title="")
    assert np.isfinite(found.content).all()
    assert np.isfinite(found.creative).all()
    assert found.traits.tempo_bpm == 0
    assert found.traits.cuts_per_minute == 0
