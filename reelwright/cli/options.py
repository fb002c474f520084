"""What stands before and behind many verbs: settings, files to read and to write, figures."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from reelwright.errors import ReelwrightError

Command = TypeVar("Command", bound="Callable[..., object] | click.Command")
PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FIGURES_HELP = "Write the figures there as JSON; - for standard output."


class Settings:
    """What stands before the verb, and the same as arguments for a process of our own."""

    def __init__(self, file: Path | None, home: str | None, changes: tuple[str, ...]) -> None:
        # Late: it is a third of the time that --help takes, which needs none of it.
        from reelwright.config import load

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


figures_json = click.option("--json", "to", metavar="FILE", callback=to_file, help=FIGURES_HELP)
table_json = click.option(
    "--json", "to", metavar="FILE", callback=to_file, help="As JSON; - for here."
)
figures_printed = click.option(
    "--json", "to", metavar="FILE", default="-", callback=to_file, help=FIGURES_HELP
)


def writes(words: str) -> Callable[[Command], Command]:
    """The file that a command is there to write."""
    return click.option("-o", "--out", required=True, type=PATH, callback=to_file, help=words)


def family(name: str, words: str, kind: type[click.Group] = click.Group) -> click.Group:
    """Commands about one thing; without one of them it prints which there are."""

    @click.pass_context
    def alone(context: click.Context) -> None:
        if context.invoked_subcommand is None:
            click.echo(context.get_help())

    return kind(name, callback=alone, help=words, invoke_without_command=True)
