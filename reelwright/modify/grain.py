"""The grain of a camera, measured in its footage and given to what it did not film."""

import cv2
import numpy as np

from reelwright.media.decode import Image
from reelwright.modify.performance import Floats

LEAST, MOST = 0.3, 7.0  # levels: below it nothing is seen of it, above it it is no grain
ROOM = 64  # pixels, by which the sheet of grain is larger than a frame, for it to be moved about
FINE = 0.55  # pixels, by which cameras and codecs make it coarser than noise is


def amount(frame: Image, alpha: Floats) -> float:
    """The deviation of luma in the flat parts of what is behind the performers, in levels."""
    luma = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.float32)
    rough = luma - cv2.GaussianBlur(luma, (0, 0), 1.2)
    slope = cv2.GaussianBlur(np.abs(cv2.Laplacian(luma, cv2.CV_32F, ksize=5)), (0, 0), 4)
    behind = alpha < 0.02
    if int(behind.sum()) < 200:
        behind = np.ones(alpha.shape, bool)
    flat = behind & (slope <= np.quantile(slope[behind], 0.4))
    found = 1.4826 * float(np.median(np.abs(rough[flat])))
    return found if found >= LEAST else 0.0


class Grain:
    """Grain that is another in every frame, and the same for the same seed."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        raw = rng.standard_normal((height + ROOM, width + ROOM)).astype(np.float32)
        sheet = cv2.GaussianBlur(raw, (0, 0), FINE)
        self._sheet = np.asarray(sheet / sheet.std(), np.float32)
        self._seed = seed
        self._size = (width, height)

    def over(self, picture: Image, number: int, levels: float) -> Image:
        """The picture with so much grain on it; a new one, unless there is none to add."""
        if levels < LEAST:
            return picture
        width, height = self._size
        left, top = np.random.default_rng((self._seed, number)).integers(0, ROOM, 2).tolist()
        part = self._sheet[top : top + height, left : left + width]
        rough = cv2.convertScaleAbs(part, alpha=min(levels, MOST), beta=128.0)
        grey = cv2.cvtColor(rough, cv2.COLOR_GRAY2BGR)
        return np.asarray(cv2.addWeighted(picture, 1.0, grey, 1.0, -128.0), np.uint8)
