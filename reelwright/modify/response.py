"""How a painted look answers to what changes in the footage, learned from the painted frames alone:
from each the other is foretold, and what would have foretold it best is believed of those between.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.decode import Image

# H rows, W columns, 3 colours; B steps of doubt; 3 things that may be added to what was carried.

Floats = NDArray[np.float32]

# What the carried footage misses of the real one, summed over three colours, at each step of doubt.
# Up to 8 it is the camera's noise; from 70 on something else is there.
DOUBTS = (0.0, 8.0, 14.0, 24.0, 40.0, 70.0)
EVERY = 3  # one pixel of so many is learned from
# What is believed of broad, fine and plainer at each step where nothing can be learned, and how
# many squared levels it takes to think again.
USUAL_SHARES = (
    (1.0, 0.5, 0.0),
    (1.0, 0.5, 0.1),
    (1.0, 0.5, 0.1),
    (1.0, 0.5, 0.2),
    (1.0, 0.6, 0.3),
    (1.0, 0.7, 0.5),
)
FIRM = (9_000.0, 3_000.0, 30_000.0)
USUAL_ERROR = (16.0, 36.0, 100.0, 225.0, 400.0, 900.0)  # squared levels
FIRM_PIXELS = 300.0
LARGEST_SHARES = (1.5, 1.5, 1.0)
BROAD = 3.0  # pixels; what is wider is light and shade, what is finer is grain and drawing


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """A painted frame carried along the motion to another, and what the footage says to that."""

    look_HW3: Floats  # what was painted
    doubt_HW: Floats  # how far the footage, carried just so, is from the real one
    broad_HW3: Floats  # what changed since in the footage, in the colours of the look: wide
    fine_HW3: Floats  # and fine
    plainer_HW3: Floats  # what would take away all that was painted beyond colours


def carried(
    look: Floats, source: Floats, tinted: Floats, footage: Image, wanted: Floats
) -> Carried:
    """From the painted frame, its footage and its mere colours, all carried to a frame; and from
    the footage and its mere colours there."""
    missed_HW = np.abs(footage.astype(np.float32) - source).sum(axis=2)
    change = wanted - tinted
    broad = blurred(change, BROAD)
    return Carried(
        look_HW3=look,
        doubt_HW=blurred(missed_HW, 1.5),
        broad_HW3=broad,
        fine_HW3=change - broad,
        plainer_HW3=tinted - look,
    )


@dataclass(frozen=True, slots=True)
class Response:
    """What to add to a carried look, by how doubtful it is, and how wrong it will still be."""

    shares_B3: Floats  # of broad, fine and plainer
    error_B: Floats  # squared levels
    sure_B: Floats  # how much of what was missed these explained, 0 to 1

    @classmethod
    def usual(cls) -> "Response":
        error_B = np.array(USUAL_ERROR, np.float32)
        return cls(np.array(USUAL_SHARES, np.float32), error_B, np.ones_like(error_B))

    @classmethod
    def learned(cls, pairs: Sequence[tuple[Carried, Image]]) -> "Response":
        """From painted frames that were carried to others, and what is really painted there."""
        usual, firm = cls.usual(), np.diag(FIRM)
        seen = [_flat(one, truth) for one, truth in pairs]
        shares, errors, sure = [], [], []
        for step in range(len(DOUBTS)):
            squares, products = firm.copy(), firm @ usual.shares_B3[step]
            missed, pixels = FIRM_PIXELS * float(usual.error_B[step]), FIRM_PIXELS
            without = missed
            for near, given, wanted in seen:
                weight = near[step]
                squares += (given * weight[:, None]).T @ given
                products += (given * weight[:, None]).T @ wanted
            share = np.clip(np.linalg.solve(squares, products), 0, LARGEST_SHARES)
            for near, given, wanted in seen:
                missed += float((near[step] * (wanted - given @ share) ** 2).sum())
                without += float((near[step] * wanted**2).sum())
                pixels += float(near[step].sum())
            shares.append(share)
            errors.append(missed / pixels)
            sure.append(max(0.0, 1 - missed / without))
        return cls(*(np.array(part, np.float32) for part in (shares, errors, sure)))

    def __call__(self, one: Carried, late: float = 1.0) -> tuple[Floats, Floats]:
        """The look as it should be there, and the squared error to be expected of it.

        `late` is how far it was carried, of the way for which this was learned.
        """
        steps_HW = np.minimum(one.doubt_HW, 255).astype(np.uint8)
        every = np.arange(256)
        heard_B3 = self.shares_B3 * self._heard(late)
        tables = [np.interp(every, DOUBTS, share).astype(np.float32) for share in heard_B3.T]
        broad, fine, plainer = (table[steps_HW][..., None] for table in tables)
        better = one.look_HW3 + broad * one.broad_HW3 + fine * one.fine_HW3
        error_HW = np.interp(every, DOUBTS, self.error_B).astype(np.float32)[steps_HW]
        return better + plainer * one.plainer_HW3, blurred(error_HW, 2.0)

    def _heard(self, late: float) -> Floats:
        """How much of the shares counts, at each step of doubt.

        What is broad is light, and always there. The rest is a guess, for the whole way, that
        averages out what was painted; a little way on it would only be seen to set in.
        """
        sure_B = self.sure_B**2
        guess_B = sure_B + (1 - sure_B) * np.float32(min(1.0, late))
        return np.stack([np.ones_like(guess_B), guess_B, guess_B], axis=1)


def _flat(one: Carried, truth: Image) -> tuple[Floats, Floats, Floats]:
    """How near each colour value of some pixels is to each step of doubt, what may be added, and
    what should be."""
    kept = slice(None, None, EVERY)
    doubts = np.repeat(one.doubt_HW.ravel()[kept], 3)
    place = np.interp(doubts, DOUBTS, np.arange(len(DOUBTS)))
    near = [np.maximum(0, 1 - abs(place - step)) for step in range(len(DOUBTS))]
    added = (one.broad_HW3, one.fine_HW3, one.plainer_HW3)
    given = [part.reshape(-1, 3)[kept].ravel() for part in added]
    wanted = (truth - one.look_HW3).reshape(-1, 3)[kept].ravel()
    return np.array(near, np.float32), np.stack(given, axis=1), wanted


def blurred(picture: Floats, pixels: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), pixels), np.float32)
