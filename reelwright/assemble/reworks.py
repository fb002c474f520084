"""A filmed take, put into other worlds."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.assemble.homes import Home, consents
from reelwright.assemble.painters import style_painters
from reelwright.assemble.performances import identity, looking, named, performance_of
from reelwright.config import Config
from reelwright.progress import Progress, silent

if TYPE_CHECKING:
    from reelwright.media.decode import Image
    from reelwright.media.materials import Materials
    from reelwright.modify.card import Card
    from reelwright.modify.performance import Performance
    from reelwright.modify.style import Painter
    from reelwright.rework.rework import Order, Plan, Reworked
    from reelwright.rework.vetting import Vetted


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
    from reelwright.modify import consent
    from reelwright.modify.painted import given, looks
    from reelwright.render.kit import kit
    from reelwright.rework.rework import plan
    from reelwright.rework.vetting import purpose, vetted
    from reelwright.studio.fit import Fit

    config = home.config
    cv2.setNumThreads(1)  # frames are changed side by side; threads within one would only wait
    materials = Materials(config.media)
    asked = plan(order, materials, lambda: Fit(kit(), TextVectors().encode))
    probe = Prober(config.media).probe(footage)
    agreements, film = consents(home), consent.sha256(footage)

    def agreed() -> None:
        records = agreements.of(film)
        consent.require(records, purpose(asked), name=str(footage), now_s=time.time())

    agreed()
    painter, lack = style_painters(config, order.style) if order.style else (None, "")
    sees = looking(config)
    for words in filter(None, (lack, sees.note)):
        say(words)
    take = footage, performance_of(footage, performance, probe, sees.watcher, progress=progress)
    known = take[1].footage
    asks = given(known, start=order.start, end=order.end, at=order.keyframes)
    painted = looks(asks, known, materials)
    shown = None if order.worlds or order.costume or order.style else painted
    make = _making(config, take, materials, painted, painter, progress)
    # What cannot see faces would find none that are kept.
    score = None if sees.note else _scoring(config, take, shown, progress)
    done = vetted(asked, make, score, agreed=agreed, force=force)
    made = {"take": [performance], "film": done.films, "sheet": [order.sheet]}
    for kind, paths in made.items():
        for path in filter(None, paths):
            consent.note(agreements, film, path, kind, now_s=time.time())
    return done


def _making(
    config: Config,
    take: tuple[Path, "Performance"],
    materials: "Materials",
    painted: "dict[int, Image]",
    painter: "Callable[[], Painter] | None",
    progress: Progress,
) -> "Callable[[Plan], Reworked]":
    """Who makes the films of a plan: painted frames come first, a style last."""
    from reelwright.modify.keyframes import keyframes
    from reelwright.modify.matte import fine
    from reelwright.modify.style import AMOUNTS, Style
    from reelwright.rework.rework import rework

    footage, measured = take

    def make(asked: "Plan") -> "Reworked":
        folder, amount = asked.outs[0].parent, AMOUNTS[asked.strength.name]
        first = (
            [keyframes(footage, measured, painted, folder=folder, progress=progress)]
            if painted
            else []
        )
        return rework(
            footage,
            measured,
            asked,
            fine=fine,
            materials=materials,
            config=config.media,
            first=first,
            last=lambda: [Style(painter(), amount, measured)] if painter else [],
            progress=progress,
        )

    return make


def _scoring(
    config: Config,
    take: tuple[Path, "Performance"],
    shown: "dict[int, Image] | None",
    progress: Progress,
) -> "Callable[[Path], Card]":
    """Who says how much of the take a film has kept."""
    from reelwright.media.probe import Prober
    from reelwright.modify.analyse import analyse
    from reelwright.modify.preserved import preserved

    def score(film: Path) -> "Card":
        probe, told = Prober(config.media).probe(film), named(progress, film)
        seen = analyse(film, probe, looking(config).watcher, progress=told)
        who = identity(config)
        return preserved(take, (film, seen), keyframes=shown, identity=who, progress=progress)

    return score
