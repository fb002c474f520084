"""The command line: every verb, and its one line for whatever goes wrong."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

from reelwright import __version__
from reelwright.cli.access import keys
from reelwright.cli.benches import bench
from reelwright.cli.consenting import consent
from reelwright.cli.filmed import analyse, between, modify, preserved, sheet
from reelwright.cli.keeping import cache, move, viewer
from reelwright.cli.learning import ingest, train
from reelwright.cli.looking import sids, wishes
from reelwright.cli.machine import doctor, models
from reelwright.cli.making import advert, explain, gallery, make
from reelwright.cli.options import PATH, Settings
from reelwright.cli.serving import demo, rework, serve, work
from reelwright.cli.standings import bench_recommend
from reelwright.errors import ReelwrightError

VERBS = (
    *(demo, serve, work, rework),
    *(ingest, train, wishes, sids),
    *(make, explain, advert, gallery),
    *(analyse, modify, preserved, sheet, between, consent),
    *(viewer, cache, move, keys, doctor, models),
    bench,
)


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--config", "file", type=PATH, help="A TOML file of settings.")
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


for verb in VERBS:
    cli.add_command(verb)
bench.add_command(bench_recommend)


def main() -> None:
    """Run a command; an outsider's mistake ends in one line and exit status 2."""
    # Before numpy is loaded, here and in every process of ours: its products are small, and threads
    # that wait for each other cost more than they gain (24 clips drawn: 24.3 CPU-s, 20.7 without).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    heard: list[int] = []

    def stop(number: int, _: object) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):  # who serves or works hears them otherwise
        signal.signal(number, stop)
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
        if isinstance(error, ImportError) and not heard:
            raise
        click.echo("Stopped.", err=True)
        sys.exit(128 + next(iter(heard), signal.SIGINT))


def refuse(problem: str) -> NoReturn:
    """One line, whatever a stranger's file or an engine's answer brought into it."""
    click.echo(f"reelwright: {' '.join(problem.split())}", err=True)
    sys.exit(2)
