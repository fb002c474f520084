"""What is known of viewers beside what they did: their attributes."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert  # written alike for SQLite

from reelwright.domain import Attribute, Origin
from reelwright.storage.database import Database
from reelwright.storage.schema import viewers


class Profiles:
    """Attributes by viewer. Of a viewer who was never heard of, nothing is known."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def keep(self, attributes_of: Mapping[str, tuple[Attribute, ...]]) -> None:
        """Write the attributes of these viewers in place of what was known."""
        if not attributes_of:
            return
        statement = insert(viewers)
        newer = statement.on_conflict_do_update(
            index_elements=["tenant", "id"], set_={"attributes": statement.excluded.attributes}
        )
        rows = [
            {
                "tenant": self.db.tenant,
                "id": viewer,
                "attributes": [asdict(attribute) for attribute in attributes],
            }
            for viewer, attributes in attributes_of.items()
        ]
        with self.db.write() as connection:
            connection.execute(newer, rows)

    def of(self, viewer: str) -> tuple[Attribute, ...]:
        known = select(viewers.c.attributes).where(self.db.own(viewers), viewers.c.id == viewer)
        with self.db.read() as connection:
            kept = connection.execute(known).scalar()
        return tuple(
            Attribute(one["name"], one["value"], Origin(one["origin"])) for one in kept or ()
        )
