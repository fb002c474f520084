"""Filmed people: measured, put into other worlds, and held against what was promised."""

import sys
from pathlib import Path

import click

from reelwright.cli.options import FILE, PATH, Settings, figures_json, to_file, writes
from reelwright.cli.telling import bars, say_json, warn


@click.command()
@click.argument("footage", type=PATH)
@writes("The .performance file to write.")
@click.pass_obj
def analyse(settings: Settings, footage: Path, out: Path) -> None:
    """Measure what somebody does in FOOTAGE: outline, face, body, hands, motion, sound."""
    from reelwright.assemble import performances

    with bars() as progress:
        analysed, note = performances.analyse(settings.config, footage, out, progress=progress)
    for words in (note, *analysed.notes):
        if words:
            warn(words)
    click.echo(f"{out}: {analysed.words}")


@click.command()
@click.argument("footage", type=PATH)
@click.option(
    "--world",
    "worlds",
    multiple=True,
    metavar="NAME|FILE|WORDS",
    help="Where it happens: a scene of ours by name, a picture, a video, or words; several too.",
)
@click.option(
    "--costume",
    default="",
    metavar="COLOUR|PATTERN|PICTURE",
    help="What is worn: red, #aa3344, tartan, 'navy stripes', or a picture's file.",
)
@click.option(
    "--style",
    type=PATH,
    metavar="PICTURE",
    help="A picture, such as a painting, in whose style all of it is painted.",
)
@click.option(
    "--start-frame",
    "start",
    type=PATH,
    help="The first frame, painted; reelwright sheet writes the frames to paint on.",
)
@click.option("--end-frame", "end", type=PATH, help="The last one, painted.")
@click.option(
    "--keyframe",
    "keyframes",
    multiple=True,
    metavar="SECONDS=PICTURE",
    help="One in the middle, painted; several too.",
)
@click.option(
    "--strength",
    default="flex_1",
    show_default=True,
    metavar="LEVEL",
    help="How much may change: adhere_1 to 3, flex_1 to 3, reimagine_1 to 3.",
)
@click.option(
    "--performance",
    type=PATH,
    help="What reelwright analyse measured.  [default: measure it now]",
)
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True)
@click.option(
    "-o",
    "--out",
    required=True,
    type=PATH,
    help="The film to write; for several worlds a folder, or a name with {world} in it.",
)
@click.option(
    "--sheet",
    type=PATH,
    callback=to_file,
    help="Draw a contact sheet there: worlds below each other, moments side by side.",
)
@click.option(
    "--card",
    "to",
    metavar="FILE",
    callback=to_file,
    help="Write what was kept there as JSON; - for here.",
)
@click.option("--force", is_flag=True, help="Keep films that keep less than was promised.")
@click.pass_obj
def modify(
    settings: Settings,
    footage: Path,
    worlds: tuple[str, ...],
    costume: str,
    style: Path | None,
    start: Path | None,
    end: Path | None,
    keyframes: tuple[str, ...],
    strength: str,
    performance: Path | None,
    seed: int,
    out: Path,
    sheet: Path | None,
    to: str | None,
    force: bool,
) -> None:
    """Put the people of FOOTAGE into other worlds, clothes or styles; what they do stays.

    It takes their consent, which reelwright consent record writes down.
    """
    from reelwright.assemble import homes, reworks
    from reelwright.modify.card import plain
    from reelwright.rework.rework import Order

    order = Order(
        worlds=worlds,
        costume=costume,
        style=style,
        start=start,
        end=end,
        keyframes=keyframes,
        strength=strength,
        seed=seed,
        out=out,
        sheet=sheet,
    )
    with homes.home(settings.config) as home, bars() as progress:
        made = reworks.modify(
            home, footage, order, performance, force=force, say=warn, progress=progress
        )
    for note in made.notes:
        warn(note)
    for film, broken in zip(made.films, made.broken, strict=False):
        for one in broken:
            warn(f"{film.name}: {one}")
    if to is not None:
        say_json(
            {str(path): plain(one) for path, one in zip(made.films, made.cards, strict=False)}, to
        )
    for path in (*made.films, *([sheet] if sheet else [])):
        click.echo(str(path))


@click.command()
@click.argument("source", type=FILE)
@click.argument("result", type=FILE)
@click.option(
    "--performance",
    type=FILE,
    help="What reelwright analyse measured of SOURCE.  [default: measure it now]",
)
@click.option("--start-frame", "start", type=PATH, help="It was to begin so.")
@click.option("--end-frame", "end", type=PATH, help="It was to end so.")
@click.option(
    "--keyframe",
    "keyframes",
    multiple=True,
    metavar="TIME=PICTURE",
    help="What it was to show at that second; several too.",
)
@click.option("--strength", metavar="LEVEL", help="Hold it against the promise of adhere_1, say.")
@figures_json
@click.pass_obj
def preserved(
    settings: Settings,
    source: Path,
    result: Path,
    performance: Path | None,
    start: Path | None,
    end: Path | None,
    keyframes: tuple[str, ...],
    strength: str | None,
    to: str | None,
) -> None:
    """Say how much of the performance in SOURCE the film RESULT has kept, and where it is worst.

    With --strength, ends with status 1 where a promise of it is broken.
    """
    from reelwright.assemble import performances
    from reelwright.modify.card import plain, table
    from reelwright.modify.promise import kept
    from reelwright.modify.strength import strength as setting

    if strength is not None:
        setting(strength)  # refuses a name that is none before any work
    with bars() as progress:
        card, note = performances.preserved(
            settings.config,
            source,
            result,
            take=performance,
            start=start,
            end=end,
            keyframes=keyframes,
            progress=progress,
        )
    if note:
        warn(note)
    broken = kept(card, strength) if strength is not None else []
    if to is not None:
        say_json(plain(card) | {"broken": [*map(str, broken)]}, to)
    if to != "-":
        click.echo(table(card))
    for one in broken:
        warn(f"broken: {one}")
    sys.exit(1 if broken else 0)


@click.command()
@click.argument("footage", type=PATH)
@click.option(
    "--frames",
    "which",
    default="first,last",
    show_default=True,
    help="first, last, seconds such as 1.5s, with commas between; or how many, evenly spread.",
)
@click.option(
    "-o",
    "--out",
    required=True,
    type=PATH,
    help="The folder to write them to, and a page of them, sheet.png.",
)
@click.pass_obj
def sheet(settings: Settings, footage: Path, which: str, out: Path) -> None:
    """Write frames of FOOTAGE to paint on, and say how they are given back."""
    from reelwright.assemble import drawn

    with bars() as progress:
        moments = drawn.sheet_of_moments(settings.config, footage, which, out, progress=progress)
    for moment in moments:
        click.echo(moment.words)


@click.command()
@click.argument("first", type=PATH)
@click.argument("last", type=PATH)
@click.option("--seconds", type=click.FloatRange(0.1, 60), default=2.0, show_default=True)
@click.option("--fps", type=click.IntRange(2, 120), default=30, show_default=True)
@writes("The MP4 to write.")
@click.pass_obj
def between(
    settings: Settings, first: Path, last: Path, seconds: float, fps: int, out: Path
) -> None:
    """Make the motion from the picture FIRST to the picture LAST."""
    from reelwright.assemble import drawn

    with bars() as progress:
        note = drawn.between(
            settings.config, first, last, seconds=seconds, fps=fps, out=out, progress=progress
        )
    if note:
        warn(note)
    click.echo(out)
