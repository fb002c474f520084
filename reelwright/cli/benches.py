"""Every bench: what it measures, as flat JSON, and its table in a page."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reelwright.cli.options import FILE, Settings, family, figures_printed
from reelwright.cli.telling import bars, extra, say_figures, warn
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.bench.render import Rival


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


bench = family("bench", "Measure something; the figures come as flat JSON.", Benches)


def measured(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every bench has."""
    options = (
        figures_printed,
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
    type=FILE,
    help="What the taught model learned.  [default: the one that ships]",
)
def bench_studio(
    settings: Settings, to: str, quick: bool, into: Path | None, adapter: Path | None
) -> None:
    """The studio: rules, plain and taught model on the same wishes."""
    from reelwright.assemble import benches

    with extra("llm"):
        voices = benches.voices(settings.config, adapter)
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
