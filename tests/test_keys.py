"""Keys: shown once, kept as hashes, for what they are for and no longer than they count."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from program import reelwright, refused
from sqlalchemy import text

from reelwright.config import StorageConfig
from reelwright.errors import ReelwrightError
from reelwright.storage.database import Database
from reelwright.storage.keys import Keys, Scope, hashed

NOW_S = 1_800_000_000.0


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path, config=StorageConfig()) as db:
        yield db


def test_a_key_opens_until_it_expires(db: Database) -> None:
    keys = Keys(db)
    secret, key = keys.add("app", [Scope.FEED], now_s=NOW_S, expires_s=NOW_S + 60)
    assert keys.standing(NOW_S + 59).keys == {hashed(secret): key}
    assert keys.standing(NOW_S + 60).keys == {}
    assert keys.standing(NOW_S + 60).any_made, "a door that was closed once stays closed"


def test_nothing_that_is_kept_opens_the_door(db: Database) -> None:
    keys = Keys(db)
    secret, key = keys.add("app", [Scope.FEED], now_s=NOW_S)
    token = keys.sign_in(key, now_s=NOW_S, until_s=NOW_S + 60)
    with db.read() as connection:
        kept = [
            str(cell)
            for table in ("keys", "sessions")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
            for cell in row
        ]
    assert not any(secret.rpartition("_")[2] in cell or token in cell for cell in kept)
    assert secret.startswith(f"rw_{key.prefix}_")


def test_a_revoked_key_takes_its_sign_ins_along(db: Database) -> None:
    keys = Keys(db)
    _, key = keys.add("app", [Scope.OPERATE], now_s=NOW_S)
    keys.sign_in(key, now_s=NOW_S, until_s=NOW_S + 60)
    assert len(keys.standing(NOW_S).sessions) == 1
    keys.revoke(key.prefix, now_s=NOW_S + 1)
    assert keys.standing(NOW_S + 1).sessions == {}
    with pytest.raises(ReelwrightError, match="no key"):
        keys.revoke("app", now_s=NOW_S + 2)


def test_a_sign_in_ends_when_its_time_is_over_or_one_leaves(db: Database) -> None:
    keys = Keys(db)
    _, key = keys.add("app", [Scope.OPERATE], now_s=NOW_S)
    token = keys.sign_in(key, now_s=NOW_S, until_s=NOW_S + 60)
    assert hashed(token) in keys.standing(NOW_S + 59).sessions
    assert keys.standing(NOW_S + 60).sessions == {}
    keys.sign_out(token)
    assert keys.standing(NOW_S).sessions == {}


def test_a_key_of_one_tenant_is_none_of_another(db: Database, tmp_path: Path) -> None:
    Keys(db).add("app", [Scope.FEED], now_s=NOW_S)
    with Database.open(tmp_path, config=StorageConfig(), tenant="other") as other:
        assert Keys(other).all() == []
        assert not Keys(other).standing(NOW_S).any_made


def test_a_name_is_free_again_once_its_key_is_revoked(db: Database) -> None:
    keys = Keys(db)
    keys.add("app", [Scope.FEED], now_s=NOW_S)
    with pytest.raises(ReelwrightError, match="already"):
        keys.add("app", [Scope.FEED], now_s=NOW_S)
    keys.revoke("app", now_s=NOW_S)
    keys.add("app", [Scope.FEED], now_s=NOW_S)
    with pytest.raises(ReelwrightError, match="a name and a scope"):
        keys.add(" ", [Scope.FEED], now_s=NOW_S)


def test_keys_are_made_listed_and_revoked_at_the_command_line(tmp_path: Path) -> None:
    words = ("keys", "add", "app", "--scope", "feed", "--scope", "events", "--expires", "30d")
    made = reelwright(*words, home=tmp_path)
    assert made.stdout.startswith("rw_")
    assert made.stdout.count("\n") == 1, "only the key, so that a script can take it"
    listed = reelwright("keys", "list", home=tmp_path).stdout
    assert "events feed" in listed
    assert "counts until" in listed
    assert made.stdout.strip() not in listed
    assert "counts no longer" in reelwright("keys", "revoke", "app", home=tmp_path).stdout
    assert "revoked" in reelwright("keys", "list", home=tmp_path).stdout


@pytest.mark.parametrize("span", ["", "30", "d", "-1d", "1y", "1.5h"])
def test_a_span_that_is_none_is_refused(span: str, tmp_path: Path) -> None:
    says = refused(
        "keys", "add", "app", "--scope", "feed", f"--expires={span or ' '}", home=tmp_path
    )
    assert "12h, 30d or 8w" in says
