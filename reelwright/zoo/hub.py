"""Files from a model hub. Imported only where huggingface_hub is installed."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huggingface_hub import hf_hub_download
from huggingface_hub.utils import tqdm

from reelwright.zoo.places import Told, Unfetched
from reelwright.zoo.weights import HubFile

MOST_LETTERS = 200  # of the hub's own words in a line of ours


def hub(endpoint: str | None = None) -> Callable[[HubFile, Path, Told], None]:
    """Fetches from the hub at this address; by itself, from the one that the package knows."""

    def fetch(place: HubFile, into: Path, tell: Told) -> None:
        with tempfile.TemporaryDirectory(dir=into.parent) as desk:
            try:
                got = hf_hub_download(
                    place.repository,
                    place.file,
                    revision=place.revision,
                    local_dir=desk,
                    endpoint=endpoint,
                    token=False,  # what is free for all needs no name
                    tqdm_class=_listener(tell),
                )
            except (OSError, ValueError) as error:  # the package's own errors are among these
                why = str(error.__cause__ or error)  # what the hub said, before what it may mean
                raise Unfetched(" ".join(why.split())[:MOST_LETTERS]) from error
            Path(got).replace(into)

    return fetch


def _listener(tell: Told) -> Any:
    """A progress bar of the package's own kind that draws nothing and tells the bytes."""

    class Listener(tqdm):  # type: ignore[misc]
        heard = 0

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{**options, "file": io.StringIO()})

        def update(self, n: float | None = 1) -> None:
            self.heard += int(n or 0)
            tell(self.heard)

    return Listener
