"""The feed, opened, and those who work beside it."""

import os
import sys
import threading
import time

import click

from reelwright.cli.options import Settings, figures_json
from reelwright.cli.telling import bars, say_figures, warn

IDLE_S = 0.5  # between two looks for something to make
PATIENCE_S = 2.0  # with a worker whose server is gone: it may be loading still, or making a clip


@click.command()
@click.option("--serve/--no-serve", "then_serve", default=True, help="Open the feed afterwards.")
@figures_json
@click.pass_obj
def demo(settings: Settings, then_serve: bool, to: str | None) -> None:
    """Build a small world, learn from it, make videos, open the feed."""
    from reelwright.assemble import homes
    from reelwright.demo import demo_in
    from reelwright.engine.supervisor import Supervisor
    from reelwright.serve.server import refuse_taken_port

    if then_serve:
        refuse_taken_port(settings.config.serve)
    with homes.home(settings.config) as home, bars() as progress:
        worker = Supervisor(child_command(settings, "work"))
        figures = demo_in(home, worker=worker, progress=progress).run()
    say_figures(figures, to)
    if then_serve:
        open_feed(settings, with_worker=True)


@click.command()
@click.option(
    "--worker/--no-worker",
    "with_worker",
    default=True,
    help="Make what viewers miss, in a process beside it.",
)
@click.pass_obj
def serve(settings: Settings, with_worker: bool) -> None:
    """Open the feed at a loopback address, with a worker beside it."""
    open_feed(settings, with_worker=with_worker)


def open_feed(settings: Settings, *, with_worker: bool) -> None:
    """Serve until Ctrl-C. A port that is taken is told before anything heavy is loaded."""
    from reelwright.assemble import backbones, crews, door, homes
    from reelwright.engine.supervisor import Supervisor
    from reelwright.serve.server import refuse_taken_port
    from reelwright.serve.server import serve as serve_app

    refuse_taken_port(settings.config.serve)
    with homes.kept_home(settings.config) as home:
        worker = Supervisor(child_command(settings, "work")) if with_worker else None
        reworker = Supervisor(child_command(settings, "rework")) if with_worker else None
        app = door.app(home, gave_up=lambda: worker is not None and worker.gave_up)
        for words in (backbones.backbone_lack(settings.config), door.door_words(home)):
            if words:
                warn(words)
        messenger, watch = door.messenger(home), crews.watch(home)
        try:
            messenger.start()
            watch.start()
            for child in filter(None, (worker, reworker)):
                child.start()
            serve_app(
                app, settings.config.serve, lambda url: click.echo(f"The feed is open: {url}")
            )
        finally:
            messenger.stop()
            watch.stop()
            for child in filter(None, (worker, reworker)):
                child.stop()


def child_command(settings: Settings, command: str) -> list[str]:
    """A command in a process of its own, which ends when this one does."""
    parent = ["--parent", str(os.getpid())]
    return [sys.executable, "-m", "reelwright", *settings.arguments, command, *parent]


@click.command()
@click.option("--name", help="What this worker is called in the rows that it claims.")
@click.option(
    "--processes",
    type=click.IntRange(1, 256),
    help="Make so many at once, each in a process of its own that may die.  [default: one, here]",
)
@click.option("--parent", type=int, hidden=True, help="Stop when this process is gone.")
@click.pass_obj
def work(settings: Settings, name: str | None, processes: int | None, parent: int | None) -> None:
    """Make what viewers wish for, one row after another."""
    from reelwright.assemble import crews, homes
    from reelwright.engine.worker import work_together

    stop = stopped_with(parent)
    name = name or f"worker-{os.getpid()}"
    with homes.kept_home(settings.config) as home:
        if processes is None:
            crews.worker(home, name=name).run(stop, idle_s=IDLE_S)
        else:
            with crews.crew(home, name=name, processes=processes) as workers:
                work_together(workers, stop, idle_s=IDLE_S)
    os._exit(0)  # a making that was left to another worker must not delay or soil the end


@click.command(hidden=True)
@click.option("--parent", type=int, help="Stop when this process is gone.")
@click.pass_obj
def rework(settings: Settings, parent: int | None) -> None:
    """Measure the takes that came over the web, and put them into other worlds."""
    from reelwright.assemble import homes, takes

    stop = stopped_with(parent)
    with homes.kept_home(settings.config) as home:
        takes.reworker(home).run(stop, idle_s=IDLE_S)
    os._exit(0)  # what was left to another process must not delay or soil the end


def stopped_with(parent: int | None) -> threading.Event:
    """Set by a signal, and once the parent is gone, if there is one."""
    from reelwright.engine.worker import stopped_by_signals

    stop = stopped_by_signals()
    if parent is not None:
        threading.Thread(target=stop_after, args=(parent, stop), daemon=True).start()
    return stop


def stop_after(parent: int, stop: threading.Event) -> None:
    """Stop once the parent is gone, so that a killed server leaves no worker behind.

    A clip that is being made is left to another worker, as when this one were killed too.
    """
    while os.getppid() == parent:
        if stop.wait(1.0):
            return
    stop.set()
    time.sleep(PATIENCE_S)
    os._exit(0)
