"""What this machine has: its parts, and pretrained weights."""

import sys

import click

from reelwright.cli.options import Settings, family, table_json
from reelwright.cli.telling import bars, say_json, warn
from reelwright.errors import ReelwrightError


@click.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Say what this machine has and what it lacks."""
    from reelwright.doctor import examine

    healthy = True
    for finding in examine(settings.config):
        healthy = healthy and finding.fine
        click.echo(f"{'ok ' if finding.fine else 'BAD'}  {finding.what:<12} {finding.words}")
    sys.exit(0 if healthy else 2)


models = family(
    "models", "Pretrained weights: which there are, which are here; get some, check them."
)


@models.command("list")
@table_json
@click.pass_obj
def models_list(settings: Settings, to: str | None) -> None:
    """Say what each is for, its licence and size, and where it lies."""
    from reelwright.assemble import pretrained
    from reelwright.zoo.listing import rows, table

    zoo = pretrained.zoo(settings.config)
    if to is None:
        click.echo(table(zoo))
    else:
        say_json(rows(zoo), to)


@models.command("pull")
@click.argument("names", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.pass_obj
def models_pull(settings: Settings, names: tuple[str, ...], yes: bool) -> None:
    """Get the weights NAMES, after a look at their licence and size."""
    from reelwright.assemble import pretrained
    from reelwright.zoo.listing import offer
    from reelwright.zoo.weights import weights

    zoo = pretrained.zoo(settings.config)
    for weight in [weights(name) for name in names]:
        if zoo.find(weight.name) is None:
            warn(offer(weight))
            if not yes:
                agree()
        with bars() as progress:
            path = zoo.pull(weight.name, progress)
        click.echo(path)


def agree() -> None:
    """Asks whoever sits at the terminal; where nobody does, nothing is taken for a yes."""
    if not sys.stdin.isatty():
        raise ReelwrightError(
            "Nothing was downloaded: there is nobody to agree here.", hint="Say it with --yes."
        )
    click.confirm("Download it?", abort=True, err=True)


@models.command("check")
@click.pass_obj
def models_check(settings: Settings) -> None:
    """Hold what is here against its SHA-256."""
    from reelwright.assemble import pretrained
    from reelwright.zoo.weights import WEIGHTS

    zoo = pretrained.zoo(settings.config)
    broken = []
    with bars() as progress:
        for weight in WEIGHTS:
            if zoo.find(weight.name) and not zoo.is_sound(weight.name, progress):
                broken.append(weight.name)
    if broken:
        raise ReelwrightError(
            f"These are not what they should be: {', '.join(broken)}.",
            hint=f"Get them again: reelwright models pull {' '.join(broken)}",
        )
    here = [weight.name for weight in WEIGHTS if zoo.find(weight.name)]
    click.echo(f"sound: {', '.join(here) or 'there are none'}")
