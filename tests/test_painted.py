"""Painted frames out of files: for which frame each is, and if it fits."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from films import numbered, write_film
from moving import ground, performance, sliding
from PIL import Image as Pillow

from reelwright.config import MediaConfig
from reelwright.domain import Asset, AssetKind
from reelwright.errors import ReelwrightError
from reelwright.media.decode import Image
from reelwright.media.materials import Materials, Pixels, content_name
from reelwright.modify.painted import MOST, given, looks, moment, two_alike
from reelwright.modify.performance import Footage

FRAMES = sliding(11)  # shown at 0, 0.04, ... 0.4 s
FOOTAGE = performance(FRAMES).footage


def png(path: Path, picture: Image) -> Path:
    Pillow.fromarray(picture[..., ::-1]).save(path)
    return path


class Here(Materials):
    """Opens pictures of these tests in this process: a child for each takes its time."""

    def take(self, path: Path, *, logo: bool = False) -> Asset:
        with Pillow.open(path) as picture:
            self._places[content_name(path)] = path
            return Asset(
                digest=content_name(path),
                kind=AssetKind.PHOTO,
                width=picture.width,
                height=picture.height,
            )

    def picture(self, asset: Asset, shorter_side: int) -> Pixels:
        with Pillow.open(self.place(asset)) as picture:
            return np.asarray(picture.convert("RGBA"))[..., (2, 1, 0, 3)]


HERE = Here(MediaConfig())
IN_A_CHILD = Materials(MediaConfig())


def found(
    footage: Footage = FOOTAGE,
    *,
    start: Path | None = None,
    end: Path | None = None,
    at: Sequence[str] = (),
    materials: Materials = HERE,
) -> dict[int, Image]:
    return looks(given(footage, start=start, end=end, at=at), footage, materials)


def test_each_picture_comes_to_the_frame_nearest_to_its_time(tmp_path: Path) -> None:
    paths = [png(tmp_path / f"{name}.png", ground(72, 96, name)) for name in range(4)]
    made = found(start=paths[0], end=paths[1], at=[f"0.095={paths[2]}", f"0.31={paths[3]}"])
    assert set(made) == {0, 2, 8, 10}
    assert np.array_equal(made[0], ground(72, 96, 0))
    assert np.array_equal(made[10], ground(72, 96, 1))
    assert np.array_equal(made[2], ground(72, 96, 2))


def test_a_painted_frame_of_another_size_is_refused_with_both_sizes(tmp_path: Path) -> None:
    path = png(tmp_path / "a.png", ground(96, 72))
    with pytest.raises(ReelwrightError, match=r"a\.png is 72x96 and the footage 96x72"):
        found(start=path)


@pytest.mark.parametrize("time", ["0.5", "-1", "1e9"])
def test_a_time_outside_the_clip_is_refused_with_its_end(tmp_path: Path, time: str) -> None:
    path = png(tmp_path / "a.png", ground(72, 96))
    with pytest.raises(ReelwrightError, match=r"lies outside the clip.* to 0.400 s"):
        found(at=[f"{time}={path}"])


@pytest.mark.parametrize("words", ["1.5", "=a.png", "soon=a.png", "nan=a.png", "1.5=", "inf=a.png"])
def test_words_that_say_no_time_or_no_picture_are_refused(words: str) -> None:
    with pytest.raises(ReelwrightError, match="does not say when and which"):
        moment(words)


def test_two_pictures_for_one_frame_are_refused_by_their_names(tmp_path: Path) -> None:
    one, other = (png(tmp_path / f"{name}.png", ground(72, 96, name)) for name in (1, 2))
    with pytest.raises(
        ReelwrightError, match=r"1.png and --start-frame .*2.png are both for .*0.000 s"
    ):
        found(start=other, at=[f"0.01={one}"])


def test_a_clip_of_one_frame_has_one_end(tmp_path: Path) -> None:
    one, other = (png(tmp_path / f"{name}.png", ground(72, 96, name)) for name in (1, 2))
    with pytest.raises(ReelwrightError, match="are both for the frame"):
        found(performance(FRAMES[:1]).footage, start=one, end=other)


def test_one_picture_for_two_moments_is_refused(tmp_path: Path) -> None:
    one, copy = (png(tmp_path / f"{name}.png", ground(72, 96)) for name in "ab")
    with pytest.raises(ReelwrightError, match="are the same picture"):
        found(start=one, end=copy)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    text, film = tmp_path / "a.png", write_film(tmp_path / "film.png.mp4", numbered(5))
    text.write_text("not painted")
    for path, why in ((text, "holds text"), (film, "is a film"), (tmp_path / "no.png", "no.png")):
        with pytest.raises(ReelwrightError, match=why):
            found(start=path, materials=IN_A_CHILD)


def test_a_picture_that_can_be_seen_through_is_refused(tmp_path: Path) -> None:
    whole = np.dstack([ground(72, 96), np.full((72, 96), 255, np.uint8)])
    whole[5, 5, 3] = 100
    Pillow.fromarray(whole).save(tmp_path / "a.png")
    with pytest.raises(ReelwrightError, match="seen through"):
        found(start=tmp_path / "a.png")


def test_there_is_an_end_to_how_many_are_taken() -> None:
    with pytest.raises(ReelwrightError, match=f"more than {MOST}"):
        found(at=[f"0.0{number}=a.png" for number in range(MOST + 1)])


def test_motion_is_made_between_two_pictures_of_one_size_alone(tmp_path: Path) -> None:
    one, other = (png(tmp_path / f"{name}.png", ground(72, 96, name)) for name in (1, 2))
    turned, tiny = png(tmp_path / "t.png", ground(96, 72)), png(tmp_path / "s.png", ground(16, 16))
    first, last = two_alike(one, other, HERE)
    assert first.shape == last.shape == (72, 96, 3)
    for pair, why in (
        ((one, turned), "1.png is 96x72 and t.png 72x96"),
        ((one, one), "show the same"),
        ((tiny, tiny), "sides of 32"),
    ):
        with pytest.raises(ReelwrightError, match=why):
            two_alike(*pair, HERE)


def test_a_real_picture_is_opened_in_a_limited_child(tmp_path: Path) -> None:
    path = png(tmp_path / "a.png", ground(72, 96))
    assert np.array_equal(found(start=path, materials=IN_A_CHILD)[0], ground(72, 96))
