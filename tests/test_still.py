"""Strangers' pictures out of their bytes: upright, whole, and with clean edges."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from stills import cut_out, disc, write_still

from reelwright.media.probing import Refused
from reelwright.media.still import Pixels, decontaminated, pixels, sketch, upright

MOST = 1_000_000


def opened(path: Path, side: int = 10_000) -> Pixels:
    data = path.read_bytes()
    found = sketch(data)
    assert found is not None
    return pixels(data, found, shorter_side=side, max_pixels=MOST)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_put_upright_as_pillow_does_it(
    tmp_path: Path, orientation: int
) -> None:
    path = write_still(tmp_path / "a.png", disc(40, 24, at=(0.2, 0.3)), orientation=orientation)
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    assert np.array_equal(opened(path)[:, :, 2::-1], expected)


def test_the_orientation_of_a_jpeg_and_a_webp_is_read_too(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.webp"):
        path = write_still(tmp_path / name, disc(40, 24), orientation=6)
        assert opened(path).shape == (40, 24, 4), name


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_all_kinds_of_png_are_seen_as_pillow_sees_them(tmp_path: Path, mode: str) -> None:
    source = Image.fromarray(disc(40, 24)).convert("L" if mode == "I;16" else mode)
    image = source.convert("I;16") if mode == "I;16" else source
    image.save(tmp_path / "a.png")
    expected = np.asarray(source.convert("RGBA"), float)
    if mode == "I;16":
        expected[:, :, :3] /= 257  # Pillow keeps the numbers; sixteen bits make them dark
    found = opened(tmp_path / "a.png")[:, :, [2, 1, 0, 3]]
    assert np.abs(found - expected).max() <= 2


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "progressive.jpg"])
def test_a_file_that_was_cut_anywhere_is_refused(tmp_path: Path, name: str) -> None:
    Image.fromarray(disc(64, 48)).save(tmp_path / name, progressive=name.startswith("progressive"))
    data = (tmp_path / name).read_bytes()
    for length in np.linspace(30, len(data) - 1, 40).astype(int):
        with pytest.raises(Refused):
            sketch(data[:length])


def test_what_lies_after_the_end_of_a_jpeg_does_no_harm(tmp_path: Path) -> None:
    path = write_still(tmp_path / "a.jpg", disc())
    path.write_bytes(path.read_bytes() + b"\0" * 5000)
    assert opened(path).shape == (120, 160, 4)


def test_a_jpeg_with_damage_in_its_middle_is_refused_and_not_shown_in_grey(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    path = write_still(tmp_path / "a.jpg", noise)
    data = bytearray(path.read_bytes())
    middle = len(data) * 2 // 3
    data[middle : middle + 400] = bytes(400)
    found = sketch(bytes(data))
    assert found is not None
    with pytest.raises(Refused, match="damaged"):
        pixels(bytes(data), found, shorter_side=64, max_pixels=MOST)


def test_a_picture_that_claims_to_be_huge_is_refused_before_it_is_decoded() -> None:
    buffer = io.BytesIO()
    Image.new("1", (3000, 3000)).save(buffer, "PNG")
    found = sketch(buffer.getvalue())
    assert found is not None
    assert (found.width, found.height) == (3000, 3000)
    with pytest.raises(Refused, match="3000x3000"):
        pixels(buffer.getvalue(), found, shorter_side=64, max_pixels=MOST)


def test_a_picture_comes_no_larger_than_it_is_asked_for_and_never_enlarged(tmp_path: Path) -> None:
    path = write_still(tmp_path / "a.png", disc(160, 120))
    assert opened(path, 30).shape == (30, 40, 4)
    assert opened(path, 500).shape == (120, 160, 4)
    assert opened(write_still(tmp_path / "b.png", disc(1, 1)), 500).shape == (1, 1, 4)


def test_a_cut_out_loses_the_rim_of_its_former_ground(tmp_path: Path) -> None:
    found = opened(write_still(tmp_path / "a.png", cut_out()))
    edge = (found[:, :, 3] > 40) & (found[:, :, 3] < 215)
    assert edge.sum() > 100
    own = found[edge][:, :3] / (found[edge][:, 3:] / 255)
    assert np.abs(own - (30, 30, 200)).max() < 14  # as the middle is: no green
    raw = cut_out()[edge][:, 1]
    assert raw.max() > 150, "the test's own picture has a green rim"


def test_glass_far_from_anything_solid_keeps_its_colour() -> None:
    glass = np.zeros((60, 60, 4), np.uint8)
    glass[10:20, 10:20] = (200, 30, 30, 255)
    glass[40:55, 40:55] = (10, 60, 20, 100)
    clean = decontaminated(glass)
    assert np.array_equal(clean[40:55, 40:55], glass[40:55, 40:55])


def test_what_is_no_picture_is_left_to_others_and_other_pictures_are_named() -> None:
    assert sketch(b"\0\0\0\x18ftypisom" + bytes(40)) is None
    for data, what in (
        (b"BM" + bytes(60), "BMP"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"),
        (b"%PDF-1.7", "PDF"),
        (b"<svg xmlns", "SVG"),
    ):
        with pytest.raises(Refused, match=what):
            sketch(data)


def test_noise_after_a_right_beginning_never_breaks_the_reader() -> None:
    rng = np.random.default_rng(4)
    for start in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP", b"II*\0"):
        for _ in range(300):
            data = start + rng.integers(0, 256, int(rng.integers(1, 200)), np.uint8).tobytes()
            try:
                sketch(data)
            except Refused:
                continue


def test_upright_undoes_what_a_camera_did() -> None:
    shown = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert np.array_equal(upright(np.rot90(shown, 1), 6), shown)
    assert np.array_equal(upright(np.rot90(shown, 3), 8), shown)
    assert np.array_equal(upright(shown[::-1, ::-1], 3), shown)
