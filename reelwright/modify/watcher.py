"""All that is seen of one frame: who is there, and which part of the picture is theirs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from reelwright.media.decode import Image
from reelwright.modify import matte
from reelwright.modify.flow import Flow, greyed, sized
from reelwright.modify.nets import Floats
from reelwright.modify.people import Eyes, People, Person, head_and_trunk, nowhere
from reelwright.modify.performance import FACE_POINTS
from reelwright.modify.plain import Plain

# H rows, W columns.

MEDIAPIPE = "MediaPipe 0.10.21 (weights people)"
NOTHING = "nothing: the weights people are not here"


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame's."""

    people: list[Person]
    matte_HW: Floats
    busy_HW: Floats  # whatever may be somebody: surely no background
    grey: Image
    flow_HW2: Floats | None  # from the frame before to this one; none at a shot's beginning


class Watcher:
    """Looks at the frames of a film in their order."""

    def __init__(self, eyes: Eyes | None) -> None:
        self.eyes = eyes
        self._plain = Plain()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="watcher")
        self._people = People(eyes, self._pool)
        self._flow = Flow()
        self._grey: Image | None = None
        self._matte: Floats | None = None

    @property
    def seen_by(self) -> tuple[tuple[str, str], ...]:
        """What is measured, and by what."""
        people = MEDIAPIPE if self.eyes else NOTHING
        outline = MEDIAPIPE if self.eyes else Plain.name
        return (
            *((what, people) for what in ("faces", "bodies", "hands")),
            ("matte", outline),
            ("flow", "OpenCV DIS"),
            ("camera", "points of the background"),
            ("speech", "loudness in a voice's band"),
        )

    def cut(self) -> None:
        """A new shot begins with the next frame."""
        self._people.cut()
        self._plain.cut()
        self._grey = self._matte = None

    def see(self, frame: Image) -> Seen:
        """What the frame shows."""
        apart = self._pool.submit(self._aside, frame)
        people = self._people.see(frame)
        grey, flow_HW2, outline = apart.result()
        height, width = frame.shape[:2]
        boxes = [self._small(box, width, height) for one in people for box in head_and_trunk(one)]
        bodies = [one.body for one in people if one.body is not None]
        busy = matte.joined(outline, bodies, (width, height))
        near = busy
        if people and len(bodies) == len(people):
            hands = [hand for one in people for hand in one.hands if hand is not None]
            near = matte.within(busy, bodies, hands, (width, height))
        own = matte.belonging(near, boxes) if self._anybody else np.zeros_like(busy)
        solid = matte.filled(own, bodies, (width, height))
        self._matte = matte.steadied(solid, self._matte, flow_HW2)
        self._grey = grey
        if self.eyes is None:
            people = anybody(self._matte, width, height)
        return Seen(people, self._matte, busy, grey, flow_HW2)

    @property
    def _anybody(self) -> bool:
        """Whether there is somebody, or was lately, to whom an outline can belong."""
        return self.eyes is None or self._people.anybody

    def crowd(self, frame: Image, parts: int = 3) -> int:
        """How many people a frame shows, also small ones; 0 where nobody can look."""
        return self.eyes.faces.count(frame, parts) if self.eyes else 0

    def _aside(self, frame: Image) -> tuple[Image, Floats | None, Floats]:
        """What needs to know nobody: grey, flow and outline, on a thread beside the people."""
        height, width = frame.shape[:2]
        size = sized(matte.LONGER, width, height)
        grey = greyed(frame)
        flow_HW2 = None if self._grey is None else self._flow.between(self._grey, grey)
        if self.eyes is None:
            return grey, flow_HW2, self._plain.see(frame, flow_HW2, size)
        return grey, flow_HW2, matte.looked_at(self.eyes.outline, frame, size)

    @staticmethod
    def _small(box_4: Floats, width: int, height: int) -> Floats:
        columns, rows = sized(matte.LONGER, width, height)
        scale = [columns / width, rows / height] * 2
        limits = [columns - 1, rows - 1] * 2
        return np.asarray(np.clip(box_4 * scale, 0, limits), np.float32)

    def close(self) -> None:
        """Let the thread go that looks beside this one."""
        self._pool.shutdown()


def anybody(matte_HW: Floats, width: int, height: int) -> list[Person]:
    """Without eyes: whoever the largest blob of the matte is, of whom nothing else is known."""
    solid = np.asarray(matte_HW > matte.SOLID, np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count < 2:
        return []
    left, top, wide, high, _ = stats[1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())]
    across, down = width / matte_HW.shape[1], height / matte_HW.shape[0]
    box = np.array([left * across, top * down, (left + wide) * across, (top + high) * down])
    nothing = np.zeros((0, 0), np.float32)
    unseen = nowhere(FACE_POINTS)
    return [Person(1, unseen, None, (None, None), box.astype(np.float32), nothing)]
