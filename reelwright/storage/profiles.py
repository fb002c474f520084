"""What is known of viewers beside what they did: their attributes."""

from collections.abc import Mapping, Sequence
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
        return self.of_each([viewer])[0]

    def of_each(self, some: Sequence[str]) -> list[tuple[Attribute, ...]]:
        """Likewise for several viewers, in one look."""
        known = select(viewers.c.id, viewers.c.attributes).where(
            self.db.own(viewers), viewers.c.id.in_(some)
        )
        with self.db.read() as connection:
            kept = {id_: attributes for id_, attributes in connection.execute(known)}
        return [
            tuple(
                Attribute(one["name"], one["value"], Origin(one["origin"]))
                for one in kept.get(viewer, ())
            )
            for viewer in some
        ]
