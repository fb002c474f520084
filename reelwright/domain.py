"""The nouns of the system, as frozen values. Packages meet in these and never in each other."""

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

Codes = tuple[int, ...]
Colour = tuple[int, int, int]  # red, green, blue, 0 to 255


# Parts that came after plans had been kept. What has none of them is told as before they came.
LATER = {"spoken": "", "tongue": "", "weather": ""}

quoted = json.encoder.encode_basestring  # text as JSON, beyond ASCII as it is


def digest(value: Any) -> str:
    """The same 128 bits for equal frozen values, on every machine."""
    cells = asdict(value, dict_factory=_told)
    return _digest_of(json.dumps(cells, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def _digest_of(canonical: str) -> str:
    return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()


def _told(cells: list[tuple[str, Any]]) -> dict[str, Any]:
    """A value's fields; one that came later is left out where it says nothing.

    So what was named before it came keeps its name.
    """
    return {name: value for name, value in cells if name not in LATER or value != LATER[name]}


# ---- what exists, and what somebody did -----------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class SemanticId:
    """The name of a video: what it is about, then how it is made. Written `3.17/5.2`."""

    content: Codes
    creative: Codes

    @property
    def codes(self) -> Codes:
        return self.content + self.creative

    def __str__(self) -> str:
        return "/".join(".".join(map(str, branch)) for branch in (self.content, self.creative))

    @classmethod
    def parse(cls, text: str) -> "SemanticId":
        """The inverse of `str`; a ValueError for anything else."""
        content, creative = (tuple(map(int, part.split("."))) for part in text.split("/"))
        return cls(content, creative)


@dataclass(frozen=True, kw_only=True, slots=True)
class Video:
    """A film that can be watched now: one that was ingested, or one that we made for a wish."""

    id: str
    title: str
    film: str  # key of the MP4 among the blobs
    poster: str  # key of the JPEG among the blobs
    duration_s: float
    width: int
    height: int
    fps: float
    has_sound: bool
    tags: tuple[str, ...] = ()
    preview: str = ""  # key of a small silent MP4 of half a second; empty for none
    captions: str = ""  # key of the WebVTT of the words on the picture; empty for none
    wish: str = ""  # key of the wish that it was made for; empty for what came from outside

    @property
    def is_made(self) -> bool:
        return bool(self.wish)


class EventKind(StrEnum):
    IMPRESSION = "impression"
    PLAY = "play"  # value: seconds watched
    LIKE = "like"
    SKIP = "skip"
    SHARE = "share"
    CLICK = "click"
    BUY = "buy"  # value: what was paid
    MORE_CONTENT = "more_content"
    LESS_CONTENT = "less_content"
    MORE_CREATIVE = "more_creative"
    LESS_CREATIVE = "less_creative"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that a viewer did with a video. `id` makes sending it twice harmless."""

    id: str
    viewer: str
    video: str
    kind: EventKind
    at_s: float  # seconds since 1970
    value: float = 0.0
    impression: str = ""  # the impression that it answers, where it is known


class Origin(StrEnum):
    """How an attribute came to be known."""

    DECLARED = "declared"
    OBSERVED = "observed"
    CONTEXTUAL = "contextual"


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something known of a viewer. An empty value says that it is known to be missing."""

    name: str
    value: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of a history, as the recommender reads it: `weight` > 0 where they liked it."""

    video: str
    sid: SemanticId
    kind: EventKind
    weight: float
    at_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Who asks: what they did, what is known of them, and what they steered, as one state."""

    id: str
    history: tuple[Deed, ...] = ()  # oldest first
    attributes: tuple[Attribute, ...] = ()
    more_content: dict[Codes, float] = field(default_factory=dict)  # + more of these codes, - less
    more_creative: dict[Codes, float] = field(default_factory=dict)

    @property
    def seen(self) -> frozenset[str]:
        return frozenset(deed.video for deed in self.history)


# ---- what is wished for -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """The shape of a clip."""

    width: int = 720
    height: int = 1280
    fps: int = 30
    duration_s: float = 6.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A video that somebody would like to see, existing or not. No field can hold a person."""

    sid: SemanticId
    codebook: str  # the version of the codes that `sid` is written in
    brief: str = ""  # a product, say
    locale: str = "en"
    format: Format = Format()

    def __hash__(self) -> int:
        """Of what differs between most wishes; the feed asks for it some ten times a page."""
        return hash((self.sid, self.brief))

    @property
    def key(self) -> str:
        """`digest(self)`, with its JSON written out: whoever reads a viewer needs two dozen."""
        form, sid = self.format, self.sid
        content, creative = (",".join(map(str, codes)) for codes in (sid.content, sid.creative))
        return _digest_of(
            f'{{"brief":{quoted(self.brief)},"codebook":{quoted(self.codebook)},'
            f'"format":{{"duration_s":{form.duration_s!r},"fps":{form.fps!r},'
            f'"height":{form.height!r},"width":{form.width!r}}},"locale":{quoted(self.locale)},'
            f'"sid":{{"content":[{content}],"creative":[{creative}]}}}}'
        )


@dataclass(frozen=True, slots=True)
class RankedWish:
    """A wish, and how likely the recommender holds it to be this viewer's next."""

    wish: Wish
    probability: float
    exists: bool = False  # whether the catalogue has a video with its semantic ID


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a viewer would like to see next, best first, and how likely the catalogue has it."""

    wishes: tuple[RankedWish, ...]
    coverage: float


# Values of which a page has dozens are named tuples: a frozen dataclass takes four times as long to
# make, and is no more frozen.
class Reason(NamedTuple):
    """One part of "why this?", in words, with its share of the whole."""

    words: str
    weight: float


class Way(StrEnum):
    """How the cache answered a wish."""

    EXACT = "exact"
    SAME_CONTENT = "same_content"
    NEAREST = "nearest"


class Answer(NamedTuple):
    """The best video there is for a wish right now, and in which of the three ways it is."""

    video: Video
    sid: SemanticId
    way: Way


class Impression(NamedTuple):
    """A video was put before a viewer: why, at which place, and how likely that choice was."""

    id: str
    viewer: str
    video: str
    wish: str  # key of the wish that it answered
    way: Way
    probability: float
    position: int
    at_s: float


# ---- what a wish means, and how its video is made ----------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """How a video is made, in measures that a person can name. Fractions lie in 0 to 1."""

    cuts_per_minute: float
    motion: float  # mean change from frame to frame, as a fraction of full range
    brightness: float
    contrast: float
    saturation: float
    warmth: float  # 0 blue, 1 orange
    sharpness: float
    grain: float
    loudness_lufs: float
    tempo_bpm: float  # 0 where there is no beat
    palette: tuple[Colour, ...]  # the strongest first


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """What a semantic ID says, read back: words for people, measures and a vector for planners."""

    about: tuple[str, ...]  # words for the content, the most telling first
    titles: tuple[str, ...]  # of the catalogue's videos nearest in content
    style: tuple[str, ...]  # words for how it is made
    traits: Traits
    creative: tuple[float, ...]  # the decoded creative vector
    kind: tuple[float, ...] = ()  # what the first creative code alone stands for


@dataclass(frozen=True, slots=True)
class Words:
    """As much of a meaning as people are told."""

    about: tuple[str, ...]
    style: tuple[str, ...]


class Card(NamedTuple):
    """One place in the feed: what is shown, which wish it answers, and why."""

    impression: Impression
    ranked: RankedWish
    answer: Answer
    wished: Words  # what the wish says
    shown: Words  # what the video's own codes say
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a viewer decided of a page. One that is not `personal` is what somebody gets of whom
    nothing is known; what is not to be remembered is not logged, nor is it known afterwards who
    wished for what."""

    personal: bool = True
    remember: bool = True


AS_USUAL = Choices()


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a viewer: the next videos, and whether the catalogue has what they want."""

    cards: tuple[Card, ...]
    coverage: float | None  # how likely what they would like next exists; None: not read yet


@dataclass(frozen=True, slots=True)
class SceneKind:
    """A world that the renderer can draw."""

    name: str
    about: str  # a sentence of what it shows, for choosing by meaning
    weathers: tuple[str, ...] = ()  # that suit it, the most typical first; none without a sky


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A thing that the renderer can put into a scene: one glyph, and what it shows."""

    glyph: str
    about: str


@dataclass(frozen=True, slots=True)
class StyleKind:
    """A whole creative style: type, colour, motion, cutting and sound together."""

    name: str
    about: str
    tempo_bpm: tuple[float, float]  # the music of this style lies between these
    shot_s: tuple[float, float]  # and a shot is this long
    mood: str = ""  # of its music
    cameras: tuple[str, ...] = ()  # that suit it, the most typical first
    transitions: tuple[str, ...] = ()  # likewise; an empty name is a plain cut
    lights: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Kit:
    """All that a renderer can draw: the closed lists that a plan picks from."""

    scenes: tuple[SceneKind, ...]
    subjects: tuple[SubjectKind, ...]
    styles: tuple[StyleKind, ...]
    cameras: tuple[str, ...]
    transitions: tuple[str, ...]
    lights: tuple[str, ...]  # times of day
    moods: tuple[str, ...]  # of music
    weathers: tuple[str, ...] = ()  # a clear sky is none of them


@dataclass(frozen=True, kw_only=True, slots=True)
class ShotInstruction:
    """One shot in a director's words."""

    scene: str  # what is seen, freely put
    camera: str  # one of the kit's cameras
    share: float  # of the clip's length
    words: str  # written on the picture; may be empty


@dataclass(frozen=True, kw_only=True, slots=True)
class Instruction:
    """A wish, told shot by shot: scene composition, camera motion, pacing and cinematic style."""

    title: str
    about: tuple[str, ...]
    style: str  # name of one of the kit's styles
    mood: str  # one of the kit's moods
    tempo_bpm: float
    shots: tuple[ShotInstruction, ...]


class AssetKind(StrEnum):
    PHOTO = "photo"
    CUTOUT = "cutout"  # a picture with alpha: a thing without its surroundings
    LOGO = "logo"  # never graded: its colours are somebody's own
    FILM = "film"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A file of somebody's own, named by its content. Where it lies is no part of a plan."""

    digest: str  # SHA-256 of its bytes
    kind: AssetKind
    width: int  # as shown, likewise below
    height: int
    duration_s: float = 0.0  # of a film
    focus: tuple[float, float] = (0.5, 0.5)  # the point of interest, in shares of its size


class Fill(StrEnum):
    """How an asset stands in a shot: over all of it, or as a thing on the shot's scene."""

    COVER = "cover"
    CONTAIN = "contain"  # whole
    CIRCLE = "circle"  # masked by a shape, likewise below
    ARCH = "arch"
    CARD = "card"
    TORN = "torn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Insert:
    """An asset in a shot, under the shot's camera."""

    asset: str  # its digest
    fill: Fill = Fill.COVER
    focus: tuple[float, float] = (0.5, 0.5)  # what the camera goes to
    parallax: bool = False  # whether what is near moves before what is far
    loops: bool = True  # a film that is too short begins again, or holds its last frame


class Display(StrEnum):
    """How a shot shows the blueprint's product."""

    LOWER_THIRD = "lower_third"
    CARD = "card"
    END = "end"  # logo and call to action


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """What an advertisement is for. Only the name must be there."""

    name: str
    brand: str = ""
    price: str = ""  # a decimal number
    old_price: str = ""
    currency: str = ""  # three letters, such as EUR
    locale: str = "en"  # in which numbers are written
    rating: float | None = None  # 0 to 5
    num_ratings: int = 0
    offer: str = ""
    call_to_action: str = ""
    claims: tuple[str, ...] = ()  # short lines that are true of it
    colour: Colour | None = None  # the brand's
    picture: str = ""  # digest of the asset that shows it by itself
    logo: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A stretch of a clip under one camera."""

    start_s: float
    duration_s: float
    scene: str
    light: str
    subject: str  # a glyph of the kit; empty for none
    camera: str
    words: str
    transition: str  # how it comes in; empty for a plain cut and for the first shot
    seed: int
    insert: Insert | None = None  # takes the subject's place; one that covers, the scene's
    display: Display | None = None  # of the blueprint's product
    spoken: str = ""  # by a narrator, from here on; may take longer than the shot
    weather: str = ""  # empty for a clear sky, and where there is none

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s


ON_BEAT_S = 0.04  # sound and picture further apart than this are noticed as apart


@dataclass(frozen=True, kw_only=True, slots=True)
class Music:
    """The bed under a clip. `start of beat k` is 60 * k / tempo_bpm."""

    mood: str
    tempo_bpm: float
    seed: int

    def beats(self, duration_s: float) -> tuple[float, ...]:
        """When the beats of a clip of this length fall, the one at its very start among them."""
        assert self.tempo_bpm > 0, f"music at {self.tempo_bpm} beats a minute"
        beat_s = 60 / self.tempo_bpm
        return tuple(k * beat_s for k in range(math.ceil(duration_s / beat_s - 1e-9)))

    def off_beat_s(self, at_s: float) -> float:
        """How far a moment is from the nearest beat."""
        beat_s = 60 / self.tempo_bpm
        return abs(at_s - beat_s * round(at_s / beat_s))


@dataclass(frozen=True, kw_only=True, slots=True)
class Blueprint:
    """Everything that decides a clip. The same blueprint gives the same clip."""

    title: str
    style: str
    shots: tuple[Shot, ...]
    music: Music
    format: Format
    planner: str  # who made it
    assets: tuple[Asset, ...] = ()  # that its shots and its product name
    product: Product | None = None
    tongue: str = ""  # the locale in which its shots are spoken; empty where nothing is

    def __post_init__(self) -> None:
        assert self.shots, "a blueprint without shots"
        end_s = self.shots[-1].end_s
        assert abs(end_s - self.format.duration_s) < 1e-6, f"shots end at {end_s} s: {self.format}"
        named = {shot.insert.asset for shot in self.shots if shot.insert}
        if self.product:
            named |= {self.product.picture, self.product.logo} - {""}
        missing = named - {asset.digest for asset in self.assets}
        assert not missing, f"a blueprint names assets that it does not have: {missing}"
        assert self.tongue or not any(shot.spoken for shot in self.shots), "spoken in no language"
        assert self.product or not any(shot.display for shot in self.shots), "nothing to display"


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """A rendered film on this machine's disk, not yet kept."""

    film: Path
    poster: Path
    preview: Path  # half a second without sound, for a loop
    captions: Path  # WebVTT of the words on the picture
    blueprint: Blueprint
    renderer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """Where a made video comes from. Nothing in it tells who wished."""

    wish: str
    sid: str
    codebook: str
    blueprint: str  # digest
    planner: str
    renderer: str
    program: str
    made_at_s: float
    measured_sid: str  # the codes that the finished video has by our own eyes


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A wish fulfilled: the video, where it comes from, and the plan that it was drawn from."""

    video: Video
    manifest: Manifest
    blueprint: Blueprint
    # How the plan came to be, as plain JSON. It tells how long things took: no two are equal.
    steps: tuple[dict[str, Any], ...] = field(default=(), compare=False)
    bytes: int = 0  # of its files
