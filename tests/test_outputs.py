"""What is handed out lies whole where it was wanted, or is refused in one line."""

import errno
import json
import os
from pathlib import Path

import av
import pytest
from plans import SMALL, plan

from reelwright.assemble import drawn, handing
from reelwright.config import Config, MediaConfig, RenderConfig
from reelwright.domain import Blueprint
from reelwright.errors import ReelwrightError
from reelwright.media.files import asked_for, whole_file
from reelwright.outputs import Asked, Outputs
from reelwright.progress import silent
from reelwright.render.compositor import Compositor
from reelwright.render.framing import Shape
from reelwright.speech.voice import Humming
from reelwright.studio.saying import said

FULL = Path("/dev/full")  # has room for nothing


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    film = tmp_path / "kept.mp4"
    film.write_bytes(b"the kept film")
    return film


@pytest.fixture
def hands(tmp_path: Path) -> Outputs:
    def written(blueprint: Blueprint, film: Path, out: Path) -> None:
        out.write_text(f"{blueprint.format.width} {film.name}")

    compositor = Compositor(RenderConfig(threads=1), MediaConfig(preset="ultrafast"))
    return Outputs(compositor, written, tmp_path / "desk")


def test_a_film_in_its_own_shape_is_the_kept_one(
    hands: Outputs, kept: Path, tmp_path: Path
) -> None:
    for shapes in ((), (Shape.VERTICAL,)):
        asked = Asked(film=tmp_path / "out.mp4", shapes=shapes)
        assert hands.hand_out(asked, plan(), kept) == [tmp_path / "out.mp4"]
        assert (tmp_path / "out.mp4").read_bytes() == b"the kept film"


def test_several_shapes_lie_beside_each_other(hands: Outputs, kept: Path, tmp_path: Path) -> None:
    shapes = (Shape.SQUARE, Shape.WIDE, Shape.VERTICAL, Shape.WIDE)
    written = hands.hand_out(Asked(film=tmp_path / "out.mp4", shapes=shapes), plan(), kept)
    assert [path.name for path in written] == ["out-square.mp4", "out-wide.mp4", "out-vertical.mp4"]
    sizes = []
    for path in written[:2]:
        with av.open(str(path)) as film:
            sizes.append((film.streams.video[0].width, film.streams.video[0].height))
            assert film.streams.audio
    assert sizes == [(SMALL.width, SMALL.width), (SMALL.height, SMALL.width)]
    assert written[2].read_bytes() == b"the kept film"
    assert list(hands.desk.iterdir()) == []


def test_a_film_that_was_made_without_a_narrator_is_drawn_with_one(
    hands: Outputs, kept: Path, tmp_path: Path
) -> None:
    hands.compositor.voice = Humming()
    asked = Asked(film=tmp_path / "out.mp4", tongue="en")
    hands.hand_out(asked, plan(), kept)
    with av.open(str(tmp_path / "out.mp4")) as film:
        assert film.streams.audio
    assert kept.read_bytes() == b"the kept film"
    hands.hand_out(asked, said(plan(), "en"), kept)
    assert (tmp_path / "out.mp4").read_bytes() == b"the kept film", "it speaks already"


def test_a_time_line_refers_to_the_film_beside_it(
    hands: Outputs, kept: Path, tmp_path: Path
) -> None:
    line = tmp_path / "out.otio"
    hands.hand_out(Asked(timeline=line), plan(), kept)
    assert line.read_text() == f"{SMALL.width} kept.mp4"
    asked = Asked(film=tmp_path / "out.mp4", shapes=[Shape.WIDE], timeline=line)
    hands.hand_out(asked, plan(), kept)
    assert line.read_text() == f"{SMALL.height} out.mp4"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Asked(shapes=[Shape.WIDE]), "Give --out FILE too"),
        (Asked(sheet=Path("sheet.gif")), "Use one of .png"),
        (Asked(timeline=Path("line.xml")), "ends in .otio"),
    ],
)
def test_what_cannot_be_is_refused_before_the_work(asked: Asked, says: str) -> None:
    with pytest.raises(ReelwrightError, match=says):
        asked.refuse_what_cannot_be()


def test_a_file_that_dies_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"before")

    def die_half_way() -> None:
        with asked_for(path, "The film") as part:
            part.write_bytes(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(ReelwrightError, match=r"The film cannot be written.*No space left"):
        die_half_way()
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["out.mp4"]


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
def test_a_full_place_is_told_in_one_line_and_no_device_is_replaced(
    hands: Outputs, kept: Path, tmp_path: Path
) -> None:
    with pytest.raises(ReelwrightError, match=r"/dev/full \(No space left on device\)"):
        hands.hand_out(Asked(film=FULL), plan(), kept)
    assert FULL.is_char_device()


def test_a_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with whole_file(pipe) as part:
        assert part == pipe
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("styles", "scenes", "says"),
    [
        (["comc"], [], "no style 'comc'. Did you mean comic?"),
        ([], ["harbor"], "no scene 'harbor'. Did you mean harbour?"),
        ([], ["zzz"], "no scene 'zzz'. There is: harbour, beach"),
    ],
)
def test_an_unknown_style_or_scene_names_the_nearest(
    styles: list[str], scenes: list[str], says: str, tmp_path: Path
) -> None:
    with pytest.raises(ReelwrightError) as refusal:
        drawn.gallery(Config(), styles, scenes, tmp_path / "out.png", progress=silent)
    assert says in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_a_time_line_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(handing, "find_spec", lambda name: None)
    with pytest.raises(ReelwrightError, match=r"reelwright\[otio\]"):
        handing.write_timeline(plan(), tmp_path / "film.mp4", tmp_path / "out.otio")


def test_a_time_line_is_written_for_editors(tmp_path: Path) -> None:
    pytest.importorskip("opentimelineio", reason="the extra `otio` is not installed")
    handing.write_timeline(plan(), tmp_path / "film.mp4", tmp_path / "out.otio")
    assert json.loads((tmp_path / "out.otio").read_text())["OTIO_SCHEMA"] == "Timeline.1"
