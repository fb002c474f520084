"""Who paints in the style of a picture, and who makes frames between two."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.assemble.pretrained import zoo
from reelwright.config import Config

if TYPE_CHECKING:
    from reelwright.modify.between import Inbetweener
    from reelwright.modify.style import Painter


def inbetweener(config: Config) -> "tuple[Inbetweener, str]":
    """Who makes frames between two, and one line where it is not the best there could be."""
    from reelwright.modify.between import Flow
    from reelwright.zoo.weights import RIFE

    path = zoo(config).find(RIFE.name)
    if path is None:
        return Flow(), RIFE.missing
    from reelwright.modify.rife import Rife

    return Rife.read(path), ""


def style_painter(config: Config, picture: Path) -> "tuple[Painter, str]":
    """Who paints in a picture's style, and one line where it is not the best there could be."""
    maker, lack = style_painters(config, picture)
    return maker(), lack


def style_painters(config: Config, picture: Path) -> "tuple[Callable[[], Painter], str]":
    """The same for several films: each has a painter of its own, who remembers its shots."""
    from reelwright.media.materials import Materials
    from reelwright.modify.painted import whole_picture
    from reelwright.modify.palette import Palette
    from reelwright.zoo.weights import PAINTING

    style, found = whole_picture(picture, Materials(config.media)), zoo(config)
    here = [path for weight in PAINTING if (path := found.find(weight.name)) is not None]
    names = " ".join(weight.name for weight in PAINTING)
    steps = [f"reelwright models pull {names}"] if len(here) < len(PAINTING) else []
    if find_spec("onnxruntime") is None:
        steps.append("pip install 'reelwright[voice]'")
    if steps:
        how = " && ".join(steps)
        return lambda: Palette(style), f"Only the picture's colours are used. For more: {how}"
    from reelwright.modify.magenta import Magenta

    reader, brush = here
    return lambda: Magenta(style, reader=reader, brush=brush), ""
