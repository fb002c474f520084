"""The home folder, opened, and what each part of it keeps."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.config import Config
from reelwright.errors import ReelwrightError
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database, is_there
from reelwright.storage.events import EventLog
from reelwright.storage.models import Models
from reelwright.storage.profiles import Profiles
from reelwright.storage.videos import Videos

if TYPE_CHECKING:
    from reelwright.cache.renders import Renders
    from reelwright.cache.stock import Stock
    from reelwright.cache.tally import Tally
    from reelwright.privacy import Privacy
    from reelwright.storage.consents import Consents
    from reelwright.storage.keys import Keys
    from reelwright.storage.outbox import Outbox

EMPTY_HINT = (
    "Run reelwright ingest FOLDER --events FILE, then reelwright train; or reelwright demo."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """An open home folder: all that is kept between two runs."""

    config: Config
    database: Database
    blobs: Blobs
    log: EventLog
    videos: Videos
    models: Models
    profiles: Profiles
    ending: ExitStack  # what is to be done before it is closed


@contextmanager
def home(config: Config) -> Iterator[Home]:
    """The home folder, made where there is none, closed in good order at the end."""
    folder = Path(config.home)
    tenant = config.tenant
    with Database.open(folder, config=config.storage, tenant=tenant) as database:
        blobs = Blobs.of(folder, tenant)
        log = EventLog(database, config.storage)
        with ExitStack() as ending:
            ending.callback(log.close)
            yield Home(
                config=config,
                database=database,
                blobs=blobs,
                log=log,
                videos=Videos(database),
                models=Models(database, blobs),
                profiles=Profiles(database),
                ending=ending,
            )


def kept_home(config: Config) -> AbstractContextManager[Home]:
    """The home folder of one who has been here before; none is made where there is none."""
    if not is_there(Path(config.home), config=config.storage):
        raise ReelwrightError(f"There is nothing in {config.home} yet.", hint=EMPTY_HINT)
    return home(config)


def renders(home: Home) -> "Renders":
    from reelwright.cache.renders import Renders

    return Renders(home.database, home.config.cache)


def tally(home: Home) -> "Tally":
    from reelwright.cache.tally import Tally

    return Tally(home.database, home.config.cache)


def stock(home: Home) -> "Stock":
    from reelwright.cache.stock import Stock

    return Stock(home.database, home.blobs, home.config.cache)


def privacy(home: Home) -> "Privacy":
    from reelwright.privacy import Privacy

    return Privacy(home.database)


def consents(home: Home) -> "Consents":
    """Who agreed to what is made of a film that shows them."""
    from reelwright.storage.consents import Consents

    return Consents(home.database)


def keys(home: Home) -> "Keys":
    from reelwright.storage.keys import Keys

    return Keys(home.database)


def outbox(home: Home) -> "Outbox":
    from reelwright.storage.outbox import Outbox

    return Outbox(home.database)
