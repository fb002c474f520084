"""What changed footage keeps of people: worlds, styles, painted frames, controls, and speed."""

import itertools
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from reelwright.assemble import painters, performances, pretrained
from reelwright.bench.mattes import Matte, flicker, laid, ours, plain
from reelwright.bench.negatives import controls
from reelwright.bench.takes import Bench, Take, clips, fps_of
from reelwright.config import Config
from reelwright.features.text import TextVectors
from reelwright.media.decode import Image
from reelwright.media.materials import Materials
from reelwright.modify import filmed
from reelwright.modify.card import Card
from reelwright.modify.keyframes import keyframes
from reelwright.modify.matte import fine
from reelwright.modify.middle import hidden_middle
from reelwright.modify.preserved import side_by_side
from reelwright.modify.promise import OF_SOURCE, kept
from reelwright.modify.style import AMOUNTS, Style
from reelwright.progress import Progress
from reelwright.render.kit import kit
from reelwright.rework.rework import Order, Plan, made, plan, rework
from reelwright.studio.fit import Fit
from reelwright.zoo.weights import PEOPLE

logger = logging.getLogger(__name__)
Figures = dict[str, float]

NUM, QUICK_NUM = 45, 13  # frames of a take
WORLDS = ("harbour", "photos/elementary/Sunset_by_the_Pier.jpg")
PAINTING = "photos/paintings-public-domain/van_gogh_starry_night_1889.jpg"
STRENGTH = "flex_1"
STYLES = {"adhere": "adhere_2", "flex": "flex_2"}
LONGER = 20  # times as many frames, to see whether memory grows
EVERY, QUICK_EVERY = 3, 6  # of so many hidden frames one is held against the truth
FLOORS = {"adhere": 0.023, "flex": 0.034}  # face_nme of a blur, of a painterly style: no change
MOST, LEAST = ("face_nme", "id_dist", "timing_lag_frames"), ("expr_corr", "detect_rate_out")

WORDS = {
    "takes": "filmed people that were changed",
    "frames": "frames of each",
    "face_nme": "worlds: face points off, of the eye distance, mean of all films",
    "face_nme_worst": "the same in the worst film",
    "expr_corr": "worlds: expression alike, mean",
    "expr_corr_worst": "the same in the worst film",
    "timing_lag_frames": "worlds: frames late, the most",
    "id_dist": "worlds: face vectors apart, mean",
    "id_dist_worst": "the same in the worst film",
    "detect_rate_out": "worlds: faces found, of those of the footage, the least",
    "detect_rate_src": "faces found in the footage itself, the least",
    "broken_promises": "worlds: promises of the strength that are broken, in all films",
    "matte_flicker": "what flickers of our matte, of the performer",
    "matte_flicker_mediapipe": "likewise of MediaPipe's own",
    "e_warp": "worlds: change that the footage's motion does not explain",
    "e_warp_mediapipe": "likewise laid over the same worlds by MediaPipe's own matte",
    **{
        f"{name}_{level}": f"style at {level}: {words}"
        for level in STYLES
        for name, words in {
            "face_nme": "face points off",
            "face_nme_floor": "what a detector says of the same face so changed",
            "expr_corr": "expression alike",
            "timing_lag_frames": "frames late, the most",
            "id_dist": "face vectors apart",
            "detect_rate_out": "faces found",
            "jitter": "steadiness beside the footage's",
        }.items()
    },
    "kf_psnr": "given frames met, dB, the least",
    "kf_jump": "jump at a given frame, of the usual step, the most",
    "psnr_middle": "hidden middle, dB",
    "psnr_middle_blend": "likewise, both ends blended",
    "psnr_middle_flow": "likewise, both ends warped along the flow",
    "ssim_middle": "hidden middle, SSIM",
    "ssim_middle_blend": "likewise, both ends blended",
    "ssim_middle_flow": "likewise, both ends warped along the flow",
    "control_identical": "the same film keeps everything",
    "control_recolour": "other colours keep everything that adhere_3 promises",
    "control_delay": "3 frames late reads as 3",
    "control_reversed": "backwards fails",
    "control_other_actor": "another actor fails",
    "control_shuffled": "shuffled frames flicker",
    "control_last_frame": "a wrong last frame is missed",
    "face_nme_recolour": "face points off where only colours changed",
    "fps_analysis": "frames analysed a second",
    "fps_modify": "frames put into a world a second",
    "fps_style": "frames restyled a second",
    "peak_mb": "memory of a process that analyses, changes and scores a take, MB",
    "peak_mb_longer": "likewise a take of twenty times the length, MB",
}


@dataclass(slots=True)
class Seen:
    """Figures of every film, until they are summed up."""

    rows: dict[str, list[float]] = field(default_factory=dict)

    def put(self, **values: float | None) -> None:
        for name, value in values.items():
            if value is not None:
                self.rows.setdefault(name, []).append(value)

    def summed(self, name: str, pick: Callable[[Sequence[float]], float]) -> Figures:
        return {name: round(float(pick(self.rows[name])), 4)} if self.rows.get(name) else {}


def measure(config: Config, data: Path, *, quick: bool, progress: Progress) -> Figures:
    """Everything, on the people in that folder."""
    paths, num = clips(data, quick=quick), QUICK_NUM if quick else NUM
    with tempfile.TemporaryDirectory(prefix="reelwright-") as desk:
        bench = Bench(config, Path(desk), performances.identity(config))
        takes: list[Take] = []
        for path in paths:
            progress("measuring takes", len(takes), len(paths))
            takes.append(bench.cut(path, num))
        progress("measuring takes", len(paths), len(paths))
        some = takes[:1] if quick else takes
        found: Figures = {"takes": float(len(some)), "frames": float(num)}
        found |= worlds(bench, some, data, quick=quick, progress=progress)
        levels = ("flex",) if quick else tuple(STYLES)
        found |= styles(bench, some[:2], data / PAINTING, levels, progress=progress)
        found |= painted(bench, some[:2], every=QUICK_EVERY if quick else EVERY)
        found |= negatives(bench, takes, quick=quick)
        found |= speed(bench, takes[1], data, num=QUICK_NUM // 2 if quick else num)
        if not quick:
            found |= memory(bench, takes[1])
    return {name: found[name] for name in WORDS if name in found}


def worlds(
    bench: Bench, takes: Sequence[Take], data: Path, *, quick: bool, progress: Progress
) -> Figures:
    """Every take in every world, and the plain matte over the same."""
    seen, places = Seen(), WORLDS[:1] if quick else WORLDS
    weights = pretrained.zoo(bench.config).find(PEOPLE.name)
    both = list(itertools.product(takes, places))
    for done, (take, place) in enumerate(both):
        progress("changing worlds", done, len(both))
        materials = Materials(bench.config.media)
        name = str(data / place) if "/" in place else place
        out = bench.folder / f"world-{done}.mp4"
        asked = plan(Order(worlds=(name,), strength=STRENGTH, out=out), materials, _fit)
        changed(bench, take, asked, materials)
        result = bench.take(out)
        card = bench.full_card(take, result)
        seen.put(**kept_of(card), e_warp=card.value("e_warp"))
        broken = kept(card, STRENGTH)
        for one in broken:
            logger.warning("%s in the world %s: %s", take.film.name, place, one)
        seen.put(broken_promises=float(len(broken)))
        if weights is not None:
            beside = plainly(bench, take, asked, materials, plain(weights))
            seen.put(e_warp_mediapipe=beside)
    progress("changing worlds", len(both), len(both))
    for take in takes:
        if weights is None:
            break
        mine, plainer = flicker(take, [ours(take), plain(weights)])
        seen.put(matte_flicker=mine, matte_flicker_mediapipe=plainer)
    return summary(seen) | {
        **seen.summed("broken_promises", sum),
        **seen.summed("e_warp", np.mean),
        **seen.summed("e_warp_mediapipe", np.mean),
        **seen.summed("matte_flicker", np.mean),
        **seen.summed("matte_flicker_mediapipe", np.mean),
    }


def changed(bench: Bench, take: Take, asked: Plan, materials: Materials) -> None:
    rework(
        take.film, take.performance, asked,
        fine=fine, materials=materials, config=bench.config.media,
    )  # fmt: skip


def plainly(
    bench: Bench, take: Take, asked: Plan, materials: Materials, matte: Matte
) -> float | None:
    """e_warp of the take laid over the same world by another matte, and nothing else done."""
    (world,) = made(asked, take.performance, materials, lambda what, done, total: None)
    assert world is not None, "a bench of worlds without one"
    film = bench.write("plain", laid(take, matte, world.plate), fps_of(take))
    footage = take.performance.footage
    both = side_by_side(take.film, film, footage, footage)
    return filmed.figures(filmed.watch(both, None))["e_warp"].value


def styles(
    bench: Bench,
    takes: Sequence[Take],
    painting: Path,
    levels: Sequence[str],
    *,
    progress: Progress,
) -> Figures:
    """Takes in the style of a painting, at some strengths."""
    found: Figures = {}
    for done, level in enumerate(levels):
        progress("restyling", done, len(levels))
        seen = Seen()
        for take in takes:
            painter, _ = painters.style_painter(bench.config, painting)
            stage = Style(painter, AMOUNTS[STYLES[level]], take.performance)
            styled = (stage(number, one) for number, one in enumerate(take.pictures()))
            film = bench.write(f"style-{level}", styled, fps_of(take))
            card = bench.full_card(take, bench.take(film))
            seen.put(**kept_of(card), jitter=card.value("jitter"))
        told = summary(seen) | seen.summed("jitter", max)
        found |= {f"{name}_{level}": value for name, value in told.items()}
        found[f"face_nme_floor_{level}"] = FLOORS[level]
    progress("restyling", len(levels), len(levels))
    return found


def painted(bench: Bench, takes: Sequence[Take], *, every: int) -> Figures:
    """Both ends painted: how they are met, and how near all between comes to the truth."""
    seen = Seen()
    for take in takes:
        pictures = list(take.pictures())
        last = len(pictures) - 1
        given = {0: poster(pictures[0]), last: poster(pictures[last])}
        stage = keyframes(take.film, take.performance, given, folder=bench.folder)
        carried = [stage(number, one) for number, one in enumerate(pictures)]
        film = bench.write("painted", carried, fps_of(take))
        card = bench.card(take, Take(film=film, performance=take.performance, analysed_s=0), given)
        seen.put(kf_psnr=card.value("kf_psnr"), kf_jump=card.value("kf_jump"))
        middle = hidden_middle(pictures, poster, folder=bench.folder, every=every)
        seen.put(**{_middle(name): value for name, value in middle.items()})
    found = seen.summed("kf_psnr", min) | seen.summed("kf_jump", max)
    for name in seen.rows:
        if "_middle" in name:
            found |= seen.summed(name, np.mean)
    return found


def poster(picture: Image) -> Image:
    """A look that can be painted on every frame alike: flat colours, warm, with dark outlines."""
    flat = cv2.bilateralFilter(picture, 9, 60, 9)
    steps = np.asarray((flat // 32) * 32 + 16, np.float32) * np.array([0.7, 0.95, 1.2], np.float32)
    edges = np.abs(cv2.Laplacian(cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), cv2.CV_32F, ksize=3))
    ink = np.clip(1 - edges / 60, 0.15, 1)[..., None]
    return np.asarray(np.clip(steps * ink, 0, 255), np.uint8)


def negatives(bench: Bench, takes: Sequence[Take], *, quick: bool) -> Figures:
    """The controls, on the take that moves most of those that are looked at."""
    return {
        name: round(value, 4)
        for name, value in controls(bench, takes[0], takes[1], quick=quick).items()
    }


def speed(bench: Bench, take: Take, data: Path, *, num: int) -> Figures:
    """Frames a second of a take in 640x480, once its performance is known."""
    assert take.size == (640, 480), f"a take of {take.size}"
    materials = Materials(bench.config.media)
    out = bench.folder / "speed.mp4"
    asked = plan(Order(worlds=WORLDS[:1], strength=STRENGTH, out=out), materials, _fit)
    start_s = time.perf_counter()
    changed(bench, take, asked, materials)
    changed_s = time.perf_counter() - start_s
    painter, _ = painters.style_painter(bench.config, data / PAINTING)
    stage = Style(painter, AMOUNTS[STYLES["flex"]], take.performance)
    some = list(itertools.islice(take.pictures(), num))
    start_s = time.perf_counter()
    for number, picture in enumerate(some):
        stage(number, picture)
    frames = take.performance.footage.num_frames
    return {
        "fps_analysis": round(frames / take.analysed_s, 2),
        "fps_modify": round(frames / changed_s, 2),
        "fps_style": round(len(some) / (time.perf_counter() - start_s), 2),
    }


def memory(bench: Bench, take: Take) -> Figures:
    """The most memory of a whole command, for a take and for one that goes on longer."""
    pictures = list(take.pictures())
    there = [*pictures, *pictures[-2:0:-1]]  # to and fro, so that nothing leaps
    longer = itertools.islice(itertools.cycle(there), LONGER * len(pictures))
    film = bench.write("longer", longer, fps_of(take))
    return {"peak_mb": peak_mb(bench, take.film), "peak_mb_longer": peak_mb(bench, film)}


def peak_mb(bench: Bench, film: Path) -> float:
    home = bench.folder / "home"
    words = [sys.executable, "-m", "reelwright", "--home", str(home)]
    agree = ["consent", "record", str(film), "--who", "A bench", "--scope", "any"]
    quiet = subprocess.DEVNULL
    subprocess.run([*words, *agree, "--until", "2999-12-31"], stdout=quiet, check=True)
    out = ["--world", WORLDS[0], "--force", "-o", str(bench.folder / "peak.mp4")]
    child = subprocess.Popen([*words, "modify", str(film), *out], stdout=quiet, stderr=quiet)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"modify ended with {child.returncode}"
    return round(used.ru_maxrss / 1024, 1)


def kept_of(card: Card) -> Mapping[str, float | None]:
    """What the issue asks about, of one film."""
    told = {name: card.value(name) for name in (*MOST, *LEAST, "detect_rate_src")}
    found, of = card.value("detect_rate_out"), card.value(OF_SOURCE["detect_rate_out"])
    lag = card.value("timing_lag_frames")
    return told | {
        "detect_rate_out": found / of if found is not None and of else None,
        "timing_lag_frames": None if lag is None else abs(lag),
    }


def summary(seen: Seen) -> Figures:
    """Means of what adds up, the worst of what must hold for every film."""
    found: Figures = {}
    for name, worst in (("face_nme", max), ("id_dist", max), ("expr_corr", min)):
        found |= seen.summed(name, np.mean)
        if name in found:
            found[f"{name}_worst"] = round(float(worst(seen.rows[name])), 4)
    for name, worst in (("timing_lag_frames", max), ("detect_rate_out", min)):
        found |= seen.summed(name, worst)
    return found | seen.summed("detect_rate_src", min)


def _middle(name: str) -> str:
    """`psnr_ours` is `psnr_middle`, `psnr_flow` is `psnr_middle_flow`."""
    figure, _, way = name.partition("_")
    return f"{figure}_middle" if way == "ours" else f"{figure}_middle_{way}"


def _fit() -> Fit:
    return Fit(kit(), TextVectors().encode)
