"""Who looks at filmed people: what they do, and how much of it a changed film has kept."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.assemble.pretrained import zoo
from reelwright.config import Config
from reelwright.progress import Progress, silent

if TYPE_CHECKING:
    from reelwright.media.probe import Probe
    from reelwright.modify.analyse import Analysed
    from reelwright.modify.card import Card
    from reelwright.modify.performance import Performance
    from reelwright.modify.preserved import Likeness
    from reelwright.modify.watcher import Watcher as FootageWatcher


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at footage, and why not somebody better."""

    watcher: "FootageWatcher"
    note: str = ""


def looking(config: Config) -> Looking:
    """The networks that see people, or what does without them. Nothing is downloaded for it."""
    from reelwright.modify.watcher import Watcher
    from reelwright.zoo.weights import PEOPLE

    weights = zoo(config).find(PEOPLE.name)
    steps = [] if weights else [f"reelwright models pull {PEOPLE.name}"]
    if find_spec("ai_edge_litert") is None:
        steps.append("pip install 'reelwright[people]'")
    if weights is None or steps:
        how = " && ".join(steps)
        return Looking(Watcher(None), f"There is {PEOPLE.fallback}. To see people: {how}")
    from reelwright.modify.sight import eyes

    return Looking(Watcher(eyes(weights)))


def analyse(
    config: Config, footage: Path, out: Path, *, progress: Progress = silent
) -> tuple["Analysed", str]:
    """Measure footage, probed first, into that file; and what could have been seen better."""
    from reelwright.media.probe import Prober
    from reelwright.modify import analyse

    probe = Prober(config.media).probe(footage)
    sees = looking(config)
    with closing(sees.watcher) as watcher:
        return analyse.write(footage, out, probe, watcher, progress=progress), sees.note


def performance_of(
    footage: Path,
    take: Path | None,
    probe: "Probe",
    watcher: "FootageWatcher",
    *,
    progress: Progress,
) -> "Performance":
    """What was measured of the footage before, in that file; or what is measured now."""
    from reelwright.modify.analyse import analyse
    from reelwright.modify.edit import refuse_other
    from reelwright.modify.takefile import read

    if take is None:
        return analyse(footage, probe, watcher, progress=progress)
    known = read(take)
    refuse_other(footage, known)
    return known


def identity(config: Config) -> "Likeness | None":
    """Who tells whether a face is still the same person's; None where what it takes is not here."""
    from reelwright.zoo.weights import IDENTITY

    vectors, points = (zoo(config).find(weight.name) for weight in IDENTITY)
    if vectors is None or points is None or find_spec("dlib") is None:
        return None
    from reelwright.modify.identity import Identity

    return Identity(vectors, points)


def preserved(
    config: Config,
    source: Path,
    result: Path,
    *,
    take: Path | None = None,
    start: Path | None = None,
    end: Path | None = None,
    keyframes: Sequence[str] = (),
    progress: Progress = silent,
) -> tuple["Card", str]:
    """How much of the footage's performance the result has, and what could have been seen better.

    `take` is the footage's performance if it was measured before.
    """
    from reelwright.media.materials import Materials
    from reelwright.media.probe import Prober
    from reelwright.modify.analyse import analyse as measured
    from reelwright.modify.painted import given, looks
    from reelwright.modify.preserved import preserved as score

    prober = Prober(config.media)
    probes = {path: prober.probe(path) for path in (source, result)}
    sees = looking(config)
    told = named(progress, source)
    known = performance_of(source, take, probes[source], sees.watcher, progress=told)
    asked = given(known.footage, start=start, end=end, at=keyframes)
    pictures = looks(asked, known.footage, Materials(config.media))
    made = measured(result, probes[result], sees.watcher, progress=named(progress, result))
    card = score(
        (source, known),
        (result, made),
        keyframes=pictures,
        identity=identity(config),
        progress=progress,
    )
    return card, sees.note


def named(progress: Progress, path: Path) -> Progress:
    """The same listener, told of which film."""

    def tell(what: str, done: int, total: int) -> None:
        progress(f"{what} {path.name}", done, total)

    return tell
