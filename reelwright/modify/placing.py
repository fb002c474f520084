"""The stage that puts performers into a new place, so that they seem to have been filmed there."""

from dataclasses import dataclass

import cv2
import numpy as np

from reelwright.media.decode import Image
from reelwright.modify import ground, light
from reelwright.modify.edges import OPAQUE, decontaminated
from reelwright.modify.grain import Grain, amount
from reelwright.modify.performance import Floats, Performance
from reelwright.modify.strength import Strength
from reelwright.modify.untouched import faces
from reelwright.modify.world import World

LOOK_EVERY = 10  # frames, after which the light is measured again
FOLLOW = 0.12  # of a newly measured light that is taken on: quicker would be seen as pumping
WRAP = 0.018  # of the short side, that light reaches round an edge
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Lights:
    """What was measured of a shot so far."""

    performer: light.Light
    plate: light.Light
    grain: float
    grade: light.Grade


class Placing:
    """Composites a take into a world. Remembers the shot's light, which changes slowly."""

    def __init__(
        self, world: World, performance: Performance, strength: Strength, *, seed: int = 0
    ) -> None:
        self.world, self.strength = world, strength
        self._performance = performance
        known = performance.footage
        self._unit = float(min(known.width, known.height))
        self._grain = Grain(known.width, known.height, seed)
        self._lights: Lights | None = None
        self._plate: Image | None = None  # graded, of a world that stands still

    def __call__(self, number: int, frame: Image, alpha: Floats) -> Image:
        plate = self.world.plate(number)
        self._look(number, frame, alpha, plate)
        assert self._lights is not None, "looked at above"
        if self._plate is None or not self.world.is_still:
            self._plate = light.applied(plate, self._lights.grade.plate)
        box = around(alpha, round(0.16 * self._unit))
        if box is None:
            return self._grain.over(self._plate, number, self._lights.grain)
        shaded = self._plate.copy()
        self._shadow(number, shaded, alpha)
        behind = self._grain.over(shaded, number, self._lights.grain)
        out = behind if behind is not shaded else shaded
        left, top, right, bottom = box
        part = (slice(top, bottom), slice(left, right))
        kept = faces(self._performance, number) if self.strength.face else None
        out[part] = self._joined(
            frame[part],
            np.ascontiguousarray(alpha[part]),
            out[part],
            kept if kept is None else kept[part],
        )
        return out

    def _look(self, number: int, frame: Image, alpha: Floats, plate: Image) -> None:
        """Measure the light now and then; at once where a shot begins."""
        begins = number in self._performance.shots
        if self._lights is not None and not begins and number % LOOK_EVERY:
            return
        performer, place = light.measured(frame), light.measured(plate)
        grain = amount(frame, alpha)
        if self._lights is not None and not begins:
            performer = self._lights.performer.towards(performer, FOLLOW)
            place = self._lights.plate.towards(place, FOLLOW)
            grain = self._lights.grain + FOLLOW * (grain - self._lights.grain)
        grade = light.grade(performer, place, self.strength)
        self._lights, self._plate = Lights(performer, place, grain, grade), None

    def _shadow(self, number: int, plate: Image, alpha: Floats) -> None:
        assert self._lights is not None, "looked at before"
        standing = ground.feet(self._performance, number)
        left = ground.light_left(alpha, standing, self._lights.plate, self._unit)
        cv2.multiply(plate, cv2.merge([left] * 3), plate, dtype=cv2.CV_8U)

    def _joined(self, frame: Image, alpha: Floats, plate: Image, kept: Floats | None) -> Image:
        """One part of the picture: the performer in the new light over the new place."""
        assert self._lights is not None, "looked at before"
        clean = decontaminated(frame, alpha, self._unit)
        lit = light.applied(clean, self._lights.grade.performer).astype(np.float32)
        shade = light.shading(alpha, self._lights.plate, self.strength.shaded, self._unit)
        if shade is not None:
            lit *= shade[:, :, None]
        behind = plate.astype(np.float32)
        self._wrap(lit, alpha, plate)
        if kept is not None:
            share = (self.strength.face * kept)[:, :, None]
            filmed = np.where((alpha >= OPAQUE)[:, :, None], frame, clean)
            lit += share * (filmed - lit)
        joined = behind + alpha[:, :, None] * (lit - behind)
        return np.asarray(cv2.convertScaleAbs(joined), np.uint8)

    def _wrap(self, lit: Floats, alpha: Floats, plate: Image) -> None:
        """Let what is bright behind reach round the edges; nothing becomes darker for it."""
        if self.strength.wrap < 0.01:
            return
        size = (max(2, plate.shape[1] // 4), max(2, plate.shape[0] // 4))
        sigma = max(0.8, WRAP * self._unit / 4)
        small = cv2.resize(plate, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        clear = 1 - cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
        glow = cv2.GaussianBlur(small * clear[:, :, None], (0, 0), 2 * sigma)
        near = cv2.GaussianBlur(clear, (0, 0), sigma)
        whole = plate.shape[1::-1]
        glow = cv2.resize(glow, whole, interpolation=cv2.INTER_LINEAR)
        near = cv2.resize(near, whole, interpolation=cv2.INTER_LINEAR)
        lit += (self.strength.wrap * near)[:, :, None] * np.maximum(glow - lit, 0)


def around(alpha: Floats, margin: int) -> Box | None:
    """The part of the picture in which anybody is, with a margin; None where nobody is."""
    seen = cv2.boundingRect(cv2.inRange(alpha, 1 / 512, 2))
    left, top, width, height = seen
    if not width:
        return None
    return (
        max(0, left - margin),
        max(0, top - margin),
        min(alpha.shape[1], left + width + margin),
        min(alpha.shape[0], top + height + margin),
    )
