"""A performer of our own for tests and pictures: somebody drawn, whose every point is known."""

import itertools
import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image
from reelwright.media.materials import content_name
from reelwright.modify.performance import (
    BODY_POINTS,
    FACE_POINTS,
    HAND_POINTS,
    Floats,
    Footage,
    Performance,
    Performer,
)

SKIN, HAIR, SHIRT, TROUSERS, SHOES = (
    (142, 172, 222),
    (38, 52, 74),
    (92, 90, 88),
    (96, 62, 44),
    (40, 38, 36),
)
FINE = 2  # times larger than it is shown, that it is drawn: its edges are soft
MATTE_SIDE = 96


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Somebody who waves before a wall, in front of a camera that may move."""

    width: int = 320
    height: int = 240
    count: int = 24
    fps: int = 25
    tall: float = 0.86  # of the frame's height, from crown to sole; more shows less of them
    wall: tuple[int, int, int] = (176, 168, 160)
    pans: float = 0.0  # pixels a frame, that the camera turns to the right
    shots: tuple[int, ...] = (0,)
    grain: float = 1.5

    @property
    def crown(self) -> float:
        return max(0.06, 0.94 - self.tall) * self.height

    def points(self, number: int) -> dict[str, tuple[float, float]]:
        """Where the joints are, in pixels."""
        size = self.tall * self.height
        t = number / self.fps
        x = 0.5 * self.width + 0.01 * size * math.sin(2 * t) - self.pans * number
        top = self.crown
        raise_ = 0.5 + 0.5 * math.sin(5 * t)
        left_elbow = (x + 0.19 * size, top + 0.36 * size)
        places = {
            "head": (x, top + 0.075 * size),
            "left_shoulder": (x + 0.105 * size, top + 0.205 * size),
            "right_shoulder": (x - 0.105 * size, top + 0.205 * size),
            "left_elbow": left_elbow,
            "left_wrist": (
                left_elbow[0] + 0.10 * size,
                left_elbow[1] + (0.10 - 0.26 * raise_) * size,
            ),
            "right_elbow": (x - 0.15 * size, top + 0.37 * size),
            "right_wrist": (x - 0.14 * size, top + 0.52 * size),
            "left_hip": (x + 0.065 * size, top + 0.51 * size),
            "right_hip": (x - 0.065 * size, top + 0.51 * size),
            "left_knee": (x + 0.075 * size, top + 0.74 * size),
            "right_knee": (x - 0.07 * size, top + 0.74 * size),
            "left_ankle": (x + 0.085 * size, top + 0.955 * size),
            "right_ankle": (x - 0.08 * size, top + 0.955 * size),
        }
        for side, sign in (("left", 1), ("right", -1)):
            ankle = places[f"{side}_ankle"]
            places[f"{side}_heel"] = (ankle[0] - 0.005 * sign * size, ankle[1] + 0.025 * size)
            places[f"{side}_toe"] = (ankle[0] + 0.05 * sign * size, ankle[1] + 0.035 * size)
        return places

    def draw(self, number: int) -> tuple[Image, Floats]:
        """A frame, and how much of each pixel is the performer. Neither may be written into."""
        return _drawn(self, number)

    def paint(self, number: int) -> tuple[Image, Floats]:
        """The same, painted anew."""
        colour, alpha = self._person(number)
        part = alpha[:, :, None]
        mixed = part * colour + (1 - part) * self._background(number)
        rng = np.random.default_rng((7, number))
        mixed += rng.normal(0, self.grain, mixed.shape[:2])[:, :, None]
        return np.clip(np.rint(mixed), 0, 255).astype(np.uint8), alpha

    def _background(self, number: int) -> NDArray[np.float64]:
        """A wall, lit from the left, with a picture on it by which a move is seen."""
        xs = np.arange(self.width)[None, :, None] + self.pans * number
        light = 1.06 - 0.16 * xs / self.width
        frame = np.broadcast_to(light * np.array(self.wall), (self.height, self.width, 3)).copy()
        place = (np.abs(xs[0, :, 0] - 0.12 * self.width) < 0.05 * self.width)[None, :]
        high = (np.abs(np.arange(self.height) - 0.3 * self.height) < 0.1 * self.height)[:, None]
        frame[high & place] = (120, 70, 40)
        return frame

    def _person(self, number: int) -> tuple[NDArray[np.float64], Floats]:
        size = self.tall * self.height * FINE
        canvas = np.zeros((self.height * FINE, self.width * FINE, 4), np.uint8)
        at = {
            name: (round(16 * FINE * x), round(16 * FINE * y))
            for name, (x, y) in self.points(number).items()
        }

        def limb(names: tuple[str, ...], thick: float, paint: tuple[int, int, int]) -> None:
            for one, other in itertools.pairwise(names):
                width = max(1, round(thick * size))
                cv2.line(canvas, at[one], at[other], (*paint, 255), width, cv2.LINE_AA, 4)

        for side in ("left", "right"):
            limb((f"{side}_heel", f"{side}_toe"), 0.045, SHOES)
            limb((f"{side}_hip", f"{side}_knee", f"{side}_ankle"), 0.085, TROUSERS)
        torso = ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
        outline = np.array([at[name] for name in torso], np.int32)
        cv2.fillConvexPoly(canvas, outline, (*SHIRT, 255), cv2.LINE_AA, 4)
        limb((*torso, torso[0]), 0.07, SHIRT)
        for side in ("left", "right"):
            limb((f"{side}_elbow", f"{side}_wrist"), 0.042, SKIN)
            limb((f"{side}_shoulder", f"{side}_elbow"), 0.062, SHIRT)
            cv2.circle(
                canvas,
                at[f"{side}_wrist"],
                round(16 * 0.028 * size),
                (*SKIN, 255),
                -1,
                cv2.LINE_AA,
                4,
            )
        x, y = at["head"]
        neck = round(16 * 0.1 * size)
        cv2.line(canvas, (x, y), (x, y + neck), (*SKIN, 255), round(0.055 * size), cv2.LINE_AA, 4)

        def oval(dx: float, dy: float, wide: float, high: float, paint: tuple[int, ...]) -> None:
            middle = (round((x / 16) + dx * size), round((y / 16) + dy * size))
            axes = (max(1, round(wide * size)), max(1, round(high * size)))
            cv2.ellipse(canvas, middle, axes, 0, 0, 360, (*paint, 255), -1, cv2.LINE_AA)

        oval(0, -0.012, 0.062, 0.073, HAIR)
        oval(0, 0.006, 0.050, 0.064, SKIN)
        for sign in (-1, 1):
            oval(0.019 * sign, 0.0, 0.008, 0.005, (240, 240, 240))
            oval(0.019 * sign, 0.0, 0.004, 0.005, (60, 40, 30))
        mouth = 0.004 + 0.006 * abs(math.sin(0.9 * number))
        oval(0, 0.038, 0.017, mouth, (86, 74, 150))
        shade = cv2.GaussianBlur(canvas[:, :, 3].astype(np.float32) / 255, (0, 0), 0.03 * size)
        edge = cv2.Sobel(shade, cv2.CV_32F, 1, 0, ksize=5) * 0.0016 * size
        ys, xs = np.mgrid[: canvas.shape[0], : canvas.shape[1]] / size
        folds = 0.05 * np.sin(60 * (ys + 0.35 * np.sin(14 * xs)) + 30 * xs)
        cloth = (canvas[:, :, 0] == SHIRT[0]) | (canvas[:, :, 0] == TROUSERS[0])
        lit = 1 + np.clip(edge, -0.22, 0.22) + folds * cloth
        whole = np.dstack([canvas[:, :, :3] * lit[:, :, None], canvas[:, :, 3]])
        small = cv2.resize(whole, (self.width, self.height), interpolation=cv2.INTER_AREA)
        alpha = np.asarray(small[:, :, 3:] / 255, np.float64)
        return small[:, :, :3] / np.maximum(alpha, 1e-3), alpha[:, :, 0].astype(np.float32)

    # ---- what would be measured of it ----------------------------------------------------------

    @cached_property
    def performance(self) -> Performance:
        """The truth about all frames."""
        known = Footage(
            sha256="",
            width=self.width,
            height=self.height,
            times_N=np.arange(self.count) / self.fps,
            has_sound=False,
        )
        mattes = [
            cv2.resize(self.draw(number)[1], self._matte_size, interpolation=cv2.INTER_AREA)
            for number in range(self.count)
        ]
        camera_N33 = np.tile(np.eye(3, dtype=np.float32), (self.count, 1, 1))
        for number in range(self.count):
            first = max(start for start in self.shots if start <= number)
            camera_N33[number, 0, 2] = -self.pans * (number - first)
        return Performance(
            footage=known,
            shots=self.shots,
            matte_NHW=np.stack([np.rint(255 * one).astype(np.uint8) for one in mattes]),
            performers=(self._performer(),),
            flow_NHW2=np.zeros((self.count, 12, 16, 2), np.float16),
            camera_N33=camera_N33,
            loudness_N=np.full(self.count, -120, np.float32),
            speech=(),
            seen_by=(("all", "drawn"),),
        )

    @property
    def _matte_size(self) -> tuple[int, int]:
        scale = MATTE_SIDE / max(self.width, self.height)
        return round(self.width * scale), round(self.height * scale)

    def _performer(self) -> Performer:
        size, count = self.tall * self.height, self.count
        face = np.full((count, FACE_POINTS, 3), 0, np.float32)
        body = np.full((count, BODY_POINTS, 3), np.nan, np.float32)
        hands = np.full((2, count, HAND_POINTS, 3), 0, np.float32)
        box = np.zeros((count, 4), np.float32)
        turn = np.linspace(0, 2 * math.pi, FACE_POINTS)
        pairs = dict(
            zip(
                ["shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe"],
                (11, 13, 15, 23, 25, 27, 29, 31),
                strict=True,
            )
        )
        for number in range(count):
            at = self.points(number)
            x, y = at["head"]
            face[number, :, 0] = x + 0.050 * size * np.cos(turn)
            face[number, :, 1] = y + (0.006 + 0.064 * np.sin(turn)) * size
            body[number, 0] = (x, y, 1)
            for name, place in pairs.items():
                for step, side in enumerate(("left", "right")):
                    body[number, place + step] = (*at[f"{side}_{name}"], 1)
            for step, side in enumerate(("left", "right")):
                round_ = np.linspace(0, 2 * math.pi, HAND_POINTS)
                wrist = at[f"{side}_wrist"]
                hands[step, number, :, 0] = wrist[0] + 0.026 * size * np.cos(round_)
                hands[step, number, :, 1] = wrist[1] + 0.026 * size * np.sin(round_)
            box[number] = (x - 0.3 * size, self.crown, x + 0.3 * size, self.crown + size)
        box[:, 3] = np.minimum(box[:, 3], self.height)
        return Performer(
            box_N4=box, face_NP3=face, body_NP3=body, left_NP3=hands[0], right_NP3=hands[1]
        )

    def film(self, path: Path, times_s: NDArray[np.float64] | None = None) -> Performance:
        """Write the frames, at their times, and give the performance of that very file."""
        times_s = self.performance.footage.times_N if times_s is None else times_s
        with av.open(str(path), "w") as out:
            stream = out.add_stream("libx264", rate=self.fps, options={"crf": "12"})
            stream.width, stream.height, stream.pix_fmt = self.width, self.height, "yuv420p"
            stream.codec_context.time_base = Fraction(1, 1000)
            for number in range(self.count):
                frame = av.VideoFrame.from_ndarray(self.draw(number)[0], format="bgr24")
                frame.pts = round(1000 * times_s[number])
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        known = replace(self.performance.footage, sha256=content_name(path), times_N=times_s)
        return replace(self.performance, footage=known)

    def alpha_of(self, frame: Image, matte: NDArray[np.uint8]) -> Floats:
        """A stand-in for fine edges: the small matte, enlarged."""
        large = cv2.resize(matte, (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        return np.asarray(large.astype(np.float32) / 255, np.float32)


@lru_cache(maxsize=128)
def _drawn(figure: Figure, number: int) -> tuple[Image, Floats]:
    """Tests ask for the same few frames again and again."""
    frame, alpha = figure.paint(number)
    frame.setflags(write=False)
    alpha.setflags(write=False)
    return frame, alpha
