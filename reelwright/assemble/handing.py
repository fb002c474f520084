"""What is handed out of a made video: films, pages, time lines, and how it came to be."""

import os
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reelwright.assemble.homes import Home, renders
from reelwright.assemble.knowledge import codebook
from reelwright.assemble.speaking import narrator
from reelwright.domain import Blueprint, Video
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress

if TYPE_CHECKING:
    from reelwright.outputs import Asked
    from reelwright.secondlook.rounds import Step


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
