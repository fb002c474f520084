"""The page's own files, read once: markup, code, style, icons, and the type it is set in."""

import hashlib
from dataclasses import dataclass
from importlib import resources

import fontpkg

KINDS = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
}
FONTS = {"inter.ttf": ("inter", "normal"), "playfair-italic.ttf": ("playfair display", "italic")}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page."""

    body: bytes
    kind: str
    etag: str

    @classmethod
    def of(cls, name: str, body: bytes) -> "Asset":
        etag = hashlib.blake2b(body, digest_size=12).hexdigest()
        return cls(body, KINDS[name.rpartition(".")[2]], f'"{etag}"')


def load() -> dict[str, Asset]:
    """Every file of the page by name."""
    files = {
        file.name: file.read_bytes()
        for file in resources.files("reelwright.serve").joinpath("page").iterdir()
        if file.name.rpartition(".")[2] in KINDS
    }
    for name, (family, style) in FONTS.items():
        files[name] = fontpkg.path(family, style=style).read_bytes()
    return {name: Asset.of(name, body) for name, body in files.items()}
