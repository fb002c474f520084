"""The server of `bench feed`: what `reelwright serve` runs, in a process that can be asked for its
own costs. For each line on its standard input it writes one of JSON; it ends with its parent.
"""

import dataclasses
import json
import os
import resource
import sys
import threading
import time

from reelwright.assemble import door, feeds, homes
from reelwright.config import Config
from reelwright.feed import Feed
from reelwright.outlooks.aside import Aside
from reelwright.serve.server import serve


def run(folder: str, port: int) -> None:
    """Serves this home until its standard input ends."""
    config = Config()
    config = dataclasses.replace(
        config, home=folder, serve=dataclasses.replace(config.serve, port=port)
    )
    with homes.home(config) as home:
        feed = feeds.feed(home, has_crowds=True)
        app = door.app(home, feed)
        threading.Thread(target=_tell, args=(feed,), daemon=True).start()
        serve(app, config.serve, say)


def say(line: str) -> None:
    """To whoever started this process."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _tell(feed: Feed) -> None:
    reader = feed.outlooks.reader
    assert isinstance(reader, Aside), "the feed of a server"
    for _ in sys.stdin:
        tally = {
            "cpu_s": time.process_time() + reader.cost.cpu_s,
            "recommender_s": reader.spent_s,
            "read": feed.outlooks.num_read,
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            + reader.cost.rss_mb,
        }
        say(json.dumps(tally))
    os._exit(0)  # nobody measures any longer


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    run(sys.argv[1], int(sys.argv[2]))
