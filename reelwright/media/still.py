"""A stranger's picture, out of its bytes: what it is, whether it is whole, and its upright pixels.

Runs in the limited child of `unpack.py`. What a file is, its content decides and not its name.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from reelwright.media.probing import UNREADABLE, WHOLE_HINT, Refused

PICTURE_HINT = "Give a JPEG, PNG or WebP picture, or a video."
JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
OTHERS = {  # how pictures begin that people have and that cannot be taken
    b"BM": "a BMP picture",
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"%PDF": "a PDF page",
    b"8BPS": "a Photoshop file",
    b"<svg": "an SVG drawing",
    b"<?xm": "an SVG drawing or other XML",
}
HEIF = {b"heic", b"heix", b"mif1", b"avif", b"msf1"}  # brands of an ISO file that is a picture
STANDALONE = {0x01, *range(0xD0, 0xD9)}  # JPEG markers that no length follows
SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG markers that say how large it is
AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]", re.DOTALL)
MOST_SEGMENTS = 100_000
ORIENTATION = 0x0112  # the tag in Exif
SOLID = 250  # alpha from which a pixel's colour is its own
REACH = 5  # pixels around what is solid whose colour may be soiled by a former ground
Pixels = NDArray[Any]  # uint8


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the headers of a picture say."""

    codec: str  # as libav calls it
    width: int  # as stored
    height: int
    orientation: int  # as Exif counts: 1 is upright

    @property
    def lies(self) -> bool:
        """Whether width and height change places when it is put upright."""
        return self.orientation >= 5


def is_picture(beginning: bytes) -> bool:
    """Whether a file that begins so is a picture, of a kind that is read here or of another."""
    return (
        beginning.startswith((JPEG, PNG, *OTHERS))
        or (beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP")
        or (beginning[4:8] == b"ftyp" and beginning[8:12] in HEIF)
    )


def sketch(data: bytes) -> Sketch | None:
    """What a whole picture's headers say; None for what is no picture; Refused for a broken one."""
    if data.startswith(JPEG):
        return _jpeg(data)
    if data.startswith(PNG):
        return _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[4:8] == b"ftyp" and data[8:12] in HEIF:
        raise Refused("is a HEIC or AVIF picture, which is not read here", PICTURE_HINT)
    for beginning, what in OTHERS.items():
        if data.startswith(beginning):
            raise Refused(f"is {what}, which is not read here", PICTURE_HINT)
    return None


def pixels(data: bytes, found: Sketch, *, shorter_side: int, max_pixels: int) -> Pixels:
    """The picture as premultiplied BGRA, upright, its shorter side at most `shorter_side`."""
    if found.width * found.height > max_pixels or min(found.width, found.height) < 1:
        raise Refused(
            f"claims a picture of {found.width}x{found.height}, more than {max_pixels:,} pixels",
            "Scale it down, or raise media.max_photo_pixels.",
        )
    frame = _decoded(data, found, max_pixels)
    scale = min(1.0, shorter_side / min(frame.width, frame.height))
    size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    has_alpha = any(part.is_alpha for part in frame.format.components)
    if has_alpha or frame.format.name == "pal8":
        whole = frame.reformat(format="bgra", threads=1).to_ndarray()
        flat = cv2.resize(_premultiplied(whole), size, interpolation=cv2.INTER_AREA)
        flat = decontaminated(flat)
    else:
        small = frame.reformat(*size, format="bgr24", interpolation="AREA", threads=1).to_ndarray()
        flat = cv2.cvtColor(small, cv2.COLOR_BGR2BGRA)
    return upright(flat, found.orientation)


def upright(picture: Pixels, orientation: int) -> Pixels:
    """The picture as Exif's orientation means it to be shown."""
    if orientation >= 5:
        picture = picture.swapaxes(0, 1)
    if orientation in {2, 3, 6, 7}:
        picture = picture[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        picture = picture[::-1]
    return np.ascontiguousarray(picture)


def decontaminated(picture: Pixels) -> Pixels:
    """Premultiplied pixels whose soft edge has the colour of what is solid beside it.

    A cut-out keeps a rim of the ground that it was cut from; on another ground the rim would show.
    What is far from anything solid, such as glass, keeps its own colour.
    """
    alpha = picture[:, :, 3]
    solid = (alpha >= SOLID).astype(np.float32)
    if not solid.any() or solid.all():
        return picture
    kernel = (2 * REACH + 1, 2 * REACH + 1)
    near = cv2.GaussianBlur(solid, kernel, REACH / 2)
    colour = cv2.GaussianBlur(picture[:, :, :3] * solid[:, :, None], kernel, REACH / 2)
    edge = (alpha > 0) & (alpha < SOLID) & (near > 0.004)
    clean = picture.copy()
    own = colour[edge] / near[edge, None] * (alpha[edge, None] / 255.0)
    clean[edge, :3] = np.minimum(np.rint(own), alpha[edge, None])
    return clean


def _premultiplied(picture: Pixels) -> Pixels:
    alpha = cv2.cvtColor(cv2.extractChannel(picture, 3), cv2.COLOR_GRAY2BGRA)
    flat = cv2.multiply(picture, alpha, scale=1 / 255)
    return np.asarray(cv2.insertChannel(cv2.extractChannel(picture, 3), flat, 3), np.uint8)


def _decoded(data: bytes, found: Sketch, max_pixels: int) -> Any:
    context: Any = av.CodecContext.create(found.codec, "r")
    context.thread_count = 1
    context.options = {"err_detect": "explode", "max_pixels": str(max_pixels)}
    try:
        frames = [*context.decode(av.Packet(data)), *context.decode(None)]
    except UNREADABLE as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise Refused(f"is damaged: its picture cannot be decoded ({cause})", WHOLE_HINT) from error
    if not frames:
        raise Refused("is damaged: it holds no picture that can be decoded", WHOLE_HINT)
    return frames[0]


# ---- headers ------------------------------------------------------------------------------


def _cut_off() -> Refused:
    return Refused("is cut off: its end is missing", WHOLE_HINT)


def _jpeg(data: bytes) -> Sketch:
    size, orientation = None, 1
    for marker, body in _segments(data):
        if marker in SIZES and len(body) >= 5:
            height, width = struct.unpack(">HH", body[1:5])
            size = size or (width, height)
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body[6:])
    if size is None:
        raise Refused("is damaged: it does not say how large it is", WHOLE_HINT)
    return Sketch("mjpeg", *size, orientation)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The markers of a JPEG with what they hold, up to its end; Refused where that is missing."""
    place = 2
    for _ in range(MOST_SEGMENTS):
        place = data.find(b"\xff", place)
        while place >= 0 and data[place + 1 : place + 2] == b"\xff":  # filling
            place += 1
        if place < 0 or place + 2 > len(data):
            raise _cut_off()
        marker = data[place + 1]
        if marker == 0xD9:
            return
        if marker == 0 or marker in STANDALONE:  # within the picture's own data
            place += 2
            continue
        if place + 4 > len(data):
            raise _cut_off()
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        yield marker, data[place + 4 : place + 2 + length]
        place += 2 + length
        if marker == 0xDA:  # what follows is the picture, in which FF is followed by 00
            place = _after_scan(data, place)
    raise Refused("is damaged: it has too many parts", WHOLE_HINT)


def _after_scan(data: bytes, place: int) -> int:
    """Where the next marker begins that is not part of the picture's data."""
    found = AFTER_SCAN.search(data, place)
    if found is None:
        raise _cut_off()
    return found.start()


def _png(data: bytes) -> Sketch:
    size, orientation, place = None, 1, 8
    for _ in range(MOST_SEGMENTS):
        if place + 8 > len(data):
            raise _cut_off()
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + length]
        if place + 12 + length > len(data):
            raise _cut_off()
        if kind == b"IHDR" and length >= 8:
            width, height = struct.unpack(">II", body[:8])
            size = (width, height)
        elif kind == b"eXIf":
            orientation = _orientation(body)
        elif kind == b"acTL":
            raise Refused("is an animated PNG, which is not read here", PICTURE_HINT)
        elif kind == b"IEND":
            break
        place += 12 + length
    if size is None:
        raise Refused("is damaged: it does not say how large it is", WHOLE_HINT)
    return Sketch("png", *size, orientation)


def _webp(data: bytes) -> Sketch:
    if 8 + int.from_bytes(data[4:8], "little") > len(data):
        raise _cut_off()
    size, orientation, place = None, 1, 12
    for _ in range(MOST_SEGMENTS):
        kind, body = data[place : place + 4], data[place + 8 :]
        if len(body) < 10:
            break
        if kind == b"VP8X":
            if body[0] & 2:
                raise Refused("is an animated WebP, which is not read here", PICTURE_HINT)
            size = (
                1 + int.from_bytes(body[4:7], "little"),
                1 + int.from_bytes(body[7:10], "little"),
            )
        elif kind == b"VP8 ":
            wide, high = struct.unpack("<HH", body[6:10])
            size = size or (wide & 0x3FFF, high & 0x3FFF)
        elif kind == b"VP8L":
            bits = int.from_bytes(body[1:5], "little")
            size = size or (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
        elif kind == b"EXIF":
            orientation = _orientation(body.removeprefix(b"Exif\0\0"))
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        place += 8 + length + length % 2
    if size is None:
        raise Refused("is damaged: it does not say how large it is", WHOLE_HINT)
    return Sketch("webp", *size, orientation)


def _orientation(exif: bytes) -> int:
    """The orientation that a TIFF block of Exif names; 1 where it names none that makes sense."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 10:
        return 1
    (place,) = struct.unpack(order + "I", exif[4:8])
    (count,) = struct.unpack(order + "H", exif[place : place + 2].ljust(2, b"\0"))
    for entry in range(min(count, 512)):
        at = place + 2 + 12 * entry
        tag = exif[at : at + 12]
        if len(tag) == 12 and struct.unpack(order + "H", tag[:2])[0] == ORIENTATION:
            (value,) = struct.unpack(order + "H", tag[8:10])
            return int(value) if 1 <= value <= 8 else 1
    return 1
