"""Making what is wished for, and telling how it came to be."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reelwright.cli.options import PATH, Settings, to_file, writes
from reelwright.cli.telling import bars, warn
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.config import Config

NARRATED_IN = "en"  # what wishes made here are written in

contact_sheet = click.option(
    "--sheet",
    type=PATH,
    callback=to_file,
    help="Draw a contact sheet there: shots, words, cameras, cuts and sound on one page.",
)
narrated = click.option(
    "--narrate", is_flag=True, help="Let the best voice that is here say what is written."
)


def narrating(config: "Config", narrate: bool) -> "tuple[Config, str]":
    """The settings with a narrator where one is asked for, and the locale that they speak.

    Where it is not the best there could be, one line says how to get that.
    """
    from reelwright.assemble import speaking

    if narrate and config.render.voice == "none":
        config = replace(config, render=replace(config.render, voice="best"))
    narrator = speaking.narrator(config)
    if narrator.note:
        warn(narrator.note)
    speaks = narrate and narrator.voice is not None
    return config, NARRATED_IN if speaks else ""


@click.command()
@click.option("--wish", "name", metavar="SID", help="The wish, as a semantic ID such as 3.17/5.2.")
@click.option(
    "--viewer", metavar="ID", help="Or: this viewer's likeliest wish that no video meets."
)
@click.option("--out", type=PATH, callback=to_file, help="Copy the finished MP4 there.")
@click.option(
    "--format",
    "shapes",
    multiple=True,
    type=click.Choice(["vertical", "square", "wide"]),
    help="Draw it in this shape for --out; give it several times for several.",
)
@contact_sheet
@click.option(
    "--otio",
    "timeline",
    type=PATH,
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
    from reelwright.assemble import backbones, crews, feeds, handing, homes
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
        handing.refuse_without_otio()
    with homes.kept_home(config) as home, bars() as progress:
        if lack := backbones.backbone_lack(config):
            warn(lack)
        wish = feeds.wish(home, name=name, viewer=viewer)
        video, film = crews.make(home, wish, progress=progress)
        written = handing.hand_out(home, video, film, asked, progress=progress)
        told = handing.account(home, video) if explain else []
    click.echo("\n".join([video.title, *map(str, written or [film]), *told]))


@click.command()
@click.argument("video")
@click.option(
    "--replay",
    type=PATH,
    callback=to_file,
    help="Draw it again from what was kept of its plan, to this MP4.",
)
@click.pass_obj
def explain(settings: Settings, video: str, replay: Path | None) -> None:
    """Say how the plan of VIDEO came to be, step by step. VIDEO is a title or an id."""
    from reelwright.assemble import handing, homes, knowledge

    with homes.kept_home(settings.config) as home, bars() as progress:
        found = knowledge.video(home, video)
        told = handing.account(home, found)
        same = replay and handing.replay(home, found, replay, progress=progress)
    click.echo("\n".join([found.title, *told]))
    if replay:
        told_bytes = "the same bytes as" if same else "other bytes than"
        click.echo(f"{replay}: {told_bytes} the film that is kept")


@click.command()
@click.option(
    "--product",
    "brief",
    required=True,
    type=PATH,
    help="What it is for, as JSON: name, price, currency, offer and more.",
)
@click.option(
    "--photo",
    "photos",
    multiple=True,
    type=PATH,
    help="A photograph, a cut-out or a film; several, in the order in which they are shown.",
)
@click.option("--logo", type=PATH, help="For the end card.")
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
@writes("The MP4 to write.")
@narrated
@contact_sheet
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
    from reelwright.assemble import drawn

    config, _ = narrating(settings.config, narrate)
    with bars() as progress:
        blueprint, notes = drawn.advert(
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


@click.command()
@click.option(
    "--out",
    required=True,
    type=PATH,
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
    from reelwright.assemble import drawn

    with bars() as progress:
        drawn.gallery(settings.config, styles, scenes, out, progress=progress)
    click.echo(out)
