"""The states of a render row, from a wish of one viewer to a clip for everybody."""

from enum import StrEnum


class RenderState(StrEnum):
    WANTED = "wanted"  # by fewer viewers than it takes
    PENDING = "pending"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"  # given up; asking again does not bring it back
    EVICTED = "evicted"  # withdrawn to make room; asked for again, it is made again
    BURIED = "buried"  # withdrawn for good
