"""What is said while a command works, and what it says at its end."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reelwright.errors import ReelwrightError
from reelwright.progress import Progress

if TYPE_CHECKING:
    from rich.progress import TaskID

LINE_EVERY_S = 10.0  # where there is no terminal, a slow step says a word this often


def warn(text: str) -> None:
    """A line for whoever watches, beside the figures."""
    click.echo(text, err=True)


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
