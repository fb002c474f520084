"""A performance file: read back as written, small, and refused in one line where it is none."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from reelwright.errors import ReelwrightError
from reelwright.modify.performance import Performance
from reelwright.modify.takefile import (
    FACTS,
    POINT_STEP,
    TOGETHER,
    Moment,
    Person,
    Told,
    matte_levels,
    read,
    steps,
    summed,
    writing,
)

TOLD = Told(
    footage_sha256="ab" * 32,
    width=640,
    height=480,
    has_sound=True,
    performers=(2, 1),
    loudness_N=np.zeros(0, np.float32),
    speech=((0.5, 1.25),),
    seen_by=(("faces", "somebody"),),
)


def moments(count: int, seed: int = 0) -> list[Moment]:
    """A take in which the first goes after a while, and the second has no left hand."""
    rng = np.random.default_rng(seed)
    points = {name: rng.uniform(-20, 700, (n, 3)) for name, n in (("face", 478), ("hand", 21))}
    body = rng.uniform(0, 1, (33, 3))

    def person(frame: int, *, face: bool) -> Person:
        return Person(
            box_4=np.array([10, 20, 300 + frame, 400], np.float32),
            face=(points["face"] + frame).astype(np.float32) if face else None,
            body=(body * (640, 480, 1)).astype(np.float32),
            right=(points["hand"] + frame / 3).astype(np.float32),
        )

    return [
        Moment(
            time_s=frame / 30,
            begins_shot=frame in (0, 40),
            matte_HW=rng.random((12, 16)).astype(np.float32),
            flow_HW2=rng.normal(0, 40, (3, 4, 2)).astype(np.float32),
            camera_33=np.eye(3, dtype=np.float32) + np.float32(1e-3 * frame),
            people={
                **({1: person(frame, face=False)} if frame < 20 else {}),
                2: person(frame, face=frame % 2 == 0),
            },
        )
        for frame in range(count)
    ]


def written(path: Path, given: list[Moment], told: Told = TOLD) -> Performance:
    with writing(path) as writer:
        for moment in given:
            writer.add(moment)
        writer.finish(replace(told, loudness_N=np.arange(len(given), dtype=np.float32)))
    return read(path)


def test_what_is_read_is_what_was_measured_rounded_once(tmp_path: Path) -> None:
    given = moments(TOGETHER + 9)
    found = written(tmp_path / "take.performance", given)
    first = found.performers[0]
    assert found.shots == (0, 40)
    assert found.footage.num_frames == len(given)
    for frame, one in enumerate(given):
        assert (found.matte_NHW[frame] == matte_levels(one.matte_HW)).all()
    assert found.flow_NHW2[0].dtype == np.float16
    assert (found.camera_N33 == [one.camera_33 for one in given]).all()
    assert found.loudness_N.tolist() == list(range(len(given)))
    assert (found.speech, found.seen_by) == (TOLD.speech, TOLD.seen_by)
    assert first.face_seen_N.tolist() == [frame % 2 == 0 for frame in range(len(given))]
    for frame in (0, 2, TOGETHER, TOGETHER + 8):
        face = given[frame].people[2].face
        assert first.face_NP3[frame] == pytest.approx(face, abs=POINT_STEP / 2 + 1e-4)
    assert np.isnan(first.left_NP3).all()
    gone = found.performers[1]
    assert gone.body_seen_N.tolist() == [frame < 20 for frame in range(len(given))]
    assert np.isnan(gone.box_N4[20:]).all()


def test_written_again_it_is_the_same_to_the_last_bit(tmp_path: Path) -> None:
    found = written(tmp_path / "one.performance", moments(50))
    again = [
        Moment(
            time_s=float(found.footage.times_N[n]),
            begins_shot=n in found.shots,
            matte_HW=found.matte_NHW[n].astype(np.float32) / 255,
            flow_HW2=found.flow_NHW2[n].astype(np.float32),
            camera_33=found.camera_N33[n],
            people={
                number: Person(
                    box_4=one.box_N4[n],
                    **{
                        part: None if np.isnan(points[n]).any() else points[n]
                        for part, points in (
                            ("face", one.face_NP3),
                            ("body", one.body_NP3),
                            ("left", one.left_NP3),
                            ("right", one.right_NP3),
                        )
                    },
                )
                for number, one in zip((2, 1), found.performers, strict=True)
                if not np.isnan(one.box_N4[n, 0])
            },
        )
        for n in range(50)
    ]
    twice = written(tmp_path / "two.performance", again)
    for one, other in zip(found.performers, twice.performers, strict=True):
        for part in ("box_N4", "face_NP3", "body_NP3", "left_NP3", "right_NP3"):
            assert np.array_equal(getattr(one, part), getattr(other, part), equal_nan=True)
    for name in ("matte_NHW", "flow_NHW2"):
        assert np.array_equal(getattr(found, name), getattr(twice, name))


def test_the_same_take_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one", "two")]
    for path in paths:
        written(path, moments(10))
    assert paths[0].read_bytes() == paths[1].read_bytes()


@settings(max_examples=40)
@given(
    arrays.arrays(
        st.sampled_from([np.uint8, np.int16, np.int32]),
        arrays.array_shapes(min_dims=2, max_dims=3, max_side=5),
    )
)
def test_steps_lose_nothing(array: NDArray[np.integer]) -> None:
    assert (summed(steps(array), array.dtype.type) == array).all()


def test_a_writer_holds_few_moments(tmp_path: Path) -> None:
    with writing(tmp_path / "take") as writer:
        for moment in moments(TOGETHER * 2 + 3):
            writer.add(moment)
            assert len(writer._held) < TOGETHER
        writer.finish(TOLD)


def test_a_cut_off_file_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "take.performance"
    written(path, moments(8))
    whole = path.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ReelwrightError, match=r"^take.performance is no whole performance"):
            read(path)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "take.performance"
    written(path, moments(8))
    broken = bytearray(path.read_bytes())
    broken[len(broken) // 2] ^= 255
    path.write_bytes(broken)
    with pytest.raises(ReelwrightError, match="no whole performance"):
        read(path)


def test_other_files_are_told(tmp_path: Path) -> None:
    path = tmp_path / "take.performance"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello", b"nobody")
    with pytest.raises(ReelwrightError, match="no whole performance"):
        read(path)
    path.write_bytes(b"\x00" * 5000)
    with pytest.raises(ReelwrightError, match="no whole performance"):
        read(path)
    with pytest.raises(ReelwrightError, match="cannot be opened"):
        read(tmp_path / "not there")


def changed(path: Path, name: str, page: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        pages = {entry: archive.read(entry) for entry in archive.namelist()}
    pages[name] = page
    with zipfile.ZipFile(path, "w") as archive:
        for entry, held in pages.items():
            archive.writestr(entry, held)


def test_a_later_version_is_named(tmp_path: Path) -> None:
    path = tmp_path / "take.performance"
    written(path, moments(4))
    with zipfile.ZipFile(path) as archive:
        facts = json.loads(archive.read(FACTS))
    changed(path, FACTS, json.dumps(facts | {"version": 9}).encode())
    with pytest.raises(ReelwrightError, match="version 9, and 1 is read"):
        read(path)


def test_a_file_with_an_object_in_it_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "take.performance"
    written(path, moments(4))
    trap = tmp_path / "trap.npy"
    np.save(trap, np.array([{"a": 1}], object), allow_pickle=True)
    changed(path, "00000/times", trap.read_bytes())
    with pytest.raises(ReelwrightError, match="no whole performance"):
        read(path)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("00001/matte", np.uint8),
        ("00001/flow", np.int16),
        ("00001/2/face", np.int32),
        ("00001/camera", None),
        ("loudness", None),
    ],
)
@pytest.mark.parametrize("how", ["fewer rows", "more rows", "another shape"])
def test_what_is_not_of_every_frame_is_told(
    tmp_path: Path, name: str, kind: type[np.integer] | None, how: str
) -> None:
    path = tmp_path / "take.performance"
    written(path, moments(TOGETHER + 5))
    with zipfile.ZipFile(path) as archive:
        array = np.load(io.BytesIO(archive.read(name)))
    rows = summed(array, kind) if kind else array
    other = {
        "fewer rows": rows[:-1],
        "more rows": np.concatenate([rows, rows]),
        "another shape": np.stack([rows, rows], axis=-1),
    }[how]
    page = io.BytesIO()
    np.save(page, steps(other) if kind else other)
    changed(path, name, page.getvalue())
    with pytest.raises(ReelwrightError, match="no whole performance"):
        read(path)
