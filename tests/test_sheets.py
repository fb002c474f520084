"""Pages for people: everything stands in its place, and the sound is drawn as loud as it is."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import skia
from plans import SMALL, plan, shot

from reelwright.domain import Format
from reelwright.errors import ReelwrightError
from reelwright.render.kit import CAMERAS, LIGHTS, SCENES, STYLES, SUBJECTS, kit
from reelwright.render.page import TEXT, lines_of, save, shortened
from reelwright.render.soundtrack import soundtrack
from reelwright.sheets import contact, gallery
from reelwright.sheets.contact import INNER, ContactSheet
from reelwright.sheets.gallery import Gallery
from reelwright.sheets.signs import SIGNS
from reelwright.sheets.wave import loudness

RATE = 16_000


def sheet(count: int, form: Format = SMALL) -> ContactSheet:
    length_s = form.duration_s / count
    shots = [
        shot(
            start_s=k * length_s,
            duration_s=length_s,
            words=f"Word {k}",
            transition="dissolve" if k % 2 else "",
        )
        for k in range(count)
    ]
    blueprint = plan("documentary", *shots, form=form)
    return ContactSheet(blueprint=blueprint, sound=soundtrack(blueprint, rate=RATE))


def pixels(surface: skia.Surface) -> np.ndarray:
    return np.asarray(surface.makeImageSnapshot().toarray())[:, :, :3].astype(int)


def test_loudness_is_what_counting_every_sample_says() -> None:
    sound = np.random.default_rng(5).normal(0, 0.2, (1_003, 2)).astype(np.float32)
    ends = np.linspace(0, 1_003, 8).round().astype(int)
    brute = []
    for start, end in pairwise(ends):
        part = sound[start:end].astype(np.float64)
        brute.append((np.abs(part).max(), np.sqrt((part**2).mean())))
    top = max(peak for peak, _ in brute)
    for found, (peak, mean) in zip(loudness(sound, 7), brute, strict=True):
        assert found == pytest.approx((peak / top, mean / top))


def test_silence_has_no_loudness() -> None:
    assert loudness(np.zeros((100, 2), np.float32), 10) == [(0.0, 0.0)] * 10


@pytest.mark.parametrize("size", [(72, 128), (96, 96), (128, 72)])
@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 13, 24])
def test_cards_never_overlap_and_never_leave_the_page(count: int, size: tuple[int, int]) -> None:
    page = sheet(count, replace(SMALL, width=size[0], height=size[1]))
    width = page.image[0] * len(page.moments)
    assert page.columns * -(-count // page.columns) >= count
    assert width <= page.card_step or page.columns == 1
    assert (page.columns - 1) * page.card_step + width <= INNER + 1e-6
    assert page.image[0] / page.image[1] == pytest.approx(size[0] / size[1])
    assert page.row_height > page.image[1]


def test_a_sheet_shows_every_shot_and_says_how_far_it_is() -> None:
    heard: list[tuple[int, int]] = []
    page = replace(sheet(3), progress=lambda what, done, total: heard.append((done, total)))
    drawn = pixels(page.draw())
    assert [done for done, _ in heard] == list(range(page.steps + 1))
    assert heard[-1] == (page.steps, page.steps)
    ground = drawn[5, 5]
    for place in range(3):
        x = round(contact.EDGE + place * page.card_step + page.image[0] / 2)
        y = round(contact.HEAD + page.image[1] / 2)
        assert np.abs(drawn[y, x] - ground).max() > 12, "there is a picture"
    below = drawn[-int(contact.EDGE / 2) :]
    assert np.abs(below - ground).max() == 0, "nothing runs over the foot of the page"


def test_there_is_a_sign_for_every_camera_and_a_word_for_every_light() -> None:
    assert set(SIGNS) == set(contact.MOVES) == set(CAMERAS)
    assert set(contact.AT) == set(LIGHTS)


def test_the_gallery_knows_a_subject_for_every_scene() -> None:
    assert set(gallery.SUBJECTS) == set(SCENES)
    assert set(gallery.SUBJECTS.values()) <= set(SUBJECTS)


@pytest.mark.parametrize(("styles", "scenes"), [(8, 25), (1, 25), (8, 1), (2, 3), (1, 1)])
def test_the_pictures_of_a_gallery_stand_apart_on_the_page(styles: int, scenes: int) -> None:
    page = Gallery(styles=STYLES[:styles], scenes=kit().scenes[:scenes], threads=1)
    boxes = [page.box(place) for place in range(styles * scenes)]
    for place, box in enumerate(boxes):
        assert box.left() > 0
        assert box.right() < page.size[0]
        assert box.bottom() < page.size[1]
        assert not any(box.intersects(other) for other in boxes[:place])


def test_a_gallery_draws_every_sample_whatever_the_threads(tmp_path: Path) -> None:
    heard: list[int] = []
    page = Gallery(
        styles=STYLES[5:7],
        scenes=kit().scenes[:2],
        threads=1,
        progress=lambda what, done, total: heard.append(done),
    )
    drawn = pixels(page.draw())
    assert heard == [0, 1, 2, 3, 4]
    assert np.array_equal(drawn, pixels(replace(page, threads=3).draw()))
    for place in range(4):
        box = page.box(place)
        part = drawn[round(box.top()) : round(box.bottom()), round(box.left()) : round(box.right())]
        assert part.std() > 15


def test_a_page_is_written_whole_in_the_form_of_its_name(tmp_path: Path) -> None:
    surface = skia.Surface(40, 30)
    for name, start in (("a.png", b"\x89PNG"), ("a.jpg", b"\xff\xd8")):
        save(surface, tmp_path / name, "The page")
        assert (tmp_path / name).read_bytes().startswith(start)
        read = cv2.imread(str(tmp_path / name))
        assert read is not None
        assert read.shape == (30, 40, 3)
    with pytest.raises(ReelwrightError, match=r"a\.gif"):
        save(surface, tmp_path / "a.gif", "The page")
    with pytest.raises(ReelwrightError, match="The page cannot be written to"):
        save(surface, tmp_path / "none" / "a.png", "The page")


def test_lines_hold_the_words_in_order_and_what_is_left_over_is_told() -> None:
    text = "one two three four five six seven"
    assert " ".join(lines_of(text, TEXT, 20, 120, 9)) == text
    cut = lines_of(text, TEXT, 20, 120, 2)
    assert len(cut) == 2
    assert cut[-1].endswith("…")
    assert shortened("short", TEXT, 20, 300) == "short"
    assert shortened("much too long", TEXT, 20, 60).endswith("…")
