"""Who asks: the events of a viewer become one state, at once and without training.

What makes a deed: everything that a viewer did with one video in one go is one deed, placed where
it ended; its weight says how much they liked it. An impression alone is no deed, for it is ours
and not theirs: the feed keeps away from what it has shown lately by its own record. A tap on more
or less is no deed either: it steers, and says nothing of the video that it was given on.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from reelwright.config import ViewersConfig
from reelwright.domain import Attribute, Codes, Deed, Event, EventKind, SemanticId, Viewer
from reelwright.storage.events import EventLog

EVENTS_PER_DEED = 6  # read for each deed wanted: an impression, a play, a like and some to spare

# How much a share of the video's length says, from leaving at once to watching it twice.
SHARES = (0.0, 0.3, 0.5, 0.8, 1.0, 2.0)
SHARE_WEIGHTS = (-1.0, -0.5, 0.0, 0.6, 0.8, 1.2)
# What other acts say. A click or a like costs a tap; sharing puts one's name to it; buying, money.
WEIGHTS = {
    EventKind.CLICK: 0.7,
    EventKind.LIKE: 1.0,
    EventKind.SHARE: 1.5,
    EventKind.BUY: 2.0,
    EventKind.SKIP: -1.0,
}
BUY_DOUBLES = 0.2  # added for every time that the amount paid doubles
LEAST, MOST = -1.5, 4.0  # a deed's weight lies between these
STEERS = {
    EventKind.MORE_CONTENT: ("content", 1.0),
    EventKind.LESS_CONTENT: ("content", -1.0),
    EventKind.MORE_CREATIVE: ("creative", 1.0),
    EventKind.LESS_CREATIVE: ("creative", -1.0),
}

SidOf = Callable[[str], SemanticId | None]
DurationOf = Callable[[str], float | None]


@dataclass(frozen=True, slots=True)
class Viewers:
    """Reads viewers' states from the event log, so that what they did a moment ago counts."""

    log: EventLog
    attributes: Callable[[Sequence[str]], Sequence[tuple[Attribute, ...]]]  # of each
    sid_of: SidOf
    duration_of: DurationOf
    config: ViewersConfig
    history: int  # deeds that are wanted

    def state(self, viewer_id: str) -> Viewer:
        """The viewer as the log has them now; one who was never met has an empty state."""
        return self.states([viewer_id])[0]

    def states(self, viewer_ids: Sequence[str]) -> list[Viewer]:
        """Several viewers as the log has them now."""
        histories = self.log.of_each(viewer_ids, self.history * EVENTS_PER_DEED)
        attributes = self.attributes(viewer_ids)
        return [
            state_of(
                events,
                viewer=viewer_id,
                attributes=known,
                sid_of=self.sid_of,
                duration_of=self.duration_of,
                config=self.config,
                history=self.history,
            )
            for viewer_id, events, known in zip(viewer_ids, histories, attributes, strict=True)
        ]


def state_of(
    events: Sequence[Event],
    *,
    viewer: str,
    attributes: tuple[Attribute, ...] = (),
    sid_of: SidOf,
    duration_of: DurationOf,
    config: ViewersConfig,
    history: int,
) -> Viewer:
    """The state that one viewer's events, oldest first, leave behind.

    Videos without a semantic ID are passed over: nothing can be learned from them yet.
    """
    doings = sorted(_doings(events, config.one_deed_s), key=lambda some: some[-1].at_s)
    newest = (deed for some in reversed(doings) if (deed := _deed(some, sid_of, duration_of)))
    more = _steering(events, sid_of, config)
    return Viewer(
        id=viewer,
        history=tuple(islice(newest, history))[::-1],
        attributes=attributes,
        more_content=more["content"],
        more_creative=more["creative"],
    )


def _doings(events: Sequence[Event], one_deed_s: float) -> Iterator[list[Event]]:
    """What was done with one video in one go: no pause within is longer than `one_deed_s`."""
    going: dict[str, list[Event]] = {}
    for event in events:
        if event.kind in STEERS or event.kind is EventKind.IMPRESSION:
            continue
        doings = going.get(event.video)
        if doings is not None and event.at_s - doings[-1].at_s > one_deed_s:
            yield doings
            doings = None
        if doings is None:
            going[event.video] = doings = []
        doings.append(event)
    yield from going.values()


def _deed(doings: Sequence[Event], sid_of: SidOf, duration_of: DurationOf) -> Deed | None:
    """Several events on one video as one: how much it was liked, and by what it shows most."""
    video = doings[0].video
    sid = sid_of(video)
    if sid is None:
        return None
    weights: dict[EventKind, float] = {}
    for event in doings:  # a like twice is a like, but the highest amount counts
        weight = _weight(event)
        if abs(weight) >= abs(weights.get(event.kind, 0.0)):
            weights[event.kind] = weight
    if EventKind.PLAY in weights:
        watched_s = sum(event.value for event in doings if event.kind is EventKind.PLAY)
        weights[EventKind.PLAY] = _play_weight(watched_s, duration_of(video))
    return Deed(
        video=video,
        sid=sid,
        kind=max(weights, key=lambda kind: abs(weights[kind])),
        weight=min(MOST, max(LEAST, sum(weights.values()))),
        at_s=doings[-1].at_s,
    )


def _play_weight(watched_s: float, duration_s: float | None) -> float:
    if not duration_s:  # a video of unknown length: that it was played says nothing yet
        return 0.0
    return float(np.interp(watched_s / duration_s, SHARES, SHARE_WEIGHTS))


def _weight(event: Event) -> float:
    """What one event but a play says, by its kind and the amount paid."""
    weight = WEIGHTS.get(event.kind, 0.0)
    if event.kind is EventKind.BUY:
        weight += BUY_DOUBLES * math.log2(1.0 + max(0.0, event.value))
    return weight


def _steering(
    events: Sequence[Event], sid_of: SidOf, config: ViewersConfig
) -> dict[str, dict[Codes, float]]:
    """For each branch: what to add to the log-probability of which first-level code."""
    more: dict[str, dict[Codes, float]] = {"content": {}, "creative": {}}
    for event in events:
        if event.kind not in STEERS or (sid := sid_of(event.video)) is None:
            continue
        branch, direction = STEERS[event.kind]
        codes: Codes = getattr(sid, branch)[:1]
        moved = more[branch].get(codes, 0.0) + direction * config.steer_step
        more[branch][codes] = min(config.steer_limit, max(-config.steer_limit, moved))
    return {branch: {c: by for c, by in taps.items() if by} for branch, taps in more.items()}
