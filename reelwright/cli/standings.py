"""The recommender beside its rivals, on the same files."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reelwright.cli.benches import bench, measured
from reelwright.cli.options import PATH, Settings
from reelwright.cli.telling import bars, say_figures, warn
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.learning.checkpoint import Note


@bench.command("recommend")
@click.option(
    "--data",
    "folders",
    multiple=True,
    required=True,
    type=PATH,
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
@click.option("--log", type=PATH, help="TensorBoard files go there.")
@click.option(
    "--work",
    type=PATH,
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
    from reelwright.assemble import benches
    from reelwright.bench import recommend, standings
    from reelwright.bench.table import put

    datasets = recommend.read_all(folders, now_s=time.time(), quick=quick)
    missing: list[str] = []
    contenders = recommend.chosen_ones(
        only, (*recommend.CONTENDERS, *benches.rivals(missing.append)), missing
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
