"""How a log names videos (by id, by path, by file name, by stem), brought to one id."""

from collections.abc import Iterable
from pathlib import PurePath

from reelwright.catalogue.refusal import Unfit, shown


class References:
    """Every name that videos go by. A name that several of them bear stands for none."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._ids = set(ids)
        self._named: dict[str, set[str]] = {}
        self._refused: set[str] = set()

    def add(self, path: PurePath, video: str) -> None:
        """`video` lies at `path`, relative to the folder that is taken in."""
        self._ids.add(video)
        for name in _names(path):
            self._named.setdefault(name, set()).add(video)

    def refuse(self, path: PurePath) -> None:
        """What lies at `path` was not taken, so a name of it needs another explanation."""
        self._refused.update(_names(path))

    def id_of(self, name: str) -> str:
        """The one video called `name`; `Unfit` where there is none, or more than one."""
        if name in self._ids:
            return name
        found = self._named.get(name, set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise Unfit(f"video {shown(name)} could be any of {len(found)}: write its path")
        if name in self._refused:
            raise Unfit(f"video {shown(name)} is a file that was refused")
        raise Unfit(f"no video is called {shown(name)}")


def _names(path: PurePath) -> set[str]:
    return {path.as_posix(), path.with_suffix("").as_posix(), path.name, path.stem}
