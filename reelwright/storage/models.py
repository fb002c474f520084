"""Trained models: kept whole with what they measured, checked before they are used again."""

import hashlib
import logging
from collections.abc import Mapping

from sqlalchemy import insert, select

from reelwright.errors import ReelwrightError
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database
from reelwright.storage.schema import models

logger = logging.getLogger(__name__)

TRIED = 2  # the newest version, and the one to fall back on


class Models:
    """Payloads by name. The newest that is undamaged counts."""

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self.db = db
        self.blobs = blobs

    def keep(
        self, name: str, payload: bytes, *, measures: Mapping[str, float], now_s: float
    ) -> str:
        """The version under which the payload is now the newest of its name."""
        version = _version(payload)
        row = insert(models).values(
            tenant=self.db.tenant,
            name=name,
            version=version,
            blob=self.blobs.put(payload, ".model"),
            measures=dict(measures),
            kept_s=now_s,
        )
        with self.db.write() as connection:
            connection.execute(row)
        return version

    def newest(self, name: str) -> tuple[str, bytes] | None:
        """The newest version and its payload, or the one before; None if none was ever kept."""
        kept = select(models).where(self.db.own(models), models.c.name == name)
        with self.db.read() as connection:
            newest = kept.order_by(models.c.seq.desc()).limit(TRIED)
            rows = connection.execute(newest).all()
        for row in rows:
            payload = self._sound(row.blob, row.version)
            if payload is not None:
                return row.version, payload
            logger.warning("version %s of %s is damaged or missing", row.version, name)
        if rows:
            raise ReelwrightError(
                f"What was kept of {name} is damaged.", hint="Run reelwright train again."
            )
        return None

    def measures(self, name: str) -> dict[str, float]:
        """What the newest version measured when it was kept; empty if none was."""
        kept = select(models.c.measures).where(self.db.own(models), models.c.name == name)
        with self.db.read() as connection:
            row = connection.execute(kept.order_by(models.c.seq.desc()).limit(1)).scalar()
        return dict(row or {})

    def _sound(self, blob: str, version: str) -> bytes | None:
        try:
            payload = self.blobs.get(blob)
        except FileNotFoundError:
            return None
        return payload if _version(payload) == version else None


def _version(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()[:16]
