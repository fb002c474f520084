"""Consent: nothing is made without it, beyond it or after it, and what was made can be unmade."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from program import reelwright, refused
from wishes import video

from reelwright.assemble import homes, takes
from reelwright.catalogue.ingest import video_id
from reelwright.config import StorageConfig, load
from reelwright.errors import ReelwrightError
from reelwright.modify import consent
from reelwright.storage.blobs import Blobs
from reelwright.storage.consents import Consents
from reelwright.storage.database import Database
from reelwright.storage.takes import REVOKED, Take
from reelwright.storage.videos import Videos

DAY_S = 86_400.0
NOW_S = 1_800_000_000.0  # 2027-01-15


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "home", config=StorageConfig()) as db:
        yield db


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "take one.mp4"
    path.write_bytes(b"a film that shows Ann")
    return path


def agree(
    db: Database, film: Path, scope: str, *, who: str = "Ann", until: str = "2027-03-01"
) -> str:
    return consent.record(Consents(db), film, who, scope, until, now_s=NOW_S).id


def refusal(db: Database, film: Path, *purpose: str, now_s: float = NOW_S) -> str:
    with pytest.raises(ReelwrightError) as caught:
        require(db, film, *purpose, now_s=now_s)
    return str(caught.value)


def require(db: Database, film: Path, *purpose: str, now_s: float = NOW_S) -> None:
    records = Consents(db).of(consent.sha256(film))
    consent.require(records, purpose, name=film.name, now_s=now_s)


def test_without_consent_one_line_says_how_to_record_it(db: Database, film: Path) -> None:
    said = refusal(db, film, "world:harbour", "style")
    assert "reelwright consent record 'take one.mp4' --who NAME" in said
    assert '--scope "style, world:harbour"' in said
    assert "\n" not in said


def test_a_scope_covers_what_it_names_and_no_more(db: Database, film: Path) -> None:
    agree(db, film, "world:harbour, style")
    require(db, film, "style", "world:harbour")
    assert "is not for costume, world:desert" in refusal(
        db, film, "world:desert", "costume", "style"
    )
    agree(db, film, "world")
    require(db, film, "world:desert")
    assert "is not for style" in refusal(db, film, "style"), "the newer word counts alone"
    agree(db, film, "any")
    require(db, film, "style", "costume", "feed", "keyframes", "world:anywhere")


def test_consent_ends_with_its_last_day(db: Database, film: Path) -> None:
    agree(db, film, "any", until="2027-01-15")
    last_s = consent.day_s("2027-01-15")
    require(db, film, "world", now_s=last_s - 1)
    assert "ended on 2027-01-15" in refusal(db, film, "world", now_s=last_s)


def test_everybody_in_the_film_has_to_agree(db: Database, film: Path) -> None:
    agree(db, film, "any")
    bob = agree(db, film, "style", who="Bob")
    assert "Bob's consent" in refusal(db, film, "world")
    consent.revoke(Consents(db), Blobs(film.parent / "blobs"), bob, now_s=NOW_S + DAY_S)
    assert "was revoked on 2027-01-16" in refusal(db, film, "style")


def test_worlds_are_named_as_they_are_called() -> None:
    assert consent.scope_of("World: Neon City, style") == ("style", "world:neon_city")


@pytest.mark.parametrize(
    ("scope", "said"),
    [("wurld", "Did you mean world?"), ("", "0 words"), ("style:dark", "nothing one can"),
     ("world:", "nothing one can")],
)  # fmt: skip
def test_what_nobody_can_agree_to_is_refused(scope: str, said: str) -> None:
    with pytest.raises(ReelwrightError, match=said) as caught:
        consent.scope_of(scope)
    assert caught.value.hint


def test_a_record_needs_a_name_and_a_day_to_come(db: Database, film: Path) -> None:
    with pytest.raises(ReelwrightError, match="needs a name"):
        agree(db, film, "any", who=" \x1b ")
    with pytest.raises(ReelwrightError, match="is over"):
        agree(db, film, "any", until="2027-01-14")
    with pytest.raises(ReelwrightError, match="is no day"):
        agree(db, film, "any", until="soon")


def test_revoking_removes_what_was_made_and_says_what(db: Database, film: Path) -> None:
    agree(db, film, "any")
    consents, blobs = Consents(db), Blobs(film.parent / "blobs")
    places = {name: film.with_name(name) for name in ("out.mp4", "take.performance", "other.mp4")}
    for path in places.values():
        path.write_bytes(path.name.encode())
        consent.note(consents, consent.sha256(film), path, "film", now_s=NOW_S)
    joined = video_id(places["out.mp4"])
    key = blobs.put_file(places["out.mp4"])
    Videos(db).add(replace(video(joined), film=key, poster=""), added_s=NOW_S)
    places["other.mp4"].write_bytes(b"somebody else's by now")
    removed = consent.revoke(consents, blobs, consent.sha256(film), now_s=NOW_S + 1)
    assert removed.consents == 1
    assert sorted(removed.files) == sorted(
        map(str, (places["out.mp4"], places["take.performance"]))
    )
    assert removed.videos == (joined,)
    assert removed.left == ((str(places["other.mp4"]), "is another file by now"),)
    assert not blobs.has(key)
    assert [path.exists() for path in places.values()] == [False, False, True]
    assert film.exists(), "the footage is theirs, and stays"
    assert Videos(db).all() == []
    assert any("other.mp4: it is another" in line for line in removed.lines)


def test_what_cannot_be_removed_now_is_tried_again(
    db: Database, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(db, film, "any")
    consents, blobs, out = Consents(db), Blobs(film.parent / "blobs"), film.with_name("out.mp4")
    out.write_bytes(b"made")
    consent.note(consents, consent.sha256(film), out, "film", now_s=NOW_S)

    def denied(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", denied)
        removed = consent.revoke(consents, blobs, consent.sha256(film), now_s=NOW_S)
    assert removed.left == ((str(out), "cannot be removed (Permission denied)"),)
    again = consent.revoke(consents, blobs, consent.sha256(film), now_s=NOW_S + 1)
    assert (again.consents, again.files) == (0, (str(out),))


def test_consent_is_recorded_shown_and_revoked_at_the_command_line(film: Path) -> None:
    home = film.parent / "home"
    words = (
        "consent",
        "record",
        str(film),
        "--who",
        "Ann",
        "--scope",
        "any",
        "--until",
        "2099-01-01",
    )
    id_ = reelwright(*words, home=home).stdout.partition(":")[0]
    assert len(id_) == 8
    shown = reelwright("consent", "show", str(film), home=home).stdout
    assert f"{id_}  Ann: any, until 2099-01-01" in shown
    config = load(None, [f"home={home}"])
    with homes.home(config) as opened:  # somebody handed it in over the web as well
        cabinet = takes.cabinet(opened)
        take = Take(id="t", footage=consent.sha256(film), name="a.mp4", film="", made_s=NOW_S)
        kept = cabinet.receive(take, film, NOW_S)
    assert "1 agreements count no longer" in reelwright("consent", "revoke", id_, home=home).stdout
    assert "revoked" in reelwright("consent", "show", str(film), home=home).stdout
    with homes.home(config) as opened:
        cabinet = takes.cabinet(opened)
        gone = cabinet.takes.get("t")
        assert gone is not None
        assert (gone.film, [one.state for one in cabinet.takes.works("t")]) == ("", [REVOKED])
        assert not cabinet.blobs.has(kept.film)
    assert "Nobody's consent" in refused("consent", "revoke", "0" * 64, home=home)
    assert "There is no film" in refused("consent", "show", "nothing.mp4", home=home)
