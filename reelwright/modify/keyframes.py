"""Painted frames carried through the take: what somebody painted on a few frames of the footage,
all others wear, from both sides, along the motion that was filmed.

The idea of carrying a painting by guided patches is EbSynth's (Jamriska et al. 2019). Here motion
carries it, patches repair what motion loses, and what the footage itself shows corrects both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from reelwright.media.decode import Image, frames
from reelwright.modify import dense, patches
from reelwright.modify.dense import Floats
from reelwright.modify.likeness import ssim
from reelwright.modify.performance import Performance
from reelwright.modify.response import Carried, Response, blurred, carried
from reelwright.modify.scratch import Scratch
from reelwright.modify.tint import Tint, plain
from reelwright.modify.ways import Shots, Side, Ways, small, walked
from reelwright.progress import Progress, silent

FINE = 960  # pixels of the longer side on which motion is measured
LOST = 24.0  # of doubt from which on patches are looked for
PULL = 0.5  # of a patch to where motion would have it: squared levels for each squared pixel
ROUNDS = 1  # what the frame before found is where the search begins
LEAST_DRAWING = 8.0  # levels that are always common
MORE = 8.0  # times the mean that are common too
# By how many levels a place may look worse and yet be said to stand still, as on what does not move
# a hand's or a network's strokes do: never, hardly, easily. What painted frames tell is taken.
MOVING = -256.0
RESTS = (MOVING, 0.5, 4.0)
SHY = 1.0  # of a level beyond that, as if a patch were so unlike: what is rare is not found
SEED = 7


@dataclass(frozen=True, slots=True)
class Anchor:
    """A painted frame, ready to be carried."""

    number: int
    look: Image
    source: Image
    tint: Tint
    tinted: Floats  # the source in the mere colours of the look
    short: patches.Short
    short_HWK: Floats  # of the source; last, how rare its look is on things of the same colour

    @classmethod
    def of(cls, number: int, look: Image, source: Image) -> "Anchor":
        tint = Tint.learned(source, look)
        tinted = tint(source)
        drawn = np.abs(look - tinted)
        most = LEAST_DRAWING + MORE * Tint.learned(source, drawn)(source)
        rare = np.maximum(drawn - most, 0).max(axis=2)
        guide = colours(small(source))
        short = patches.Short.learned(guide)
        rare = cv2.resize(rare, guide.shape[1::-1], interpolation=cv2.INTER_AREA)
        short_HWK = np.dstack([short.of(guide), SHY * cv2.dilate(rare, np.ones((3, 3)))])
        return cls(number, look, source, tint, tinted, short, short_HWK)

    def like(self, frame: Image) -> Floats:
        """What is looked for here to find a frame's patches: best where nothing rare was painted.

        A star on a shirt is one of many places that look like shirt.
        """
        guide = colours(small(frame))
        return np.dstack([self.short.of(guide), np.zeros(guide.shape[:2], np.float32)])

    def to(self, frame: Image, flow_HW2: Floats) -> Carried:
        """What it gives for a frame of the footage from which that flow leads here."""
        return carried(
            dense.pulled(self.look, flow_HW2, sharp=True).astype(np.float32),
            dense.pulled(self.source, flow_HW2).astype(np.float32),
            dense.pulled(self.tinted, flow_HW2, sharp=True),
            frame,
            self.tint(frame),
        )


@dataclass(slots=True)
class Keyframes:
    """A stage of an edit: every frame in the look of the painted ones beside it.

    It is given the footage's own frames. At a painted frame it gives what was painted.
    """

    ways: Ways
    looks: Mapping[int, Image]
    _anchors: dict[int, Anchor] = field(default_factory=dict)
    _habits: dict[tuple[int, ...], tuple[Response, float]] = field(default_factory=dict)
    _found: dict[int, patches.Field] = field(default_factory=dict)  # in the frame before

    def __call__(self, number: int, frame: Image, alpha: Floats | None = None) -> Image:
        if number in self.looks:
            return self.looks[number].copy()
        beside = self.ways.beside(number)
        if not beside:
            return plain(self._nearest(number).tint(frame))
        self._forget_all_but(beside.values())
        response, rest = self._habit(tuple(beside.values()))
        share = shares(number, beside)
        painted, weights = list[Floats](), list[Floats]()
        for side, anchor in beside.items():
            one = self._anchor(anchor)
            flow_HW2 = self._repaired(one, number, frame, self._flow(number, frame, one, rest))
            look, error_HW = response(one.to(frame, flow_HW2), 1 - share[side])
            painted.append(look)
            weights.append(share[side] / error_HW)
        whole = np.sum(weights, axis=0)
        parts = [look * (w / whole)[..., None] for look, w in zip(painted, weights, strict=True)]
        return plain(np.sum(parts, axis=0))

    def _flow(self, number: int, frame: Image, to: Anchor, rest: float) -> Floats:
        """From a frame to a painted one, at every pixel."""
        here, there = fine_grey(frame), fine_grey(to.source)
        start = dense.resized(self.ways.flow(number, to.number), here.shape[1], here.shape[0])
        found_HW2 = dense.flow(here, there, start)
        calm_HW2 = dense.settled(found_HW2, here, there)
        flow_HW2 = dense.truer(found_HW2, calm_HW2, here, there)
        if rest > MOVING:
            flow_HW2 = dense.truer(np.zeros_like(flow_HW2), flow_HW2, here, there, rest)
        return dense.resized(flow_HW2, frame.shape[1], frame.shape[0])

    def _repaired(self, one: Anchor, number: int, frame: Image, flow_HW2: Floats) -> Floats:
        """The flow, leading to the likest patches where it led to something else."""
        high, wide = one.short_HWK.shape[:2]
        held = np.abs(frame.astype(np.float32) - dense.pulled(one.source, flow_HW2)).sum(axis=2)
        lost_HW = cv2.resize(blurred(held, 1.5), (wide, high), interpolation=cv2.INTER_AREA) > LOST
        if not lost_HW.any():
            return flow_HW2
        flows = np.rint(dense.resized(flow_HW2, wide, high)).astype(np.int32)
        found = patches.matched(
            one.like(frame),
            one.short_HWK,
            [flows, self._found.get(one.number, flows)],
            lost_HW,
            pull=PULL,
            rounds=ROUNDS,
            rng=np.random.default_rng((SEED, number)),
        )
        self._found[one.number] = found
        size = flow_HW2.shape[1::-1]
        scale = np.array([size[0] / wide, size[1] / high], np.float32)
        coarse = cv2.resize(found.astype(np.float32), size, interpolation=cv2.INTER_NEAREST) * scale
        lost = cv2.resize(lost_HW.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
        return np.asarray(np.where(lost[..., None], coarse, flow_HW2), np.float32)

    def _anchor(self, number: int) -> Anchor:
        if number not in self._anchors:
            source = self.ways.source(number)
            self._anchors[number] = Anchor.of(number, self.looks[number], source)
        return self._anchors[number]

    def _forget_all_but(self, numbers: Iterable[int]) -> None:
        """Ready ones are large: no more of them are kept than a frame needs."""
        kept = set(numbers)
        for ready in (self._anchors, self._found):
            for number in ready.keys() - kept:
                del ready[number]

    def _nearest(self, number: int) -> Anchor:
        """For a shot in which nothing is painted: no motion leads there, but colours do."""
        nearest = min(self.looks, key=lambda one: abs(one - number))
        self._forget_all_but([nearest])
        return self._anchor(nearest)

    def _habit(self, numbers: tuple[int, ...]) -> tuple[Response, float]:
        """How the look of two painted frames answers, and which rest foretells each best from the
        other; of one alone, what is usual."""
        if numbers not in self._habits:
            both = [(one, other) for one in numbers for other in numbers if one != other]
            tried = []
            for rest in RESTS if both else RESTS[:1]:
                pairs = [(self._carried(*way, rest), self.looks[way[1]]) for way in both]
                wrong = sum(missed(one.look_HW3, truth) for one, truth in pairs)
                tried.append((wrong, rest, pairs))
            _, rest, pairs = min(tried, key=lambda one: one[0])
            self._habits = {numbers: (Response.learned(pairs), rest)}
        return self._habits[numbers]

    def _carried(self, one: int, other: int, rest: float) -> Carried:
        """A painted frame carried to where another is."""
        anchor, frame = self._anchor(one), self.ways.source(other)
        self._found.pop(one, None)
        flow_HW2 = self._flow(other, frame, anchor, rest)
        return anchor.to(frame, self._repaired(anchor, other, frame, flow_HW2))


def missed(made: Floats, truth: Image) -> float:
    """How far a carried look is from what was painted, in levels and in structure."""
    squares = float(((made - truth) ** 2).mean())
    return squares * (1 - ssim(plain(made), truth))


def keyframes(
    film: Path,
    performance: Performance,
    looks: Mapping[int, Image],
    *,
    folder: Path,
    progress: Progress = silent,
) -> Keyframes:
    """The stage for a take of which some frames were painted. What it notes meanwhile lies in a
    file without a name in `folder`."""
    known = performance.footage
    shown = (frame for _, frame in frames(film, size=(known.width, known.height)))
    shots = Shots(performance.shots, known.num_frames)
    return Keyframes(walked(shown, tuple(looks), shots, Scratch(folder), progress), looks)


def shares(number: int, beside: Mapping[Side, int]) -> dict[Side, float]:
    """How much either painted frame has to say by its distance alone."""
    if len(beside) == 1:
        return dict.fromkeys(beside, 1.0)
    before, after = beside[Side.BEFORE], beside[Side.AFTER]
    late = (number - before) / (after - before)
    return {Side.BEFORE: 1 - late, Side.AFTER: late}


def colours(frame: Image) -> Floats:
    """What patches are compared by: differences as the eye sees them."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2LAB), np.float32)


def fine_grey(frame: Image) -> Image:
    """What motion is measured on, no larger than pays."""
    height, width = frame.shape[:2]
    scale = min(1.0, FINE / max(height, width))
    size = (round(width * scale), round(height * scale))
    return dense.grey(np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8))
