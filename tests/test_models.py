"""Models: the newest undamaged version counts, and a damaged one is noticed."""

from pathlib import Path

import pytest

from reelwright.errors import ReelwrightError
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database
from reelwright.storage.models import Models


@pytest.fixture
def models(db: Database, tmp_path: Path) -> Models:
    return Models(db, Blobs(tmp_path / "blobs"))


def keep(models: Models, payload: bytes, name: str = "recommender") -> str:
    return models.keep(name, payload, measures={"recall_at_10": 0.25}, now_s=1.0)


def blob_of(models: Models, payload: bytes) -> Path:
    return models.blobs.path(models.blobs.put(payload, ".model"))


def test_the_newest_of_its_name_counts(models: Models) -> None:
    assert models.newest("recommender") is None
    keep(models, b"first")
    version = keep(models, b"second")
    keep(models, b"third", name="codebook")
    assert models.newest("recommender") == (version, b"second")


def test_what_is_kept_again_is_the_newest_again(models: Models) -> None:
    first, second = keep(models, b"first"), keep(models, b"second")
    assert keep(models, b"first") == first != second
    assert models.newest("recommender") == (first, b"first")


def test_measures_are_kept_with_the_model(models: Models) -> None:
    assert models.measures("recommender") == {}
    keep(models, b"first")
    assert models.measures("recommender") == {"recall_at_10": 0.25}


def test_a_damaged_model_gives_way_to_the_one_before(
    models: Models, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = keep(models, b"first"), keep(models, b"second")
    blob_of(models, b"second").write_bytes(b"sec")
    assert models.newest("recommender") == (first, b"first")
    assert f"version {second} of recommender is damaged" in caplog.text


def test_a_missing_model_gives_way_to_the_one_before(models: Models) -> None:
    first, _ = keep(models, b"first"), keep(models, b"second")
    blob_of(models, b"second").unlink()
    assert models.newest("recommender") == (first, b"first")


def test_when_both_are_damaged_one_is_told_what_to_do(models: Models) -> None:
    for payload in (b"first", b"second"):
        keep(models, payload)
        blob_of(models, payload).write_bytes(b"")
    with pytest.raises(ReelwrightError, match="recommender is damaged") as caught:
        models.newest("recommender")
    assert caught.value.hint == "Run reelwright train again."
