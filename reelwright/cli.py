"""The command line: every verb, its progress bars, and its one line for whatever goes wrong."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from reelwright import __version__
from reelwright.config import load
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress

if TYPE_CHECKING:
    from rich.progress import TaskID

    from reelwright.bench.render import Rival
    from reelwright.config import Config
    from reelwright.learning.checkpoint import Note

IDLE_S = 0.5  # between two looks for something to make
PATIENCE_S = 2.0  # with a worker whose server is gone: it may be loading still, or making a clip
FIGURES_HELP = "Write the figures there as JSON; - for standard output."
NARRATED_IN = "en"  # what wishes made here are written in
LINE_EVERY_S = 10.0  # where there is no terminal, a slow step says a word this often


class Settings:
    """What stands before the verb, and the same as arguments for a process of our own."""

    def __init__(self, file: Path | None, home: str | None, changes: tuple[str, ...]) -> None:
        everything = [*changes, *([f"home={home}"] if home is not None else [])]
        self.config = load(file, everything)
        self.arguments = [
            *(["--config", str(file)] if file else []),
            *(word for change in everything for word in ("--set", change)),
        ]


def to_file(
    _: click.Context, option: click.Parameter, path: str | Path | None
) -> str | Path | None:
    """Refuses what cannot be written before the work whose result is to be written there."""
    if path is None or str(path) == "-":
        return path
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise ReelwrightError(
            f"{option.opts[0]} {str(path)!r} cannot be written: there is no folder {folder}.",
            hint="Make it, or give a file in a folder that is there.",
        )
    if not str(path) or os.path.isdir(path) or not os.access(folder, os.W_OK):
        raise ReelwrightError(
            f"{option.opts[0]} {str(path)!r} cannot be written.",
            hint="Give a file in a folder that is there and can be written.",
        )
    return path


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--config", "file", type=click.Path(path_type=Path), help="A TOML file of settings.")
@click.option(
    "--home",
    envvar="REELWRIGHT_HOME",
    help="The folder where everything is kept.  [default: .reelwright]",
)
@click.option(
    "--set", "changes", multiple=True, metavar="SECTION.KEY=VALUE", help="Change a setting."
)
@click.version_option(__version__, message="%(version)s")
@click.pass_context
def cli(
    context: click.Context, file: Path | None, home: str | None, changes: tuple[str, ...]
) -> None:
    """Learns what viewers wish for, and makes the video when none exists."""
    context.obj = Settings(file, home, changes)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@cli.command()
@click.option("--serve/--no-serve", "then_serve", default=True, help="Open the feed afterwards.")
@click.option("--json", "to", metavar="FILE", callback=to_file, help=FIGURES_HELP)
@click.pass_obj
def demo(settings: Settings, then_serve: bool, to: str | None) -> None:
    """Build a small world, learn from it, make videos, open the feed."""
    from reelwright import assemble
    from reelwright.demo import demo_in
    from reelwright.engine.supervisor import Supervisor
    from reelwright.serve.server import refuse_taken_port

    if then_serve:
        refuse_taken_port(settings.config.serve)
    with assemble.home(settings.config) as home, bars() as progress:
        worker = Supervisor(child_command(settings, "work"))
        figures = demo_in(home, worker=worker, progress=progress).run()
    say_figures(figures, to)
    if then_serve:
        open_feed(settings, with_worker=True)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--events", type=click.Path(path_type=Path), help="What viewers did, one JSON object a line."
)
@click.pass_obj
def ingest(settings: Settings, folder: Path, events: Path | None) -> None:
    """Take in the videos of FOLDER, and what viewers did with them."""
    from reelwright import assemble

    assemble.refuse_to_ingest(folder, events)
    with assemble.home(settings.config) as home, bars() as progress:
        report = assemble.ingest(home, folder, events, progress=progress)
    for refusal in report.refusals:
        click.echo(f"refused {refusal}", err=True)
    click.echo(
        f"{report.videos_new} videos and {report.events_new} events are new; "
        f"{report.videos_known} and {report.events_known} were known; {report.refused} refused."
    )
    sys.exit(report.exit_status)


@cli.group(invoke_without_command=True)
@click.option("--json", "to", metavar="FILE", callback=to_file, help=FIGURES_HELP)
@click.pass_context
def train(context: click.Context, to: str | None) -> None:
    """Learn codes and a recommender from everything that was taken in."""
    from reelwright import assemble

    if context.invoked_subcommand is not None:
        return
    settings: Settings = context.obj
    with assemble.kept_home(settings.config) as home, bars() as progress:
        figures = assemble.train(home, progress=progress)
    say_figures(figures, to)


@train.command("studio")
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    callback=to_file,
    help="The adapter to write, a .gguf that llama.cpp lays over the model.",
)
@click.option(
    "--model",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The model to teach, a .gguf of the Llama class.  [default: smollm2]",
)
@click.option("--plans", type=click.IntRange(2, 100_000), default=240, show_default=True)
@click.option("--steps", type=click.IntRange(1, 1_000_000), default=240, show_default=True)
@click.option("--batch", type=click.IntRange(1, 256), default=1, show_default=True)
@click.option(
    "--blocks",
    type=click.IntRange(1, 256),
    default=15,
    show_default=True,
    help="So many of the model's blocks, from the top; fewer cost less.",
)
@click.option("--rank", type=click.IntRange(1, 256), default=8, show_default=True)
@click.option("--sparing", is_flag=True, help="Take less memory, and a third more time.")
@click.option(
    "--soft",
    is_flag=True,
    help="Teach it to be told wishes in soft tokens made from codes, in two stages of --steps; "
    "what makes them is written beside the adapter.",
)
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True)
@click.option("--json", "to", metavar="FILE", callback=to_file, help=FIGURES_HELP)
@click.pass_obj
def train_studio(
    settings: Settings,
    out: Path,
    model: Path | None,
    plans: int,
    steps: int,
    batch: int,
    blocks: int,
    rank: int,
    sparing: bool,
    soft: bool,
    seed: int,
    to: str | None,
) -> None:
    """Teach the studio's language model what the rules plan, or the server of studio.base_url.

    Stopped at any moment, it goes on where it was when it is run again.
    """
    from reelwright import assemble

    with extra("llm"), bars() as progress:
        from reelwright.tuning.fit import Course

        course = Course(
            steps=steps, batch=batch, rank=rank, alpha=2 * rank, blocks=blocks, sparing=sparing
        )
        figures = assemble.tune(
            settings.config,
            model,
            count=plans,
            course=course,
            seed=seed,
            out=out,
            soft=soft,
            say=warn,
            note=lambda *_: None,
            progress=progress,
        )
    say_figures(figures, to)


narrated = click.option(
    "--narrate", is_flag=True, help="Let the best voice that is here say what is written."
)


def narrating(config: "Config", narrate: bool) -> "tuple[Config, str]":
    """The settings with a narrator where one is asked for, and the locale that they speak.

    Where it is not the best there could be, one line says how to get that.
    """
    from reelwright import assemble

    if narrate and config.render.voice == "none":
        config = replace(config, render=replace(config.render, voice="best"))
    narrator = assemble.narrator(config)
    if narrator.note:
        warn(narrator.note)
    speaks = narrate and narrator.voice is not None
    return config, NARRATED_IN if speaks else ""


@cli.command()
@click.option("--wish", "name", metavar="SID", help="The wish, as a semantic ID such as 3.17/5.2.")
@click.option(
    "--viewer", metavar="ID", help="Or: this viewer's likeliest wish that no video meets."
)
@click.option(
    "--out", type=click.Path(path_type=Path), callback=to_file, help="Copy the finished MP4 there."
)
@click.option(
    "--format",
    "shapes",
    multiple=True,
    type=click.Choice(["vertical", "square", "wide"]),
    help="Draw it in this shape for --out; give it several times for several.",
)
@click.option(
    "--sheet",
    type=click.Path(path_type=Path),
    callback=to_file,
    help="Draw a contact sheet there: shots, words, cameras, cuts and sound on one page.",
)
@click.option(
    "--otio",
    "timeline",
    type=click.Path(path_type=Path),
    callback=to_file,
    help="Write it there as a time line that editors open.",
)
@narrated
@click.option("--explain", is_flag=True, help="Say how its plan came to be, step by step.")
@click.pass_obj
def make(
    settings: Settings,
    name: str | None,
    viewer: str | None,
    out: Path | None,
    shapes: tuple[str, ...],
    sheet: Path | None,
    timeline: Path | None,
    narrate: bool,
    explain: bool,
) -> None:
    """Make one wish now, and keep it for everyone."""
    from reelwright import assemble
    from reelwright.outputs import Asked
    from reelwright.render.framing import Shape

    if (name is None) == (viewer is None):
        raise ReelwrightError("make needs a wish.", hint="Give --wish SID or --viewer ID.")
    config, tongue = narrating(settings.config, narrate)
    asked = Asked(
        film=out, shapes=[*map(Shape, shapes)], sheet=sheet, timeline=timeline, tongue=tongue
    )
    asked.refuse_what_cannot_be()
    if timeline is not None:
        assemble.refuse_without_otio()
    with assemble.kept_home(config) as home, bars() as progress:
        if lack := assemble.backbone_lack(config):
            warn(lack)
        wish = assemble.wish(home, name=name, viewer=viewer)
        video, film = assemble.make(home, wish, progress=progress)
        written = assemble.hand_out(home, video, film, asked, progress=progress)
        told = assemble.account(home, video) if explain else []
    click.echo("\n".join([video.title, *map(str, written or [film]), *told]))


@cli.command()
@click.argument("video")
@click.option(
    "--replay",
    type=click.Path(path_type=Path),
    callback=to_file,
    help="Draw it again from what was kept of its plan, to this MP4.",
)
@click.pass_obj
def explain(settings: Settings, video: str, replay: Path | None) -> None:
    """Say how the plan of VIDEO came to be, step by step. VIDEO is a title or an id."""
    from reelwright import assemble

    with assemble.kept_home(settings.config) as home, bars() as progress:
        found = assemble.video(home, video)
        told = assemble.account(home, found)
        same = replay and assemble.replay(home, found, replay, progress=progress)
    click.echo("\n".join([found.title, *told]))
    if replay:
        told_bytes = "the same bytes as" if same else "other bytes than"
        click.echo(f"{replay}: {told_bytes} the film that is kept")


@cli.command()
@click.argument("footage", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    callback=to_file,
    help="The .performance file to write.",
)
@click.pass_obj
def analyse(settings: Settings, footage: Path, out: Path) -> None:
    """Measure what somebody does in FOOTAGE: outline, face, body, hands, motion, sound."""
    from reelwright import assemble

    with bars() as progress:
        analysed, note = assemble.analyse(settings.config, footage, out, progress=progress)
    for words in (note, *analysed.notes):
        if words:
            warn(words)
    click.echo(f"{out}: {analysed.words}")


@cli.command()
@click.argument("footage", type=click.Path(path_type=Path))
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
    type=click.Path(path_type=Path),
    metavar="PICTURE",
    help="A picture, such as a painting, in whose style all of it is painted.",
)
@click.option(
    "--start-frame",
    "start",
    type=click.Path(path_type=Path),
    help="The first frame, painted; reelwright sheet writes the frames to paint on.",
)
@click.option("--end-frame", "end", type=click.Path(path_type=Path), help="The last one, painted.")
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
    type=click.Path(path_type=Path),
    help="What reelwright analyse measured.  [default: measure it now]",
)
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True)
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The film to write; for several worlds a folder, or a name with {world} in it.",
)
@click.option(
    "--sheet",
    type=click.Path(path_type=Path),
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
    from reelwright import assemble
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
    with assemble.home(settings.config) as home, bars() as progress:
        made = assemble.modify(
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


@cli.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    callback=to_file,
    help="A .png or .jpg to write.",
)
@click.option("--style", "styles", multiple=True, metavar="NAME", help="This style; several too.")
@click.option("--scene", "scenes", multiple=True, metavar="NAME", help="This scene; several too.")
@click.pass_obj
def gallery(
    settings: Settings, out: Path, styles: tuple[str, ...], scenes: tuple[str, ...]
) -> None:
    """Draw every style over every scene on one page."""
    from reelwright import assemble

    with bars() as progress:
        assemble.gallery(settings.config, styles, scenes, out, progress=progress)
    click.echo(out)


@cli.command()
@click.option(
    "--product",
    "brief",
    required=True,
    type=click.Path(path_type=Path),
    help="What it is for, as JSON: name, price, currency, offer and more.",
)
@click.option(
    "--photo",
    "photos",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A photograph, a cut-out or a film; several, in the order in which they are shown.",
)
@click.option("--logo", type=click.Path(path_type=Path), help="For the end card.")
@click.option("--style", default="", metavar="NAME", help="[default: what suits the words]")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["vertical", "square", "wide"]),
    default="vertical",
    show_default=True,
)
@click.option(
    "--seconds",
    type=click.FloatRange(3, 120),
    help="How long it is.  [default: as long as it takes to see and read]",
)
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    callback=to_file,
    help="The MP4 to write.",
)
@narrated
@click.option(
    "--sheet",
    type=click.Path(path_type=Path),
    callback=to_file,
    help="Draw a contact sheet there: shots, words, cameras, cuts and sound on one page.",
)
@click.pass_obj
def advert(
    settings: Settings,
    brief: Path,
    photos: tuple[Path, ...],
    logo: Path | None,
    style: str,
    shape: str,
    seconds: float | None,
    out: Path,
    narrate: bool,
    sheet: Path | None,
) -> None:
    """Make an advertisement from a product, its pictures and a logo."""
    from reelwright import assemble

    config, _ = narrating(settings.config, narrate)
    with bars() as progress:
        blueprint, notes = assemble.advert(
            config,
            brief,
            photos,
            logo,
            style=style,
            shape=shape,
            seconds=seconds,
            out=out,
            sheet=sheet,
            progress=progress,
        )
    for note in notes:
        warn(note)
    form = blueprint.format
    click.echo(f"{blueprint.title}, {blueprint.style}, {form.duration_s:.1f} s\n{out}")
    if sheet is not None:
        click.echo(str(sheet))


@cli.command()
@click.argument("footage", type=click.Path(path_type=Path))
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
    type=click.Path(path_type=Path),
    help="The folder to write them to, and a page of them, sheet.png.",
)
@click.pass_obj
def sheet(settings: Settings, footage: Path, which: str, out: Path) -> None:
    """Write frames of FOOTAGE to paint on, and say how they are given back."""
    from reelwright import assemble

    with bars() as progress:
        moments = assemble.sheet_of_moments(settings.config, footage, which, out, progress=progress)
    for moment in moments:
        click.echo(moment.words)


@cli.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("last", type=click.Path(path_type=Path))
@click.option("--seconds", type=click.FloatRange(0.1, 60), default=2.0, show_default=True)
@click.option("--fps", type=click.IntRange(2, 120), default=30, show_default=True)
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    callback=to_file,
    help="The MP4 to write.",
)
@click.pass_obj
def between(
    settings: Settings, first: Path, last: Path, seconds: float, fps: int, out: Path
) -> None:
    """Make the motion from the picture FIRST to the picture LAST."""
    from reelwright import assemble

    with bars() as progress:
        note = assemble.between(
            settings.config, first, last, seconds=seconds, fps=fps, out=out, progress=progress
        )
    if note:
        warn(note)
    click.echo(out)


@cli.command()
@click.argument("viewer")
@click.option(
    "--count",
    type=click.IntRange(1, 100),
    default=8,
    show_default=True,
    help="So many wishes, and so many videos.",
)
@click.pass_obj
def wishes(settings: Settings, viewer: str, count: int) -> None:
    """Say what VIEWER would like next, and whether the catalogue has it."""
    from reelwright import assemble
    from reelwright.atlas.wishes import show

    with assemble.kept_home(settings.config) as home:
        found = assemble.wishes(home, viewer, count=count)
    for line in show(found):
        click.echo(line)


@cli.command()
@click.option(
    "--worker/--no-worker",
    "with_worker",
    default=True,
    help="Make what viewers miss, in a process beside it.",
)
@click.pass_obj
def serve(settings: Settings, with_worker: bool) -> None:
    """Open the feed at a loopback address, with a worker beside it."""
    open_feed(settings, with_worker=with_worker)


@cli.command()
@click.option("--name", help="What this worker is called in the rows that it claims.")
@click.option(
    "--processes",
    type=click.IntRange(1, 256),
    help="Make so many at once, each in a process of its own that may die.  [default: one, here]",
)
@click.option("--parent", type=int, hidden=True, help="Stop when this process is gone.")
@click.pass_obj
def work(settings: Settings, name: str | None, processes: int | None, parent: int | None) -> None:
    """Make what viewers wish for, one row after another."""
    from reelwright import assemble
    from reelwright.engine.worker import stopped_by_signals, work_together

    stop = stopped_by_signals()
    if parent is not None:
        threading.Thread(target=stop_after, args=(parent, stop), daemon=True).start()
    name = name or f"worker-{os.getpid()}"
    with assemble.kept_home(settings.config) as home:
        if processes is None:
            assemble.worker(home, name=name).run(stop, idle_s=IDLE_S)
        else:
            with assemble.crew(home, name=name, processes=processes) as workers:
                work_together(workers, stop, idle_s=IDLE_S)
    os._exit(0)  # a making that was left to another worker must not delay or soil the end


@cli.command(hidden=True)
@click.option("--parent", type=int, help="Stop when this process is gone.")
@click.pass_obj
def rework(settings: Settings, parent: int | None) -> None:
    """Measure the takes that came over the web, and put them into other worlds."""
    from reelwright import assemble
    from reelwright.engine.worker import stopped_by_signals

    stop = stopped_by_signals()
    if parent is not None:
        threading.Thread(target=stop_after, args=(parent, stop), daemon=True).start()
    with assemble.kept_home(settings.config) as home:
        assemble.reworker(home).run(stop, idle_s=IDLE_S)
    os._exit(0)  # what was left to another process must not delay or soil the end


@cli.group()
def viewer() -> None:
    """What is kept of a viewer: all of it on request, or none of it any more."""


@viewer.command("export")
@click.argument("name")
@click.option("--json", "to", metavar="FILE", default="-", callback=to_file, help=FIGURES_HELP)
@click.pass_obj
def viewer_export(settings: Settings, name: str, to: str) -> None:
    """Everything that is kept of the viewer NAME, as JSON."""
    from reelwright import assemble

    with assemble.kept_home(settings.config) as home:
        assemble.refuse_stranger(home, name)
        say_json(assemble.privacy(home).export(name), to)


@viewer.command("erase")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.pass_obj
def viewer_erase(settings: Settings, name: str, yes: bool) -> None:
    """Delete everything that is kept of the viewer NAME. It does not come back."""
    from reelwright import assemble

    with assemble.kept_home(settings.config) as home:
        assemble.refuse_stranger(home, name)
        if not yes:
            click.confirm(f"Delete everything that is kept of {name}?", abort=True)
        gone = assemble.privacy(home).erase(name, time.time())
    click.echo(
        f"Of {name} nothing is kept any more: {gone.events} events, {gone.impressions} impressions"
        f" and {gone.attributes + gone.wishes} notes are gone. A recommender that was trained "
        "before has learned from them; the next reelwright train does without."
    )


@cli.group(invoke_without_command=True)
@click.option("--json", "to", metavar="FILE", callback=to_file, help="As JSON; - for here.")
@click.pass_context
def cache(context: click.Context, to: str | None) -> None:
    """What was made and is kept: what goes first when room is needed, and what must go or stay."""
    if context.invoked_subcommand is not None:
        return
    from reelwright import assemble
    from reelwright.cache.listing import figures, table

    config = context.obj.config
    with assemble.kept_home(config) as home:
        kept, ways = assemble.stock(home).kept(time.time()), assemble.tally(home).ways(0.0)
    if to is None:
        click.echo(table(kept, ways, capacity_mb=config.cache.capacity_mb))
    else:
        say_json(figures(kept, ways), to)


@cache.command("pin")
@click.argument("wish")
@click.option("--off", is_flag=True, help="No longer.")
@click.pass_obj
def cache_pin(settings: Settings, wish: str, off: bool) -> None:
    """Keep the clip of WISH however little it is watched."""
    from reelwright import assemble

    with assemble.kept_home(settings.config) as home:
        assemble.stock(home).pin(wish, not off)
    click.echo(f"The clip of {wish} {'may go' if off else 'stays'}.")


@cache.command("bury")
@click.argument("wish")
@click.option("--why", default="By hand.", show_default=True, help="Kept with the wish.")
@click.option("--undo", is_flag=True, help="Let it be made again once it is asked for.")
@click.pass_obj
def cache_bury(settings: Settings, wish: str, why: str, undo: bool) -> None:
    """Withdraw the clip of WISH, and never make it again."""
    from reelwright import assemble

    with assemble.kept_home(settings.config) as home:
        if undo:
            assemble.stock(home).unbury(wish)
        else:
            assemble.stock(home).bury(wish, why, time.time())
    click.echo(f"{wish} {'may be made again' if undo else 'is buried'}.")


@cli.group(invoke_without_command=True)
@click.pass_context
def keys(context: click.Context) -> None:
    """Who may ask what over HTTP: make keys, list them, revoke them."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@keys.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(["feed", "events", "generate", "operate"]),
    help="What it is for; give it several times for several.",
)
@click.option("--expires", metavar="SPAN", help="Such as 12h, 30d or 8w.  [default: never]")
@click.pass_obj
def keys_add(settings: Settings, name: str, scopes: tuple[str, ...], expires: str | None) -> None:
    """Make a key called NAME. It is shown this once: only a hash of it is kept."""
    from reelwright import assemble
    from reelwright.storage.keys import Scope

    now_s = time.time()
    until_s = now_s + seconds(expires) if expires else None
    with assemble.home(settings.config) as home:
        secret, _ = assemble.keys(home).add(
            name, [*map(Scope, scopes)], now_s=now_s, expires_s=until_s
        )
    warn("Keep it now; it is not shown again.")
    click.echo(secret)


def seconds(span: str) -> float:
    """What somebody means by 90m or 30d."""
    units = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
    number, unit = span[:-1], span[-1:]
    if not (number.isdecimal() and 0 < int(number) < 100_000 and unit in units):
        raise ReelwrightError(
            f"--expires {span!r} is not allowed.", hint="Give a span such as 12h, 30d or 8w."
        )
    return float(int(number) * units[unit])


@keys.command("list")
@click.option("--json", "to", metavar="FILE", callback=to_file, help="As JSON; - for here.")
@click.pass_obj
def keys_list(settings: Settings, to: str | None) -> None:
    """Say which keys were made, what they are for, and whether they still count."""
    from reelwright import assemble
    from reelwright.storage.listing import rows, table

    with assemble.kept_home(settings.config) as home:
        made = assemble.keys(home).all()
    if to is None:
        click.echo(table(made, now_s=time.time()))
    else:
        say_json(rows(made, now_s=time.time()), to)


@keys.command("revoke")
@click.argument("name")
@click.pass_obj
def keys_revoke(settings: Settings, name: str) -> None:
    """Make a key worth nothing. NAME is its name or its prefix."""
    from reelwright import assemble

    with assemble.kept_home(settings.config) as home:
        key = assemble.keys(home).revoke(name, now_s=time.time())
    click.echo(f"{key.name} ({key.prefix}) counts no longer; a running server notices in a second.")


@keys.command("webhooks")
@click.option("--renew", is_flag=True, help="Make another; what was signed with it is worthless.")
@click.pass_obj
def keys_webhooks(settings: Settings, renew: bool) -> None:
    """Show the secret that webhooks are signed with."""
    from reelwright import assemble

    with assemble.home(settings.config) as home:
        click.echo(assemble.outbox(home).secret(renew=renew))


@cli.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("result", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--performance",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What reelwright analyse measured of SOURCE.  [default: measure it now]",
)
@click.option("--start-frame", "start", type=click.Path(path_type=Path), help="It was to begin so.")
@click.option("--end-frame", "end", type=click.Path(path_type=Path), help="It was to end so.")
@click.option(
    "--keyframe",
    "keyframes",
    multiple=True,
    metavar="TIME=PICTURE",
    help="What it was to show at that second; several too.",
)
@click.option("--strength", metavar="LEVEL", help="Hold it against the promise of adhere_1, say.")
@click.option("--json", "to", metavar="FILE", callback=to_file, help=FIGURES_HELP)
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
    from reelwright import assemble
    from reelwright.modify.card import plain, table
    from reelwright.modify.promise import kept
    from reelwright.modify.strength import strength as setting

    if strength is not None:
        setting(strength)  # refuses a name that is none before any work
    with bars() as progress:
        card, note = assemble.preserved(
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


@cli.group(invoke_without_command=True)
@click.pass_context
def consent(context: click.Context) -> None:
    """Who agreed to what is made of a film that shows them: record it, show it, revoke it."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@consent.command("record")
@click.argument("footage", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--who", required=True, metavar="NAME", help="Whoever agrees; one record a person.")
@click.option(
    "--scope",
    required=True,
    metavar="WORDS",
    help="To what, with commas: world, world:NAME, costume, style, keyframes, feed, or any.",
)
@click.option("--until", required=True, metavar="DATE", help="The last day, such as 2027-12-31.")
@click.pass_obj
def consent_record(settings: Settings, footage: Path, who: str, scope: str, until: str) -> None:
    """Write down that somebody in FOOTAGE agrees to what is made of it."""
    from reelwright import assemble
    from reelwright.modify.consent import record

    with assemble.home(settings.config) as home:
        made = record(assemble.consents(home), footage, who, scope, until, now_s=time.time())
    click.echo(f"{made.id}: {made.who} agrees to {', '.join(made.scope)} until {until}")


@consent.command("show")
@click.argument("footage")
@click.option("--json", "to", metavar="FILE", callback=to_file, help="As JSON; - for here.")
@click.pass_obj
def consent_show(settings: Settings, footage: str, to: str | None) -> None:
    """Say who agreed to what for FOOTAGE, and what was made of it."""
    from reelwright import assemble
    from reelwright.modify.consent import footage_of
    from reelwright.storage.agreed import rows, table

    with assemble.kept_home(settings.config) as home:
        kept = assemble.consents(home)
        found = footage_of(footage)
        records, made = kept.of(found), kept.traces(found)
    if to is None:
        click.echo(table(records, made, now_s=time.time()))
    else:
        say_json(rows(records, made, now_s=time.time()), to)


@consent.command("revoke")
@click.argument("footage")
@click.pass_obj
def consent_revoke(settings: Settings, footage: str) -> None:
    """End an agreement, and remove all that was made. FOOTAGE is a film, or a record's id."""
    from reelwright import assemble
    from reelwright.modify.consent import footage_of

    with assemble.kept_home(settings.config) as home:
        gone = assemble.cabinet(home).revoke(footage_of(footage), time.time())
    for line in gone.lines:
        click.echo(line)


class Benches(click.Group):
    """Tells somebody who asks for a bench that is not there, which ones are."""

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if words and words[0] not in self.commands:
            raise ReelwrightError(
                f"There is no bench {words[0]!r}.", hint=f"There is: {', '.join(self.commands)}."
            )
        return super().resolve_command(context, words)


@cli.group(cls=Benches, invoke_without_command=True)
@click.pass_context
def bench(context: click.Context) -> None:
    """Measure something; the figures come as flat JSON."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def measured(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every bench has."""
    options = (
        click.option(
            "--json", "to", metavar="FILE", default="-", callback=to_file, help=FIGURES_HELP
        ),
        click.option("--quick", is_flag=True, help="Under 40 seconds, with fewer repetitions."),
        click.option(
            "--into",
            type=click.Path(path_type=Path, exists=True, dir_okay=False, writable=True),
            help="Fill the table in this Markdown page too.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return click.pass_obj(command)


@bench.command("line")
@measured
def bench_line(settings: Settings, to: str, quick: bool, into: Path | None) -> None:
    """The whole line: a page of the feed, durable events, a wish until it is a clip."""
    from reelwright.bench.line import WORDS, measure

    run_bench("line", partial(measure, settings.config, quick=quick), WORDS, to, into)


@bench.command("traffic")
@measured
def bench_traffic(settings: Settings, to: str, quick: bool, into: Path | None) -> None:
    """A day of traffic: how wishes are answered, and how many renders that takes."""
    from reelwright.bench.traffic import WORDS, measure

    run_bench("traffic", partial(measure, quick=quick), WORDS, to, into)


@bench.command("beam")
@measured
def bench_beam(settings: Settings, to: str, quick: bool, into: Path | None) -> None:
    """The search within the catalogue against Hugging Face's, on the same weights."""
    with extra("bench"):
        from reelwright.bench.beam import WORDS, measure

    run_bench("beam", partial(measure, quick=quick), WORDS, to, into)


@bench.command("feed")
@measured
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the large home is built, once; in the home folder unless given.",
)
def bench_feed(
    settings: Settings, to: str, quick: bool, into: Path | None, work: Path | None
) -> None:
    """The server under load: pages, events and clips a second, and how soon."""
    from reelwright.bench.feed import WORDS, measure

    folder = work or Path(settings.config.home) / "bench"
    run_bench("feed", partial(measure, settings.config, folder, quick=quick), WORDS, to, into)


@bench.command("page")
@measured
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False, exists=True, writable=True),
    help="A folder for pictures of the page on three screens.",
)
def bench_page(
    settings: Settings, to: str, quick: bool, into: Path | None, pictures: Path | None
) -> None:
    """The viewer's page in Chromium: first frames, players, its weight, offline, axe."""
    with extra("bench"):
        from reelwright.bench.page import WORDS, measure

    measured = partial(measure, settings.config, quick=quick, pictures=pictures)
    run_bench("page", measured, WORDS, to, into)


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Says which extra to install where a package is missing that only this command needs."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ReelwrightError(
            f"This needs the package {error.name}, which is not installed.",
            hint=f"Run pip install 'reelwright[{name}]'.",
        ) from error


@bench.command("sids")
@measured
def bench_sids(settings: Settings, to: str, quick: bool, into: Path | None) -> None:
    """Semantic IDs: as names, as stand-ins for vectors, and what each branch gives away."""
    from reelwright.bench.sids import WORDS, measure

    run_bench("sids", partial(measure, settings.config, quick=quick), WORDS, to, into)


@bench.command("legibility")
@measured
def bench_legibility(settings: Settings, to: str, quick: bool, into: Path | None) -> None:
    """Titles in every style, script and format, proofread: none may fail to be read."""
    from reelwright.bench.legibility import WORDS, measure

    run_bench("legibility", partial(measure, quick=quick), WORDS, to, into)


@bench.command("sound")
@measured
def bench_sound(settings: Settings, to: str, quick: bool, into: Path | None) -> None:
    """The sound of planned clips: loudness, peaks, cuts on beats, balance, and its price."""
    from reelwright.bench.sound import WORDS, measure

    run_bench("sound", partial(measure, settings.config, quick=quick), WORDS, to, into)


@bench.command("render")
@measured
def bench_render(settings: Settings, to: str, quick: bool, into: Path | None) -> None:
    """Whole clips against real time, against MoviePy, and within their memory."""
    from reelwright.bench.render import WORDS, measure

    measuring = partial(measure, settings.config, rivals=moviepy(), quick=quick)
    run_bench("render", measuring, WORDS, to, into)


def moviepy() -> "Mapping[str, Rival]":
    """MoviePy by its user guide and tuned, where it is installed; otherwise a line that says so."""
    try:
        from reelwright.bench import moviepy as tuned
        from reelwright.bench import moviepy_manual as manual
    except ImportError as error:
        warn(f"MoviePy is left out ({error}): docs/render.md says how to install it.")
        return {}
    return {"moviepy": manual, "moviepy_tuned": tuned}


@bench.command("readback")
@measured
def bench_readback(settings: Settings, to: str, quick: bool, into: Path | None) -> None:
    """Style and topic, read back from films of every style over every topic."""
    from reelwright.bench.readback import WORDS, measure

    run_bench("readback", partial(measure, settings.config, quick=quick), WORDS, to, into)


@bench.command("studio")
@measured
@click.option(
    "--adapter",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What the taught model learned.  [default: the one that ships]",
)
def bench_studio(
    settings: Settings, to: str, quick: bool, into: Path | None, adapter: Path | None
) -> None:
    """The studio: rules, plain and taught model on the same wishes."""
    from reelwright import assemble

    with extra("llm"):
        voices = assemble.voices(settings.config, adapter)
        from reelwright.bench.studio import WORDS, measure

        measuring = partial(measure, settings.config, voices=voices, quick=quick)
        run_bench("studio", measuring, WORDS, to, into)


@bench.command("stampede")
@measured
def bench_stampede(settings: Settings, to: str, quick: bool, into: Path | None) -> None:
    """1,000 viewers miss one wish at once: on every database here it must be made once."""
    from reelwright.bench.stampede import WORDS, measure

    run_bench("stampede", partial(measure, quick=quick, warn=warn), WORDS, to, into)


@bench.command("chaos")
@measured
def bench_chaos(settings: Settings, to: str, quick: bool, into: Path | None) -> None:
    """Servers and workers killed, disk and database taken away, on what is here: what is lost."""
    from reelwright.bench.chaos import WORDS, measure

    run_bench("chaos", partial(measure, settings.config, quick=quick, warn=warn), WORDS, to, into)


@bench.command("modify")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with clips of people and photographs.",
)
@measured
def bench_modify(settings: Settings, data: Path, to: str, quick: bool, into: Path | None) -> None:
    """Changed footage of real people: what is kept, beside plainer ways and known failures."""
    with extra("people"):
        from reelwright.bench.modify import WORDS, measure

        run_bench("modify", partial(measure, settings.config, data, quick=quick), WORDS, to, into)


@cli.group()
def sids() -> None:
    """Look at the codes: one video in words, or all of them as a map."""


@sids.command("show")
@click.argument("video")
@click.pass_obj
def sids_show(settings: Settings, video: str) -> None:
    """Say what the codes of VIDEO mean, and what lies near it. VIDEO is a title or an id."""
    from reelwright import assemble
    from reelwright.atlas.show import show

    with assemble.kept_home(settings.config) as home:
        atlas = assemble.atlas(home)
    for line in show(atlas, atlas.find(video)):
        click.echo(line)


@sids.command("map")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("sids.png"),
    show_default=True,
    callback=to_file,
    help="A .png, .jpg or .svg to write.",
)
@click.option(
    "--width",
    type=click.IntRange(400, 12_800),
    default=3200,
    show_default=True,
    help="In pixels; the height follows.",
)
@click.pass_obj
def sids_map(settings: Settings, out: Path, width: int) -> None:
    """Draw all videos as a map: near in content is near, a frame's colour is the creative code."""
    from reelwright import assemble
    from reelwright.atlas.picture import Map, refuse_unknown_kind

    refuse_unknown_kind(out)
    with assemble.kept_home(settings.config) as home:
        atlas = assemble.atlas(home)
        posters = assemble.posters(home, atlas)
        Map(atlas=atlas, poster=posters).save(out, width=width)
    click.echo(out)


@bench.command("recommend")
@click.option(
    "--data",
    "folders",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A folder of sequences or of an event log; give it several times for several.",
)
@click.option("--seeds", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--only", metavar="NAME,NAME", help="These contenders alone.")
@click.option(
    "--protocol",
    type=click.Choice(["held", "all", "both", "removed", "every"]),
    default="both",
    show_default=True,
    help="The validation item not trained on, trained on, both; or items that nobody has taken.",
)
@click.option("--log", type=click.Path(path_type=Path), help="TensorBoard files go there.")
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    help="Where finished runs and checkpoints are kept.  [default: in the home folder]",
)
@click.option("--kept", is_flag=True, help="Tell what finished runs found, and measure nothing.")
@measured
def bench_recommend(
    settings: Settings,
    folders: tuple[Path, ...],
    seeds: int,
    only: str | None,
    protocol: str,
    log: Path | None,
    work: Path | None,
    kept: bool,
    to: str,
    quick: bool,
    into: Path | None,
) -> None:
    """The recommender and its rivals on the same files; goes on where a killed run was."""
    from reelwright import assemble
    from reelwright.bench import recommend, standings
    from reelwright.bench.table import put

    datasets = recommend.read_all(folders, now_s=time.time(), quick=quick)
    missing: list[str] = []
    contenders = recommend.chosen_ones(
        only, (*recommend.CONTENDERS, *assemble.rivals(missing.append)), missing
    )
    for text in missing if only is None else ():
        warn(text)
    with bars() as progress, curves(log) as curve:
        figures = recommend.Bench(
            work or Path(settings.config.home) / "bench" / "recommend", progress, warn, curve
        ).measure(
            datasets,
            recommend.cheap(contenders) if quick and only is None else contenders,
            protocols=recommend.PROTOCOLS[protocol],
            seeds=1 if quick else seeds,
            kept_alone=kept,
        )
    if into is not None:
        put(into, "recommend", standings.page(figures))
    say_figures(figures, to)


@contextmanager
def curves(log: Path | None) -> "Iterator[Callable[[str], Note]]":
    """By the name of a run, who draws its curves: TensorBoard where a folder is given."""
    if log is None:
        yield lambda run: lambda what, value, step: None
        return
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ReelwrightError(
            "--log needs the package tensorboard, which is not here.",
            hint="Install reelwright[bench], or leave --log out.",
        ) from error
    with ExitStack() as writers:

        def of(run: str) -> "Note":
            writer = writers.enter_context(SummaryWriter(str(log / run)))
            return lambda what, value, step: writer.add_scalar(what, value, step)

        yield of


def warn(text: str) -> None:
    """A line for whoever watches, beside the figures."""
    click.echo(text, err=True)


@cli.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Say what this machine has and what it lacks."""
    from reelwright.doctor import examine

    healthy = True
    for finding in examine(settings.config):
        healthy = healthy and finding.fine
        click.echo(f"{'ok ' if finding.fine else 'BAD'}  {finding.what:<12} {finding.words}")
    sys.exit(0 if healthy else 2)


@cli.group(invoke_without_command=True)
@click.pass_context
def models(context: click.Context) -> None:
    """Pretrained weights: which there are, which are here; get some, check them."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@models.command("list")
@click.option("--json", "to", metavar="FILE", callback=to_file, help="As JSON; - for here.")
@click.pass_obj
def models_list(settings: Settings, to: str | None) -> None:
    """Say what each is for, its licence and size, and where it lies."""
    from reelwright import assemble
    from reelwright.zoo.listing import rows, table

    zoo = assemble.zoo(settings.config)
    if to is None:
        click.echo(table(zoo))
    else:
        say_json(rows(zoo), to)


@models.command("pull")
@click.argument("names", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.pass_obj
def models_pull(settings: Settings, names: tuple[str, ...], yes: bool) -> None:
    """Get the weights NAMES, after a look at their licence and size."""
    from reelwright import assemble
    from reelwright.zoo.listing import offer
    from reelwright.zoo.weights import weights

    zoo = assemble.zoo(settings.config)
    for weight in [weights(name) for name in names]:
        if zoo.find(weight.name) is None:
            warn(offer(weight))
            if not yes:
                agree()
        with bars() as progress:
            path = zoo.pull(weight.name, progress)
        click.echo(path)


def agree() -> None:
    """Asks whoever sits at the terminal; where nobody does, nothing is taken for a yes."""
    if not sys.stdin.isatty():
        raise ReelwrightError(
            "Nothing was downloaded: there is nobody to agree here.", hint="Say it with --yes."
        )
    click.confirm("Download it?", abort=True, err=True)


@models.command("check")
@click.pass_obj
def models_check(settings: Settings) -> None:
    """Hold what is here against its SHA-256."""
    from reelwright import assemble
    from reelwright.zoo.weights import WEIGHTS

    zoo = assemble.zoo(settings.config)
    broken = []
    with bars() as progress:
        for weight in WEIGHTS:
            if zoo.find(weight.name) and not zoo.is_sound(weight.name, progress):
                broken.append(weight.name)
    if broken:
        raise ReelwrightError(
            f"These are not what they should be: {', '.join(broken)}.",
            hint=f"Get them again: reelwright models pull {' '.join(broken)}",
        )
    here = [weight.name for weight in WEIGHTS if zoo.find(weight.name)]
    click.echo(f"sound: {', '.join(here) or 'there are none'}")


def open_feed(settings: Settings, *, with_worker: bool) -> None:
    """Serve until Ctrl-C. A port that is taken is told before anything heavy is loaded."""
    from reelwright import assemble
    from reelwright.engine.supervisor import Supervisor
    from reelwright.serve.server import refuse_taken_port
    from reelwright.serve.server import serve as serve_app

    refuse_taken_port(settings.config.serve)
    with assemble.kept_home(settings.config) as home:
        worker = Supervisor(child_command(settings, "work")) if with_worker else None
        reworker = Supervisor(child_command(settings, "rework")) if with_worker else None
        app = assemble.app(home, gave_up=lambda: worker is not None and worker.gave_up)
        for words in (assemble.backbone_lack(settings.config), assemble.door_words(home)):
            if words:
                warn(words)
        messenger, watch = assemble.messenger(home), assemble.watch(home)
        try:
            messenger.start()
            watch.start()
            for child in filter(None, (worker, reworker)):
                child.start()
            serve_app(
                app, settings.config.serve, lambda url: click.echo(f"The feed is open: {url}")
            )
        finally:
            messenger.stop()
            watch.stop()
            for child in filter(None, (worker, reworker)):
                child.stop()


def child_command(settings: Settings, command: str) -> list[str]:
    """A command in a process of its own, which ends when this one does."""
    parent = ["--parent", str(os.getpid())]
    return [sys.executable, "-m", "reelwright", *settings.arguments, command, *parent]


def stop_after(parent: int, stop: threading.Event) -> None:
    """Stop once the parent is gone, so that a killed server leaves no worker behind.

    A clip that is being made is left to another worker, as when this one were killed too.
    """
    while os.getppid() == parent:
        if stop.wait(1.0):
            return
    stop.set()
    time.sleep(PATIENCE_S)
    os._exit(0)


def say_figures(figures: Mapping[str, float], to: str | None) -> None:
    """As a table for people, or as JSON where it was asked for."""
    if to is not None:
        say_json(figures, to)
    if to == "-":
        return
    width = max(map(len, figures), default=0)
    for name, value in figures.items():
        click.echo(f"  {name:<{width}}  {round(value, 3)}")


def say_json(value: object, to: str) -> None:
    """Into a file, or to standard output for -."""
    text = json.dumps(value, indent=2)
    if to == "-":
        click.echo(text)
        return
    try:
        Path(to).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ReelwrightError(
            f"The figures cannot be written to {to} ({error.strerror}).",
            hint="Give a path that can be written, or - for standard output.",
        ) from error


def run_bench(
    name: str,
    measure: Callable[..., Mapping[str, float]],
    words: Mapping[str, str],
    to: str,
    into: Path | None,
) -> None:
    """What a bench measures, with its progress; its table in a page where that was asked for."""
    from reelwright.bench.table import fill

    with bars() as progress:
        figures = measure(progress=progress)
    if into is not None:
        fill(into, name, figures, words)
    say_figures(figures, to)


@contextmanager
def bars() -> Iterator[Progress]:
    """Progress bars with the time left on a terminal; a line now and then where there is none."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lines(lambda text: click.echo(text, err=True), time.monotonic)
        return
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with RichProgress(*columns, console=console) as shown:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=total)
            elif done < total and shown.tasks[tasks[what]].finished:  # the same step, once more
                shown.reset(tasks[what])
            shown.update(tasks[what], completed=done, total=total)

        yield tell


def lines(say: Callable[[str], None], clock: Callable[[], float]) -> Progress:
    """Progress for a log file: the first word, one every ten seconds, and the last."""
    begun: dict[str, float] = {}
    spoken: dict[str, float] = {}

    def tell(what: str, done: int, total: int) -> None:
        now = clock()
        start = begun.setdefault(what, now)
        if done >= total:
            say(f"{what}: {total} done in {now - start:.1f} s")
            del begun[what]
        elif now - spoken.setdefault(what, start) >= LINE_EVERY_S:
            spoken[what] = now
            left = (now - start) / max(done, 1) * (total - done)
            say(f"{what}: {done} of {total}, {left:.0f} s left")

    return tell


def main() -> None:
    """Run a command; an outsider's mistake ends in one line and exit status 2."""
    # Before numpy is loaded, here and in every process of ours: its products are small, and threads
    # that wait for each other cost more than they gain (24 clips drawn: 24.3 CPU-s, 20.7 without).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    interrupted = threading.Event()

    def interrupt(*_: object) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        cli(prog_name="reelwright", standalone_mode=False)
    except ReelwrightError as error:
        refuse(str(error))
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        help_of = context.command_path if context else "reelwright"
        refuse(f"{error.format_message()} Try {help_of} --help.")
    except (click.Abort, KeyboardInterrupt, ImportError) as error:
        # A package that is interrupted while it loads may say that it cannot be loaded.
        if isinstance(error, ImportError) and not interrupted.is_set():
            raise
        click.echo("Stopped.", err=True)
        sys.exit(130)


def refuse(problem: str) -> NoReturn:
    """One line, whatever a stranger's file or an engine's answer brought into it."""
    click.echo(f"reelwright: {' '.join(problem.split())}", err=True)
    sys.exit(2)
