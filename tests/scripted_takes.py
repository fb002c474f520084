"""A desk for takes whose heavy part is a script: real rows, real files, no film is looked into."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np

from reelwright.config import MediaConfig, TakesConfig
from reelwright.engine.reworker import Hands, Measured, Remade, Reworker
from reelwright.errors import ReelwrightError
from reelwright.media.probe import Probe, Prober
from reelwright.progress import Progress
from reelwright.render.kit import kit
from reelwright.rework.cabinet import Cabinet
from reelwright.serve.takes import Agreement, TakeDesk
from reelwright.storage.blobs import Blobs
from reelwright.storage.consents import Consents
from reelwright.storage.database import Database
from reelwright.storage.takes import Rework, Take, Takes
from reelwright.studio.fit import Fit

CONFIG = TakesConfig(max_upload_mb=1, max_seconds=10.0, max_queue=3)
AGREED = Agreement("Ann", "world, costume", "2100-01-01")
FIGURE = {
    "name": "face_nme",
    "words": "face points off",
    "value": 0.0145,
    "promise": "at most 0.045",
    "broken": False,
    "absent": "",
    "frame": 3,
    "at_s": 0.12,
}
FACTS = {
    "frames": 50,
    "people": 1,
    "shots": [0.0, 1.0],
    "speech": [[0.2, 0.9]],
    "seen_by": [["faces", "a script"]],
    "notes": ["It has <b>no</b> sound."],
    "curves": {"mouth": [0.0, 1.0, None, 0.5], "loudness": [], "motion": [0.1, 0.2, 0.3, 0.4]},
}


class ScriptedProber(Prober):
    """Believes of every film that it takes as many seconds as it has bytes, up to a bad one."""

    def __init__(self) -> None:
        super().__init__(MediaConfig())

    def probe(self, path: Path) -> Probe:
        data = path.read_bytes()
        if data.startswith(b"bad"):
            raise ReelwrightError(f"{path.name} is no video.", hint="Give a video file.")
        seconds = float(len(data))
        return Probe(
            duration_s=seconds, width=160, height=120, fps=25.0, has_sound=True, codec="h264"
        )


def cabinet_of(db: Database, blobs: Blobs) -> Cabinet:
    return Cabinet(Takes(db), Blobs(blobs.folder.parent / "takes"), Consents(db), blobs)


def take_desk_of(db: Database, blobs: Blobs, clock: Callable[[], float]) -> TakeDesk:
    """The desk over the real store; words mean the first world."""
    return TakeDesk(
        cabinet=cabinet_of(db, blobs),
        prober=ScriptedProber(),
        fit=lambda: Fit(kit(), lambda texts: np.full((len(texts), 4), 0.5, np.float32)),
        thumbnail=lambda name: name.encode(),
        worlds=("harbour", "forest"),
        cloths=("red", "tartan"),
        config=CONFIG,
        clock=clock,
    )


def handed_in(desk: TakeDesk, film: bytes = b"film", agreed: Agreement | None = AGREED) -> Take:
    return desk.take_in(BytesIO(film), "me.mp4", agreed)


def reworker_of(
    desk: TakeDesk,
    folder: Path,
    *,
    remake: Callable[[Take, Rework, Path, Progress], Remade] | None = None,
) -> Reworker:
    """Who does it all at once, with films of a few letters."""
    return Reworker(
        desk.cabinet,
        Hands(measure=_measure, remake=remake or remade),
        desk.config,
        desk.clock,
        folder / "desk",
    )


def _measure(take: Take, folder: Path, progress: Progress) -> Measured:
    progress("analysing", 1, 2)
    paths = {"performance": "take.zip", "strip": "strip.jpg", "shown": "shown.mp4"}
    for name in paths.values():
        (folder / name).write_text(f"{name} of {take.footage}")
    files = {name: folder / file for name, file in paths.items()}
    return Measured(**files, facts=dict(take.facts) | FACTS)


def remade(take: Take, work: Rework, folder: Path, progress: Progress) -> Remade:
    progress("changing frames", 1, 2)
    film, poster = folder / "film.mp4", folder / "poster.jpg"
    film.write_text(f"{work.world} {work.costume} of {take.footage}")
    poster.write_text(f"poster of {work.world} of {take.footage}")
    return Remade(film=film, poster=poster, card={"figures": [FIGURE], "notes": [], "place": ""})
