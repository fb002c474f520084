"""What holds the conformance suite to naming a tenant does notice a statement that names none."""

import pytest
from stores import unowned


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT tenant, id FROM events WHERE viewer = ?",
        "SELECT 1 FROM sids JOIN videos ON sids.video = videos.id WHERE sids.tenant = ?",
        "UPDATE renders SET state = ? WHERE key = ?",
        "DELETE FROM encodings WHERE video = ?",
        "INSERT INTO viewers (id) VALUES (?)",
        "INSERT INTO viewers (tenant, id) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
    ],
)
def test_a_statement_that_says_not_whose_is_noticed(statement: str) -> None:
    assert unowned(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id\nFROM events WHERE events.tenant = ? AND viewer = ?",
        "SELECT 1 FROM sids JOIN videos ON a = b WHERE sids.tenant = ? AND videos.tenant = ?",
        "INSERT INTO viewers (tenant, id) VALUES (?, ?) ON CONFLICT (tenant, id) DO NOTHING",
        "CREATE TABLE events (id TEXT)",
        "SELECT count(*) FROM migrations",
        "PRAGMA journal_mode = WAL",
    ],
)
def test_one_that_does_passes(statement: str) -> None:
    assert not unowned(statement)
