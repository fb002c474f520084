"""Taking in a folder and a log: all that is good, nothing that is not, and twice is once."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from films import RATE, write_film

from reelwright.catalogue.ingest import Looks, Report, films_in, ingest
from reelwright.config import MediaConfig, StorageConfig
from reelwright.domain import EventKind
from reelwright.errors import ReelwrightError
from reelwright.media.decode import frame_at
from reelwright.media.poster import poster
from reelwright.media.probe import Probe, Prober
from reelwright.progress import Progress, silent
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database
from reelwright.storage.events import EventLog
from reelwright.storage.videos import Videos

NOW_S = 1_800_000_000.0
POSTER = b"a picture"
JPEG = b"\xff\xd8\xff"


class Home:
    """Everything that is kept, in one folder, and a count of the films that were looked into."""

    def __init__(self, folder: Path) -> None:
        self.db = Database.open(folder, config=StorageConfig())
        self.videos = Videos(self.db)
        self.blobs = Blobs(folder / "blobs")
        self.log = EventLog(self.db, StorageConfig())

    def ingest(
        self,
        folder: Path,
        events: Path | None = None,
        *,
        prober: Looks | None = None,
        poster: Callable[[Path], bytes] = lambda path: POSTER,
        progress: Progress = silent,
    ) -> Report:
        return ingest(
            folder,
            events=events,
            videos=self.videos,
            blobs=self.blobs,
            log=self.log,
            prober=prober or Trusting(),
            poster=poster,
            media=MediaConfig(),
            now_s=NOW_S,
            progress=progress,
        )

    def close(self) -> None:
        self.log.close()
        self.db.close()


class Trusting:
    """Takes every file for a film, so that a test can use any bytes; remembers what it saw."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def probe_many(self, paths: Sequence[Path]) -> list[Probe | ReelwrightError]:
        self.seen += [path.name for path in paths]
        return [
            ReelwrightError(f"{path.name} is a text.", hint="")
            if path.read_bytes().startswith(b"text")
            else Probe(
                duration_s=5,
                width=36,
                height=64,
                fps=24,
                has_sound=False,
                codec="h264" if path.suffix != ".webm" else "vp9",
            )
            for path in paths
        ]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home(tmp_path / "home")
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three films of any bytes, one with a sidecar, one in a folder of its own."""
    films = tmp_path / "films"
    (films / "more").mkdir(parents=True)
    (films / "harbour-at_dawn.mp4").write_bytes(b"one")
    (films / "coffee.webm").write_bytes(b"two")
    (films / "more" / "Trains.M4V").write_bytes(b"three")
    (films / "coffee.json").write_text('{"title": "Slow coffee", "tags": ["Cafe"], "by": "me"}')
    return films


def write_events(path: Path, *rows: object) -> Path:
    path.write_text(
        "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows)
    )
    return path


def deed(kind: str, video: str, **more: object) -> dict[str, object]:
    return {"viewer": "ada", "kind": kind, "video": video, "at": 1_700_000_000} | more


def test_films_become_videos_with_the_titles_beside_them(home: Home, folder: Path) -> None:
    report = home.ingest(folder)
    assert (report.videos_new, report.videos_known, report.exit_status) == (3, 0, 0)
    coffee, harbour, trains = home.videos.all()
    assert (coffee.title, coffee.tags) == ("Slow coffee", ("cafe",))
    assert (harbour.title, trains.title) == ("Harbour at dawn", "Trains")
    assert home.blobs.get(coffee.film) == b"two"
    assert home.blobs.get(coffee.poster) == POSTER
    assert report.ids["more/Trains.M4V"] == trains.id


def test_taking_in_the_same_again_adds_nothing(home: Home, folder: Path, tmp_path: Path) -> None:
    events = write_events(tmp_path / "e.jsonl", deed("like", "coffee"), deed("skip", "Trains"))
    first, again = home.ingest(folder, events), home.ingest(folder, events)
    assert (first.videos_new, first.events_new) == (3, 2)
    assert (again.videos_new, again.videos_known) == (0, 3)
    assert (again.events_new, again.events_known) == (0, 2)
    assert again.ids == first.ids
    assert len(home.videos.all()) == 3


def test_films_that_are_known_are_not_looked_into_again(home: Home, folder: Path) -> None:
    home.ingest(folder)
    (folder / "new.mp4").write_bytes(b"four")
    prober = Trusting()
    home.ingest(folder, prober=prober)
    assert prober.seen == ["new.mp4"]


def test_twins_are_one_video_under_both_names(home: Home, folder: Path, tmp_path: Path) -> None:
    (folder / "twin.mp4").write_bytes(b"one")
    events = write_events(
        tmp_path / "e.jsonl", deed("like", "twin"), deed("skip", "harbour-at_dawn")
    )
    report = home.ingest(folder, events)
    assert (report.videos_new, report.videos_known, report.events_new) == (3, 1, 2)
    assert len({event.video for event in home.log.of("ada", 9)}) == 1


def test_a_sidecar_that_changed_renames_its_video(home: Home, folder: Path) -> None:
    home.ingest(folder)
    (folder / "coffee.json").write_text('{"title": "Quick coffee"}')
    assert home.ingest(folder).videos_known == 3
    assert next(video.title for video in home.videos.all()) == "Quick coffee"


@pytest.mark.parametrize(
    "name", ["coffee", "coffee.webm", "more/Trains.M4V", "more/Trains", "Trains"]
)
def test_events_may_name_a_video_in_many_ways(
    home: Home, folder: Path, tmp_path: Path, name: str
) -> None:
    report = home.ingest(folder, write_events(tmp_path / "e.jsonl", deed("like", name)))
    assert (report.events_new, report.refused) == (1, 0)


def test_events_may_name_a_video_by_its_id_also_later(
    home: Home, folder: Path, tmp_path: Path
) -> None:
    ids = home.ingest(folder).ids
    (folder / "coffee.webm").unlink()
    later = write_events(tmp_path / "e.jsonl", deed("buy", ids["coffee.webm"], value=3.5))
    assert home.ingest(folder, later).events_new == 1
    [event] = home.log.of("ada", 9)
    assert (event.kind, event.value, event.video) == (EventKind.BUY, 3.5, ids["coffee.webm"])


def test_a_name_that_two_videos_bear_stands_for_neither(
    home: Home, folder: Path, tmp_path: Path
) -> None:
    (folder / "more" / "coffee.mp4").write_bytes(b"five")
    events = write_events(tmp_path / "e.jsonl", deed("like", "coffee"), deed("like", "more/coffee"))
    report = home.ingest(folder, events)
    assert [str(refusal) for refusal in report.refusals] == [
        "e.jsonl:1: video 'coffee' could be any of 2: write its path"
    ]
    assert report.events_new == 1


def test_item_lines_name_and_tag_videos_and_the_last_wins(
    home: Home, folder: Path, tmp_path: Path
) -> None:
    items = [
        {"kind": "item", "video": "coffee", "title": "A", "tags": ["x"]},
        {"kind": "item", "video": "coffee", "title": "B"},
    ]
    report = home.ingest(folder, write_events(tmp_path / "e.jsonl", *items))
    coffee = home.videos.get(report.ids["coffee.webm"])
    assert coffee is not None
    assert (report.items, coffee.title, coffee.tags) == (2, "B", ("x",))


def test_what_is_bad_is_reported_and_the_rest_goes_on(
    home: Home, folder: Path, tmp_path: Path
) -> None:
    (folder / "notes.mp4").write_bytes(b"text, not a film")
    (folder / "broken.mp4").write_bytes(b"six")
    (folder / "broken.json").write_text("{")
    events = write_events(
        tmp_path / "e.jsonl",
        deed("like", "coffee"),
        "{oops\n",
        deed("like", "notes"),
        deed("like", "broken"),
        deed("share", "coffee"),
    )
    report = home.ingest(folder, events)
    assert [str(refusal) for refusal in report.refusals] == [
        "broken.json: is not JSON (Expecting property name enclosed in double quotes, line 1)",
        "notes.mp4: is a text",
        "e.jsonl:2: is not JSON (Expecting property name enclosed in double quotes, column 2)",
        "e.jsonl:3: video 'notes' is a file that was refused",
        "e.jsonl:4: video 'broken' is a file that was refused",
    ]
    assert (report.refused, report.exit_status) == (5, 2)
    assert (report.videos_new, report.events_new) == (3, 2)
    assert len(home.videos.all()) == 3


def test_a_poster_that_cannot_be_made_refuses_its_film(home: Home, folder: Path) -> None:
    def nothing(path: Path) -> bytes:
        raise ReelwrightError(f"{path.name} shows nothing.", hint="")

    report = home.ingest(folder, poster=nothing)
    assert (report.refused, str(report.refusals[0])) == (3, "coffee.webm: shows nothing")
    assert home.videos.all() == []


@pytest.mark.parametrize("missing", ["folder", "films", "events"])
def test_what_is_missing_altogether_is_an_error_and_nothing_is_touched(
    home: Home, folder: Path, tmp_path: Path, missing: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "notes.txt").write_text("no film")
    where = {"folder": tmp_path / "nowhere", "films": empty, "events": folder}[missing]
    events = tmp_path / "nothing.jsonl" if missing == "events" else None
    with pytest.raises(ReelwrightError, match=r"not a folder|no videos|cannot be read"):
        home.ingest(where, events)
    assert home.videos.all() == []


def test_a_crash_in_the_middle_leaves_a_state_to_go_on_from(home: Home, folder: Path) -> None:
    class Crash(BaseException):
        pass

    posters = 0

    def crashing(path: Path) -> bytes:
        nonlocal posters
        posters += 1
        if posters == 2:
            raise Crash
        return POSTER

    with pytest.raises(Crash):
        home.ingest(folder, poster=crashing)
    assert len(home.videos.all()) == 1
    report = home.ingest(folder)
    assert (report.videos_new, report.videos_known) == (2, 1)


def test_hidden_files_and_other_files_are_no_films(folder: Path) -> None:
    (folder / "._coffee.mp4").write_bytes(b"resource fork")
    (folder / "notes.txt").write_text("no film")
    (folder / "folder.mp4").mkdir()
    assert [path.name for path in films_in(folder)] == [
        "coffee.webm",
        "harbour-at_dawn.mp4",
        "Trains.M4V",
    ]


def test_real_films_are_told_from_what_only_looks_like_one(home: Home, tmp_path: Path) -> None:
    films = tmp_path / "real"
    films.mkdir()
    picture = np.zeros((48, 64, 3), dtype=np.uint8)
    whole = write_film(films / "good.mp4", [picture + step for step in range(24)])
    (films / "cut.mp4").write_bytes(whole.read_bytes()[: len(whole.read_bytes()) // 2])
    (films / "text.mp4").write_text("Dear film, how are you?")
    report = home.ingest(films, prober=Prober(MediaConfig()))
    assert [refusal.where for refusal in report.refusals] == ["cut.mp4", "text.mp4"]
    assert all(refusal.reason.isprintable() for refusal in report.refusals)
    [video] = home.videos.all()
    assert (video.title, video.width, video.height, video.fps) == ("Good", 64, 48, 24.0)


def test_a_film_that_no_browser_plays_is_kept_as_one_that_they_all_play(
    home: Home, tmp_path: Path
) -> None:
    films = tmp_path / "old"
    films.mkdir()
    picture = np.full((50, 62, 3), (200, 60, 20), dtype=np.uint8)
    heard = np.sin(np.arange(RATE) / 20, dtype=np.float32)
    write_film(films / "old.avi", [picture] * 24, codec="mpeg4", sound=heard)
    prober = Prober(MediaConfig())
    report = home.ingest(films, prober=prober, poster=poster)
    [video] = home.videos.all()
    assert home.blobs.get(video.poster).startswith(JPEG)
    kept = prober.probe(home.blobs.path(video.film))
    assert report.exit_status == 0
    assert (kept.codec, kept.width, kept.height, kept.has_sound) == ("h264", 62, 50, True)
    assert abs(kept.duration_s - 1.0) < 0.1
    shown = frame_at(home.blobs.path(video.film), 0.5).reshape(-1, 3).mean(axis=0)
    assert np.abs(shown - picture[0, 0]).max() < 8


def test_progress_counts_every_film_once(home: Home, folder: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    home.ingest(folder, progress=lambda *words: heard.append(words))
    assert heard == [("taking in films", done, 3) for done in (1, 2, 3)]
