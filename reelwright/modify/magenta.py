"""Any picture's style by Magenta's small networks (Ghiasi et al. 2017): one reads a picture into a
hundred numbers, the other paints a frame by them. Imported only where onnxruntime is installed.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as engine

from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image
from reelwright.modify.dense import Floats

BROKEN = (engine.Fail, engine.InvalidProtobuf, engine.InvalidGraph, engine.NoSuchFile, RuntimeError)
SIDE = 384  # of the square that is painted
READ_SIDE = 256  # of the one that is read
THREADS = 2  # always as many: the order of sums must not depend on the machine


class Magenta:
    """Paints in the style of a picture, which is read once."""

    def __init__(self, style: Image, *, reader: Path, brush: Path) -> None:
        self._reader, self._brush = session(reader), session(brush)
        self._style = self._read(style)
        self._wanted = self._style

    def begin(self, frame: Image, amount: float) -> None:
        """Between the frame's own style and the picture's."""
        self._wanted = amount * self._style + (1 - amount) * self._read(frame)

    def paint(self, frame: Image) -> Floats:
        height, width = frame.shape[:2]
        assert max(height, width) <= SIDE, f"{width}x{height} is more than {SIDE}"
        wide = cv2.copyMakeBorder(frame, 0, SIDE - height, 0, SIDE - width, cv2.BORDER_REFLECT_101)
        shown, style = (given.name for given in self._brush.get_inputs())
        made = self._brush.run(None, {shown: rgb(wide), style: self._wanted})[0][0]
        return np.ascontiguousarray(made[:height, :width, ::-1], np.float32) * 255

    def _read(self, picture: Image) -> Floats:
        """The style of the largest square in the middle."""
        side = min(picture.shape[:2])
        top, left = ((length - side) // 2 for length in picture.shape[:2])
        square = picture[top : top + side, left : left + side]
        small = cv2.resize(square, (READ_SIDE, READ_SIDE), interpolation=cv2.INTER_AREA)
        return np.asarray(
            self._reader.run(None, {self._reader.get_inputs()[0].name: rgb(small)})[0]
        )


def session(path: Path) -> Any:
    """The network in a file."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except BROKEN as error:
        raise ReelwrightError(
            f"The weights in {path.name} cannot be read.",
            hint="Get them again: reelwright models pull style-reader style-brush",
        ) from error


def rgb(picture: NDArray[Any]) -> Floats:
    """A batch of one, from 0 to 1."""
    return np.ascontiguousarray(picture[None, ..., ::-1]).astype(np.float32) / np.float32(255)
