"""The score card: perfect for the same, at the floor for a recolour, and failing what must fail."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from films import Frame, write_film
from performances import FPS, HEIGHT, WIDTH, acted, changed, delayed, reordered

from reelwright.modify import card as cards
from reelwright.modify.card import Card
from reelwright.modify.performance import Performance, Performer
from reelwright.modify.preserved import geometry, preserved
from reelwright.modify.promise import kept

NUM = 40
FLOOR_PX = 0.4  # of a detector that looks at the same face in other colours


def geometric(source: Performance, result: Performance) -> Card:
    return Card(geometry(source, result))


def broken(card: Card, strength: str = "adhere_3") -> set[str]:
    return {one.name for one in kept(card, strength)}


def test_the_same_performance_is_perfect() -> None:
    card = geometric(acted(), acted())
    perfect = {"expr_corr": 1, "limb_velocity_corr": 1, "timing_corr": 1, "face_nme": 0}
    perfect |= {"head_pose_deg": 0, "gaze_err": 0, "pose_err": 0, "timing_lag_frames": 0}
    perfect |= {"detect_rate_out": 1, "flow_epe_fg": 0}
    for name, value in perfect.items():
        assert card.value(name) == pytest.approx(value, abs=1e-4), name
    assert not broken(card, "adhere_1")


def test_a_detectors_unrest_alone_breaks_no_promise() -> None:
    card = geometric(acted(), acted(unrest=FLOOR_PX))
    assert 0 < (card.value("face_nme") or 0) < 0.034
    assert not broken(card)


@pytest.mark.parametrize("late", [-4, 1, 3, 12])
def test_a_delay_reads_as_its_frames(late: int) -> None:
    source = acted(unrest=FLOOR_PX)
    result = delayed(source, late) if late > 0 else source
    card = geometric(source if late > 0 else delayed(source, -late), result)
    assert card.value("timing_lag_frames") == late
    assert "timing_lag_frames" in broken(card)


@pytest.mark.parametrize(
    "other",
    [lambda take: reordered(take, range(take.footage.num_frames)[::-1]), lambda _: acted(seed=2)],
    ids=["backwards", "another actor"],
)
def test_another_performance_fails(other: Callable[[Performance], Performance]) -> None:
    source = acted(unrest=FLOOR_PX)
    card = geometric(source, other(source))
    for strength in ("adhere_1", "adhere_3", "flex_3", "reimagine_1"):
        assert {"expr_corr", "limb_velocity_corr"} & broken(card, strength), strength


def test_a_face_that_is_not_found_is_in_no_mean() -> None:
    def hidden(one: Performer) -> Performer:
        face = one.face_NP3.copy()
        face[10:30] = np.nan
        return replace(one, face_NP3=face)

    card = geometric(acted(), changed(acted(), hidden))
    assert card.value("face_nme") == pytest.approx(0, abs=1e-6)
    assert card.value("expr_corr") == pytest.approx(1)
    assert card.value("detect_rate_out") == pytest.approx(40 / 60)
    assert card.figures["detect_rate_out"].worst_frame == 10
    assert broken(card) == {"detect_rate_out"}


def test_where_no_face_is_found_at_all_figures_are_absent_and_say_why() -> None:
    def faceless(one: Performer) -> Performer:
        return replace(one, face_NP3=np.full_like(one.face_NP3, np.nan))

    card = geometric(acted(), changed(acted(), faceless))
    for name in ("face_nme", "expr_corr", "head_pose_deg", "gaze_err"):
        assert card.value(name) is None
        assert card.figures[name].absent, name
    assert "detect_rate_out" in broken(card)
    nobody = geometric(replace(acted(), performers=()), acted())
    assert nobody.value("face_nme") is None


def test_the_worst_frame_is_the_one_that_was_spoilt() -> None:
    def moved(one: Performer) -> Performer:
        face, body = one.face_NP3.copy(), one.body_NP3.copy()
        face[17, :, 0] += 5
        body[23, :, 0] += 5
        return replace(one, face_NP3=face, body_NP3=body)

    figures = geometric(acted(), changed(acted(), moved)).figures
    assert figures["face_nme"].worst_frame == 17
    assert figures["pose_err"].worst_frame == 23


def test_a_result_of_another_size_and_rate_is_compared_where_it_shows_the_same() -> None:
    source = acted()
    twice = reordered(source, np.repeat(np.arange(60), 2).tolist())

    def larger(one: Performer) -> Performer:
        scales = {"box_N4": 2.0, "face_NP3": 2.0}
        scaled = {name: getattr(one, name) * scale for name, scale in scales.items()}
        body = one.body_NP3 * np.array([2, 2, 1], np.float32)
        return replace(one, **scaled, body_NP3=body)

    large = replace(twice.footage, width=2 * WIDTH, height=2 * HEIGHT)
    fast = replace(large, times_N=np.arange(120) / (2 * FPS))
    card = geometric(source, changed(replace(twice, footage=fast), larger))
    assert card.value("face_nme") == pytest.approx(0, abs=1e-5)
    assert card.value("pose_err") == pytest.approx(0, abs=1e-5)
    assert card.value("timing_lag_frames") == 0


def test_two_people_are_told_apart_by_where_they_stand() -> None:
    left, right = acted(), acted(seed=5)

    def aside(one: Performer) -> Performer:
        shift = np.array([150, 0, 0], np.float32)
        return replace(
            one,
            face_NP3=one.face_NP3 + shift,
            body_NP3=one.body_NP3 + shift,
            box_N4=one.box_N4 + np.array([150, 0, 150, 0], np.float32),
        )

    (far,) = changed(right, aside).performers
    two = replace(left, performers=(*left.performers, far))
    swapped = replace(two, performers=two.performers[::-1])
    assert geometric(two, swapped).value("face_nme") == pytest.approx(0, abs=1e-6)
    lost = geometric(two, left)
    assert lost.value("detect_rate_out") == 0.5


# ---- pictures -------------------------------------------------------------------------------


def drawn(num: int = NUM) -> list[Frame]:
    """A disc that crosses a textured ground, and swells as it goes."""
    rng = np.random.default_rng(3)
    rough = rng.integers(60, 200, (HEIGHT // 8, WIDTH // 8, 3)).astype(np.uint8)
    ground = np.asarray(cv2.resize(rough, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC))
    stripes = cv2.resize(rough[:12, :12], (80, 80), interpolation=cv2.INTER_CUBIC) // 2 + 100
    frames: list[Frame] = []
    for number in range(num):
        frame = ground.astype(np.uint8)
        x = 100 + round(1.5 * number)
        disc = np.zeros((80, 80), np.uint8)
        cv2.circle(disc, (40, 40), 38, 255, -1)
        place = frame[90:170, x - 40 : x + 40]
        place[disc > 0] = stripes[disc > 0]
        frames.append(frame)
    return frames


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Performance]:
    path = write_film(tmp_path_factory.mktemp("take") / "take.mp4", drawn(), fps=int(FPS))
    return path, acted(NUM)


def filmed(
    take: tuple[Path, Performance], folder: Path, frames: list[Frame], **keyframes: Frame
) -> Card:
    path = write_film(folder / "result.mp4", frames, fps=int(FPS))
    given = {int(name[1:]): frame for name, frame in keyframes.items()}
    return preserved(take, (path, take[1]), keyframes=given)


def recoloured(frame: Frame) -> Frame:
    return np.asarray(cv2.convertScaleAbs(frame[..., ::-1], alpha=0.8, beta=20), np.uint8)


def test_the_same_film_is_perfect(take: tuple[Path, Performance]) -> None:
    card = preserved(take, take)
    assert card.value("bg_ssim") == pytest.approx(1)
    assert card.value("jitter") == pytest.approx(1)
    assert card.value("collapse") == 0
    assert card.value("e_warp") == card.value("e_warp_src")
    assert card.value("flicker") == card.value("flicker_src")
    assert not broken(card, "adhere_1")


def test_a_recolour_stays_at_the_floor(take: tuple[Path, Performance], tmp_path: Path) -> None:
    card = filmed(take, tmp_path, [recoloured(frame) for frame in drawn()])
    assert not broken(card, "adhere_2")
    assert (card.value("bg_ssim") or 1) < 0.999


def test_shuffled_frames_flicker(take: tuple[Path, Performance], tmp_path: Path) -> None:
    frames = drawn()
    np.random.default_rng(1).shuffle(frames)
    card = filmed(take, tmp_path, frames)
    for strength in ("adhere_1", "flex_3", "reimagine_3"):
        assert "jitter" in broken(card, strength)


def test_a_wrong_last_frame_is_a_keyframe_missed(
    take: tuple[Path, Performance], tmp_path: Path
) -> None:
    frames = drawn()
    last = NUM - 1
    met = filmed(take, tmp_path, frames, k0=frames[0], **{f"k{last}": frames[last]})
    assert (met.value("kf_psnr") or 0) >= 30
    assert met.value("kf_offset") == 0
    assert (met.value("kf_jump") or 9) < 1.5
    assert not broken(met)
    missed = filmed(take, tmp_path, frames, **{f"k{last}": 255 - frames[0]})
    assert "kf_psnr" in broken(missed)
    assert missed.figures["kf_psnr"].worst_frame == last
    snaps = [*frames[:-1], 255 - frames[0]]
    snapped = filmed(take, tmp_path, snaps, **{f"k{last}": 255 - frames[0]})
    assert "kf_jump" in broken(snapped)


def test_a_keyframe_that_comes_late_says_by_how_much(
    take: tuple[Path, Performance], tmp_path: Path
) -> None:
    frames = drawn()
    card = filmed(take, tmp_path, frames[:1] * 3 + frames[:-3], k20=frames[20])
    assert card.value("kf_offset") == 3


def test_a_middle_that_falls_apart_collapses_there(
    take: tuple[Path, Performance], tmp_path: Path
) -> None:
    frames = drawn()
    noise = np.random.default_rng(2).integers(0, 255, frames[0].shape).astype(np.uint8)
    frames[22] = noise
    card = filmed(take, tmp_path, frames)
    assert (card.value("collapse") or 0) > 0.3
    assert card.figures["collapse"].worst_frame == 22
    assert "collapse" in broken(card, "reimagine_3")


def test_frozen_black_and_missing_frames_are_counted(
    take: tuple[Path, Performance], tmp_path: Path
) -> None:
    frames = drawn()
    frames[10:13] = [frames[9]] * 3
    frames[30] = np.zeros_like(frames[30])
    card = filmed(take, tmp_path, frames[:36])
    counted = {
        name: (card.figures[name].value, card.figures[name].worst_frame)
        for name in ("frozen_frames", "black_frames", "missing_frames")
    }
    assert counted == {
        "frozen_frames": (3, 10), "black_frames": (1, 30), "missing_frames": (4, 36)
    }  # fmt: skip
    assert {"frozen_frames", "black_frames", "missing_frames"} <= broken(card, "reimagine_3")


def test_a_film_of_one_frame_has_a_card(tmp_path: Path) -> None:
    frames = drawn(1)
    path = write_film(tmp_path / "one.mp4", frames, fps=int(FPS))
    card = preserved((path, acted(1)), (path, acted(1)), keyframes={0: frames[0]})
    assert card.value("e_warp") is None
    assert card.figures["e_warp"].absent == "it takes two frames"
    assert (card.value("kf_psnr") or 0) > 30
    assert "NaN" not in cards.table(card)


def test_a_card_is_told_to_people_and_programs(take: tuple[Path, Performance]) -> None:
    card = preserved(take, take, keyframes={5: drawn()[5]})
    told = cards.plain(card)
    assert told["expr_corr"]["value"] == 1
    assert told["keyframes"]["frames"] == [5]
    assert told["id_dist"]["value"] is None
    assert "models pull" in told["id_dist"]["absent"]
    lines = cards.table(card).splitlines()
    assert len(lines) == 1 + len(card.figures)
    assert all(name in told for name in itertools.islice(card.figures, 5))
