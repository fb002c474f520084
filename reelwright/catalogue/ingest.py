"""What others bring: a folder of films and a log of events become videos that can be watched."""

import dataclasses
import hashlib
import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

from reelwright.catalogue.eventfile import Item, read_rows
from reelwright.catalogue.playable import converted, is_playable
from reelwright.catalogue.references import References
from reelwright.catalogue.refusal import Refusal, Unfit
from reelwright.catalogue.sidecar import Sidecar, read_sidecar, sidecar_path
from reelwright.config import MediaConfig
from reelwright.domain import Event, Video
from reelwright.errors import ReelwrightError
from reelwright.media.probe import Probe
from reelwright.progress import Progress, silent
from reelwright.storage.blobs import Blobs
from reelwright.storage.events import EventLog
from reelwright.storage.videos import Videos

SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".avi"})
CHUNK = 1 << 20
AT_ONCE = 16  # films looked into before the first of them is kept, so that a crash loses little
BATCH = 2_000  # events in one commit
MAX_SHOWN = 10_000  # refusals kept in words; all are counted


class Looks(Protocol):
    """Looks into films that somebody else made, as `media.probe.Prober` does."""

    def probe_many(self, paths: Sequence[Path]) -> Sequence[Probe | ReelwrightError]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What was taken in. Taking in the same again finds everything known and nothing new."""

    videos_new: int
    videos_known: int
    items: int  # lines that named or tagged a video
    events_new: int
    events_known: int
    refused: int
    refusals: tuple[Refusal, ...]  # the first of them, in words
    ids: Mapping[str, str]  # path within the folder -> id of its video

    @property
    def exit_status(self) -> int:
        return 2 if self.refused else 0


@dataclass(frozen=True, slots=True)
class _Film:
    """A file of the folder, and all that is known of it before anybody looks inside."""

    path: Path
    name: str  # its path within the folder
    id: str
    sidecar: Sidecar


def ingest(
    folder: Path,
    *,
    events: Path | None,
    videos: Videos,
    blobs: Blobs,
    log: EventLog,
    prober: Looks,
    poster: Callable[[Path], bytes],
    media: MediaConfig,
    now_s: float,
    progress: Progress = silent,
) -> Report:
    """Take in every good film of `folder` and every good line of `events`, and report the others.

    Nothing is touched where the folder, its films or the events file are missing. Else each film
    and each line is checked whole before anything of it is written, and stopping half-way leaves
    what was taken so far: the same call goes on from there. A film that no browser plays is kept as
    an MP4 that they all play; `poster` gives a film's JPEG.
    """
    paths = films_in(folder)
    if events is not None:
        require_readable(events)
    intake = _Intake(videos, blobs, log, media=media, now_s=now_s, progress=progress)
    intake.take_films(intake.films(folder, paths), prober, poster)
    if events is not None:
        intake.take_events(events)
    return intake.report()


class _Intake:
    """One run of `ingest`: what is known by now, and what has been counted."""

    def __init__(
        self,
        videos: Videos,
        blobs: Blobs,
        log: EventLog,
        *,
        media: MediaConfig,
        now_s: float,
        progress: Progress,
    ) -> None:
        self.videos = videos
        self.blobs = blobs
        self.log = log
        self.media = media
        self.now_s = now_s
        self.progress = progress
        self.known = {video.id: video for video in videos.all()}
        self.references = References(self.known)
        self.counts: Counter[str] = Counter()
        self.refusals: list[Refusal] = []
        self.ids: dict[str, str] = {}
        self.num_films = 0

    def films(self, folder: Path, paths: Sequence[Path]) -> Iterator[_Film]:
        """The films that are not known yet; the known ones follow their sidecars."""
        self.num_films = len(paths)
        for path in paths:
            name = path.relative_to(folder).as_posix()
            film = self._film(path, name)
            if film and film.id not in self.known:
                yield film
                continue
            if film:
                self._recognise(film)
            self._film_is_done()

    def take_films(
        self, films: Iterable[_Film], prober: Looks, poster: Callable[[Path], bytes]
    ) -> None:
        """Look into films, a few at a time, and keep the good ones."""
        films = iter(films)
        while batch := list(itertools.islice(films, AT_ONCE)):
            found = prober.probe_many([film.path for film in batch])
            for film, probe in zip(batch, found, strict=True):
                if isinstance(probe, ReelwrightError):
                    self._refuse_film(film.name, probe)
                else:
                    self._take_film(film, probe, poster)
                self._film_is_done()

    def take_events(self, file: Path) -> None:
        """Keep the good lines of a log, some thousand in a commit."""
        rows = read_rows(
            file, video_of=self.references.id_of, now_s=self.now_s, progress=self.progress
        )
        while batch := list(itertools.islice(rows, BATCH)):
            events = [row for row in batch if isinstance(row, Event)]
            written = self.log.append(events)
            self._rename([row for row in batch if isinstance(row, Item)])
            for row in batch:
                if isinstance(row, Refusal):
                    self._refuse(row)
            self.counts["events_new"] += written.result()
            self.counts["events"] += len(events)

    def report(self) -> Report:
        return Report(
            videos_new=self.counts["videos_new"],
            videos_known=self.counts["videos_known"],
            items=self.counts["items"],
            events_new=self.counts["events_new"],
            events_known=self.counts["events"] - self.counts["events_new"],
            refused=self.counts["refused"],
            refusals=tuple(self.refusals),
            ids=self.ids,
        )

    def _film(self, path: Path, name: str) -> _Film | None:
        """The file with its sidecar, neither looked into; None, and a refusal, if they are bad."""
        try:
            return _Film(path, name, video_id(path), read_sidecar(path))
        except OSError as error:
            self._refuse(Refusal(name, f"cannot be read ({error.strerror})"))
        except Unfit as error:
            self._refuse(Refusal(sidecar_path(Path(name)).as_posix(), str(error)))
        self.references.refuse(PurePath(name))
        return None

    def _recognise(self, film: _Film) -> None:
        """A film that is there already. What stands beside it may have changed since."""
        self.counts["videos_known"] += 1
        self._name(film)
        if sidecar_path(film.path).exists():
            self._rename([Item(film.id, film.sidecar.title, film.sidecar.tags)], counted=False)

    def _take_film(self, film: _Film, probe: Probe, poster: Callable[[Path], bytes]) -> None:
        """Files first, then the row that makes them a video: no crash leaves a video without."""
        if film.id in self.known:  # its twin lies in the same folder
            self._recognise(film)
            return
        with tempfile.TemporaryDirectory(prefix="reelwright-") as scratch:
            try:
                picture = poster(film.path)
                path, probe = self._played(film.path, probe, Path(scratch))
            except ReelwrightError as error:
                self._refuse_film(film.name, error)
                return
            video = Video(
                id=film.id,
                title=film.sidecar.title,
                film=self.blobs.put_file(path),
                poster=self.blobs.put(picture, ".jpg"),
                duration_s=probe.duration_s,
                width=probe.width,
                height=probe.height,
                fps=probe.fps,
                has_sound=probe.has_sound,
                tags=film.sidecar.tags,
            )
        self.videos.add(video, added_s=self.now_s)
        self.known[video.id] = video
        self.counts["videos_new"] += 1
        self._name(film)

    def _played(self, path: Path, probe: Probe, scratch: Path) -> tuple[Path, Probe]:
        """The film as browsers play it: itself, or made anew in `scratch`."""
        if is_playable(path, probe):
            return path, probe
        return converted(path, probe, scratch, self.media)

    def _name(self, film: _Film) -> None:
        self.references.add(PurePath(film.name), film.id)
        self.ids[film.name] = film.id

    def _rename(self, items: Sequence[Item], *, counted: bool = True) -> None:
        """Give videos the titles and tags that lines tell, the last line winning."""
        changed: dict[str, Video] = {}
        for item in items:
            video = self.known[item.video]
            title = video.title if item.title is None else item.title
            tags = video.tags if item.tags is None else item.tags
            if (title, tags) != (video.title, video.tags):
                changed[video.id] = dataclasses.replace(video, title=title, tags=tags)
                self.known[video.id] = changed[video.id]
        self.videos.rename({video.id: (video.title, video.tags) for video in changed.values()})
        self.counts["items"] += len(items) * counted

    def _film_is_done(self) -> None:
        self.counts["films"] += 1
        self.progress("taking in films", self.counts["films"], self.num_films)

    def _refuse_film(self, name: str, error: ReelwrightError) -> None:
        reason = error.problem.removeprefix(f"{PurePath(name).name} ").removesuffix(".")
        self._refuse(Refusal(name, reason))
        self.references.refuse(PurePath(name))

    def _refuse(self, refusal: Refusal) -> None:
        self.counts["refused"] += 1
        if len(self.refusals) < MAX_SHOWN:
            self.refusals.append(refusal)


def films_in(folder: Path) -> list[Path]:
    """Every film below `folder` by its ending, sorted; an error where there is none."""
    if not folder.is_dir():
        raise ReelwrightError(f"{folder} is not a folder.", hint="Give a folder that holds videos.")
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    ]
    if not found:
        raise ReelwrightError(
            f"{folder} holds no videos.",
            hint=f"Videos are files that end in {', '.join(sorted(SUFFIXES))}.",
        )
    return found


def video_id(path: Path) -> str:
    """The id of a film from outside: 128 bits of its content."""
    sha = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


def require_readable(events: Path) -> None:
    try:
        events.open("rb").close()
    except OSError as error:
        raise ReelwrightError(
            f"The events file {events} cannot be read ({error.strerror}).",
            hint="Give the path of a file with one JSON object a line.",
        ) from error
