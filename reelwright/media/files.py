"""Files that appear whole or not at all, and one line for whoever named a place that cannot be."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reelwright.errors import ReelwrightError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name to write to. It becomes `path` at the end, and goes away if that never comes.

    What is there and is no plain file, such as a pipe, is written to as it is.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def asked_for(path: Path, what: str) -> Iterator[Path]:
    """`whole_file` for a place that a user chose: what is wrong with it is told in one line."""
    try:
        with whole_file(path) as part:
            yield part
    except OSError as error:
        raise ReelwrightError(
            f"{what} cannot be written to {path} ({error.strerror}).",
            hint="Give a file in a folder that can be written and has room.",
        ) from error
