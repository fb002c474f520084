"""Who agreed to what is made of a film that shows them."""

import time
from pathlib import Path

import click

from reelwright.cli.options import FILE, Settings, family, table_json
from reelwright.cli.telling import say_json

consent = family(
    "consent",
    "Who agreed to what is made of a film that shows them: record it, show it, revoke it.",
)


@consent.command("record")
@click.argument("footage", type=FILE)
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
    from reelwright.assemble import homes
    from reelwright.modify.consent import record

    with homes.home(settings.config) as home:
        made = record(homes.consents(home), footage, who, scope, until, now_s=time.time())
    click.echo(f"{made.id}: {made.who} agrees to {', '.join(made.scope)} until {until}")


@consent.command("show")
@click.argument("footage")
@table_json
@click.pass_obj
def consent_show(settings: Settings, footage: str, to: str | None) -> None:
    """Say who agreed to what for FOOTAGE, and what was made of it."""
    from reelwright.assemble import homes
    from reelwright.modify.consent import footage_of
    from reelwright.storage.agreed import rows, table

    with homes.kept_home(settings.config) as home:
        kept = homes.consents(home)
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
    from reelwright.assemble import homes, takes
    from reelwright.modify.consent import footage_of

    with homes.kept_home(settings.config) as home:
        gone = takes.cabinet(home).revoke(footage_of(footage), time.time())
    for line in gone.lines:
        click.echo(line)
