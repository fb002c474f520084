"""What was meant by a world: a name of ours, somebody's file, or words for which one is nearest."""

import difflib
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from reelwright.errors import ReelwrightError
from reelwright.render.kit import LIGHTS, SCENES, SKIES, STYLES, WEATHERS
from reelwright.rework.scenery import STYLE, Place
from reelwright.studio.fit import Fit
from reelwright.studio.weathers import told

BY_NIGHT = frozenset(("neon_city", "stage", "space", "campsite"))  # look most like themselves then
SAID_LIGHTS = {
    "dawn": "dawn sunrise morning daybreak",
    "day": "day noon midday afternoon sunny",
    "dusk": "dusk sunset evening twilight",
    "night": "night midnight moonlight moonlit dark",
}
STYLE_WORDS = {style.name: style.name.split("_") for style in STYLES}


def place_of(text: str, fit: Callable[[], Fit]) -> Place | Path:
    """The place or the file that a `--world` asks for; what is neither is told in one line."""
    if (name := named(text)) is not None:
        return own(name)
    path = Path(text)
    if path.exists():
        return path
    if "/" in text or (path.suffix and " " not in text):
        raise ReelwrightError(
            f"There is no file {text}.", hint="Give a picture, a video, a name of ours or words."
        )
    if " " not in text.strip():
        raise unknown(text)
    return meant(text, fit())


def place_in(text: str, fit: Callable[[], Fit]) -> Place:
    """Likewise for words that came from elsewhere: no file of this machine is ever meant."""
    if (name := named(text)) is not None:
        return own(name)
    if len(text.split()) > 1:
        return meant(text, fit())
    raise unknown(text)


def own(name: str) -> Place:
    """One of our worlds, in the light that suits it."""
    return Place(scene=name, light="night" if name in BY_NIGHT else "day")


def unknown(text: str) -> ReelwrightError:
    near = difflib.get_close_matches(text.casefold(), SCENES, n=1, cutoff=0.5)
    known = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(SCENES)}."
    return ReelwrightError(
        f"There is no world {text!r}.", hint=f"{known} What is meant freely takes two words."
    )


def named(text: str) -> str | None:
    """The scene whose name this is, however it is written."""
    name = re.sub(r"[\s_-]+", "_", text.strip().casefold())
    return name if name in SCENES else None


def meant(text: str, fit: Fit) -> Place:
    """The nearest scene, in the light, weather and style that the words tell of."""
    scene = list(SCENES)[int(np.argmax(fit.scenes(fit.vector({text: 1.0}))))]
    said = set(re.findall(r"[^\W\d_]+", text.casefold()))
    for name in SCENES:  # a name that is said outright is meant
        if set(name.split("_")) <= said:
            scene = name
    otherwise = "night" if scene in BY_NIGHT else "day"
    light = next((name for name in LIGHTS if said & set(SAID_LIGHTS[name].split())), otherwise)
    weather = told([text], WEATHERS)
    style = next((name for name, words in STYLE_WORDS.items() if set(words) <= said), "")
    style = style or next((name for name in STYLE_WORDS if name in said), STYLE)
    return Place(
        scene=scene,
        light=light,
        weather=weather if weather in SKIES.get(scene, ()) else "",
        style=style,
    )
