"""The words on a picture with their times, as WebVTT, for who cannot read them there."""

from collections.abc import Iterable
from dataclasses import dataclass

from reelwright.domain import Shot

ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "�"})


@dataclass(frozen=True, slots=True)
class Cue:
    """Words, and from when to when they can be read."""

    start_s: float
    end_s: float
    words: str


def cues(shots: Iterable[Shot]) -> list[Cue]:
    """The words of shots in order; those that a cut does not change are one cue."""
    told: list[Cue] = []
    for shot in shots:
        words = " ".join(shot.words.split())
        if not words:
            continue
        if told and told[-1].words == words and abs(told[-1].end_s - shot.start_s) < 1e-6:
            told[-1] = Cue(told[-1].start_s, shot.end_s, words)
        else:
            told.append(Cue(shot.start_s, shot.end_s, words))
    return told


def together(read: Iterable[Cue], spoken: Iterable[Cue]) -> list[Cue]:
    """Words on the picture and words that are spoken, in order. What is both is told once."""
    spoken = list(spoken)
    heard = {cue.words for cue in spoken}
    silent = [cue for cue in read if cue.words not in heard]
    return sorted([*silent, *spoken], key=lambda cue: (cue.start_s, cue.end_s))


def webvtt(cues: Iterable[Cue]) -> str:
    """A WebVTT file: cues keep their order, and whatever a cue says is text and never markup."""
    blocks = ["WEBVTT"]
    for cue in cues:
        assert 0 <= cue.start_s < cue.end_s, f"{cue} ends before it begins"
        times = f"{timestamp(cue.start_s)} --> {timestamp(cue.end_s)}"
        blocks.append(f"{times}\n{escaped(cue.words)}")
    return "\n\n".join(blocks) + "\n"


def timestamp(t_s: float) -> str:
    """Hours, minutes, seconds and thousandths, as WebVTT writes them."""
    milliseconds = round(1000 * t_s)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def escaped(words: str) -> str:
    """Words in one line that no player takes for a tag, an entity, a timing or a cue's end."""
    return " ".join(words.split()).translate(ESCAPES)
