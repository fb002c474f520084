"""From a product and its pictures to a blueprint: the deterministic planner of advertisements.

An opening on the first picture, then the others with what is true of the product, then its card,
then its end card. Cuts fall on beats; the same brief gives the same blueprint.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.domain import (
    Asset,
    AssetKind,
    Blueprint,
    Display,
    Fill,
    Format,
    Insert,
    Music,
    Product,
    Shot,
    StyleKind,
    digest,
)
from reelwright.reading import LEAVES_S, reading_s
from reelwright.studio.fit import Fit
from reelwright.studio.instructing import alternating
from reelwright.studio.understanding import kind_of
from reelwright.studio.wording import MAX_TITLE, shortened

PLANNER = "advert-2"  # goes up when the same brief comes out otherwise
CARD_S, END_S = 3.0, 2.8  # what it takes to read a card
SHORTEST_S = 0.9  # of a picture: before that nobody has found its point of interest
ENLARGED = 2.2  # a photograph that would be drawn out further is shown as a thing instead
FRAMED = 2  # every third picture is one, so that the eye gets another distance
NARROW = {"calm_minimal"}  # whose window leaves no room for a framed thing above a card
TAGS = {  # the shape in which a style frames pictures
    "paper_cutout": Fill.TORN,
    "luxury": Fill.ARCH,
    "neon_night": Fill.CIRCLE,
    "calm_minimal": Fill.CONTAIN,
    "retro_film": Fill.CONTAIN,
    "comic": Fill.CONTAIN,
}
CALLS = {  # where the brief has none
    "de": "Jetzt ansehen",
    "en": "Shop now",
    "es": "Ver ahora",
    "fr": "Découvrir",
    "it": "Scopri ora",
    "nl": "Bekijk nu",
    "pl": "Zobacz",
    "pt": "Ver agora",
    "sv": "Se mer",
    "tr": "Şimdi gör",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Brief:
    """What an advertisement is made of."""

    product: Product
    pictures: tuple[Asset, ...]  # photographs and films, in the order in which they are shown
    own: tuple[Asset, ...] = ()  # the assets that the product itself names
    style: str = ""  # empty for the one that suits the product's words
    format: Format  # its length is what it should come near to; see `plan`
    is_timed: bool = False  # whether the length is asked for, or follows from what there is


@dataclass(frozen=True, slots=True)
class Scene:
    """A shot before it has a time: what it shows and for how long it should."""

    wanted_s: float
    words: str = ""
    insert: Insert | None = None
    display: Display | None = None


def plan(brief: Brief, fit: Fit) -> Blueprint:
    """The blueprint of an advertisement. A length that was asked for is kept to the frame."""
    product = brief.product
    if not product.call_to_action:
        call = CALLS.get(product.locale[:2], "")
        product = dataclasses.replace(product, call_to_action=call)
    style = kind_of(brief.style or fitting_style(product, fit), fit.kit.styles)
    assets = tuple(dict.fromkeys((*brief.pictures, *brief.own)))
    seed = int(digest(product)[:12], 16)
    rng = np.random.default_rng([seed, len(assets)])
    tempo_bpm = sum(style.tempo_bpm) / 2
    scenes = storyboard(brief.pictures, product, brief.own, style, brief.format)
    asked_s = brief.format.duration_s if brief.is_timed else None
    starts = cut_at(
        [scene.wanted_s for scene in scenes],
        [needed_s(scene.words) for scene in scenes],
        tempo_bpm,
        brief.format.fps,
        asked_s,
    )
    cameras = alternating(style.cameras or fit.kit.cameras, len(scenes), rng)
    names = style.transitions or fit.kit.transitions
    transitions = ["", *alternating(names, len(scenes) - 1, rng)]
    shots = tuple(
        Shot(
            start_s=start,
            duration_s=end - start,
            scene="",
            light=(style.lights or fit.kit.lights)[0],
            subject="",
            camera=camera,
            words=shortened(scene.words, end - start),
            transition=transition,
            seed=int(rng.integers(2**31)),
            insert=scene.insert,
            display=scene.display,
        )
        for scene, start, end, camera, transition in zip(
            scenes, starts, starts[1:], cameras, transitions, strict=False
        )
    )
    return Blueprint(
        title=product.name,
        style=style.name,
        shots=shots,
        music=Music(
            mood=style.mood or fit.kit.moods[0], tempo_bpm=tempo_bpm, seed=int(rng.integers(2**31))
        ),
        format=dataclasses.replace(brief.format, duration_s=starts[-1]),
        planner=PLANNER,
        assets=assets,
        product=product,
    )


def needed_s(words: str) -> float:
    """How long a shot is at least, for its words to be read before they go."""
    return reading_s(words) + LEAVES_S if words else 0.0


def fitting_style(product: Product, fit: Fit) -> str:
    """The style whose words are nearest to the product's."""
    told = " ".join((product.name, product.brand, product.offer, *product.claims))
    return fit.kit.styles[int(np.argmax(fit.styles(fit.vector({told: 1.0}))))].name


def storyboard(
    pictures: Sequence[Asset],
    product: Product,
    own: Sequence[Asset],
    style: StyleKind,
    form: Format,
) -> list[Scene]:
    """What is shown, one after the other."""
    usual_s = max(SHORTEST_S, sum(style.shot_s) / 2)
    lines = list(product.claims)
    hook = product.name if len(product.name) <= MAX_TITLE else (product.brand or product.name)
    cards = card_scenes(pictures, product, own, style.name, form)
    scenes = []
    if cards[0].display is Display.LOWER_THIRD:  # which lies over the last one
        pictures = pictures[:-1]
    for place, asset in enumerate(pictures):
        words = hook if place == 0 else lines.pop(0) if lines else ""
        seconds = max(usual_s * (1.2 if place == 0 else 1.0), needed_s(words))
        scenes.append(Scene(seconds, words, insert_of(asset, place, style.name, form)))
    if not scenes:
        scenes.append(Scene(max(usual_s, needed_s(hook)), hook))
    return [*scenes, *cards]


def card_scenes(
    pictures: Sequence[Asset], product: Product, own: Sequence[Asset], style: str, form: Format
) -> list[Scene]:
    """The product with its price, then the end card."""
    shown = next((asset for asset in own if asset.digest == product.picture), None)
    if shown is not None:
        insert = Insert(asset=shown.digest, fill=Fill.CONTAIN, focus=shown.focus)
        card = Scene(CARD_S, insert=insert, display=Display.CARD)
    elif len(pictures) > 1:
        insert = insert_of(pictures[-1], 0, style, form)
        card = Scene(CARD_S, insert=insert, display=Display.LOWER_THIRD)
    elif pictures:  # the only one is seen once more
        only = pictures[0]
        fill = Fill.COVER if style in NARROW else Fill.CARD
        insert = Insert(asset=only.digest, fill=fill, focus=only.focus)
        card = Scene(CARD_S, insert=insert, display=Display.CARD)
    else:
        card = Scene(CARD_S, display=Display.CARD)
    return [card, Scene(END_S, display=Display.END)]


def insert_of(asset: Asset, place: int, style: str, form: Format) -> Insert:
    """Over the frame; as a thing where it is too small for that, and in every third place."""
    enlarged = max(form.width / asset.width, form.height / asset.height)
    framed = enlarged > ENLARGED or place % 3 == FRAMED or asset.kind is AssetKind.CUTOUT
    fill = Fill.COVER
    if framed:
        fill = Fill.CONTAIN if asset.kind is AssetKind.CUTOUT else TAGS.get(style, Fill.CARD)
    return Insert(
        asset=asset.digest,
        fill=fill,
        focus=asset.focus,
        parallax=fill is Fill.COVER and asset.kind is AssetKind.PHOTO,
    )


def cut_at(
    wanted_s: Sequence[float],
    least_s: Sequence[float],
    tempo_bpm: float,
    fps: int,
    asked_s: float | None,
) -> list[float]:
    """Where each shot starts and the last one ends: on the beats nearest to what is wanted.

    No shot is shorter than it needs to be read. The end is on a frame. Where a length is asked
    for, all shots are drawn out or shortened alike, and fall between beats where beats are too few.
    """
    beat_s = 60 / tempo_bpm
    scale = 1.0 if asked_s is None else asked_s / sum(wanted_s)
    ends = np.cumsum(wanted_s) * scale
    cuts, before = [], 0
    for end, least in zip(ends, least_s, strict=True):
        fewest = max(1, math.ceil(least * min(1.0, scale) / beat_s - 1e-6))
        before = max(round(end / beat_s), before + fewest)
        cuts.append(before * beat_s)
    if asked_s is not None and len(cuts) > 1 and cuts[-2] > asked_s - 0.6 * wanted_s[-1] * scale:
        cuts = [float(end) for end in ends]
    end_s = round((cuts[-1] if asked_s is None else asked_s) * fps) / fps
    return [0.0, *cuts[:-1], end_s]
