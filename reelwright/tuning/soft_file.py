"""A projector on the disk: its weights, its sizes, and what it was taught with.

It says something only beside the very model, adapter and codes of its training, so it names them.
"""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from reelwright.errors import ReelwrightError, cleaned
from reelwright.media.files import whole_file
from reelwright.tuning.soft import Projector, Sizes

ABOUT = "reelwright"  # the entry of a file's header that is ours
KIND = "projector 1"
HINT = "Run reelwright train studio --soft again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Taught:
    """What a projector was taught with: the version of the codes, and marks of two files."""

    codebook: str
    model: str
    adapter: str


def mark(file: Path) -> str:
    """What tells a file from any other."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def beside(adapter: Path) -> Path:
    """Where the projector lies that was taught together with an adapter."""
    return adapter.with_suffix(".safetensors")


def write(projector: Projector, taught: Taught, file: Path) -> None:
    """The whole file, or what was there before."""
    about = {
        "kind": KIND,
        "sizes": dataclasses.asdict(projector.sizes),
        "taught": dataclasses.asdict(taught),
    }
    weights = {name: one.detach().contiguous() for name, one in projector.state_dict().items()}
    with whole_file(file) as part:
        save_file(weights, part, metadata={ABOUT: json.dumps(about)})  # one: they have no order


def open_projector(file: Path, *, beside: Taught) -> Projector:
    """The projector in `file`; refused where it was taught with something else."""
    sizes, taught, weights = _opened(file)
    for name in ("codebook", "model", "adapter"):
        if getattr(taught, name) != getattr(beside, name):
            raise ReelwrightError(
                f"{file} was taught with another {name} ({getattr(taught, name)[:16]}, "
                f"not {getattr(beside, name)[:16]}).",
                hint=HINT,
            )
    found = Projector(sizes)
    try:
        found.load_state_dict(weights)
    except RuntimeError as error:
        raise ReelwrightError(
            f"{file} holds no projector that can be read: its weights do not fit its sizes.",
            hint=HINT,
        ) from error
    return found.requires_grad_(False)


def _opened(file: Path) -> tuple[Sizes, Taught, dict[str, Tensor]]:
    try:
        with safe_open(file, "pt") as kept:
            about = json.loads((kept.metadata() or {}).get(ABOUT, "{}"))
            if about.get("kind") != KIND:
                raise ValueError(f"its kind is {about.get('kind')}")
            sizes, taught = Sizes(**about["sizes"]), Taught(**about["taught"])
            return sizes, taught, {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118  it is no mapping
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise ReelwrightError(
            f"{file} holds no projector that can be read ({cleaned(error)}).", hint=HINT
        ) from error
