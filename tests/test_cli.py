"""The command line: quick help, and one clear line with exit status 2 for every mistake."""

import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import time
import wave
from pathlib import Path

import cv2
import pytest
from conftest import wait_until
from films import numbered, tone, write_film
from program import command, loaded, reelwright, refusal, refused, surroundings
from test_analyse import walker

from reelwright.assemble import feeds, homes, knowledge, lessons, workshops
from reelwright.cli.telling import lines, say_figures
from reelwright.config import load
from reelwright.domain import Event, EventKind, Video
from reelwright.errors import ReelwrightError
from reelwright.progress import silent

# An interrupt that comes while Python runs a made-up module ends it by the signal itself; to a
# shell both are 130.
STOPPED = {130, -signal.SIGINT}


def anew(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """As `reelwright`, from the program's very beginning."""
    return subprocess.run(
        command(*words, home=home),
        capture_output=True,
        text=True,
        timeout=60,
        env=surroundings(),
    )


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good film, and beside it all that people take for one."""
    folder = tmp_path_factory.mktemp("films")
    good = write_film(folder / "good.mp4", numbered(48), sound=tone(2.0)).read_bytes()
    (folder / "cut.mp4").write_bytes(good[: len(good) // 2])
    (folder / "text.mp4").write_text("This is no film.")
    (folder / "picture.mp4").write_bytes(cv2.imencode(".jpg", numbered(1)[0])[1].tobytes())
    with wave.open(str(folder / "song.mp4"), "wb") as song:
        song.setparams((1, 2, 16_000, 0, "NONE", ""))
        song.writeframes(bytes(16_000))
    (folder / "beside.mp4").write_bytes(good)
    (folder / "beside.json").write_text("{title: beside}")
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has learned from ten small films and six viewers."""
    folder = tmp_path_factory.mktemp("trained")
    config = load(None, [f"home={folder / 'home'}", "recommender.epochs=1"])
    with homes.home(config) as home:
        for number in range(10):
            film = write_film(folder / f"{number}.mp4", numbered(12 + number), sound=tone(0.5))
            home.videos.add(video(number, home.blobs.put_file(film)), added_s=0.0)
        home.log.append([like(viewer, viewer + nth) for viewer in range(6) for nth in range(4)])
        lesson = lessons.training(home, progress=silent)
        lesson.look_at_videos()
        codebook = lesson.learn_codes(now_s=0.0)
        lesson.learn_taste(
            codebook,
            knowledge.viewers(home, knowledge.Known(home, codebook.version)),
            [f"viewer {number}" for number in range(6)],
            format=workshops.format_of_wishes(config),
            now_s=0.0,
        )
    return folder / "home"


def video(number: int, film: str) -> Video:
    return Video(
        id=f"film {number}",
        title=f"Film {number}",
        film=film,
        poster="",
        duration_s=0.5,
        width=64,
        height=96,
        fps=24.0,
        has_sound=True,
    )


def like(viewer: int, film: int) -> Event:
    return Event(
        id=f"{viewer} likes {film}",
        viewer=f"viewer {viewer}",
        video=f"film {film}",
        kind=EventKind.LIKE,
        at_s=1.7e9 + film,
    )


def test_a_family_of_verbs_says_which_there_are(tmp_path: Path) -> None:
    for name in ("bench", "consent", "keys", "models", "sids", "viewer"):
        result = reelwright(name, home=tmp_path)
        assert result.returncode == 0, result
        assert result.stdout.startswith(f"Usage: reelwright {name} ")
        assert result.stderr == ""


def test_help_comes_at_once(tmp_path: Path) -> None:
    """In the processor's time: what else a machine does is not our doing."""
    took_s = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = anew("--help", home=tmp_path)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took_s.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert result.returncode == 0
    for verb in ("demo", "ingest", "train", "make", "wishes", "serve", "work", "bench", "models"):
        assert verb in result.stdout
    assert min(took_s) < 0.3, f"--help took {min(took_s):.2f} s"


def test_without_a_verb_the_verbs_are_told(tmp_path: Path) -> None:
    result = anew(home=tmp_path / "home")
    assert result.returncode == 0
    assert "ingest" in result.stdout
    assert not (tmp_path / "home").exists()


def test_an_unknown_setting_is_refused_with_the_right_one(tmp_path: Path) -> None:
    said = refusal(anew("--set", "recommender.beam_widht=5", "train", home=tmp_path / "home"))
    assert "Did you mean recommender.beam_width?" in said
    assert not (tmp_path / "home").exists(), "nothing else is touched"


def test_an_unknown_verb_is_refused(tmp_path: Path) -> None:
    assert "No such command 'watch'" in refused("watch", home=tmp_path / "home")


def test_an_unknown_option_is_refused_with_the_page_to_read(tmp_path: Path) -> None:
    said = refused("demo", "--fast", home=tmp_path / "home")
    assert "--fast" in said
    assert "Try reelwright demo --help." in said


def test_settings_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[render\n")
    assert "broken.toml is not TOML" in refused(
        "--config", str(broken), "train", home=tmp_path / "home"
    )


def test_a_home_that_cannot_be_written_is_refused(films: Path) -> None:
    said = refusal(anew("ingest", str(films), home=Path("/dev/null/home")))
    assert "/dev/null/home cannot be written" in said


def test_an_empty_home_is_refused() -> None:
    result = loaded().run("--home", "", "train")
    assert result.returncode == 2
    assert result.stderr.startswith("reelwright: home = '' is not allowed.")


def test_the_home_may_come_from_the_environment(tmp_path: Path) -> None:
    result = loaded().run("train", env={"REELWRIGHT_HOME": str(tmp_path / "elsewhere")})
    assert f"nothing in {tmp_path / 'elsewhere'}" in result.stderr


@pytest.mark.parametrize("words", [["train"], ["serve"], ["work"], ["make", "--viewer", "ada"]])
def test_before_anything_was_taken_in_one_is_told_how_to_begin(
    words: list[str], tmp_path: Path
) -> None:
    said = refused("--set", f"serve.port={free_port()}", *words, home=tmp_path / "home")
    assert "reelwright ingest FOLDER" in said
    assert not (tmp_path / "home").exists(), "nothing else is touched"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_folder_without_videos_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = refused("ingest", str(tmp_path / "empty"), home=tmp_path / "home")
    assert "empty" in said
    said = refused("ingest", str(tmp_path / "missing"), home=tmp_path / "home")
    assert "missing" in said
    assert not (tmp_path / "home").exists()


def test_what_is_bad_is_named_the_rest_is_taken_and_there_is_a_way_on(
    films: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    good = '{"viewer": "ada", "video": "good.mp4", "kind": "like", "at": 1700000000}'
    log = tmp_path / "events.jsonl"
    log.write_text("\n".join([good, '{"viewer": "ada", "vid', good.replace("good", "cut")]))
    result = reelwright("ingest", str(films), "--events", str(log), home=home)
    assert result.returncode == 2
    said = [line for line in result.stderr.splitlines() if line.startswith("refused ")]
    assert [line.split(": ")[0] for line in said] == [
        "refused beside.json",
        "refused cut.mp4",
        "refused picture.mp4",
        "refused song.mp4",
        "refused text.mp4",
        "refused events.jsonl:2",
        "refused events.jsonl:3",
    ]
    assert "1 videos and 1 events are new" in result.stdout
    assert "Traceback" not in result.stderr

    log.write_bytes(bytes(range(128, 256)) * 40)
    result = reelwright("ingest", str(films), "--events", str(log), home=home)
    assert "refused events.jsonl:1: is not UTF-8 text" in result.stderr

    log.unlink()
    said_of_log = refused("ingest", str(films), "--events", str(log), home=home)
    assert "events.jsonl cannot be read" in said_of_log
    assert "There are 1 videos, and training needs 10." in refused("train", home=home)
    for words in (["serve"], ["work"]):
        free = ["--set", f"serve.port={free_port()}"]
        assert "Run reelwright train" in refused(*free, *words, home=home)


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused("--set", f"serve.port={port}", "serve", home=tmp_path / "home")
    assert str(port) in said


@pytest.mark.parametrize("host", ["nonsense.invalid", "a" * 70 + ".b"])
def test_an_address_that_is_none_is_refused(host: str, tmp_path: Path) -> None:
    said = refused("--set", f"serve.host={host}", "serve", home=tmp_path / "home")
    assert f"{host}:8321 cannot be listened on" in said
    result = reelwright("--set", f"serve.host={host}", "doctor", home=tmp_path / "home")
    assert result.returncode == 2
    assert "BAD  port" in result.stdout


@pytest.mark.parametrize("setting", ["world.videos=500", "render.width=721"])
def test_an_impossible_setting_is_refused_before_any_work(setting: str, tmp_path: Path) -> None:
    name, _, value = setting.partition("=")
    said = refused("--set", setting, "demo", home=tmp_path / "home")
    assert f"{name} = '{value}' is not allowed. It may be" in said
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["demo", "--json"],
        ["train", "--json"],
        ["bench", "line", "--json"],
        ["make", "--out"],
        ["make", "--sheet"],
        ["make", "--otio"],
        ["explain", "film 3", "--replay"],
        ["gallery", "--out"],
    ],
)
def test_where_nothing_can_be_written_is_refused_before_any_work(
    words: list[str], tmp_path: Path
) -> None:
    said = refused(*words, str(tmp_path / "none" / "figures.json"), home=tmp_path / "home")
    assert "cannot be written" in said
    assert "cannot be written" in refused(*words, str(tmp_path), home=tmp_path / "home")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("nonsense", "'nonsense' is not a semantic ID"),
        ("", "'' is not a semantic ID"),
        ("99.99/99.99", "There is no wish 99.99/99.99"),
        ("0/0/0", "is not a semantic ID"),
    ],
)
def test_a_wish_that_is_none_is_refused(wish: str, says: str, trained: Path) -> None:
    with (
        homes.kept_home(load(None, [f"home={trained}"])) as home,
        pytest.raises(ReelwrightError, match=says),
    ):
        feeds.wish(home, name=wish, viewer=None)


def test_it_is_refused_in_one_line_too(trained: Path) -> None:
    assert "There is no wish 99.99/99.99" in refused("make", "--wish", "99.99/99.99", home=trained)


def test_codes_are_shown_and_drawn(trained: Path, tmp_path: Path) -> None:
    shown = reelwright("sids", "show", "film 3", home=trained)
    assert shown.returncode == 0, shown
    assert shown.stdout.startswith("Film 3\n")
    assert "\x1b" not in shown.stdout, "no colour where there is no terminal"
    drawn = reelwright("sids", "map", "--out", str(tmp_path / "map.jpg"), home=trained)
    assert drawn.returncode == 0, drawn
    assert (tmp_path / "map.jpg").read_bytes().startswith(b"\xff\xd8")


def test_a_video_or_a_picture_that_cannot_be_is_refused(trained: Path, tmp_path: Path) -> None:
    line = refused("sids", "show", "Flim 3", home=trained)
    assert "There is no video 'Flim 3'. Did you mean 'Film 3'" in line
    assert "Use one of .png" in refused("sids", "map", "--out", "map.gif", home=trained)
    assert "There is nothing in" in refused("sids", "show", "x", home=tmp_path / "none")


def test_what_was_not_made_here_has_nothing_to_explain(trained: Path, tmp_path: Path) -> None:
    assert "'Film 3' was taken in as it is" in refused("explain", "film 3", home=trained)
    film = tmp_path / "film.mp4"
    refused("explain", "film 3", "--replay", str(film), home=trained)
    assert not film.exists()
    assert "There is no video 'Flim 3'. Did you" in refused("explain", "Flim 3", home=trained)
    assert "There is nothing in" in refused("explain", "x", home=tmp_path / "none")


def test_a_viewers_wishes_are_told_with_what_there_is(trained: Path) -> None:
    told = reelwright("wishes", "viewer 2", "--count", "3", home=trained)
    assert told.returncode == 0, told
    first, second, *lists = told.stdout.splitlines()
    assert first == "viewer 2   4 deeds"
    assert re.fullmatch(
        r"The catalogue holds about \d+ of 100 things they would like next; the rest is made.",
        second,
    )
    beyond, within = (part.splitlines() for part in "\n".join(lists).strip().split("\n\n"))
    assert len(beyond) == len(within) == 4, "a heading each, and three lines"
    for line in beyond[1:]:
        assert re.match(r" +\d+\.\d %  (same content|nearest) +[\d.]+/[\d.]+ +\S", line), line
    for line in within[1:]:
        assert re.match(r" +\d+\.\d %  exact +[\d.]+/[\d.]+ +.* Film \d$", line), line
        assert int(line[-1]) not in range(2, 6), "which they have met"
    assert "\x1b" not in told.stdout, "no colour where there is no terminal"


def test_a_viewer_whom_nobody_met_is_refused(trained: Path, tmp_path: Path) -> None:
    assert "no viewer 'viewer 42'. Did you mean" in refused("wishes", "viewer 42", home=trained)
    assert "'viewer 0'" in refused("wishes", "viewr 0", home=trained)
    for stranger in ("", "nobody\nat all"):
        assert "Viewers are known by what they did" in refused("wishes", stranger, home=trained)
    assert "--count" in refused("wishes", "viewer 2", "--count", "0", home=trained)
    assert "There is nothing in" in refused("wishes", "viewer 2", home=tmp_path / "none")


def test_a_damaged_model_says_what_to_do(trained: Path, tmp_path: Path) -> None:
    home = shutil.copytree(trained, tmp_path / "home")
    for blob in (home / "blobs").rglob("*.model"):
        blob.chmod(0o600)
        blob.write_bytes(b"nothing")
    result = reelwright("make", "--wish", "0.0/0.0", home=home)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "is damaged. Run reelwright train again." in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("kept", [0, 5_000])
def test_a_damaged_database_is_told(kept: int, trained: Path, tmp_path: Path) -> None:
    home = shutil.copytree(trained, tmp_path / "home")
    whole = (home / "reelwright.db").read_bytes()
    (home / "reelwright.db").write_bytes(whole[:kept] + bytes(range(256)) * 200)
    said = refused("train", home=home)
    assert "database" in said


def is_heard(number: int, pid: int) -> bool:
    """Whether the process has said what to do at this signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    [caught] = re.findall(r"^SigCgt:\s*(\w+)$", status, re.MULTILINE)
    return bool(int(caught, 16) >> (number - 1) & 1)


@pytest.mark.parametrize(
    ("number", "after_s"), [(signal.SIGINT, 0.0), (signal.SIGINT, 3.0), (signal.SIGTERM, 3.0)]
)
def test_a_signal_ends_a_demo_at_once_and_leaves_nothing(
    number: int, after_s: float, tmp_path: Path
) -> None:
    """As a terminal sends it: to every process of the group."""
    (tmp_path / "tmp").mkdir()
    words = ["--set", "world.videos=10", "demo", "--no-serve"]
    demo = subprocess.Popen(
        command(*words, home=tmp_path / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**surroundings(), "TMPDIR": str(tmp_path / "tmp")},
        start_new_session=True,
    )
    wait_until(lambda: is_heard(signal.SIGTERM, demo.pid))  # while Python starts nobody is
    time.sleep(after_s)
    os.killpg(demo.pid, number)
    _, said = demo.communicate(timeout=10.0)
    assert demo.returncode in {128 + number, -number}
    assert said.split() == ["Stopped."]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_gallery_is_drawn_of_what_was_named(tmp_path: Path) -> None:
    words = ["gallery", "--out", str(tmp_path / "out.jpg"), "--style", "comic", "--scene", "city"]
    drawn = reelwright(*words, home=tmp_path / "home")
    assert (drawn.returncode, drawn.stdout) == (0, f"{tmp_path / 'out.jpg'}\n"), drawn
    assert drawn.stderr.startswith("drawing the gallery: 1 done")
    assert (tmp_path / "out.jpg").read_bytes().startswith(b"\xff\xd8")
    assert not (tmp_path / "home").exists()
    said = refused(*words, "--scene", "harbor", home=tmp_path / "home")
    assert "Did you mean harbour?" in said


def test_make_wants_one_wish(tmp_path: Path) -> None:
    assert "--wish SID or --viewer ID" in refused("make", home=tmp_path / "home")


def test_a_page_that_is_not_there_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    said = refused("bench", "line", "--into", str(tmp_path / "page.md"), home=tmp_path / "home")
    assert "page.md' does not exist" in said


def test_data_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    said = refused("bench", "recommend", "--data", str(tmp_path / "no"), home=tmp_path / "home")
    assert "holds neither sequences.txt nor events.jsonl" in said


def test_an_unknown_bench_names_those_there_are(tmp_path: Path) -> None:
    assert "line" in refused("bench", "nothing", home=tmp_path / "home")


def test_doctor_looks_at_everything(tmp_path: Path) -> None:
    result = reelwright("doctor", home=tmp_path / "home")
    assert "sqlite" in result.stdout
    assert "torch" in result.stdout
    assert not (tmp_path / "home").exists(), "an examination changes nothing"


def test_doctor_says_of_a_database_that_it_cannot_be_reached_and_keeps_the_password(
    tmp_path: Path,
) -> None:
    url = f"postgresql://reelwright:sesame@/postgres?host={tmp_path}"
    result = reelwright("--set", f"storage.url={url}", "doctor", home=tmp_path / "home")
    line = next(line for line in result.stdout.splitlines() if " database " in line)
    assert "cannot be used as a database" in line
    assert "sesame" not in result.stdout + result.stderr


def test_figures_go_where_they_were_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say_figures({"videos": 3}, str(tmp_path / "figures.json"))
    assert json.loads((tmp_path / "figures.json").read_text()) == {"videos": 3}
    assert "videos" in capsys.readouterr().out
    with pytest.raises(ReelwrightError, match="cannot be written"):
        say_figures({"videos": 3}, str(tmp_path / "none" / "figures.json"))


def test_a_log_file_hears_of_progress_now_and_then() -> None:
    now = iter([0.0, 5.0, 12.0, 20.0])
    said: list[str] = []
    tell = lines(said.append, lambda: next(now))
    for done in (0, 1, 2, 4):
        tell("drawing", done, 4)
    assert said == ["drawing: 2 of 4, 12 s left", "drawing: 4 done in 20.0 s"]


@pytest.mark.skipif("REELWRIGHT_DATA" not in os.environ, reason="REELWRIGHT_DATA names no folder")
def test_real_films_that_no_browser_plays_are_taken_in(tmp_path: Path) -> None:
    clips = Path(os.environ["REELWRIGHT_DATA"]) / "clips" / "asl"
    result = reelwright("ingest", str(clips), home=tmp_path / "home")
    assert result.returncode == 0, result.stderr
    assert f"{len(list(clips.glob('*.mkv')))} videos" in result.stdout
    assert "0 refused" in result.stdout


def test_what_cannot_be_taught_is_refused(tmp_path: Path) -> None:
    home, out = tmp_path / "home", str(tmp_path / "a.gguf")
    text = tmp_path / "text.gguf"
    text.write_text("no model")
    said = refused("train", "studio", "--model", str(text), "-o", out, home=home)
    assert "text.gguf holds no model" in said
    assert "does not exist" in refused(
        "train", "studio", "--model", str(tmp_path / "b.gguf"), "-o", out, home=home
    )
    zoo = f"zoo.folder={tmp_path / 'zoo'}"
    said = refused("--set", zoo, "train", "studio", "-o", out, home=home)
    assert "models pull smollm2" in said
    said = refused("train", "studio", "-o", str(tmp_path / "no" / "a.gguf"), home=home)
    assert "there is no folder" in said
    said = refused("train", "studio", "--soft", "-o", out, home=home)
    assert "Soft tokens are made from codes, and none were learned" in said
    assert not home.exists()
    assert not Path(out).exists()


# ---- filmed performances ---------------------------------------------------------------------


def agreed(film: Path, home: Path) -> Path:
    """The film, with somebody's consent to everything."""
    words = ("--who", "Ann", "--scope", "any", "--until", "2999-01-01")
    assert reelwright("consent", "record", str(film), *words, home=home).returncode == 0
    return film


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("cut.mp4", "cut.mp4 is cut off"),
        ("text.mp4", "text.mp4 holds text, not a video."),
        ("picture.mp4", "picture.mp4 is a picture, not a video."),
        ("song.mp4", "song.mp4 has no picture, only sound."),
    ],
)
def test_what_is_no_filmed_person_is_refused_and_leaves_nothing(
    films: Path, tmp_path: Path, name: str, problem: str
) -> None:
    film, home, out = agreed(films / name, tmp_path / "home"), tmp_path / "home", tmp_path / "out"
    out.mkdir()
    assert problem in refused("analyse", str(film), "-o", str(out / "a.performance"), home=home)
    told = refused("modify", str(film), "--world", "forest", "-o", str(out / "a.mp4"), home=home)
    assert problem in told
    assert problem in refused("preserved", str(film), str(film), home=home)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--world", "forrest"), "There is no world 'forrest'. Did you mean forest?"),
        (("--costume", "tartann"), "There is no costume 'tartann'. Did you mean tartan?"),
        (("--world", "forest", "--strength", "flexx_1"), "Did you mean flex_1?"),
        (("--style", "starry.jpg"), "starry.jpg cannot be opened"),
        ((), "Nothing is to be changed."),
    ],
)
def test_a_change_that_is_not_known_is_told_with_the_nearest(
    films: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    film = agreed(films / "good.mp4", tmp_path / "home")
    out = tmp_path / "out.mp4"
    assert said in refused("modify", str(film), *words, "-o", str(out), home=tmp_path / "home")
    assert not out.exists()


def test_a_folder_that_cannot_be_written_is_told_before_the_work(
    films: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    film = agreed(films / "good.mp4", home)
    told = refused("modify", str(film), "--world", "forest", "-o", "/proc/out.mp4", home=home)
    assert "The films cannot be written to /proc" in told
    told = refused("analyse", str(film), "-o", "/proc/no/a.performance", home=home)
    assert "cannot be written" in told


@pytest.mark.slow
def test_an_interrupted_change_leaves_nothing(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    out.mkdir()
    film = agreed(write_film(tmp_path / "walk.mp4", walker(120), fps=24), home)
    words = ("modify", str(film), "--world", "forest", "-o", str(out / "a.mp4"))
    child = subprocess.Popen(
        command(*words, home=home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=surroundings(),
    )
    until_s = time.monotonic() + 60
    while not list(out.glob(".modify-*/.*.part")) and time.monotonic() < until_s:
        time.sleep(0.02)  # until a film is being written
    assert child.poll() is None
    child.send_signal(signal.SIGINT)
    assert child.wait(30) in STOPPED
    assert list(out.rglob("*")) == []
