"""Servers and workers are killed again and again, and what they stand on is taken away: which of
their promises are broken by it.

All is counted in the database afterwards; of what the killed said, acknowledgements alone count.
"""

from collections.abc import Callable

from reelwright.bench import outages
from reelwright.bench.killed_servers import served
from reelwright.bench.killed_workers import worked
from reelwright.bench.places import POSTGRESQL, named, places, words_of
from reelwright.config import Config
from reelwright.progress import Progress

Figures = dict[str, float]

BROKEN = {
    "acked_lost": "acknowledged events that are not in the log",
    "duplicates": "events that are in the log twice, or were new twice",
    "made_twice": "wishes for which more than one clip was kept",
    "rows_stuck": "rows that nobody finished, a minute after the last kill",
}
OF_A_DATABASE = {
    **BROKEN,
    "acked": "events that were acknowledged",
    "made": "wishes that were made",
    "again": "makings that were begun once more, since a worker was killed",
}
WORDS = {
    "server_kills": "`kill -9` of the server, for each database",
    "worker_kills": "`kill -9` of a worker, likewise",
    **BROKEN,
    **words_of(OF_A_DATABASE),
    **outages.WORDS,
}
SERVER_KILLS, WORKER_KILLS = 50, 30
FEW = 1, 2  # of both, for a quick run


def measure(
    config: Config, *, quick: bool, progress: Progress, warn: Callable[[str], None]
) -> Figures:
    """On every database that is here; what has no name of one is the sum of them."""
    kills = FEW if quick else (SERVER_KILLS, WORKER_KILLS)
    figures: Figures = {"server_kills": float(kills[0]), "worker_kills": float(kills[1])}
    with places(warn) as found:
        for place in found:
            measured = served(place, kills=kills[0], seed=1, progress=progress)
            measured |= worked(place, kills=kills[1], seed=1, progress=progress)
            figures |= named(measured, place)
        has_postgresql = any(place.name == POSTGRESQL for place in found)
    for name in BROKEN:
        figures[name] = sum(figures[f"{name}_{place.name}"] for place in found)
    figures |= outages.measure(
        config, has_postgresql=has_postgresql, quick=quick, progress=progress
    )
    figures["acked_lost"] += sum(figures.get(f"{what}_acked_lost", 0.0) for what in outages.OUTAGES)
    return figures
