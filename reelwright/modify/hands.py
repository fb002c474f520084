"""The two hands of a body: looked for at its wrists, then followed by their own points."""

from concurrent.futures import Executor

import numpy as np

from reelwright.media.decode import Image
from reelwright.modify.crop import Crop, around
from reelwright.modify.nets import Floats, Net

# P points of a hand, B of a body.

Hand = Floats | None

SIDE = 224
FINDER_SIDE = 256
PRESENT = 0.5
LEFT, RIGHT = (15, 19, 17), (16, 20, 18)  # of a body: wrist, index and little finger
SEEN = 0.2  # as surely must a wrist be there
REACH = 2.7  # of the square in which a hand is looked for, by half the length of its palm
PALM = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)  # without the finger tips, which come and go
WRIST, MIDDLE, SIDES = 0, 9, (5, 13)
FURTHER, GROW = 0.1, 2.0  # of the square about a hand that was found: towards the fingers, larger
FAR_OFF = 0.75  # of the square: a hand whose wrist is further from the body's is another one's


class Hands:
    """Finds hands. It remembers nothing: what was seen before is handed in."""

    def __init__(self, finder: Net, hand: Net, twin: "Hands | None" = None) -> None:
        """A twin has networks of its own, so that it can look for right hands meanwhile."""
        self._finder = finder
        self._hand = hand
        self._twin = twin

    def see(
        self,
        frame: Image,
        body_B3: Floats,
        before: tuple[Hand, Hand] = (None, None),
        pool: Executor | None = None,
    ) -> tuple[Hand, Hand]:
        """The left and the right hand of that body, which is known; None for one not seen."""
        left_arm, right_arm = body_B3[list(LEFT)], body_B3[list(RIGHT)]
        if self._twin is None or pool is None:
            left, right = (
                self._see(frame, left_arm, before[0]),
                self._see(frame, right_arm, before[1]),
            )
        else:
            looking = pool.submit(self._twin._see, frame, right_arm, before[1])
            left, right = self._see(frame, left_arm, before[0]), looking.result()
        if left is not None and right is not None and _are_one(left, right):
            return self._whose(left, right, body_B3)
        return left, right

    def _see(self, frame: Image, arm_33: Floats, old: Hand) -> Hand:
        if old is not None:
            crop = about(old)
            if np.hypot(*(arm_33[0, :2] - old[WRIST, :2])) < FAR_OFF * crop.side:
                followed = self.trace(frame, crop)
                if followed is not None:
                    return followed
        if arm_33[0, 2] < SEEN:
            return None
        rough = self.trace(frame, self._narrowed(frame, at_wrist(arm_33)))
        return None if rough is None else self.trace(frame, about(rough))

    def trace(self, frame: Image, crop: Crop) -> Hand:
        """The points of the hand in the square, if there is one."""
        raw, sure, *_ = self._hand(crop.cut(frame, SIDE))
        if float(sure.ravel()[0]) < PRESENT:
            return None
        return crop.back(raw.reshape(-1, 3), SIDE)

    def _narrowed(self, frame: Image, crop: Crop) -> Crop:
        """The hand's own square within that in which it is looked for."""
        raw = self._finder(crop.cut(frame, FINDER_SIDE))[0].reshape(2, 2)
        middle, end = crop.back(np.asarray(raw, np.float32), FINDER_SIDE)
        way = end - middle
        angle = float(np.arctan2(way[1], way[0]) - np.pi / 2)  # it points down the arm
        return Crop(float(middle[0]), float(middle[1]), 2 * float(np.hypot(*way)), angle)

    @staticmethod
    def _whose(left: Floats, right: Floats, body_B3: Floats) -> tuple[Hand, Hand]:
        """One hand was found twice: it is that of the nearer wrist."""
        apart = [
            float(np.hypot(*(hand[WRIST, :2] - body_B3[arm[0], :2])))
            for hand, arm in ((left, LEFT), (right, RIGHT))
        ]
        return (left, None) if apart[0] <= apart[1] else (None, right)


def at_wrist(arm_33: Floats) -> Crop:
    """Where a body's hand is looked for: about its knuckles, turned so that fingers point up."""
    wrist, index, little = arm_33[:, :2]
    middle = (2 * index + little) / 3
    way = middle - wrist
    size = 2 * float(np.hypot(*way))
    x, y = middle + 0.1 * way
    return Crop(float(x), float(y), REACH * size, float(np.arctan2(way[1], way[0]) + np.pi / 2))


def about(hand_P3: Floats) -> Crop:
    """The square in which a hand that was seen is looked for again."""
    knuckles = (hand_P3[list(SIDES), :2].mean(0) + hand_P3[MIDDLE, :2]) / 2
    places = np.vstack([hand_P3[list(PALM), :2], hand_P3[WRIST, :2], knuckles]).astype(np.float32)
    tight = around(places, start=-2, end=-1, upright=-np.pi / 2, grow=1.0)
    up = np.array([np.sin(tight.angle), -np.cos(tight.angle)]) * FURTHER * tight.side
    return Crop(tight.x + float(up[0]), tight.y + float(up[1]), GROW * tight.side, tight.angle)


def _are_one(left: Floats, right: Floats) -> bool:
    apart = np.hypot(*(left[:, :2] - right[:, :2]).T).mean()
    return bool(apart < 0.25 * about(left).side)
