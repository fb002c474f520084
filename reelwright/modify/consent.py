"""Whether the people in a take agreed to what is made of it; and the end of all that was made.

A take may be changed only while everybody who was recorded with it agrees, to every part of the
change. Time comes in as an argument, so that what counts today is one question.
"""

import difflib
import hashlib
import re
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reelwright.catalogue.ingest import video_id
from reelwright.errors import ReelwrightError, cleaned
from reelwright.storage.blobs import Blobs
from reelwright.storage.consents import Consent, Consents, Trace
from reelwright.storage.listing import day

# What may be done to a take. `world:harbour` is narrower than `world`; `any` covers everything.
USES = ("world", "costume", "style", "keyframes", "feed")
ANY = "any"
SHA256 = re.compile(r"[0-9a-f]{64}")
LONGEST_NAME = 60
MOST_WORDS = 40
WHY = "Consent was revoked."
CANNOT = "cannot be removed"  # now, so that it is tried again


@dataclass(frozen=True, slots=True)
class Removed:
    """What a revocation found: gone, or left and why."""

    consents: int
    files: tuple[str, ...]
    videos: tuple[str, ...]  # ids in the catalogue
    left: tuple[tuple[str, str], ...]  # places, and why they were left

    @property
    def lines(self) -> list[str]:
        """For people."""
        return [
            f"{self.consents} agreements count no longer; {len(self.files)} files and "
            f"{len(self.videos)} videos of the catalogue are gone. "
            "Copies that were made elsewhere cannot be found from here.",
            *(f"removed {place}" for place in self.files),
            *(f"removed video {id_}" for id_ in self.videos),
            *(f"left {place}: it {why}" for place, why in self.left),
        ]


def scope_of(text: str) -> tuple[str, ...]:
    """The words of a scope such as "world:harbour, costume"."""
    words = sorted({_plain(word) for word in text.split(",")} - {""})
    if not words or len(words) > MOST_WORDS:
        raise ReelwrightError(
            f"A consent of {len(words)} words has no scope.",
            hint=f'Say what it is for, such as --scope "world, costume"; there is {_uses()}.',
        )
    for word in words:
        head, _, name = word.partition(":")
        if head not in (*USES, ANY) or (name and head != "world") or word.endswith(":"):
            near = difflib.get_close_matches(head, (*USES, ANY), n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There is {_uses()}."
            raise ReelwrightError(f"{word!r} is nothing one can agree to.", hint=hint)
    return tuple(words)


def record(
    consents: Consents, footage: Path, who: str, scope: str, until: str, *, now_s: float
) -> Consent:
    """Keep that somebody in this film agrees, until the end of a day."""
    name = cleaned(who, LONGEST_NAME)
    if not name:
        raise ReelwrightError("A consent needs a name.", hint="Say whose it is with --who NAME.")
    words, until_s = scope_of(scope), day_s(until)
    if until_s <= now_s:
        raise ReelwrightError(f"--until {until} is over.", hint="Give a day that is to come.")
    return consents.add(sha256(footage), name, words, now_s=now_s, until_s=until_s)


def uncovered(scope: Collection[str], purpose: Collection[str]) -> list[str]:
    """The parts of a purpose that a scope does not cover."""
    if ANY in scope:
        return []
    return sorted(
        part for part in purpose if part not in scope and part.partition(":")[0] not in scope
    )


def require(
    records: Sequence[Consent], purpose: Collection[str], *, name: str, now_s: float
) -> None:
    """Raises, in one line that says what to do, unless everybody recorded agrees to all of it."""
    scope = ", ".join(sorted(purpose))
    again = f'reelwright consent record {shlex.quote(name)} --who NAME --scope "{scope}"'
    if not records:
        raise ReelwrightError(
            f"Nobody's consent is recorded for {name}.",
            hint=f"If you have it: {again} --until YYYY-MM-DD",
        )
    for one in records:
        if one.revoked_s is not None:
            raise ReelwrightError(
                f"Consent for {name} was revoked on {day(one.revoked_s)}.",
                hint="Nothing more is made of it, unless they agree anew.",
            )
        if now_s >= one.until_s:
            raise ReelwrightError(
                f"{one.who}'s consent for {name} ended on {day(one.until_s)}.",
                hint=f"If they agree again: {again} --until YYYY-MM-DD",
            )
        if missing := uncovered(one.scope, purpose):
            raise ReelwrightError(
                f"{one.who}'s consent for {name} is not for {', '.join(missing)}.",
                hint=f"It is for {', '.join(one.scope)} alone.",
            )


def note(consents: Consents, footage: str, path: Path, kind: str, *, now_s: float) -> None:
    """Write down that `path` was made of this footage, so that a revocation finds it."""
    consents.note(
        Trace(
            footage=footage,
            place=str(path.absolute()),
            kind=kind,
            sha256=sha256(path),
            video=video_id(path),
            made_s=now_s,
        )
    )


def revoke(consents: Consents, blobs: Blobs, which: str, *, now_s: float) -> Removed:
    """End an agreement, by its id, or all for a film, by its SHA-256; and remove what was made.

    First it counts no longer, then files go one by one, each forgotten when it is gone: whatever
    stops this half-way, the same call goes on from there.
    """
    record = consents.find(which)
    footage = record.footage if record else which
    made = consents.traces(footage)
    if record is None and not made and not consents.of(footage):
        raise ReelwrightError(
            f"Nobody's consent is recorded for {cleaned(which, LONGEST_NAME)}.",
            hint="Give the film itself, its SHA-256, or the id that reelwright consent show tells.",
        )
    ended = consents.revoke(footage, now_s=now_s, only=which if record else "")
    files, gone_videos, left = [], [], []
    for trace in made:
        if (erased := consents.erase_video(trace.video, WHY, now_s=now_s)) is not None:
            gone_videos.append(trace.video)
            for key in erased:
                blobs.delete(key, unused_since_s=float("inf"))
        if why := _remove(trace):
            left.append((trace.place, why))
        else:
            files.append(trace.place)
        if not why.startswith(CANNOT):
            consents.forget(trace)
    consents.settle()
    return Removed(ended, tuple(files), tuple(gone_videos), tuple(left))


def _remove(trace: Trace) -> str:
    """Delete the file, unless another lies there by now; why it was left, if it was."""
    path = Path(trace.place)
    try:
        if sha256(path) != trace.sha256:
            return "is another file by now"
        path.unlink()
    except FileNotFoundError:
        return "was gone already"
    except OSError as error:
        return f"{CANNOT} ({error.strerror})"
    return ""


def sha256(path: Path) -> str:
    """Of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def footage_of(word: str) -> str:
    """What a user calls a film by: the film itself, its SHA-256, or the id of a record."""
    path = Path(word)
    if path.is_file():
        return sha256(path)
    if SHA256.fullmatch(word) or re.fullmatch(r"[0-9a-f]{8}", word):
        return word
    raise ReelwrightError(
        f"There is no film {cleaned(word)}.", hint="Give its path, or its SHA-256 if it is gone."
    )


def day_s(text: str) -> float:
    """The end of a day that is written YYYY-MM-DD."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp() + 86_399
    except ValueError as error:
        raise ReelwrightError(
            f"--until {text!r} is no day.", hint="Write it as 2027-12-31."
        ) from error


def _plain(word: str) -> str:
    """As worlds are called: `world: Neon City` is `world:neon_city`."""
    head, _, name = cleaned(word, LONGEST_NAME).casefold().partition(":")
    plain_name = re.sub(r"[\s-]+", "_", name.strip())
    return f"{head.strip()}:{plain_name}" if _ else head


def _uses() -> str:
    return f"{', '.join(USES)}, world:NAME and {ANY}"
