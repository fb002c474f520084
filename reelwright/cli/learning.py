"""Taking in what there is, and learning from it."""

import sys
from pathlib import Path

import click

from reelwright.cli.options import FILE, PATH, Settings, figures_json, writes
from reelwright.cli.telling import bars, extra, say_figures, warn


@click.command()
@click.argument("folder", type=PATH)
@click.option("--events", type=PATH, help="What viewers did, one JSON object a line.")
@click.pass_obj
def ingest(settings: Settings, folder: Path, events: Path | None) -> None:
    """Take in the videos of FOLDER, and what viewers did with them."""
    from reelwright.assemble import homes, intake

    intake.refuse_to_ingest(folder, events)
    with homes.home(settings.config) as home, bars() as progress:
        report = intake.ingest(home, folder, events, progress=progress)
    for refusal in report.refusals:
        click.echo(f"refused {refusal}", err=True)
    click.echo(
        f"{report.videos_new} videos and {report.events_new} events are new; "
        f"{report.videos_known} and {report.events_known} were known; {report.refused} refused."
    )
    sys.exit(report.exit_status)


@click.group(invoke_without_command=True)
@figures_json
@click.pass_context
def train(context: click.Context, to: str | None) -> None:
    """Learn codes and a recommender from everything that was taken in."""
    from reelwright.assemble import homes, lessons

    if context.invoked_subcommand is not None:
        return
    settings: Settings = context.obj
    with homes.kept_home(settings.config) as home, bars() as progress:
        figures = lessons.train(home, progress=progress)
    say_figures(figures, to)


@train.command("studio")
@writes("The adapter to write, a .gguf that llama.cpp lays over the model.")
@click.option(
    "--model",
    type=FILE,
    help="The model to teach, a .gguf of the Llama class.  [default: smollm2]",
)
@click.option("--plans", type=click.IntRange(2, 100_000), default=240, show_default=True)
@click.option("--steps", type=click.IntRange(1, 1_000_000), default=240, show_default=True)
@click.option("--batch", type=click.IntRange(1, 256), default=1, show_default=True)
@click.option(
    "--blocks",
    type=click.IntRange(1, 256),
    default=15,
    show_default=True,
    help="So many of the model's blocks, from the top; fewer cost less.",
)
@click.option("--rank", type=click.IntRange(1, 256), default=8, show_default=True)
@click.option("--sparing", is_flag=True, help="Take less memory, and a third more time.")
@click.option(
    "--soft",
    is_flag=True,
    help="Teach it to be told wishes in soft tokens made from codes, in two stages of --steps; "
    "what makes them is written beside the adapter.",
)
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True)
@figures_json
@click.pass_obj
def train_studio(
    settings: Settings,
    out: Path,
    model: Path | None,
    plans: int,
    steps: int,
    batch: int,
    blocks: int,
    rank: int,
    sparing: bool,
    soft: bool,
    seed: int,
    to: str | None,
) -> None:
    """Teach the studio's language model what the rules plan, or the server of studio.base_url.

    Stopped at any moment, it goes on where it was when it is run again.
    """
    from reelwright.assemble import lessons

    with extra("llm"), bars() as progress:
        from reelwright.tuning.fit import Course

        course = Course(
            steps=steps, batch=batch, rank=rank, alpha=2 * rank, blocks=blocks, sparing=sparing
        )
        figures = lessons.tune(
            settings.config,
            model,
            count=plans,
            course=course,
            seed=seed,
            out=out,
            soft=soft,
            say=warn,
            note=lambda *_: None,
            progress=progress,
        )
    say_figures(figures, to)
