"""Who is in the picture: faces, bodies and hands put together, and everybody followed by name."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import cv2
import numpy as np

from reelwright.media.decode import Image
from reelwright.modify.bodies import Bodies, Body, head
from reelwright.modify.bodies import same as one_body
from reelwright.modify.faces import Faces, box
from reelwright.modify.faces import same as one_face
from reelwright.modify.hands import Hand, Hands
from reelwright.modify.nets import Floats, Net
from reelwright.modify.performance import BODY_POINTS, FACE_POINTS

# P points.

SEARCH_EVERY = 12  # frames; oftener where somebody is missing
MISSING_EVERY = 3
FORGET_AFTER = 90  # frames in which somebody was not seen
SEEN = 0.5  # as surely must a body's point be there to count for its box
GROW = 0.06  # of a box's size, beyond the points
NOSE = 0
TRUNK = (11, 12, 23, 24)  # of a body: shoulders and hips
RETURNED = 0.6  # of the colours in common: it is the one who went
COLOURS = (8, 8)  # of hue and saturation


@dataclass(frozen=True, slots=True)
class Eyes:
    """The networks that look."""

    faces: Faces
    bodies: Bodies
    hands: Hands
    outline: Net


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as seen in one frame, under the number that they have all through the shot."""

    number: int
    face_P3: Floats
    body: Body | None
    hands: tuple[Hand, Hand]  # left, right
    box_4: Floats
    colours: Floats
    missing: int = 0  # frames since they were seen last

    @property
    def seen(self) -> bool:
        return self.missing == 0

    @property
    def body_P3(self) -> Floats:
        return nowhere(BODY_POINTS) if self.body is None else self.body.points_P3


def nowhere(count: int) -> Floats:
    return np.full((count, 3), np.nan, np.float32)


class People:
    """Follows everybody through a shot; without eyes nobody is seen."""

    def __init__(self, eyes: Eyes | None, pool: Executor) -> None:
        self._eyes = eyes
        self._pool = pool
        self._known: list[Person] = []
        self._numbers = 0
        self._frame = 0

    def cut(self) -> None:
        """A new shot: nobody is where they were; colours tell who returns, and numbers go on."""
        self._known = [
            replace(one, face_P3=nowhere(FACE_POINTS), body=None, hands=(None, None), missing=1)
            for one in self._known
        ]
        self._frame = 0

    def see(self, frame: Image) -> list[Person]:
        """All who are there now."""
        search = self._searches()
        self._frame += 1
        looking = self._pool.submit(self._faces_of, frame, search)  # beside the bodies
        bodies = self._bodies_of(frame, search)
        faces = looking.result()
        here = self._known
        followed = [
            replace(one, face_P3=face, body=body)
            for one, face, body in zip(here, faces, bodies, strict=False)
        ]
        strangers = met(faces[len(here) :], bodies[len(here) :])
        people = self._joined(frame, followed, strangers)
        if search:
            people = [self._faced(frame, one, people) for one in people]
        self._known = [one for one in people if one.missing <= FORGET_AFTER]
        return [one for one in self._known if one.seen]

    @property
    def anybody(self) -> bool:
        """Whether somebody is there, or was lately."""
        return bool(self._known)

    def _searches(self) -> bool:
        lacking = not self._known or any(
            not one.seen or np.isnan(one.face_P3[0, 0]) or one.body is None for one in self._known
        )
        return self._frame % (MISSING_EVERY if lacking else SEARCH_EVERY) == 0

    def _faces_of(self, frame: Image, search: bool) -> list[Floats]:
        before = [one.face_P3 for one in self._known]
        if self._eyes is None:
            return before
        return self._eyes.faces.see(frame, before, search=search)

    def _bodies_of(self, frame: Image, search: bool) -> list[Body | None]:
        before = [None if one.body is None else one.body.follow for one in self._known]
        if self._eyes is None:
            return [None for _ in before]
        return self._eyes.bodies.see(frame, before, search=search)

    def _joined(
        self, frame: Image, followed: list[Person], strangers: Sequence[tuple[Floats, Body | None]]
    ) -> list[Person]:
        """Those of before as they are now, with what was found of them anew, and the new ones."""
        people = [self._measured(frame, one) for one in followed]
        for face, body in strangers:
            place = outline(face, body)
            colours = coloured(frame, place)
            index = _whose(people, face, body, colours)
            if index is None and body is None and any(_printed(face, one) for one in people):
                continue
            if index is None:
                self._numbers += 1
                new = Person(self._numbers, face, body, (None, None), place, colours)
                people.append(self._measured(frame, new))
            else:
                old = people[index]
                mended = replace(
                    old,
                    face_P3=face if np.isnan(old.face_P3[0, 0]) else old.face_P3,
                    body=old.body or body,
                )
                people[index] = self._measured(frame, mended)
        return _apart(people)

    def _faced(self, frame: Image, one: Person, people: Sequence[Person]) -> Person:
        """With the face that a search of the whole frame missed: it is where the head is."""
        if self._eyes is None or one.body is None or not np.isnan(one.face_P3[0, 0]):
            return one
        face_P3 = self._eyes.faces.closely(frame, head(one.body.points_P3))
        known = [other.face_P3 for other in people if not np.isnan(other.face_P3[0, 0])]
        if np.isnan(face_P3[0, 0]) or any(one_face(face_P3, other) for other in known):
            return one
        return replace(one, face_P3=face_P3, box_4=within(outline(face_P3, one.body), frame))

    def _measured(self, frame: Image, one: Person) -> Person:
        """With hands and box of this frame."""
        place = outline(one.face_P3, one.body)
        if np.isnan(place[0]):
            return replace(one, hands=(None, None), missing=one.missing + 1)
        hands: tuple[Hand, Hand] = (None, None)
        if self._eyes is not None and one.body is not None:
            hands = self._eyes.hands.see(frame, one.body.points_P3, one.hands, self._pool)
        return replace(one, hands=hands, box_4=within(place, frame), missing=0)


def met(faces: Sequence[Floats], bodies: Sequence[Body | None]) -> list[tuple[Floats, Body | None]]:
    """New faces and new bodies, those together that are of one person."""
    alone = [body for body in bodies if body is not None]
    pairs: list[tuple[Floats, Body | None]] = []
    for face in faces:
        own = next((body for body in alone if carries(body, face)), None)
        alone = [body for body in alone if body is not own]
        pairs.append((face, own))
    return pairs + [(nowhere(FACE_POINTS), body) for body in alone]


def carries(body: Body, face_P3: Floats) -> bool:
    """Whether the face sits where the body has its nose."""
    left, top, right, bottom = box(face_P3)
    x, y = body.points_P3[NOSE, :2]
    grown = 0.25 * (right - left)
    return bool(left - grown <= x <= right + grown and top - grown <= y <= bottom + grown)


def outline(face_P3: Floats, body: Body | None) -> Floats:
    """The box about what was seen of somebody; NaN of nothing."""
    points = [] if np.isnan(face_P3[0, 0]) else [face_P3[:, :2]]
    if body is not None:
        points.append(body.points_P3[body.points_P3[:, 2] > SEEN, :2])
    places = np.concatenate(points) if points else np.zeros((0, 2), np.float32)
    if not len(places):
        return np.full(4, np.nan, np.float32)
    low, high = places.min(0), places.max(0)
    grown = GROW * (high - low).max()
    return np.concatenate([low - grown, high + grown]).astype(np.float32)


def within(box_4: Floats, frame: Image) -> Floats:
    """What of a box lies in the picture."""
    height, width = frame.shape[:2]
    return np.clip(box_4, 0, [width, height, width, height]).astype(np.float32)


def coloured(frame: Image, box_4: Floats) -> Floats:
    """Which colours somebody wears: a histogram of what is in their box."""
    left, top, right, bottom = np.rint(within(box_4, frame)).astype(int)
    part = frame[top : max(bottom, top + 1), left : max(right, left + 1)]
    if not part.size:
        return np.zeros(COLOURS, np.float32)
    hues = cv2.cvtColor(cv2.resize(part, (32, 32)), cv2.COLOR_BGR2HSV)
    counted = cv2.calcHist([hues], [0, 1], None, list(COLOURS), [0, 180, 0, 256])
    return np.asarray(np.sqrt(counted / counted.sum()), np.float32)


def _whose(
    people: Sequence[Person], face: Floats, body: Body | None, colours: Floats
) -> int | None:
    """Who of the known ones a find belongs to: whom it completes, or who was away and returns."""
    for index, one in enumerate(people):
        if one.seen and one.body is not None and body is None and carries(one.body, face):
            return index
        if one.seen and body is not None and one.body is None and carries(body, one.face_P3):
            return index
    away = [
        (float((one.colours * colours).sum()), index)
        for index, one in enumerate(people)
        if not one.seen
    ]
    best = max(away, default=(0.0, -1))
    return best[1] if best[0] > RETURNED else None


def _printed(face_P3: Floats, one: Person) -> bool:
    """Whether a face without a body is on somebody's clothes, as far as can be told."""
    if not one.seen or one.body is None or np.isnan(one.face_P3[0, 0]):
        return False
    left, top, right, bottom = box(one.body.points_P3[list(TRUNK)])
    x, y = face_P3[:, :2].mean(0)
    return bool(left <= x <= right and top <= y <= bottom)


def _apart(people: Sequence[Person]) -> list[Person]:
    """Without those who turn out to be one and the same: who was known first stays."""
    kept: list[Person] = []
    for one in people:
        twins = (
            other
            for other in kept
            if one.seen
            and other.seen
            and (_same_face(one, other) or _same_body(one.body, other.body))
        )
        if next(twins, None) is None:
            kept.append(one)
    return kept


def _same_face(one: Person, other: Person) -> bool:
    if np.isnan(one.face_P3[0, 0]) or np.isnan(other.face_P3[0, 0]):
        return False
    return one_face(one.face_P3, other.face_P3)


def _same_body(one: Body | None, other: Body | None) -> bool:
    return one is not None and other is not None and one_body(one.follow, other.follow)


def head_and_trunk(one: Person) -> list[Floats]:
    """Boxes in which somebody's matte surely lies."""
    boxes = [] if np.isnan(one.face_P3[0, 0]) else [box(one.face_P3)]
    if one.body is not None:
        boxes.append(box(one.body.points_P3[list(TRUNK)]))
    return boxes
