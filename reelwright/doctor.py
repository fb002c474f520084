"""What this machine has, what it lacks, and what stands in for it: `reelwright doctor`."""

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from reelwright.assemble import backbones, encoders, speaking
from reelwright.config import Config
from reelwright.errors import ReelwrightError
from reelwright.serve.server import refuse_taken_port
from reelwright.storage.database import is_there
from reelwright.storage.sqlite import sound_sqlite
from reelwright.zoo.weights import WEIGHTS
from reelwright.zoo.zoo import Zoo

PACKAGES = ("torch", "numpy", "opencv-python-headless", "skia-python", "av", "granian")
ENOUGH_DISK_GB = 2.0
ENOUGH_MEMORY_GB = 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. What is not `fine` keeps the program from working."""

    what: str
    fine: bool
    words: str


def examine(config: Config) -> Iterator[Finding]:
    """Everything worth knowing before a run, the vital things first."""
    yield Finding("python", sys.version_info >= (3, 11), f"{platform.python_version()}")
    yield _database(config)
    yield _packages()
    yield _home(Path(config.home))
    yield _encoder(config)
    yield _weights(config)
    yield _studio(config)
    if told := backbones.route_words(config):
        yield Finding("route", True, told)
    yield _voice(config)
    yield _port(config)
    yield Finding("machine", True, f"{os.cpu_count()} cores, {_memory_gb():.1f} GB of memory")
    yield _graphics()
    yield _browser()


def _database(config: Config) -> Finding:
    """That the truth can be kept where the settings say; a password is not told."""
    if not config.storage.url:
        return _sqlite()
    try:
        used = is_there(Path(config.home), config=config.storage)
    except ReelwrightError as error:
        return Finding("database", False, str(error))
    return Finding("database", True, f"PostgreSQL, {'used before' if used else 'empty'}")


def _sqlite() -> Finding:
    try:
        return Finding("sqlite", True, sound_sqlite())
    except ReelwrightError as error:
        return Finding("sqlite", False, str(error))


def _packages() -> Finding:
    versions = {name: _version(name) for name in PACKAGES}
    told = ", ".join(f"{name} {version or 'is missing'}" for name, version in versions.items())
    return Finding("packages", all(versions.values()), told)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _home(home: Path) -> Finding:
    existing = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    free_gb = shutil.disk_usage(existing).free / 1e9
    words = f"{home.absolute()}, {free_gb:.0f} GB free"
    if not (existing.is_dir() and os.access(existing, os.W_OK)):
        return Finding("home", False, f"{words}, cannot be written: choose another with --home")
    return Finding("home", free_gb > ENOUGH_DISK_GB, words)


def _encoder(config: Config) -> Finding:
    try:
        return Finding("encoder", True, encoders.encoder_words(config))
    except ReelwrightError as error:
        return Finding("encoder", False, str(error))


def _weights(config: Config) -> Finding:
    zoo = Zoo(config.zoo.path)
    here = [weight.name for weight in WEIGHTS if zoo.find(weight.name)]
    words = f"{', '.join(here)} in {zoo.folder}" if here else f"none in {zoo.folder}"
    if lacking := [weight.name for weight in WEIGHTS if weight.name not in here]:
        words += f"; for more: reelwright models pull {' '.join(lacking)}"
    return Finding("weights", True, words)


def _studio(config: Config) -> Finding:
    try:
        return Finding("studio", True, backbones.backbone_words(config))
    except ReelwrightError as error:
        return Finding("studio", False, str(error))


def _voice(config: Config) -> Finding:
    best = replace(config, render=replace(config.render, voice="best"))
    narrator = speaking.narrator(best)
    return Finding("voice", True, narrator.note or narrator.voice_name)


def _port(config: Config) -> Finding:
    serve = config.serve
    try:
        refuse_taken_port(serve)
    except ReelwrightError as error:
        return Finding("port", False, str(error))
    return Finding("port", True, f"{serve.host}:{serve.port} is free")


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _graphics() -> Finding:
    nodes = [path.name for path in Path("/dev").glob("nvidia[0-9]*")]
    found = ", ".join(nodes) if nodes else "no GPU: everything runs on the processor"
    return Finding("graphics", True, found)


def _browser() -> Finding:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    return Finding("browser", True, chromium or "no Chromium: the browser tests are skipped")
