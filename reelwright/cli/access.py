"""Who may ask what over HTTP."""

import time

import click

from reelwright.cli.options import Settings, family, table_json
from reelwright.cli.telling import say_json, warn
from reelwright.errors import ReelwrightError

keys = family("keys", "Who may ask what over HTTP: make keys, list them, revoke them.")


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
    from reelwright.assemble import homes
    from reelwright.storage.keys import Scope

    now_s = time.time()
    until_s = now_s + seconds(expires) if expires else None
    with homes.home(settings.config) as home:
        secret, _ = homes.keys(home).add(
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
@table_json
@click.pass_obj
def keys_list(settings: Settings, to: str | None) -> None:
    """Say which keys were made, what they are for, and whether they still count."""
    from reelwright.assemble import homes
    from reelwright.storage.listing import rows, table

    with homes.kept_home(settings.config) as home:
        made = homes.keys(home).all()
    if to is None:
        click.echo(table(made, now_s=time.time()))
    else:
        say_json(rows(made, now_s=time.time()), to)


@keys.command("revoke")
@click.argument("name")
@click.pass_obj
def keys_revoke(settings: Settings, name: str) -> None:
    """Make a key worth nothing. NAME is its name or its prefix."""
    from reelwright.assemble import homes

    with homes.kept_home(settings.config) as home:
        key = homes.keys(home).revoke(name, now_s=time.time())
    click.echo(f"{key.name} ({key.prefix}) counts no longer; a running server notices in a second.")


@keys.command("webhooks")
@click.option("--renew", is_flag=True, help="Make another; what was signed with it is worthless.")
@click.pass_obj
def keys_webhooks(settings: Settings, renew: bool) -> None:
    """Show the secret that webhooks are signed with."""
    from reelwright.assemble import homes

    with homes.home(settings.config) as home:
        click.echo(homes.outbox(home).secret(renew=renew))
