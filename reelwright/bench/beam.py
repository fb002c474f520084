"""The search within in figures, against Hugging Face's constrained `generate` on the same weights.

Both search for the same viewers, in turns. `speedup` begins where the viewer has been read: both
sides have the keys and values that only hang on the viewer, ours also the states of its lazy
blocks, for which `generate` has no place; it ends with the codes. `speedup_call` is everything from
the history to 50 videos. Both are ratios of processor time, as a busy machine interrupts the longer
side more often; all times in ms are by the clock. `bench/huggingface.py` says what the peer does.
Needs the `bench` extra.

Shapes: N videos, L levels, l codes chosen so far, V codes of one level.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from reelwright.bench.codeworld import SIZES, catalogue, viewers
from reelwright.bench.huggingface import Allowed, Peer
from reelwright.config import RecommenderConfig
from reelwright.domain import Codes, Format, SemanticId, Viewer
from reelwright.progress import Progress
from reelwright.recommender.context import read, side_by_side
from reelwright.recommender.coverage import calibration_error, hidden
from reelwright.recommender.evaluate import leave_last_out
from reelwright.recommender.foresight import Foresight
from reelwright.recommender.model import Model
from reelwright.recommender.recommender import Recommender
from reelwright.recommender.search import Floats, Step, beam_search
from reelwright.recommender.train import train
from reelwright.recommender.trie import Ints, LiveTrie, Trie

Figures = dict[str, float]
Times = NDArray[np.float64]  # by the clock and by the processor, ms
T = TypeVar("T")

VIDEOS, MANY_VIDEOS, CATEGORY = 12_000, 100_000, 12_000
WIDTH = 50
TURN = 10  # viewers, first for one side and then for the other
THREADS = 1  # as the server has it: what one viewer needs is too small to be shared among cores
SEED = 1
WORDS = {
    "videos": "videos in the catalogue",
    "beams": "beams",
    "speedup": "one search for a viewer who has been read, Hugging Face's processor time over "
    "ours, medians",
    "speedup_call": "the same from the history, the reading of the viewer included on both sides",
    "invalid": "answers that do not exist or were to be left out",
    "p50_ms": "one viewer, from the history to 50 videos, median, ms",
    "p99_ms": "the same, 99th percentile, ms",
    "hf_p50_ms": "the same by Hugging Face, median, ms",
    "search_p50_ms": "the search alone, median, ms",
    "hf_search_p50_ms": "the same by Hugging Face, median, ms",
    "same_best": "viewers for whom both find the same best ID",
    "overlap": "share of both lists of 50 that is the same",
    "exact_agrees": "viewers for whom the full beam's best is that of scoring everything",
    "beam_agrees": "the same for 50 beams",
    "exact_ms": "scoring the whole catalogue for one viewer, median, ms",
    "add_ms": "a video comes and can be found, median, ms",
    "remove_ms": "a video goes and cannot be found, median, ms",
    "add_many_ms": "a video comes to 100,000, median, ms",
    "remove_many_ms": "a video goes from 100,000, median, ms",
    "mask_ms": "keeping to a category of 12,000 among 100,000, median, ms",
    "coverage_ece": "how far off the stated chance that the catalogue has what a viewer wants is "
    "from how often it has it, mean (expected calibration error; 0 is best)",
    "coverage_ece_raw": "the same for the model's own probability, before calibration",
}


def measure(*, quick: bool, progress: Progress) -> Figures:
    """Train a small model on a made-up world, then search it; `quick` asks fewer viewers."""
    rng = np.random.default_rng(SEED)
    with _threads(THREADS):
        videos = catalogue(VIDEOS, rng=rng)
        people = viewers(videos, 300 if quick else 2_000, rng=rng)
        cases = [(case.viewer, videos[case.liked]) for case in leave_last_out(people)]
        learned = _learned(videos, [viewer for viewer, _ in cases], quick, progress)
        asked = [viewer for viewer, _ in cases[: 120 if quick else 300]]
        figures = {"videos": float(VIDEOS), "beams": float(WIDTH)}
        figures |= _race(learned, asked, progress)
        figures |= _answers(learned, asked, progress)
        figures |= _against_everything(learned, asked[: 4 if quick else 30], progress)
        figures |= _changes(rounds=20 if quick else 200)
        figures |= _coverage(learned, cases[: 40 if quick else 300], progress)
    return {name: round(value, 4) for name, value in figures.items()}


def _learned(
    videos: dict[str, SemanticId], people: Sequence[Viewer], quick: bool, progress: Progress
) -> Recommender:
    """A recommender of the usual size that has learned for a moment."""
    learned = train(
        people,
        SIZES,
        codebook="bench",
        format=Format(),
        config=RecommenderConfig(epochs=2 if quick else 6),
        seed=SEED,
        progress=progress,
    )
    for video, sid in videos.items():
        learned.add(video, sid)
    return learned


class PlainStep:
    """The model's own decoder, module by module, for a viewer who is read once."""

    @torch.inference_mode()
    def __init__(self, model: Model, viewer: Viewer, history: int) -> None:
        reading = read(viewer, history=history, depth=len(model.sizes))
        self.model = model
        self.memory = model.read(side_by_side([reading]))
        self.view = self.memory.view(torch.tensor([[len(reading)]]))
        self.begun_LD = model.begin(self.memory, self.view)[0, 0]

    @torch.inference_mode()
    def __call__(self, codes_Bl: Ints) -> Floats:
        before_Bl = torch.from_numpy(codes_Bl)
        level = before_Bl.shape[1]
        x_BD = self.begun_LD[level].repeat(len(before_Bl), 1)
        for earlier in range(level):
            x_BD += self.model.chosen(earlier, before_Bl[:, earlier])
        x_11BD = self.model.finish(x_BD[None, None], self.memory, self.view)
        logits_11BV = self.model.logits(
            level, x_11BD, before_Bl[None, None], self.memory, self.view
        )
        logp_BV: Floats = logits_11BV[0, 0].log_softmax(-1).numpy()
        return logp_BV


def _race(learned: Recommender, asked: Sequence[Viewer], progress: Progress) -> Figures:
    """Theirs for some viewers, then ours for the same: whatever else the machine does hits both,
    and neither pays for what the other left in the processor's caches."""
    took: dict[str, list[float]] = {}
    same, shared = [], []
    peer, trie = Peer(learned.model), learned.trie.now()
    allowed = peer.allowed(_paths(trie.codes_LN.T))
    turns = [asked[start : start + TURN] for start in range(0, len(asked), TURN)]
    for number, turn in enumerate([turns[0], *turns]):  # the first one is to warm up
        theirs = [_theirs(peer, viewer, allowed, learned.config.history) for viewer in turn]
        ours = [_ours(learned, viewer, trie) for viewer in turn]
        for (their_BL, their_times), (our_BL, our_times) in zip(theirs, ours, strict=True):
            if number:
                for name, (ms, cpu_ms) in (their_times | our_times).items():
                    took.setdefault(name, []).append(ms)
                    took.setdefault(f"{name}_cpu", []).append(cpu_ms)
                their, our = _paths(their_BL), _paths(our_BL)
                same.append(our[0] == their[0])
                shared.append(len(set(our) & set(their)) / WIDTH)
        progress("searching in turns", number, len(turns))
    middle = {name: statistics.median(values) for name, values in took.items()}
    return {
        "speedup": middle["hf_cpu"] / middle["ours_cpu"],
        "speedup_call": middle["hf_call_cpu"] / middle["call_cpu"],
        "p50_ms": middle["call"],
        "p99_ms": float(np.quantile(took["call"], 0.99)),
        "hf_p50_ms": middle["hf_call"],
        "search_p50_ms": middle["ours"],
        "hf_search_p50_ms": middle["hf"],
        "same_best": statistics.mean(same),
        "overlap": statistics.mean(shared),
    }


def _theirs(
    peer: Peer, viewer: Viewer, allowed: Allowed, history: int
) -> tuple[Ints, dict[str, Times]]:
    encoded, read_ms = _spent(lambda: peer.read(viewer, history=history))
    codes_BL, search_ms = _spent(lambda: peer.search(encoded, allowed, width=WIDTH))
    return codes_BL, {"hf": search_ms, "hf_call": read_ms + search_ms}


def _ours(learned: Recommender, viewer: Viewer, trie: Trie) -> tuple[Ints, dict[str, Times]]:
    fore = Foresight(learned.folded, viewer, history=learned.config.history, beyond=0.0)
    codes_BL, search_ms = _spent(lambda: _search(fore, trie))
    _, call_ms = _spent(lambda: learned.within(viewer, count=WIDTH, without=viewer.seen))
    return codes_BL, {"ours": search_ms, "call": call_ms}


def _search(step: Step, trie: Trie, width: int = WIDTH) -> Ints:
    return beam_search(step, depth=len(SIZES), width=width, trie=trie).codes_BL


def _paths(codes_BL: Ints) -> list[Codes]:
    return [tuple(codes) for codes in codes_BL.tolist()]


def _answers(learned: Recommender, asked: Sequence[Viewer], progress: Progress) -> Figures:
    """Whether every answer exists, was not to be left out, and is of the category asked for."""
    names = learned.trie.now().ids
    invalid = 0
    for number, viewer in enumerate(asked, start=1):
        category = set(names[number % 7 :: 7])
        allowed = category - viewer.seen
        found = learned.within(
            viewer, count=WIDTH, without=viewer.seen, among=learned.mask(category)
        )
        invalid += sum(video not in allowed for video, _ in found)
        found = learned.within(viewer, count=WIDTH, without=viewer.seen)
        invalid += sum(video in viewer.seen or video not in names for video, _ in found)
        progress("checking answers", number, len(asked))
    return {"invalid": float(invalid)}


def _against_everything(
    learned: Recommender, asked: Sequence[Viewer], progress: Progress
) -> Figures:
    """Whether beams find what scoring every video finds, path by path, with the plain decoder."""
    trie, history = learned.trie.now(), learned.config.history
    full, narrow, took_ms = [], [], []
    for number, viewer in enumerate(asked, start=1):
        plain = PlainStep(learned.model, viewer, history)
        fore = Foresight(learned.folded, viewer, history=history, beyond=0.0)
        best = _best_of_all(plain, np.unique(trie.codes_LN, axis=1).T.copy())
        found, ms = _timed(lambda: _search(fore, trie, trie.leaves))  # noqa: B023
        took_ms.append(ms)
        full.append(_paths(found)[0] == best)
        narrow.append(_paths(_search(fore, trie))[0] == best)
        progress("scoring everything", number, len(asked))
    return {
        "exact_agrees": statistics.mean(full),
        "beam_agrees": statistics.mean(narrow),
        "exact_ms": statistics.median(took_ms),
    }


def _best_of_all(step: Step, paths_NL: Ints) -> Codes:
    logp_N = np.zeros(len(paths_NL))
    for start in range(0, len(paths_NL), 2_000):
        part_NL = paths_NL[start : start + 2_000]
        for level in range(len(SIZES)):
            next_NV = step(np.ascontiguousarray(part_NL[:, :level]))
            logp_N[start : start + 2_000] += next_NV[np.arange(len(part_NL)), part_NL[:, level]]
    return tuple(paths_NL[logp_N.argmax()].tolist())


def _changes(*, rounds: int) -> Figures:
    """What it costs that videos come and go, and that a search keeps to some of them."""
    figures: Figures = {}
    for num, suffix in ((VIDEOS, ""), (MANY_VIDEOS, "_many")):
        rng = np.random.default_rng(SEED)
        videos = catalogue(num, rng=rng)
        live = LiveTrie(len(SIZES))
        for video, sid in videos.items():
            live.add(video, sid.codes)
        live.now()
        come, go = [], []
        for number, sid in enumerate(list(videos.values())[:rounds]):
            come.append(_until_found(live, live.add, f"new{number}", sid.codes))
            go.append(_until_found(live, live.remove, f"v{number}"))
        figures[f"add{suffix}_ms"] = statistics.median(come)
        figures[f"remove{suffix}_ms"] = statistics.median(go)
        mask = live.mask(rng.choice(list(videos), CATEGORY, replace=False).tolist())
        trie, seen = live.now(), list(videos)[-6:]
        took_ms = [_timed(lambda: trie.barred(seen, mask))[1] for _ in range(rounds)]  # noqa: B023
        figures["mask_ms"] = statistics.median(took_ms)  # of the larger catalogue, the last
    return figures


def _coverage(
    learned: Recommender, cases: Sequence[tuple[Viewer, SemanticId]], progress: Progress
) -> Figures:
    """Calibrated on one half of the cases, measured on the other, parts of the catalogue hidden."""
    half = len(cases) // 2
    progress("calibrating", 0, 2)
    learned.calibrate(cases[:half], rounds=10, rng=np.random.default_rng(SEED))
    progress("calibrating", 1, 2)
    spreads = learned.spreads(cases[half:])
    raw_N, true_N = hidden(spreads, rounds=10, rng=np.random.default_rng(SEED + 1))
    progress("calibrating", 2, 2)
    return {
        "coverage_ece": calibration_error(learned.calibration(raw_N), true_N),
        "coverage_ece_raw": calibration_error(raw_N, true_N),
    }


def _until_found(live: LiveTrie, change: Callable[..., None], *arguments: object) -> float:
    """How long a change takes until a search can see it, ms."""
    start = time.perf_counter()
    change(*arguments)
    live.now()
    return (time.perf_counter() - start) * 1000


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = act()
    return result, (time.perf_counter() - start) * 1000


def _spent(act: Callable[[], T]) -> tuple[T, Times]:
    """Also the time by the clock and the processors' time, ms."""
    cpu = time.process_time()
    result, ms = _timed(act)
    return result, np.array([ms, (time.process_time() - cpu) * 1000])


@contextmanager
def _threads(num: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(num)
    try:
        yield
    finally:
        torch.set_num_threads(before)
