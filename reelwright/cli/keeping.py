"""What is kept, of viewers and of what was made: shown, held, and let go."""

import time

import click

from reelwright.cli.options import Settings, family, figures_printed, table_json
from reelwright.cli.telling import say_json

viewer = family("viewer", "What is kept of a viewer: all of it on request, or none of it any more.")


@viewer.command("export")
@click.argument("name")
@figures_printed
@click.pass_obj
def viewer_export(settings: Settings, name: str, to: str) -> None:
    """Everything that is kept of the viewer NAME, as JSON."""
    from reelwright.assemble import feeds, homes

    with homes.kept_home(settings.config) as home:
        feeds.refuse_stranger(home, name)
        say_json(homes.privacy(home).export(name), to)


@viewer.command("erase")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.pass_obj
def viewer_erase(settings: Settings, name: str, yes: bool) -> None:
    """Delete everything that is kept of the viewer NAME. It does not come back."""
    from reelwright.assemble import feeds, homes

    with homes.kept_home(settings.config) as home:
        feeds.refuse_stranger(home, name)
        if not yes:
            click.confirm(f"Delete everything that is kept of {name}?", abort=True)
        gone = homes.privacy(home).erase(name, time.time())
    click.echo(
        f"Of {name} nothing is kept any more: {gone.events} events, {gone.impressions} impressions"
        f" and {gone.attributes + gone.wishes} notes are gone. A recommender that was trained "
        "before has learned from them; the next reelwright train does without."
    )


@click.group(invoke_without_command=True)
@table_json
@click.pass_context
def cache(context: click.Context, to: str | None) -> None:
    """What was made and is kept: what goes first when room is needed, and what must go or stay."""
    if context.invoked_subcommand is not None:
        return
    from reelwright.assemble import homes
    from reelwright.cache.listing import figures, table

    config = context.obj.config
    with homes.kept_home(config) as home:
        kept, ways = homes.stock(home).kept(time.time()), homes.tally(home).ways(0.0)
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
    from reelwright.assemble import homes

    with homes.kept_home(settings.config) as home:
        homes.stock(home).pin(wish, not off)
    click.echo(f"The clip of {wish} {'may go' if off else 'stays'}.")


@cache.command("bury")
@click.argument("wish")
@click.option("--why", default="By hand.", show_default=True, help="Kept with the wish.")
@click.option("--undo", is_flag=True, help="Let it be made again once it is asked for.")
@click.pass_obj
def cache_bury(settings: Settings, wish: str, why: str, undo: bool) -> None:
    """Withdraw the clip of WISH, and never make it again."""
    from reelwright.assemble import homes

    with homes.kept_home(settings.config) as home:
        if undo:
            homes.stock(home).unbury(wish)
        else:
            homes.stock(home).bury(wish, why, time.time())
    click.echo(f"{wish} {'may be made again' if undo else 'is buried'}.")
