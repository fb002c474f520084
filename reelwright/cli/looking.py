"""What was learned, told and drawn: a viewer's wishes, and the codes."""

from pathlib import Path

import click

from reelwright.cli.options import PATH, Settings, family, to_file


@click.command()
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
    from reelwright.assemble import feeds, homes
    from reelwright.atlas.wishes import show

    with homes.kept_home(settings.config) as home:
        found = feeds.wishes(home, viewer, count=count)
    for line in show(found):
        click.echo(line)


sids = family("sids", "Look at the codes: one video in words, or all of them as a map.")


@sids.command("show")
@click.argument("video")
@click.pass_obj
def sids_show(settings: Settings, video: str) -> None:
    """Say what the codes of VIDEO mean, and what lies near it. VIDEO is a title or an id."""
    from reelwright.assemble import homes, knowledge
    from reelwright.atlas.show import show

    with homes.kept_home(settings.config) as home:
        atlas = knowledge.atlas(home)
    for line in show(atlas, atlas.find(video)):
        click.echo(line)


@sids.command("map")
@click.option(
    "--out",
    type=PATH,
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
    from reelwright.assemble import homes, knowledge
    from reelwright.atlas.picture import Map, refuse_unknown_kind

    refuse_unknown_kind(out)
    with homes.kept_home(settings.config) as home:
        atlas = knowledge.atlas(home)
        posters = knowledge.posters(home, atlas)
        Map(atlas=atlas, poster=posters).save(out, width=width)
    click.echo(out)
