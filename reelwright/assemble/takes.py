"""Takes that came over the web: kept, measured, and put into other worlds."""

import os
import time
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwright.assemble.homes import Home, consents
from reelwright.assemble.performances import analyse
from reelwright.assemble.reworks import modify
from reelwright.progress import Progress
from reelwright.storage.blobs import Blobs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reelwright.engine.reworker import Measured, Remade, Reworker
    from reelwright.media.decode import Image
    from reelwright.modify.performance import Floats
    from reelwright.rework.cabinet import Cabinet
    from reelwright.serve.takes import TakeDesk
    from reelwright.storage.takes import Rework, Take


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
