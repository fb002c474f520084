"""What has to be told to whoever ordered: kept until it was, whatever happens to the program."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert  # written alike for SQLite

from reelwright.storage.database import Database
from reelwright.storage.orders import Order, order_of, whole
from reelwright.storage.schema import orders, outbox, renders, reworks
from reelwright.storage.schema import secrets as kept_secrets

ENDED = ("done", "failed", "buried", "revoked")  # states of a row of which nothing more comes
AT_ONCE = 50
SIGNING = "webhooks"  # the secret's name
MARK = "whsec_"  # before a secret in base64, as the convention of Standard Webhooks has it


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to be delivered. Its id is the same with every attempt."""

    id: str
    url: str
    body: str
    attempts: int  # this one included


class Outbox:
    """The messages of one tenant. Any number of messengers get along."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.tenant = db.tenant

    def announce(self, body_of: Callable[[Order, str], str], now_s: float) -> int:
        """Write a letter for every order that ended since; how many there were."""
        ours = self.db.own(orders)
        ended = renders.c.state.in_(ENDED) | reworks.c.state.in_(ENDED)
        ready = whole().where(ours, orders.c.announced.is_(False), ended)
        with self.db.read() as connection:
            if connection.execute(ready.limit(1)).first() is None:
                return 0
        with self.db.write() as connection:
            those = [order_of(row) for row in connection.execute(ready.limit(AT_ONCE))]
            for order in those:
                id_ = f"evt_{secrets.token_hex(16)}"
                letter = {
                    "tenant": self.tenant,
                    "id": id_,
                    "order_id": order.asked.id,
                    "url": order.asked.webhook_url,
                    "body": body_of(order, id_),
                    "attempts": 0,
                    "due_s": now_s,
                    "reason": "",
                }
                connection.execute(insert(outbox).values(**letter))
                told = update(orders).where(ours, orders.c.id == order.asked.id)
                connection.execute(told.values(announced=True))
        return len(those)

    def claim(self, now_s: float, *, lease_s: float) -> Letter | None:
        """The letter that is due first, for so long this messenger's to deliver."""
        due = (
            select(outbox.c.id)
            .where(self.db.own(outbox), outbox.c.ended_s.is_(None))
            .where(outbox.c.due_s <= now_s)
            .order_by(outbox.c.due_s, outbox.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self.db.read() as connection:
            if connection.execute(due).first() is None:
                return None
        with self.db.write() as connection:
            id_ = connection.execute(due).scalar()
            claim = (
                update(outbox)
                .where(self.db.own(outbox), outbox.c.id == id_)
                .values(attempts=outbox.c.attempts + 1, due_s=now_s + lease_s)
                .returning(outbox.c.id, outbox.c.url, outbox.c.body, outbox.c.attempts)
            )
            row = connection.execute(claim).first()
        return None if row is None else Letter(*row)

    def end(self, letter: Letter, *, now_s: float, reason: str = "") -> None:
        """It was delivered, or for a reason it never will be."""
        self._note(letter, ended_s=now_s, reason=reason)

    def retry(self, letter: Letter, *, due_s: float, reason: str) -> None:
        self._note(letter, due_s=due_s, reason=reason)

    def _note(self, letter: Letter, **values: object) -> None:
        ours = self.db.own(outbox) & (outbox.c.id == letter.id)
        with self.db.write() as connection:
            connection.execute(update(outbox).where(ours).values(**values))

    def states(self, ids: list[str]) -> dict[str, str]:
        """What became of the messages about these orders."""
        about = select(outbox).where(self.db.own(outbox), outbox.c.order_id.in_(ids))
        with self.db.read() as connection:
            rows = connection.execute(about).all()
        return {row.order_id: _state(row.ended_s, row.reason) for row in rows}

    def secret(self, *, renew: bool = False) -> str:
        """What letters are signed with, made when it is first asked for."""
        fresh = MARK + base64.b64encode(secrets.token_bytes(32)).decode()
        row = insert(kept_secrets).values(tenant=self.tenant, name=SIGNING, value=fresh)
        same = ["tenant", "name"]
        over = (
            row.on_conflict_do_update(index_elements=same, set_={"value": row.excluded.value})
            if renew
            else row.on_conflict_do_nothing(index_elements=same)
        )
        ours = self.db.own(kept_secrets) & (kept_secrets.c.name == SIGNING)
        with self.db.write() as connection:
            connection.execute(over)
            return str(connection.execute(select(kept_secrets.c.value).where(ours)).scalar_one())


def _state(ended_s: float | None, reason: str) -> str:
    if ended_s is None:
        return f"not delivered yet: {reason}" if reason else "not delivered yet"
    return f"given up: {reason}" if reason else "delivered"
