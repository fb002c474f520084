"""Every setting on one page, changed in one way: a TOML file, then `section.key=value`."""

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, cast
from urllib.parse import urlsplit

from reelwright.errors import ReelwrightError


@dataclass(frozen=True, slots=True)
class Within:
    """What a user may give a number: from `least` to `most`, in whole steps where there are any."""

    least: float
    most: float
    step: int | None = None

    def allows(self, value: float) -> bool:
        within = self.least <= value <= self.most  # false for NaN too
        return within and (self.step is None or value % self.step == 0)

    def __str__(self) -> str:
        kinds = {None: "a number", 1: "a whole number", 2: "an even number"}
        kind = kinds.get(self.step, f"a multiple of {self.step}")
        return f"{kind} from {self.least:,} to {self.most:,}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """What a user may give a setting of which there are only a few values."""

    values: tuple[Any, ...]

    def allows(self, value: Any) -> bool:
        return value in self.values

    def __str__(self) -> str:
        return f"one of {', '.join(map(str, self.values))}"


class Filled:
    """What a user may give a name or a path: anything but nothing."""

    def allows(self, value: str) -> bool:
        return bool(value.strip())

    def __str__(self) -> str:
        return "any text"


class Address:
    """What a user may give an address: one of HTTP, without a name and a password in it."""

    def allows(self, value: str) -> bool:
        try:
            parts = urlsplit(value)
            named = bool(parts.hostname) and parts.port != 0
        except ValueError:
            return False
        plain = value.isascii() and value.isprintable() and " " not in value and "@" not in value
        return plain and named and parts.scheme in {"http", "https"} and not parts.query

    def __str__(self) -> str:
        return "an address like http://127.0.0.1:8000/v1"


class DatabaseAddress:
    """What a user may give a database: an address of PostgreSQL, or nothing for a file at home."""

    def allows(self, value: str) -> bool:
        try:
            parts = urlsplit(value)
            named = parts.port != 0
        except ValueError:
            return False
        plain = value.isascii() and value.isprintable() and " " not in value
        known = parts.scheme in {"postgresql", "postgresql+psycopg"} and parts.path.strip("/")
        return not value or bool(plain and named and known)

    def __str__(self) -> str:
        return "an address like postgresql://name@host/database, or empty for a file in the home"


class Name:
    """What a user may give a tenant: it stands in keys, and names a folder."""

    def allows(self, value: str) -> bool:
        return re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", value) is not None

    def __str__(self) -> str:
        return "a name of at most 40 small letters, digits, - and _"


# What settings may be. `load` holds against it what a user gives; tests may build smaller worlds.
Text = Annotated[str, Filled()]
Few = Annotated[int, Within(1, 1_000, 1)]
Count = Annotated[int, Within(1, 1_000_000, 1)]
CountOrNone = Annotated[int, Within(0, 1_000_000, 1)]
Seconds = Annotated[float, Within(0.1, 10_000_000)]
SecondsOrNone = Annotated[float, Within(0.0, 10_000_000)]
Weight = Annotated[float, Within(0.0, 100.0)]
SWITCH = {"true": True, "false": False}  # as one writes them on a command line
Switch = Annotated[bool, OneOf((True, False))]
Share = Annotated[float, Within(0.0, 1.0)]
Part = Annotated[float, Within(0.0, 0.9)]  # that is left out; not all of it can be
Temperature = Annotated[float, Within(0.01, 100.0)]
Side = Annotated[int, Within(128, 3840, 2)]  # of a picture, in pixels; codecs want it even
Fps = Annotated[int, Within(4, 120, 1)]
Preset = Annotated[
    str, OneOf(("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"))
]


MAIN = "main"  # the tenant of a home that has only one


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaConfig:
    """What a stranger's file may be, and how ours are encoded."""

    max_pixels: Annotated[int, Within(1, 8192 * 8192, 1)] = 3840 * 2160  # of a film
    max_photo_pixels: Annotated[int, Within(1, 2**28, 1)] = 8192 * 8192
    max_duration_s: Seconds = 600.0
    max_bytes: Annotated[int, Within(1, 10**12, 1)] = 2_000_000_000
    probe_timeout_s: Seconds = 20.0
    probe_memory_mb: Annotated[int, Within(256, 65_536, 1)] = 2048
    crf: Annotated[int, Within(0, 51, 1)] = 21
    preset: Preset = "superfast"  # told to look ahead: see media/encode.py
    keyframe_every_s: Annotated[float, Within(0.1, 60.0)] = 2.0
    audio_rate: Annotated[int, OneOf((32_000, 44_100, 48_000))] = 48_000
    audio_kbps: Annotated[int, Within(32, 320, 1)] = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class StorageConfig:
    """Where the truth lies, the event writer's group commit, and how many may wait for what."""

    # Empty: a SQLite file in the home. Not part of the repr, for it may hold a password.
    url: Annotated[str, DatabaseAddress()] = field(default="", repr=False)
    max_batch: Count = 2_048  # rows of one commit
    max_waiting: Count = 20_000  # events handed in and not yet on the disk; more are turned away
    busy_timeout_s: Seconds = 10.0
    connections: Annotated[int, Within(8, 1024, 1)] = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class ZooConfig:
    """Where pretrained weights are kept: by itself, where this user keeps what can be had again."""

    folder: Text = "~/.cache/reelwright"

    @property
    def path(self) -> Path:
        """The folder; `~/.cache` stands for the cache wherever this user has put it."""
        first, _, rest = self.folder.partition("~/.cache/")
        cache = os.environ.get("XDG_CACHE_HOME")
        return Path(cache, rest) if cache and rest and not first else Path(self.folder).expanduser()


@dataclass(frozen=True, kw_only=True, slots=True)
class FeaturesConfig:
    """Who looks at videos: see docs/encoders.md. Another encoder means training again."""

    encoder: Annotated[str, OneOf(("local", "captioner", "transformers"))] = "local"
    frames: Annotated[int, Within(1, 32, 1)] = 6  # of a film that a model is shown
    side: Annotated[int, Within(56, 1536, 2)] = 448  # of these frames, the shorter one, in pixels


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptionerConfig:
    """A vision-language model behind an OpenAI-compatible address."""

    base_url: Annotated[str, Address()] = "http://127.0.0.1:8000/v1"
    model: Text = "Qwen/Qwen2.5-VL-7B-Instruct"
    key_env: Text = "REELWRIGHT_CAPTIONER_KEY"  # the variable that holds the key; unset: none sent
    timeout_s: Annotated[float, Within(0.1, 3600.0)] = 120.0  # for one answer
    attempts: Annotated[int, Within(1, 20, 1)] = 4
    backoff_s: Annotated[float, Within(0.0, 60.0)] = 1.0  # before the second attempt, then doubled
    most_wait_s: Annotated[float, Within(0.0, 3600.0)] = 60.0  # that an endpoint may ask for


@dataclass(frozen=True, kw_only=True, slots=True)
class TransformersConfig:
    """A vision-language model of the Qwen2.5-VL class in this process."""

    model: Text = "Qwen/Qwen2.5-VL-7B-Instruct"  # or a folder
    adapter: Text = "none"  # or the folder of a LoRA adapter
    download: Annotated[str, OneOf(("never", "allowed"))] = "never"
    device: Annotated[str, OneOf(("cpu", "cuda"))] = "cpu"
    dtype: Annotated[str, OneOf(("float32", "bfloat16"))] = "bfloat16"


@dataclass(frozen=True, kw_only=True, slots=True)
class SidsConfig:
    """The shape of a semantic ID. A level has at most `width` codes a branch."""

    depth: Annotated[int, Within(1, 8, 1)] = 2
    width: Annotated[int, Within(2, 4096, 1)] = 64
    videos_per_code: Count = 5  # a code met in fewer videos teaches nothing
    heads: Switch = True  # codes are learned where each branch tells nothing of the other
    heads_dim: Annotated[int, Within(2, 1024, 1)] = 32
    heads_from: Count = 30  # videos; with fewer there is nothing to learn heads from


@dataclass(frozen=True, kw_only=True, slots=True)
class RecommenderConfig:
    """The generative recommender: `layers` and `dim` are its size."""

    layers: Annotated[int, Within(1, 16, 1)] = 2
    dim: Annotated[int, Within(16, 1024, 16)] = 64
    history: Few = 50  # deeds that are looked at
    beam_width: Few = 32
    beyond: Share = 0.5  # a wish's style: 0 as such contents come now, 1 the viewer's taste alone
    variants: Count = 4  # wishes of the same content at most
    epochs: Count = 20
    batch: Count = 32  # viewers; each brings all its targets
    learning_rate: Annotated[float, Within(1e-6, 1.0)] = 8e-3
    patience: CountOrNone = 4  # epochs without a better validation; 0: all epochs, the last counts
    dropout: Part = 0.4
    forget: Part = 0.3  # share of a history's deeds that training leaves out, anew each time
    free: Share = 0.5  # of the targets teach the style alone, without their content
    strangers: Switch = True  # learn what to show to those who did nothing yet
    shortcut: Switch = False  # begin decoding from the last deed too: worth it with many histories
    own_from: Count = 1_000  # videos; codes tell fewer ones apart without vectors of their own
    dense: Weight = 0.0  # how much the dense score counts: in the loss, and beside the beam's
    negatives: Annotated[int, Within(0, 1_000_000, 1)] = 0  # of a sampled softmax; 0: all videos
    # While learning, a target's own part is missing from the votes for it, so they seem weaker than
    # they are: those who ask hear them so much louder.
    hearing: Weight = 1.5
    halves: Switch = False  # score all videos in bfloat16 where the CPU knows it: twice as fast

    @property
    def heads(self) -> int:
        return self.dim // 16


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewersConfig:
    """How events become a state, and how much one tap on more or less moves the next answer."""

    steer_step: Weight = 1.5  # added to a code's log-probability
    steer_limit: Weight = 4.5
    one_deed_s: Seconds = 1800.0  # events on one video with shorter pauses than this are one deed


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedConfig:
    """A page of the feed."""

    count: Annotated[int, Within(1, 100, 1)] = 5
    wishes: Few = 24  # considered for one page
    max_asks: CountOrNone = 2  # missing wishes that one page may ask for
    max_count: Few = 20
    temperature: Temperature = 0.5  # below 1 the likeliest wishes win more often than their share
    remember_s: SecondsOrNone = 1800.0  # what was put before a viewer is not shown again this long
    remember: Count = 300  # of these videos, the last: half an hour of six seconds each
    reads_aside: Switch = True  # crowds are read in a process of its own, of some 450 MB
    kept_viewers: Count = 100_000  # whose outlook is kept until they do something: some 20 KB each


@dataclass(frozen=True, kw_only=True, slots=True)
class CacheConfig:
    """The render row, from the first who wants it, and how much of what was made is kept."""

    viewers: Count = 1  # different ones must want what is missing before it is made
    half_life_s: Seconds = 21_600.0  # in which a wish or a view comes to count half
    per_hour: CountOrNone = 0  # so many makings at most; 0: as many as there are workers for

    lease_s: Annotated[float, Within(1.0, 3600.0)] = 20.0
    attempts: Count = 3
    ask_every_s: SecondsOrNone = (
        1.0  # asking again for what was asked for is written down this often
    )
    style_weight: Weight = 0.5  # of a distance in style, when one in content weighs 1
    capacity_mb: CountOrNone = 0  # of what was made; beyond it the least watched goes; 0: no limit
    linger_s: SecondsOrNone = 3600.0  # files stay so long after that, for pages that show them

    @property
    def beat_s(self) -> float:
        return self.lease_s / 3


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderConfig:
    """What viewers wish for is made in this format, by so many drawing threads (0: one a core)."""

    width: Side = 720
    height: Side = 1280
    fps: Fps = 30
    duration_s: Annotated[float, Within(1.0, 60.0)] = 6.0
    threads: Annotated[int, Within(0, 256, 1)] = 0
    # Who says what stands on the picture; best: whoever is here and sounds best.
    voice: Annotated[str, OneOf(("none", "best", "kokoro", "flite"))] = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class StudioConfig:
    """Who plans clips: rules, a small model on this machine, or any OpenAI-compatible server."""

    backbone: Annotated[str, OneOf(("rules", "local", "server"))] = "rules"
    plan_s: Seconds = 20.0  # for a whole plan; what is not answered by then the rules answer
    calls: Annotated[int, Within(0, 8, 1)] = 0  # that a role may make beyond the facts it is told
    base_url: Annotated[str, Address()] = "http://127.0.0.1:8000/v1"
    model: Text = "Qwen/Qwen2.5-7B-Instruct"  # behind that address
    key_env: Text = "REELWRIGHT_STUDIO_KEY"  # the variable that holds the key; unset: none sent
    timeout_s: Annotated[float, Within(0.1, 3600.0)] = 20.0  # for one answer
    attempts: Annotated[int, Within(1, 20, 1)] = 3
    backoff_s: Annotated[float, Within(0.0, 60.0)] = 0.5  # before the second attempt, then doubled
    most_wait_s: Annotated[float, Within(0.0, 3600.0)] = 5.0  # that a server may ask for
    threads: Annotated[int, Within(1, 256, 1)] = 2  # of the local model
    adapter: Text = "shipped"  # over the local model; or none, or a .gguf of train studio
    # How the local director is told a wish; soft needs an adapter of train studio --soft.
    route: Annotated[str, OneOf(("words", "soft"))] = "words"


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkshopConfig:
    """How often a plan is made again when something was wrong with it, and a making's bounds."""

    rounds: Annotated[int, Within(0, 10, 1)] = 2  # 0: no look
    make_s: Seconds = 600.0  # for a whole making; then it is stopped, and has failed
    memory_mb: CountOrNone = 8192  # for one process of `work --processes`; 0: as much as there is
    keep_s: SecondsOrNone = 3600.0  # that done stages stay, for another attempt; 0: not at all


@dataclass(frozen=True, kw_only=True, slots=True)
class ServeConfig:
    """The door. It binds to loopback unless told otherwise."""

    host: Text = "127.0.0.1"
    port: Annotated[int, Within(1, 65_535, 1)] = 8321
    max_body_bytes: Annotated[int, Within(1024, 10**9, 1)] = 262_144  # some 1,500 events at once
    max_waiting: Count = 256  # requests that wait for a page before the next hears "busy"
    max_connections: Count = 4096  # that are held open; who comes beyond waits until one goes
    requests_per_s: CountOrNone = 0  # of one key, or without keys one address; 0: as they come
    guesses_per_minute: Count = 20  # wrong keys from one address before the next hears "wait"
    session_s: Seconds = 43_200.0  # that a sign-in lasts
    behind_https: Switch = False  # browsers reach it over TLS alone: cookies are for that alone


@dataclass(frozen=True, kw_only=True, slots=True)
class VideosConfig:
    """What programs may order at /v1/videos, and how they are told that it is there."""

    per_minute: Count = 30  # orders of one key, or without keys one address
    max_queue: Count = 200  # wishes that may wait to be made before an order hears "busy"
    max_seconds: Annotated[int, Within(1, 60, 1)] = 60  # of a clip
    private_webhooks: Switch = False  # let webhooks go to this machine and its neighbours
    webhook_attempts: Annotated[int, Within(1, 30, 1)] = 10
    webhook_backoff_s: Annotated[float, Within(0.0, 3600.0)] = 5.0  # then doubled, up to an hour
    webhook_timeout_s: Annotated[float, Within(0.1, 60.0)] = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class TakesConfig:
    """Filmed performances that come over the web, to be made into other worlds."""

    max_upload_mb: Annotated[int, Within(1, 2_000, 1)] = 100  # of a film
    max_seconds: Annotated[float, Within(0.5, 600.0)] = 60.0  # likewise
    max_queue: Count = 24  # works that may wait before the next hears "busy"
    lease_s: Seconds = 60.0  # without a sign of life, then another process takes the work up
    attempts: Annotated[int, Within(1, 10, 1)] = 2  # that may end with the program's own end


@dataclass(frozen=True, kw_only=True, slots=True)
class WorldConfig:
    """The demo world: a catalogue and viewers whose truth is known."""

    seed: Annotated[int, Within(0, 2**31, 1)] = 7
    videos: Annotated[int, Within(10, 192, 1)] = 120  # of 24 topics in 8 styles
    viewers: Annotated[int, Within(10, 100_000, 1)] = 400
    width: Side = 360
    height: Side = 640
    fps: Fps = 24
    preset: Preset = "ultrafast"  # of the encoder, for its 120 small films
    events_per_viewer: Annotated[int, Within(4, 1000, 1)] = 40
    wishing_viewers: CountOrNone = 12  # who open the feed at the end of the demo
    clips: CountOrNone = 6  # of what they miss is made before the feed opens, the rest after


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """All settings. Each part of the program receives its own section."""

    home: Text = ".reelwright"
    tenant: Annotated[str, Name()] = MAIN  # whose catalogue, viewers and clips these are
    media: MediaConfig = field(default_factory=MediaConfig)
    storage: StorageConfig = field(default_factory=StorageConfig)
    zoo: ZooConfig = field(default_factory=ZooConfig)
    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    captioner: CaptionerConfig = field(default_factory=CaptionerConfig)
    transformers: TransformersConfig = field(default_factory=TransformersConfig)
    sids: SidsConfig = field(default_factory=SidsConfig)
    recommender: RecommenderConfig = field(default_factory=RecommenderConfig)
    viewers: ViewersConfig = field(default_factory=ViewersConfig)
    feed: FeedConfig = field(default_factory=FeedConfig)
    cache: CacheConfig = field(default_factory=CacheConfig)
    render: RenderConfig = field(default_factory=RenderConfig)
    studio: StudioConfig = field(default_factory=StudioConfig)
    workshop: WorkshopConfig = field(default_factory=WorkshopConfig)
    serve: ServeConfig = field(default_factory=ServeConfig)
    videos: VideosConfig = field(default_factory=VideosConfig)
    takes: TakesConfig = field(default_factory=TakesConfig)
    world: WorldConfig = field(default_factory=WorldConfig)


def load(file: Path | None, changes: Sequence[str] = ()) -> Config:
    """The settings of `file` over the defaults, then each `section.key=value` of `changes`."""
    config = Config()
    if file is not None:
        for name, value in _flatten(_read(file)).items():
            config = _set(config, name, value)
    for change in changes:
        name, equals, text = change.partition("=")
        if not (equals and name.strip()):
            raise ReelwrightError(
                f"--set {change!r} names no setting.", hint="Write section.key=value."
            )
        config = _set(config, name.strip(), text.strip())
    return config


def names(section: Any = Config, prefix: str = "") -> list[str]:
    """Every setting's full name, as one writes it."""
    found = []
    for knob in dataclasses.fields(section):
        if isinstance(knob.type, type) and dataclasses.is_dataclass(knob.type):
            found += names(knob.type, f"{prefix}{knob.name}.")
        else:
            found.append(f"{prefix}{knob.name}")
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReelwrightError(
            f"The settings file {file} cannot be read ({error.strerror}).",
            hint="Give the path of a TOML file.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReelwrightError(
            f"The settings file {file} is not TOML ({error}).", hint="Mend that line."
        ) from error


def _flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _set(config: Config, name: str, value: Any) -> Config:
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=1, cutoff=0.0)[0]
        raise ReelwrightError(f"{name} is not a setting.", hint=f"Did you mean {near}?")
    section_name, _, key = name.rpartition(".")
    section: Any = getattr(config, section_name) if section_name else config
    knob = next(knob for knob in dataclasses.fields(section) if knob.name == key)
    changed: Any = dataclasses.replace(section, **{key: _checked(name, value, knob)})
    if not section_name:
        return cast(Config, changed)
    whole: Any = {section_name: changed}
    return dataclasses.replace(config, **whole)


def _checked(name: str, value: Any, knob: Any) -> Any:
    """`value`, from TOML or from the command line's text, as what the setting may be."""
    (allowed,), kind = knob.type.__metadata__, knob.type.__origin__
    hint = f"It may be {allowed}; the default is {knob.default!r}."
    secret = isinstance(allowed, DatabaseAddress)  # it holds a password, perhaps
    told = "what was given" if secret else repr(value)
    try:
        converted = (
            SWITCH[value.casefold()] if kind is bool and isinstance(value, str) else kind(value)
        )
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise ReelwrightError(f"{name} = {told} is not allowed.", hint=hint) from error
    alike = isinstance(value, bool) == (kind is bool) and converted == value
    same = isinstance(value, str) or alike
    if not (same and allowed.allows(converted)):
        raise ReelwrightError(f"{name} = {told} is not allowed.", hint=hint)
    return converted
