"""The choice of parts: what stands behind each name, opened from a home folder and its settings."""

import difflib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from reelwright.allowance import Allowance
from reelwright.config import Config
from reelwright.domain import Answer, Blueprint, Format, Made, SemanticId, Video, Way, Wish
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress, silent
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database, is_there
from reelwright.storage.events import EventLog
from reelwright.storage.models import Models
from reelwright.storage.profiles import Profiles
from reelwright.storage.videos import Videos

if TYPE_CHECKING:
    from fastapi import FastAPI
    from numpy.typing import NDArray

    from reelwright.atlas.atlas import Atlas
    from reelwright.atlas.wishes import Wishes
    from reelwright.cache.renders import Renders
    from reelwright.cache.stock import Stock
    from reelwright.cache.tally import Tally
    from reelwright.catalogue.ingest import Report
    from reelwright.catalogue.world import World
    from reelwright.engine.executor import Executor
    from reelwright.engine.reconciler import Reconciler, Watch
    from reelwright.engine.reworker import Measured, Remade, Reworker
    from reelwright.engine.worker import Make, Worker
    from reelwright.features.encoder import Encoder
    from reelwright.features.text import TextVectors
    from reelwright.feed import Feed
    from reelwright.leaderboard.contender import Contender
    from reelwright.learning.checkpoint import Note, Say
    from reelwright.media.decode import Image
    from reelwright.modify.analyse import Analysed
    from reelwright.modify.between import Inbetweener
    from reelwright.modify.card import Card
    from reelwright.modify.performance import Floats
    from reelwright.modify.preserved import Likeness
    from reelwright.modify.style import Painter
    from reelwright.modify.watcher import Watcher as FootageWatcher
    from reelwright.outputs import Asked
    from reelwright.privacy import Privacy
    from reelwright.prompt import Prompts
    from reelwright.recommender.recommender import Recommender
    from reelwright.rework.cabinet import Cabinet
    from reelwright.rework.rework import Order
    from reelwright.rework.vetting import Vetted
    from reelwright.secondlook.rounds import Step
    from reelwright.serve.desk import Desk
    from reelwright.serve.messenger import Messenger
    from reelwright.serve.operator.office import Office, Person
    from reelwright.serve.surfaces import Watcher
    from reelwright.serve.takes import TakeDesk
    from reelwright.sheets.moments import Moment
    from reelwright.sids.codebook import Codebook
    from reelwright.speech.voice import Voice
    from reelwright.storage.consents import Consents
    from reelwright.storage.keys import Keys
    from reelwright.storage.milestones import Milestones
    from reelwright.storage.outbox import Outbox
    from reelwright.storage.takes import Rework, Take
    from reelwright.studio.backbone import Backbone
    from reelwright.studio.embedded import EmbeddedBackbone
    from reelwright.studio.studio import Studio
    from reelwright.training import Training, Vector
    from reelwright.tuning.fit import Course
    from reelwright.tuning.tuning import Plans
    from reelwright.tuning.wishes import Wished
    from reelwright.viewers.viewers import Viewers
    from reelwright.workshop import Workshop
    from reelwright.zoo.zoo import Zoo

Kind = TypeVar("Kind")

END = {"failed": "given up", "buried": "buried"}  # what becomes of what is not made
FIRST_OF_ALL = 1e9  # the priority of what somebody waits for
ORDERED = 1e6  # likewise, of what a program ordered: before what viewers may like
LOOK_AGAIN_S = 0.5
LOOKED_AT = 6  # wishes, and videos, of a viewer whom an operator looks at
WISHES = 200  # gone through in search of those that no video meets
NAMES, NEAR_NAMES = 10_000, 3  # of viewers: compared with one that is not there, and then named
EXAMINED_S = 5.0  # that an endpoint may take to answer an examination
STUDIO_WEIGHTS = "smollm2"  # of the local backbone
SHIPPED = Path(__file__).parent / "studio" / "adapter"  # of these weights
UNTRAINED = "Nothing has been learned in {home} yet."
UNTRAINED_HINT = "Run reelwright train, after reelwright ingest FOLDER --events FILE."
KEPT_OPEN = ExitStack()  # what a process that makes for others has opened
EMPTY_HINT = (
    "Run reelwright ingest FOLDER --events FILE, then reelwright train; or reelwright demo."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """An open home folder: all that is kept between two runs."""

    config: Config
    database: Database
    blobs: Blobs
    log: EventLog
    videos: Videos
    models: Models
    profiles: Profiles
    ending: ExitStack  # what is to be done before it is closed


@contextmanager
def home(config: Config) -> Iterator[Home]:
    """The home folder, made where there is none, closed in good order at the end."""
    folder = Path(config.home)
    tenant = config.tenant
    with Database.open(folder, config=config.storage, tenant=tenant) as database:
        blobs = Blobs.of(folder, tenant)
        log = EventLog(database, config.storage)
        with ExitStack() as ending:
            ending.callback(log.close)
            yield Home(
                config=config,
                database=database,
                blobs=blobs,
                log=log,
                videos=Videos(database),
                models=Models(database, blobs),
                profiles=Profiles(database),
                ending=ending,
            )


def kept_home(config: Config) -> AbstractContextManager[Home]:
    """The home folder of one who has been here before; none is made where there is none."""
    if not is_there(Path(config.home), config=config.storage):
        raise ReelwrightError(f"There is nothing in {config.home} yet.", hint=EMPTY_HINT)
    return home(config)


def zoo(config: Config) -> "Zoo":
    """The weights of this machine; a model hub is asked only where its package is installed."""
    from reelwright.zoo.zoo import Zoo

    if find_spec("huggingface_hub") is None:
        return Zoo(config.zoo.path)
    from reelwright.zoo.hub import hub

    return Zoo(config.zoo.path, from_hub=hub())


@dataclass(frozen=True, slots=True)
class Narrator:
    """Who speaks, if anybody does; and where it is not who was asked for, one line that says so."""

    voice: "Voice | None" = None
    note: str = ""

    @property
    def voice_name(self) -> str:
        return self.voice.name if self.voice else ""


def narrator(config: Config) -> Narrator:
    """The voice of the settings, or the best one that is here. Nothing is downloaded for it."""
    wanted = config.render.voice
    if wanted == "none":
        return Narrator()
    lacking = _lacks_for_kokoro(config) if wanted != "flite" else ""
    if wanted != "flite" and not lacking:
        return Narrator(_kokoro(config))
    program = shutil.which("flite") if wanted != "kokoro" else None
    if program is not None:
        from reelwright.speech.flite import Flite

        return Narrator(Flite(program), lacking and f"flite speaks. For a better voice: {lacking}")
    how = lacking or "install the program flite"
    return Narrator(None, f"There is no voice, so nothing is spoken; captions stay. For one: {how}")


def _lacks_for_kokoro(config: Config) -> str:
    """The commands that get what is missing; empty where nothing is."""
    from reelwright.zoo.weights import SPEAKING

    found = zoo(config)
    weights = [weight.name for weight in SPEAKING if found.find(weight.name) is None]
    steps = [f"reelwright models pull {' '.join(weights)}"] if weights else []
    if find_spec("onnxruntime") is None:
        steps.append("pip install 'reelwright[voice]'")
    return " && ".join(steps)


def _kokoro(config: Config) -> "Voice":
    from reelwright.speech.kokoro import Kokoro
    from reelwright.zoo.weights import HEART, KOKORO, LEXICON

    folder = config.zoo.path
    return Kokoro(
        model=folder / KOKORO.file, style=folder / HEART.file, lexicon=folder / LEXICON.file
    )


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at footage, and why not somebody better."""

    watcher: "FootageWatcher"
    note: str = ""


def looking(config: Config) -> Looking:
    """The networks that see people, or what does without them. Nothing is downloaded for it."""
    from reelwright.modify.watcher import Watcher
    from reelwright.zoo.weights import PEOPLE

    weights = zoo(config).find(PEOPLE.name)
    steps = [] if weights else [f"reelwright models pull {PEOPLE.name}"]
    if find_spec("ai_edge_litert") is None:
        steps.append("pip install 'reelwright[people]'")
    if weights is None or steps:
        how = " && ".join(steps)
        return Looking(Watcher(None), f"There is {PEOPLE.fallback}. To see people: {how}")
    from reelwright.modify.sight import eyes

    return Looking(Watcher(eyes(weights)))


def analyse(
    config: Config, footage: Path, out: Path, *, progress: Progress = silent
) -> tuple["Analysed", str]:
    """Measure footage, probed first, into that file; and what could have been seen better."""
    from reelwright.media.probe import Prober
    from reelwright.modify import analyse

    probe = Prober(config.media).probe(footage)
    sees = looking(config)
    with closing(sees.watcher) as watcher:
        return analyse.write(footage, out, probe, watcher, progress=progress), sees.note


def identity(config: Config) -> "Likeness | None":
    """Who tells whether a face is still the same person's; None where what it takes is not here."""
    from reelwright.zoo.weights import IDENTITY

    vectors, points = (zoo(config).find(weight.name) for weight in IDENTITY)
    if vectors is None or points is None or find_spec("dlib") is None:
        return None
    from reelwright.modify.identity import Identity

    return Identity(vectors, points)


def preserved(
    config: Config,
    source: Path,
    result: Path,
    *,
    take: Path | None = None,
    start: Path | None = None,
    end: Path | None = None,
    keyframes: Sequence[str] = (),
    progress: Progress = silent,
) -> tuple["Card", str]:
    """How much of the footage's performance the result has, and what could have been seen better.

    `take` is the footage's performance if it was measured before.
    """
    from reelwright.media.materials import Materials
    from reelwright.media.probe import Prober
    from reelwright.modify.analyse import analyse as measured
    from reelwright.modify.edit import refuse_other
    from reelwright.modify.painted import given, looks
    from reelwright.modify.preserved import preserved as score
    from reelwright.modify.takefile import read

    prober = Prober(config.media)
    probes = {path: prober.probe(path) for path in (source, result)}
    sees = looking(config)
    if take is not None:
        known = read(take)
        refuse_other(source, known)
    else:
        known = measured(source, probes[source], sees.watcher, progress=named(progress, source))
    asked = given(known.footage, start=start, end=end, at=keyframes)
    pictures = looks(asked, known.footage, Materials(config.media))
    made = measured(result, probes[result], sees.watcher, progress=named(progress, result))
    card = score(
        (source, known),
        (result, made),
        keyframes=pictures,
        identity=identity(config),
        progress=progress,
    )
    return card, sees.note


def named(progress: Progress, path: Path) -> Progress:
    """The same listener, told of which film."""

    def tell(what: str, done: int, total: int) -> None:
        progress(f"{what} {path.name}", done, total)

    return tell


def modify(
    home: Home,
    footage: Path,
    order: "Order",
    performance: Path | None,
    *,
    force: bool = False,
    say: Callable[[str], None],
    progress: Progress = silent,
) -> "Vetted":
    """Make of a take what is asked for; what can be told before any work is told before it.

    Without a performance the footage is measured first. Without the consent of everybody in it
    nothing is made, and what keeps less than its strength promises is not handed out unless forced.
    """
    import cv2

    from reelwright.features.text import TextVectors
    from reelwright.media.materials import Materials
    from reelwright.media.probe import Prober
    from reelwright.modify import consent, takefile
    from reelwright.modify.analyse import analyse
    from reelwright.modify.edit import refuse_other
    from reelwright.modify.keyframes import keyframes
    from reelwright.modify.matte import fine
    from reelwright.modify.painted import given, looks
    from reelwright.modify.preserved import preserved
    from reelwright.modify.style import AMOUNTS, Style
    from reelwright.render.kit import kit
    from reelwright.rework.rework import Plan, Reworked, plan, rework
    from reelwright.rework.vetting import purpose, vetted
    from reelwright.studio.fit import Fit

    config = home.config
    cv2.setNumThreads(1)  # frames are changed side by side; threads within one would only wait
    materials = Materials(config.media)
    asked = plan(order, materials, lambda: Fit(kit(), TextVectors().encode))
    prober = Prober(config.media)
    probe = prober.probe(footage)
    agreements, film = consents(home), consent.sha256(footage)

    def agreed() -> None:
        records = agreements.of(film)
        consent.require(records, purpose(asked), name=str(footage), now_s=time.time())

    agreed()
    maker, amount = None, AMOUNTS[asked.strength.name]
    if order.style is not None:
        maker, lack = style_painters(config, order.style)
        if lack:
            say(lack)
    sees = looking(config)
    if sees.note:
        say(sees.note)
    if performance is not None:
        measured = takefile.read(performance)
        refuse_other(footage, measured)
    else:
        measured = analyse(footage, probe, sees.watcher, progress=progress)

    asks = given(measured.footage, start=order.start, end=order.end, at=order.keyframes)
    painted = looks(asks, measured.footage, materials)
    shown = None if order.worlds or order.costume or order.style else painted

    def make(hidden: Plan) -> Reworked:
        folder = hidden.outs[0].parent
        first = (
            [keyframes(footage, measured, painted, folder=folder, progress=progress)]
            if painted
            else []
        )
        return rework(
            footage,
            measured,
            hidden,
            fine=fine,
            materials=materials,
            config=config.media,
            first=first,
            last=lambda: [Style(maker(), amount, measured)] if maker else [],
            progress=progress,
        )

    def score(result: Path) -> "Card":
        told = named(progress, result)
        seen = analyse(result, prober.probe(result), looking(config).watcher, progress=told)
        who = identity(config)
        return preserved(
            (footage, measured), (result, seen), keyframes=shown, identity=who, progress=progress
        )

    can_score = not sees.note  # what cannot see faces would find none that are kept
    done = vetted(asked, make, score if can_score else None, agreed=agreed, force=force)
    made = {"take": [performance], "film": done.films, "sheet": [order.sheet]}
    for kind, paths in made.items():
        for path in filter(None, paths):
            consent.note(agreements, film, path, kind, now_s=time.time())
    return done


def cabinet(home: Home) -> "Cabinet":
    """The takes that came over the web, apart from the catalogue's files: nobody is sent these."""
    from reelwright.rework.cabinet import Cabinet
    from reelwright.storage.takes import Takes

    folder = Path(home.config.home) / "takes" / home.config.tenant
    return Cabinet(Takes(home.database), Blobs(folder), consents(home), home.blobs)


def reworker(home: Home) -> "Reworker":
    """Who measures takes and puts them into other worlds. What the killed have left is cleared."""
    from reelwright.engine.reconciler import clear_desks
    from reelwright.engine.reworker import Hands, Reworker

    desks, kept = Path(home.config.home) / "desk", cabinet(home)
    clear_desks(desks)
    return Reworker(
        kept,
        Hands(measure=partial(measured, home, kept), remake=partial(remade, home, kept)),
        home.config.takes,
        time.time,
        desks / str(os.getpid()),
    )


def take_desk(home: Home) -> "TakeDesk":
    """Where takes are handed in and ordered from over the web; the work is for another process."""
    from reelwright.features.text import TextVectors
    from reelwright.media.probe import Prober
    from reelwright.modify.fabric import COLOURS, PATTERNS
    from reelwright.render.kit import SCENES, kit
    from reelwright.rework.glimpse import glimpse
    from reelwright.serve.takes import TakeDesk
    from reelwright.studio.fit import Fit

    return TakeDesk(
        cabinet=cabinet(home),
        prober=Prober(home.config.media),
        fit=lambda: Fit(kit(), TextVectors().encode),
        thumbnail=cache(glimpse),
        worlds=tuple(SCENES),
        cloths=(*COLOURS, *PATTERNS),
        config=home.config.takes,
        clock=time.time,
    )


def measured(
    home: Home, kept: "Cabinet", take: "Take", folder: Path, progress: Progress
) -> "Measured":
    """Measure a take, and draw what was seen. For browsers it is encoded anew, frame for frame."""
    import cv2

    from reelwright.engine.reworker import Measured
    from reelwright.modify.edit import Edit, edit
    from reelwright.modify.takefile import read
    from reelwright.rework.sheet import moments
    from reelwright.rework.strip import strip
    from reelwright.rework.telling import take_told

    cv2.setNumThreads(1)
    film, out, shown = kept.blobs.path(take.film), folder / "take.zip", folder / "shown.mp4"
    analysed, note = analyse(home.config, film, out, progress=progress)
    performance = read(out)
    known = performance.footage
    seen = moments(known.width, known.height, known.num_frames)
    one = Edit(out=shown, stages=(seen,))
    media = home.config.media
    edit(film, performance, [one], fine=unmatted, config=media, progress=progress)
    picture = folder / "strip.jpg"
    cv2.imwrite(str(picture), strip(performance, seen), [cv2.IMWRITE_JPEG_QUALITY, 88])
    facts = dict(take.facts) | take_told(performance, analysed, [note])
    facts["notes"] = [one.replace(film.name, take.name) for one in facts["notes"]]
    return Measured(performance=out, strip=picture, shown=shown, facts=facts)


def unmatted(frame: "Image", small_matte: "NDArray[np.uint8]") -> "Floats":
    """Fine edges for who changes nothing."""
    return np.asarray(small_matte, np.float32)


def remade(
    home: Home, kept: "Cabinet", take: "Take", work: "Rework", folder: Path, progress: Progress
) -> "Remade":
    """Put a take into another world; what was asked for in words becomes a place of ours."""
    from reelwright.engine.reworker import Remade
    from reelwright.features.text import TextVectors
    from reelwright.media.poster import poster
    from reelwright.modify import consent, takefile
    from reelwright.modify.promise import refusal
    from reelwright.render.kit import kit
    from reelwright.rework.asking import purpose_of
    from reelwright.rework.rework import Order
    from reelwright.rework.telling import card_told
    from reelwright.rework.wording import place_in
    from reelwright.studio.fit import Fit

    place = place_in(work.world, lambda: Fit(kit(), TextVectors().encode)) if work.world else None
    records, purpose = kept.consents.of(take.footage), purpose_of(place, work.costume)
    consent.require(records, purpose, name=take.name, now_s=time.time())
    order = Order(
        worlds=() if place is None else (place,),
        costume=work.costume,
        strength=work.strength,
        out=folder / "film.mp4",
    )
    said: list[str] = []
    film, performance = kept.blobs.path(take.film), kept.blobs.path(take.performance)
    done = modify(home, film, order, performance, force=True, say=said.append, progress=progress)
    (out,) = done.films
    first = folder / "poster.jpg"
    first.write_bytes(poster(out))
    times = takefile.read(performance).footage.times_N
    lines = card_told(done.cards[0], work.strength, done.broken[0], times) if done.cards else []
    told = {"figures": lines, "notes": [*said, *done.notes], "place": place.name if place else ""}
    refused = refusal(done.broken[0], work.strength, "It") if done.broken else ""
    return Remade(film=out, poster=first, card=told, refusal=refused)


def format_of_wishes(config: Config) -> Format:
    """The shape in which what viewers wish for is made."""
    render = config.render
    return Format(
        width=render.width, height=render.height, fps=render.fps, duration_s=render.duration_s
    )


def encoder(config: Config, texts: "TextVectors | None" = None) -> "Encoder":
    """Who looks at videos. What it lacks is told here, before the hours of work."""
    from reelwright.features.text import TextVectors

    match config.features.encoder:
        case "captioner":
            from reelwright.features.captioner import Captioner
            from reelwright.features.endpoint import Endpoint

            return Captioner(
                Endpoint(config.captioner, key=os.environ.get(config.captioner.key_env, "")),
                texts=texts or TextVectors(),
                config=config.features,
                kept=Path(config.home) / "captions",
            )
        case "transformers":
            return _transformers_encoder(config)
        case _:
            from reelwright.features.local import LocalEncoder

            return LocalEncoder(texts)


def encoder_words(config: Config) -> str:
    """Which encoder looks at videos, after a look at whether it can; raises where it cannot."""
    match config.features.encoder:
        case "captioner":
            return _captioner_words(config)
        case "transformers":
            return _transformers_words(config)
        case _:
            return "local: nothing is asked and nothing is downloaded"


def _captioner_words(config: Config) -> str:
    from reelwright.features.endpoint import Endpoint

    asked = config.captioner
    patience_s = min(asked.timeout_s, EXAMINED_S)
    key = os.environ.get(asked.key_env, "")
    models = Endpoint(replace(asked, timeout_s=patience_s), key=key).models()
    if models and asked.model not in models:
        raise ReelwrightError(
            f"{asked.base_url} has no model {asked.model}.",
            hint=f"Set captioner.model to one of: {', '.join(models[:5])}.",
        )
    return f"captioner: {asked.model} at {asked.base_url}, {'with a' if key else 'without a'} key"


def _transformers_words(config: Config) -> str:
    """Downloads nothing, even where that is allowed."""
    _refuse_without_vlm()
    from reelwright.features.vlm import AbsentModel

    asked = config.transformers
    try:
        here = replace(config, transformers=replace(asked, download="never"))
        return f"transformers: {_transformers_encoder(here).version}"
    except AbsentModel:
        if asked.download == "never":
            raise
        return f"transformers: {asked.model}, to be downloaded when it is first needed"


def _transformers_encoder(config: Config) -> "Encoder":
    _refuse_without_vlm()
    from reelwright.features.states import StateEncoder

    return StateEncoder(config.transformers, config.features)


def _refuse_without_vlm() -> None:
    for package in ("transformers", "PIL"):
        if find_spec(package) is None:
            raise ReelwrightError(
                f"features.encoder = 'transformers' needs {package}, which is not installed.",
                hint="Install it with: pip install 'reelwright[vlm]'",
            )


def training(home: Home, *, progress: Progress) -> "Training":
    from reelwright.training import Training

    return Training(
        videos=home.videos,
        blobs=home.blobs,
        models=home.models,
        encoder=encoder(home.config),
        config=home.config,
        progress=progress,
    )


def train(home: Home, *, progress: Progress) -> dict[str, float]:
    """Learn everything there is to learn from this home, and keep it."""
    import torch

    torch.set_num_threads(1)  # at this size, sharing costs more than it gains
    lesson = training(home, progress=progress)
    names = home.log.viewers()
    lesson.refuse_too_little(names)
    lesson.look_at_videos()
    codebook = lesson.learn_codes(now_s=time.time())
    style_vectors(home, progress=progress)  # workers need it; here it shows its progress
    return lesson.learn_taste(
        codebook,
        viewers(home, Known(home, codebook.version)),
        names,
        format=format_of_wishes(home.config),
        now_s=time.time(),
    )


def recommender(home: Home) -> "Recommender":
    """The newest one, with everything that can be watched on its trie."""
    from reelwright.recommender.recommender import Recommender

    learned = Recommender.from_bytes(_learned(home, "recommender"), config=home.config.recommender)
    for video, sid in home.videos.sids(learned.codebook).items():
        learned.add(video, sid)
    return learned


def codebook(home: Home, version: str) -> "Codebook":
    from reelwright.sids.codebook import Codebook
    from reelwright.training import codebook_name

    return Codebook.from_bytes(_learned(home, codebook_name(version)))


def _learned(home: Home, name: str) -> bytes:
    kept = home.models.newest(name)
    if kept is None:
        raise ReelwrightError(UNTRAINED.format(home=home.config.home), hint=UNTRAINED_HINT)
    return kept[1]


def viewers(home: Home, known: "Known") -> "Viewers":
    from reelwright.viewers.viewers import Viewers

    return Viewers(
        home.log,
        home.profiles.of,
        known.sid_of,
        known.duration_of,
        home.config.viewers,
        home.config.recommender.history,
    )


class Known:
    """What viewers' histories need of videos, in memory; asks the store for what is new to it."""

    def __init__(self, home: Home, codebook: str) -> None:
        self.home = home
        self.codebook = codebook
        self._found: dict[str, tuple[Video, SemanticId]] = {}
        self._seq = 0

    def sid_of(self, video: str) -> SemanticId | None:
        found = self._find(video)
        return found and found[1]

    def duration_of(self, video: str) -> float | None:
        found = self._find(video)
        return found and found[0].duration_s

    def title_of(self, video: str) -> str | None:
        found = self._find(video)
        return found and found[0].title

    def video_of(self, video: str) -> Video | None:
        found = self._find(video)
        return found and found[0]

    def _find(self, id_: str) -> tuple[Video, SemanticId] | None:
        if id_ not in self._found:
            new = self.home.videos.named_after(self.codebook, self._seq, gone_too=True)
            for seq, video, sid in new:
                self._found[video.id] = video, sid
                self._seq = max(self._seq, seq)
        return self._found.get(id_)


def atlas(home: Home) -> "Atlas":
    """The catalogue in the codes of the newest recommender."""
    from reelwright.atlas.atlas import Atlas
    from reelwright.features.local import LocalEncoder

    codes = codebook(home, recommender(home).codebook)
    known = home.videos.encodings(LocalEncoder().version)
    named = [(video, sid) for _, video, sid in home.videos.named_after(codes.version, 0)]
    seen = [  # a clip made for a wish was named by the worker that looked at it
        known.get(video.id) or (*codes.decode(sid), codes.meaning(sid).traits)
        for video, sid in named
    ]
    return Atlas(
        codebook=codes,
        videos=[video for video, _ in named],
        sids=[sid for _, sid in named],
        contents_ND=np.stack([content for content, _, _ in seen]),
        creatives_ND=np.stack([creative for _, creative, _ in seen]),
        traits=[traits for _, _, traits in seen],
    )


def posters(home: Home, atlas: "Atlas") -> Callable[[int], bytes]:
    """The JPEG of a row of the atlas; nothing where there is none."""

    def poster(row: int) -> bytes:
        key = atlas.videos[row].poster
        return home.blobs.get(key) if home.blobs.has(key) else b""

    return poster


def feed(home: Home) -> "Feed":
    """The path of a request, with everything that was learned."""
    from reelwright.cache.cache import Cache
    from reelwright.feed import Feed

    learned = recommender(home)
    codes = codebook(home, learned.codebook)
    known = Known(home, codes.version)
    cache = Cache(
        home.database,
        home.videos,
        codebook=codes.version,
        locate=codes.decode,
        config=home.config.cache,
    )
    home.ending.callback(lambda: cache.close(time.time()))
    return Feed(
        viewers=viewers(home, known),
        recommender=learned,
        codebook=codes,
        cache=cache,
        log=home.log,
        title_of=known.title_of,
        config=home.config.feed,
        rng=np.random.default_rng(),
    )


def renders(home: Home) -> "Renders":
    from reelwright.cache.renders import Renders

    return Renders(home.database, home.config.cache)


def tally(home: Home) -> "Tally":
    from reelwright.cache.tally import Tally

    return Tally(home.database, home.config.cache)


def privacy(home: Home) -> "Privacy":
    from reelwright.privacy import Privacy

    return Privacy(home.database)


def stock(home: Home) -> "Stock":
    from reelwright.cache.stock import Stock

    return Stock(home.database, home.blobs, home.config.cache)


def workshop(
    home: Home,
    *,
    progress: Progress,
    named_by: str | None = None,
    answers: "Backbone | None" = None,
    milestones: "Milestones | None" = None,
) -> "Workshop":
    """All that it takes to make a wish. What killed workers left lying is cleared away.

    With the codes that the recommender knows, and the backbone of the settings, or with others.
    """
    from reelwright.engine.reconciler import clear_desks
    from reelwright.features.text import TextVectors
    from reelwright.media.probe import Prober
    from reelwright.render.compositor import Compositor
    from reelwright.render.kit import kit
    from reelwright.studio.studio import Studio
    from reelwright.workshop import Workshop

    clear_desks(Path(home.config.home) / "desk")
    texts = TextVectors()
    codes = codebook(home, named_by or recommender(home).codebook)
    eyes = encoder(home.config, texts)
    _refuse_other_eyes(home, codes.version, eyes.version)
    return Workshop(
        codebook=codes,
        studio=Studio(
            kit(),
            texts.encode,
            style_vectors(home, progress=progress),
            answers or routed(home.config, codes, backbone(home.config)),
            within_s=home.config.studio.plan_s,
            num_calls=home.config.studio.calls,
        ),
        compositor=Compositor(
            home.config.render, home.config.media, voice=narrator(home.config).voice
        ),
        encoder=eyes,
        prober=Prober(home.config.media),
        blobs=home.blobs,
        desk=Path(home.config.home) / "desk" / str(os.getpid()),
        config=home.config.workshop,
        milestones=milestones,
    )


def backbone(config: Config) -> "Backbone":
    """Who answers the studio's questions: the rules too where what was set is not here."""
    from reelwright.studio.scripted import ScriptedBackbone

    asked = config.studio
    match asked.backbone:
        case "server":
            from reelwright.features.endpoint import Endpoint
            from reelwright.studio.served import ServedBackbone

            key = os.environ.get(asked.key_env, "")
            chance = np.random.default_rng()  # so that no two workers come back at once
            return ServedBackbone(
                Endpoint(asked, key=key, section="studio"),
                clock=time.monotonic,
                jitter=lambda: float(chance.uniform(0.5, 1.5)),
            )
        case "local" if not backbone_lack(config):
            return local_backbone(config, studio_adapter(config))
        case _:
            return ScriptedBackbone()


def local_backbone(
    config: Config, adapter: Path | None, *, kept: Path | None = None
) -> "EmbeddedBackbone":
    """The language model in this process, with what is laid over it; states in a folder."""
    from reelwright.studio.embedded import EmbeddedBackbone
    from reelwright.studio.weights import quick

    states = config.zoo.path / "states"
    model = _studio_weights(config)
    quick(model, states, adapter)  # some seconds, once: not out of the first plan's time
    return EmbeddedBackbone(
        model,
        packed=states,
        kept=kept or states,
        config=config.studio,
        clock=time.monotonic,
        adapter=adapter,
    )


def voices(config: Config, adapter: Path | None) -> "dict[str, Callable[[Path], Backbone]]":
    """Who can plan, each made with a folder for what it keeps: the rules first, the best last."""
    from reelwright.studio.scripted import ScriptedBackbone

    local = replace(config, studio=replace(config.studio, adapter="shipped"))
    taught = adapter or studio_adapter(local)
    local_backbone(config, None)  # what is missing is said now, and its weights are packed
    found: dict[str, Callable[[Path], Backbone]] = {
        "scripted": lambda kept: ScriptedBackbone(),
        "plain": lambda kept: local_backbone(config, None, kept=kept),
    }
    if taught:
        found["tuned"] = lambda kept: local_backbone(config, taught, kept=kept)
    return found


def studio_adapter(config: Config) -> Path | None:
    """What is laid over the studio's local model, if anything."""
    match config.studio.adapter:
        case "none":
            return None
        case "shipped":
            return next(iter(sorted(SHIPPED.glob("*.gguf"))), None)
        case name if Path(name).is_file():
            return Path(name)
        case name:
            raise ReelwrightError(
                f"studio.adapter is {name}, and there is no such file.",
                hint="Give a file that reelwright train studio has written, shipped or none.",
            )


def routed(config: Config, codes: "Codebook", answers: "Backbone") -> "Backbone":
    """Who answers, but for a director who is told wishes in soft tokens, where that can be."""
    adapter = studio_adapter(config)
    if config.studio.route == "words" or adapter is None or soft_lack(config, codes.version):
        return answers
    from reelwright.tuning.director import SoftBackbone, open_pupil

    pupil = open_pupil(_studio_weights(config), adapter, codebook=codes.version)
    return SoftBackbone(answers, pupil, codes.decode, clock=time.monotonic)


def soft_lack(config: Config, codebook: str) -> str:
    """Why no wish can be told in soft tokens here, and how it can; empty for no reason."""
    if config.studio.backbone != "local":
        return f"studio.backbone is {config.studio.backbone}, and only local reads soft tokens."
    if lack := backbone_lack(config):
        return lack
    if find_spec("llguidance") is None:
        return "The package llguidance is not installed. Run pip install 'reelwright[llm]'."
    from reelwright.tuning.soft_file import Taught, beside, mark, open_projector

    adapter = studio_adapter(config)
    if adapter is None or not beside(adapter).is_file():
        return "studio.adapter has no projector beside it. Run reelwright train studio --soft."
    model = _studio_weights(config)
    try:
        taught = Taught(codebook=codebook, model=mark(model), adapter=mark(adapter))
        open_projector(beside(adapter), beside=taught)
    except ReelwrightError as error:
        return str(error)
    return ""


def route_words(config: Config) -> str:
    """How a director is told a wish; empty where nothing but words was set."""
    if config.studio.route == "words":
        return ""
    codes = _learned_codes(config)
    if codes is None:
        return f"words: no codes were learned in {config.home}."
    lack = soft_lack(config, codes.version)
    return f"words: {lack}" if lack else "soft: the director is told wishes in soft tokens"


def backbone_lack(config: Config) -> str:
    """What the studio's language model lacks here, and how it is had; empty for nothing."""
    if config.studio.backbone != "local":
        return ""
    if find_spec("xllamacpp") is None:
        return (
            "studio.backbone is local and the package xllamacpp is not installed, so rules plan. "
            "Run pip install 'reelwright[llm]'."
        )
    weight = zoo(config).weight(STUDIO_WEIGHTS)
    return "" if zoo(config).find(weight.name) else weight.missing


def backbone_words(config: Config) -> str:
    """Who plans clips, after a look at whether it can; raises where it cannot."""
    from reelwright.features.endpoint import Endpoint

    asked = config.studio
    if asked.backbone != "server":
        return backbone_lack(config) or f"{asked.backbone}: nothing is asked elsewhere"
    patient = replace(asked, timeout_s=min(asked.timeout_s, EXAMINED_S))
    key = os.environ.get(asked.key_env, "")
    models = Endpoint(patient, key=key, section="studio").models()
    if models and asked.model not in models:
        raise ReelwrightError(
            f"{asked.base_url} has no model {asked.model}.",
            hint=f"Set studio.model to one of: {', '.join(models[:5])}.",
        )
    return f"server: {asked.model} at {asked.base_url}, {'with a' if key else 'without a'} key"


def tune(
    config: Config,
    model: Path | None,
    *,
    count: int,
    course: "Course",
    seed: int,
    out: Path,
    soft: bool,
    say: "Say",
    note: "Note",
    progress: Progress,
) -> dict[str, float]:
    """Teach the studio's language model what the rules, or the server that was set, plan.

    `soft` teaches it to be told wishes in soft tokens, too: that needs codes.
    """
    import torch

    from reelwright.tuning.pairs import listen
    from reelwright.tuning.stages import Stages
    from reelwright.tuning.tuning import Tuning

    codes = _learned_codes(config) if soft else None
    if soft and codes is None:
        raise ReelwrightError(
            f"Soft tokens are made from codes, and none were learned in {config.home}.",
            hint="Run reelwright train first, or leave --soft out.",
        )
    if soft and out.suffix != ".gguf":
        raise ReelwrightError(
            f"{out} does not end in .gguf, and the projector is named after it.",
            hint=f"Give --out {out.with_suffix('.gguf')}.",
        )

    torch.set_num_threads(1)  # two are no faster while anything else runs beside it
    teacher = backbone(config if config.studio.backbone == "server" else Config())
    tuning = Tuning(
        model=model or _studio_weights(config),
        work=Path(config.home) / "tuning",
        course=course,
        seed=seed,
        say=say,
        note=note,
        progress=progress,
    )

    def hear() -> "Plans":
        studio, wishes = _school(config, count, seed=seed, progress=progress)
        return listen(studio, teacher, wishes, progress=progress)

    if codes is None:
        return tuning.run(hear, out)
    return Stages(tuning=tuning, codebook=codes.version, decode=codes.decode).run(hear, out)


def _studio_weights(config: Config) -> Path:
    found = zoo(config).find(STUDIO_WEIGHTS)
    if found is None:
        raise ReelwrightError(
            f"The weights {STUDIO_WEIGHTS} are not here.",
            hint=f"Run reelwright models pull {STUDIO_WEIGHTS}; "
            "reelwright train studio also teaches another file, with --model.",
        )
    return found


def _school(
    config: Config, count: int, *, seed: int, progress: Progress
) -> "tuple[Callable[[Backbone], Studio], list[Wished]]":
    """A studio for any backbone, and wishes: the catalogue's where one was learned from here."""
    from reelwright.features.text import TextVectors
    from reelwright.render.kit import kit
    from reelwright.studio.studio import Studio
    from reelwright.tuning.wishes import from_codes, from_topics

    texts, vectors, rng = TextVectors(), {}, np.random.default_rng(seed)
    form = format_of_wishes(config)
    if _has_learned(config):
        with kept_home(config) as opened:
            codes = codebook(opened, recommender(opened).codebook)
            sids = list(opened.videos.sids(codes.version).values())
            vectors = style_vectors(opened, progress=progress)
        wishes = from_codes(codes, sids, count, format=form, rng=rng)
    else:
        wishes = from_topics(kit(), count, format=form, rng=rng)
    return lambda answers: Studio(kit(), texts.encode, vectors, answers), wishes


def _learned_codes(config: Config) -> "Codebook | None":
    """The codes that the newest recommender speaks, if any was learned."""
    if not _has_learned(config):
        return None
    with kept_home(config) as opened:
        return codebook(opened, recommender(opened).codebook)


def _has_learned(config: Config) -> bool:
    if not is_there(Path(config.home), config=config.storage):
        return False
    with kept_home(config) as opened:
        return opened.models.newest("recommender") is not None


def _refuse_other_eyes(home: Home, codebook: str, version: str) -> None:
    """Raises where codes would be read from vectors of another kind than they were learned from."""
    from reelwright.training import encoder_name

    learned = _learned(home, encoder_name(codebook)).decode()
    if learned != version:
        raise ReelwrightError(
            f"What was learned in {home.config.home} was learned with the encoder {learned}, "
            f"and the settings say {version}.",
            hint="Run reelwright train, or set features.encoder as it was.",
        )


def planner(answers: "Backbone | None" = None, *, within_s: float | None = None) -> "Studio":
    """A studio for instructions that name their style themselves, or for wishes in words."""
    from reelwright.features.text import TextVectors
    from reelwright.render.kit import kit
    from reelwright.studio.studio import PLAN_S, Studio

    return Studio(kit(), TextVectors().encode, {}, answers, within_s=within_s or PLAN_S)


def style_vectors(home: Home, *, progress: Progress) -> "dict[str, Vector]":
    """What each style looks like, looked at once and kept as long as eyes and hand are the same."""
    from reelwright.render.compositor import NAME
    from reelwright.render.kit import kit
    from reelwright.training import StyleLook, styles_from_bytes, styles_to_bytes

    eyes = encoder(home.config)
    name = f"styles/{eyes.version}/{NAME}"
    if kept := home.models.newest(name):
        return styles_from_bytes(kept[1])
    look = StyleLook(
        kit=kit(),
        studio=planner(),
        config=home.config,
        progress=progress,
        encoder=None if home.config.features.encoder == "local" else eyes,
    )
    vectors = look.vectors()
    home.models.keep(name, styles_to_bytes(vectors), measures={}, now_s=time.time())
    return vectors


def worker(home: Home, *, name: str, progress: Progress = silent) -> "Worker":
    """One that makes in this process."""
    from reelwright.engine.here import Here

    shop = workshop(home, progress=progress, milestones=milestones(home))

    def make(wish: Wish, now_s: float, allowance: Allowance) -> Made:
        return shop.make(wish, now_s=now_s, allowance=allowance)

    return _worker(home, name, make, Here(), reconciler(home))


@contextmanager
def crew(home: Home, *, name: str, processes: int) -> "Iterator[list[Worker]]":
    """Workers that make in so many processes of their own, which end with this."""
    from reelwright.engine.pool import Limits, Pool

    style_vectors(home, progress=silent)  # looked at once, before all of them look for it
    config, cores = home.config, os.cpu_count() or 1
    threads = config.render.threads or max(1, cores // processes)
    shared = replace(config, render=replace(config.render, threads=threads))
    pool = Pool(processes, Limits(memory_mb=config.workshop.memory_mb))
    try:
        make, puts_right = partial(made_apart, shared), reconciler(home)
        names = [f"{name}-{number}" for number in range(1, processes + 1)]
        yield [_worker(home, one, make, pool, puts_right) for one in names]
    finally:
        pool.close()


def made_apart(config: Config, wish: Wish, now_s: float, allowance: Allowance) -> Made:
    """What a process of a pool makes of a wish."""
    allowance.begin("opening its workshop")
    return _workshop_apart(config).make(wish, now_s=now_s, allowance=allowance)


@cache
def _workshop_apart(config: Config) -> "Workshop":
    """Opened once in a process, and never closed: the process just ends."""
    opened = KEPT_OPEN.enter_context(home(config))
    return workshop(opened, progress=silent, milestones=milestones(opened))


def _worker(
    home: Home, name: str, make: "Make", executor: "Executor", puts_right: "Reconciler"
) -> "Worker":
    from reelwright.engine.worker import Worker

    return Worker(
        renders(home),
        make,
        time.time,
        name,
        home.config.cache,
        executor=executor,
        make_s=home.config.workshop.make_s,
        tidy=stock(home).make_room,
        reconcile=puts_right.now_and_then,
    )


def milestones(home: Home) -> "Milestones | None":
    """What earlier attempts have reached; none where nothing of it is to be kept."""
    from reelwright.storage.milestones import Milestones

    return Milestones(_stages(home)) if home.config.workshop.keep_s else None


def _stages(home: Home) -> Path:
    return Path(home.config.home) / "stages" / home.config.tenant


def reconciler(home: Home) -> "Reconciler":
    """Who puts right what the rows of this tenant promise, and clears what the dead have left."""
    from reelwright.engine.reconciler import Reconciler
    from reelwright.storage.milestones import Milestones

    return Reconciler(
        renders=renders(home),
        stock=stock(home),
        blobs=home.blobs,
        milestones=Milestones(_stages(home)),
        desks=Path(home.config.home) / "desk",
        config=home.config.workshop,
    )


def watch(home: Home) -> "Watch":
    """A reconciler that looks now and then, beside the door."""
    from reelwright.engine.reconciler import Watch

    return Watch(reconciler(home).now_and_then, time.time)


def app(
    home: Home, asked: "Feed | None" = None, *, gave_up: Callable[[], bool] = lambda: False
) -> "FastAPI":
    """The door, over the path of a request: this feed, or one of its own.

    `gave_up` says whether the server's worker died too often.
    """
    import torch

    from reelwright.serve.app import create_app
    from reelwright.serve.pulse import Physician

    torch.set_num_threads(1)  # a request is too small to be shared among cores

    asked, films = asked or feed(home), take_desk(home)
    return create_app(
        feed=asked,
        blobs=home.blobs,
        renders=renders(home),
        codes=asked.codebook,
        watchers=watchers(home),
        keys=keys(home),
        desk=desk(home, asked.codebook, films),
        office=office(home, asked),
        takes=films,
        physician=Physician(home.database, home.blobs.folder, time.time, gave_up),
        records=privacy(home),
        config=home.config.serve,
        counts=home.config.feed,
        clock=time.time,
    )


def office(home: Home, asked: "Feed") -> "Office":
    """What stands behind the operator's pages; what stands in for a wish, the feed's cache says."""
    from reelwright.serve.operator.ledger import Ledger
    from reelwright.serve.operator.office import Office

    def codes_of(version: str) -> "Codebook | None":
        if version == asked.codebook.version:
            return asked.codebook
        try:
            return codebook(home, version)
        except ReelwrightError:
            return None

    def stand_in(wish: Wish) -> Answer | None:
        known = wish.codebook == asked.codebook.version
        return asked.cache.answer(wish, without=()) if known else None

    return Office(
        ledger=Ledger(home.database, home.config.cache),
        renders=renders(home),
        stock=stock(home),
        videos=home.videos,
        privacy=privacy(home),
        codes=lru_cache(codes_of),
        stand_in=stand_in,
        person=onlooker(home),
        watchers=watchers(home),
        config=home.config.cache,
        clock=time.time,
    )


def onlooker(home: Home) -> "Callable[[str], Person | None]":
    """Who tells an operator of a viewer: a reader of its own, so that no page of the feed waits.

    It is opened when somebody first asks.
    """
    from reelwright.serve.operator.office import Person

    reading = Lock()
    opened: list[tuple[Feed, Known]] = []

    def look(viewer: str) -> "Person | None":
        if not home.log.of(viewer, 1):
            return None
        if not opened:
            own = feed(home)
            opened.append((own, Known(home, own.codebook.version)))
        own, known = opened[0]
        own.take_in_what_was_made()
        told = _wishes(home, own, viewer, count=LOOKED_AT)
        state = told.viewer
        sids = [one.sid for one in (*told.beyond, *told.within) if one.answer]
        return Person(
            wishes=told,
            codes=own.codebook,
            deeds=[(deed, known.video_of(deed.video)) for deed in reversed(state.history)],
            reasons=dict(zip(sids, own.why(state, sids), strict=True)),
        )

    def alone(viewer: str) -> "Person | None":
        with reading:
            return look(viewer)

    return alone


def consents(home: Home) -> "Consents":
    """Who agreed to what is made of a film that shows them."""
    from reelwright.storage.consents import Consents

    return Consents(home.database)


def keys(home: Home) -> "Keys":
    from reelwright.storage.keys import Keys

    return Keys(home.database)


def outbox(home: Home) -> "Outbox":
    from reelwright.storage.outbox import Outbox

    return Outbox(home.database)


def messenger(home: Home) -> "Messenger":
    """Who tells those who ordered that their video is there."""
    from reelwright.serve.messenger import Messenger

    chance = np.random.default_rng()
    return Messenger(outbox(home), home.config.videos, time.time, lambda: float(chance.random()))


def desk(home: Home, codes: "Codebook", takes: "TakeDesk | None" = None) -> "Desk":
    """Where videos are ordered in words, and films of takes."""
    from reelwright.cache.asks import Asks
    from reelwright.serve.desk import Desk, Making
    from reelwright.storage.orders import Orders

    read = prompts(home, codes)
    at_once = replace(home.config.cache, viewers=1, ask_every_s=0.0)  # whoever orders wants it
    asks = Asks(home.database, at_once)
    making = Making(
        wish_of=lambda prompt, form: read.wish(prompt, format=form),
        ask=lambda wish, now_s: asks.ask(wish, wish.key, viewer="", priority=ORDERED, now_s=now_s),
        codes=codes,
        form=format_of_wishes(home.config),
    )
    orders, films = Orders(home.database), takes or take_desk(home)
    return Desk(orders, outbox(home), making, home.config.videos, time.time, films)


def prompts(home: Home, codes: "Codebook") -> "Prompts":
    """Who reads words in these codes. What styles look like, workers see when they start."""
    from reelwright.features.text import TextVectors
    from reelwright.prompt import Prompts
    from reelwright.render.compositor import NAME
    from reelwright.render.kit import kit
    from reelwright.storage.database import Busy
    from reelwright.training import styles_from_bytes

    def looks() -> "dict[str, Vector]":
        kept = home.models.newest(f"styles/{encoder(home.config).version}/{NAME}")
        if kept is None:
            raise Busy("No worker has started yet that knows the styles.", retry_after_s=10.0)
        return styles_from_bytes(kept[1])

    return Prompts(codes, kit().styles, looks, TextVectors().encode)


def door_words(home: Home) -> str:
    """What whoever opens the door should know of its keys."""
    from reelwright.serve.gate import door_words as words

    return words(home.config.serve.host, any_made=bool(keys(home).all()))


def rivals(say: "Say") -> "tuple[Contender, ...]":
    """Contenders from packages that need not be installed; one that is missing is said aloud."""
    try:
        from reelwright.leaderboard.rectools_sasrec import RecToolsSasRec
    except ImportError as error:
        say(f"RecTools' SASRec is left out ({error}): install reelwright[bench] to see it.")
        return ()
    return (RecToolsSasRec(),)


def world(config: Config) -> "World":
    from reelwright.catalogue.world import build
    from reelwright.render.kit import kit

    return build(config.world, kit())


def watchers(home: Home) -> "list[Watcher]":
    """Simulated viewers whom one may watch as, where this home holds the demo's world."""
    from reelwright.serve.surfaces import Watcher

    if home.models.newest("demo") is None:
        return []
    tastes = world(home.config).tastes[: home.config.world.wishing_viewers]
    return [Watcher(id=taste.viewer, tastes=taste.favourites) for taste in tastes]


def refuse_to_ingest(folder: Path, events: Path | None) -> None:
    """Raises where there is nothing to take in, so that no home is made for it."""
    from reelwright.catalogue.ingest import films_in, require_readable

    films_in(folder)
    if events is not None:
        require_readable(events)


def ingest(home: Home, folder: Path, events: Path | None, *, progress: Progress) -> "Report":
    from reelwright.catalogue.ingest import ingest as take_in
    from reelwright.media.poster import poster
    from reelwright.media.probe import Prober

    return take_in(
        folder,
        events=events,
        videos=home.videos,
        blobs=home.blobs,
        log=home.log,
        prober=Prober(home.config.media),
        poster=poster,
        media=home.config.media,
        now_s=time.time(),
        progress=progress,
    )


def wish(home: Home, *, name: str | None, viewer: str | None) -> Wish:
    """The wish with this name, or the likeliest one of a viewer that no video meets."""
    if viewer is not None:
        asked = feed(home)
        ranked = asked.recommender.wishes(
            asked.viewers.state(viewer), count=home.config.feed.wishes
        )
        unmet = [one.wish for one in ranked if not asked.cache.has(one.wish)]
        return (unmet or [one.wish for one in ranked])[0]
    codes = codebook(home, recommender(home).codebook)
    assert name is not None, "a wish by name or by viewer"
    return Wish(
        sid=_named(name, codes.sizes), codebook=codes.version, format=format_of_wishes(home.config)
    )


def wishes(home: Home, viewer: str, *, count: int) -> "Wishes":
    """What a viewer would like next: so many wishes that no video meets, and so many videos."""
    refuse_stranger(home, viewer)
    return _wishes(home, feed(home), viewer, count=count)


def _wishes(home: Home, asked: "Feed", viewer: str, *, count: int) -> "Wishes":
    from reelwright.atlas.wishes import Wished, Wishes

    codes, cache, state = asked.codebook, asked.cache, asked.viewers.state(viewer)
    outlook = asked.recommender.outlook(state, count=WISHES)
    videos = asked.recommender.within(state, count=count, without=state.seen)
    there = {
        video.id: Answer(video, sid, Way.EXACT)
        for _, video, sid in home.videos.named_after(codes.version, 0)
    }

    def wished(sid: SemanticId, probability: float, answer: Answer | None) -> Wished:
        return Wished(sid=sid, probability=probability, meaning=codes.meaning(sid), answer=answer)

    unmet = [one for one in outlook.wishes if not cache.has(one.wish)]
    return Wishes(
        viewer=state,
        coverage=outlook.coverage,
        beyond=[
            wished(one.wish.sid, one.probability, cache.answer(one.wish, without=()))
            for one in unmet[:count]
        ],
        within=[wished(there[id_].sid, chance, there[id_]) for id_, chance in videos],
    )


def refuse_stranger(home: Home, viewer: str) -> None:
    """Raises where nobody of that name ever did anything, with the names that may be meant."""
    if home.log.of(viewer, 1):
        return
    near = difflib.get_close_matches(viewer, home.log.viewers()[:NAMES], n=NEAR_NAMES)
    raise ReelwrightError(
        f"There is no viewer {viewer!r}.",
        hint=f"Did you mean {' or '.join(map(repr, near))}?"
        if near
        else "Viewers are known by what they did: reelwright ingest FOLDER --events FILE.",
    )


def _named(name: str, sizes: tuple[int, ...]) -> SemanticId:
    try:
        sid = SemanticId.parse(name)
    except ValueError:
        raise ReelwrightError(
            f"{name!r} is not a semantic ID.", hint="Write it like 3.17/5.2."
        ) from None
    fits = len(sid.codes) == len(sizes) and len(sid.content) == len(sid.creative)
    if not fits or not all(0 <= code < size for code, size in zip(sid.codes, sizes, strict=True)):
        raise ReelwrightError(
            f"There is no wish {name} in this codebook.",
            hint=f"Its codes go up to {', '.join(str(size - 1) for size in sizes)}.",
        )
    return sid


def make(home: Home, wish: Wish, *, progress: Progress) -> tuple[Video, Path]:
    """Make a wish in this process, through its row like every other, and where its film lies."""
    from reelwright.cache.asks import Asks

    rows = renders(home)
    at_once = replace(home.config.cache, viewers=1, ask_every_s=0.0)  # whoever types it wants it
    Asks(home.database, at_once).ask(
        wish, wish.key, viewer="", priority=FIRST_OF_ALL, now_s=time.time()
    )
    hands = worker(home, name=f"make-{os.getpid()}", progress=progress)
    while (row := rows.get(wish.key)) is None or row.video is None:
        if row is not None and row.state in END:
            raise ReelwrightError(
                f"The wish {wish.sid} was {END[row.state]}: {row.reason}", hint="Make another one."
            )
        if not hands.run_once():
            time.sleep(LOOK_AGAIN_S)  # another worker is at it
    video = home.videos.get(row.video)
    assert video is not None, f"the row of {wish} names a video that is not there"
    return video, home.blobs.path(video.film)


def advert(
    config: Config,
    brief: Path,
    photos: Sequence[Path],
    logo: Path | None,
    *,
    style: str,
    shape: str,
    seconds: float | None,
    out: Path,
    sheet: Path | None = None,
    progress: Progress,
) -> tuple[Blueprint, list[str]]:
    """Make a product's advertisement at `out`: its plan, and what was done otherwise than asked."""
    from reelwright.advert import make
    from reelwright.features.text import TextVectors
    from reelwright.media.materials import Materials
    from reelwright.render.compositor import Compositor
    from reelwright.render.framing import Shape, shaped
    from reelwright.render.kit import kit
    from reelwright.studio.fit import Fit

    materials = Materials(config.media)
    form = replace(format_of_wishes(config), duration_s=seconds or 1.0)
    return make(
        brief,
        photos,
        logo,
        style=style,
        form=shaped(form, Shape(shape)),
        is_timed=seconds is not None,
        out=out,
        sheet=sheet,
        fit=Fit(kit(), TextVectors().encode),
        materials=materials,
        compositor=Compositor(config.render, config.media, materials, narrator(config).voice),
        progress=progress,
    )


def sheet_of_moments(
    config: Config, film: Path, words: str, folder: Path, *, progress: Progress
) -> "list[Moment]":
    """Frames of a take in a folder, to be painted on."""
    from reelwright.media.probe import Prober
    from reelwright.sheets.moments import sheet

    Prober(config.media).probe(film)
    return sheet(film, words, folder, progress)


def between(
    config: Config,
    first: Path,
    last: Path,
    *,
    seconds: float,
    fps: int,
    out: Path,
    progress: Progress,
) -> str:
    """Write a film from one picture to another; gives what is to be told about who made it."""
    from reelwright.media.encode import encode
    from reelwright.media.materials import Materials
    from reelwright.media.rewrite import evened
    from reelwright.modify.between import film_between
    from reelwright.modify.painted import two_alike

    one, other = two_alike(first, last, Materials(config.media))
    maker, note = inbetweener(config)
    count = max(2, round(seconds * fps))
    made = map(evened, film_between(one, other, count, maker, progress))
    height, width = evened(one).shape[:2]
    encode(out, made, width=width, height=height, fps=fps, sound=None, config=config.media)
    return note


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


def hand_out(
    home: Home, video: Video, film: Path, asked: "Asked", *, progress: Progress
) -> list[Path]:
    """What somebody asked to have of a made video, and where it lies now."""
    from reelwright.outputs import Outputs
    from reelwright.render.compositor import Compositor

    blueprint = renders(home).blueprint(video.wish)
    assert blueprint is not None, f"{video.id} was made without a plan"
    hands = Outputs(
        Compositor(home.config.render, home.config.media, voice=narrator(home.config).voice),
        write_timeline,
        Path(home.config.home) / "desk" / str(os.getpid()),
    )
    return hands.hand_out(asked, blueprint, film, progress=progress)


def account(home: Home, video: Video) -> list[str]:
    """How a made video came to be, step by step, in words."""
    from reelwright.secondlook.account import account as told

    row = renders(home).get(video.wish)
    if row is None or row.manifest is None:
        raise ReelwrightError(
            f"{video.title or video.id!r} was taken in as it is.",
            hint="Only what was made here has a plan to explain.",
        )
    codes = codebook(home, row.wish.codebook)
    return list(told(row.wish.sid, codes.meaning(row.wish.sid), steps_of(home, video)))


def steps_of(home: Home, video: Video) -> "list[Step]":
    """The steps that were kept with a made video."""
    from reelwright.secondlook.rounds import to_step

    return [to_step(cells) for cells in renders(home).steps(video.wish)]


def replay(home: Home, video: Video, out: Path, *, progress: Progress) -> bool:
    """Draw a made video at `out` from its kept steps alone; whether it has the same bytes."""
    from reelwright.outputs import copy
    from reelwright.render.compositor import Compositor
    from reelwright.secondlook.rounds import replayed
    from reelwright.studio.saying import said

    steps = steps_of(home, video)
    if not steps:
        raise ReelwrightError(
            f"No steps were kept of {video.title!r}: an older program made it.",
            hint="Make another wish; --out of reelwright make copies the film itself.",
        )
    desk = Path(home.config.home) / "desk" / str(os.getpid())
    desk.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=desk) as folder:
        plan, kept = replayed(steps), renders(home).blueprint(video.wish)
        voice = None
        if kept is not None and kept.tongue:  # the narrator comes in after the last look
            plan, voice = said(plan, kept.tongue), narrator(home.config).voice
        hands = Compositor(home.config.render, home.config.media, voice=voice)
        clip = hands.render(plan, Path(folder), progress=progress)
        copy(clip.film, out)
        return clip.film.read_bytes() == home.blobs.get(video.film)


def video(home: Home, name: str) -> Video:
    """The video with this title or id, or the beginning of its id."""
    known = atlas(home)
    return known.videos[known.find(name)]


def write_timeline(blueprint: Blueprint, film: Path, out: Path) -> None:
    """A clip as OpenTimelineIO, for an editor."""
    refuse_without_otio()
    from reelwright.media.files import asked_for
    from reelwright.render.timeline import timeline

    written = timeline(blueprint, film).to_json_string()
    with asked_for(out, "The time line") as part:
        part.write_text(written, encoding="utf-8")


def refuse_without_otio() -> None:
    """Raises where no time line can be written, before the work."""
    if find_spec("opentimelineio") is None:
        raise ReelwrightError(
            "--otio needs the package opentimelineio, which is not installed.",
            hint="Run pip install 'reelwright[otio]'.",
        )


def gallery(
    config: Config, styles: Sequence[str], scenes: Sequence[str], out: Path, *, progress: Progress
) -> None:
    """Styles over scenes on one page, all of them where none is named."""
    from reelwright.render.compositor import Compositor
    from reelwright.render.kit import kit
    from reelwright.render.page import refuse_unknown_kind, save
    from reelwright.sheets.gallery import Gallery

    refuse_unknown_kind(out)
    page = Gallery(
        styles=_chosen("style", styles, {style.name: style for style in kit().styles}),
        scenes=_chosen("scene", scenes, {scene.name: scene for scene in kit().scenes}),
        threads=Compositor(config.render, config.media).threads,
        progress=progress,
    )
    save(page.draw(), out, "The gallery")


def _chosen(what: str, wanted: Sequence[str], known: Mapping[str, Kind]) -> list[Kind]:
    """Those that were named, in the order in which they are known; all where none was."""
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise ReelwrightError(
                f"There is no {what} {name!r}.",
                hint=f"Did you mean {near[0]}?" if near else f"There is: {', '.join(known)}.",
            )
    return [kind for name, kind in known.items() if not wanted or name in wanted]
