"""The desk at which videos are ordered: words become a wish, a wish a row. It waits for no clip."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reelwright.config import VideosConfig
from reelwright.domain import Format, Wish
from reelwright.errors import ReelwrightError
from reelwright.serve.egress import Egress, Unreachable
from reelwright.serve.keyring import Caller
from reelwright.serve.ordered import DryRun, VideoAsked, VideoPage, VideoTold, status_of
from reelwright.serve.pace import Pace
from reelwright.serve.problems import Refused, too_fast
from reelwright.serve.surfaces import Codes
from reelwright.storage.database import Busy
from reelwright.storage.orders import Order, Ordered, Orders, new_id
from reelwright.storage.outbox import Outbox

NEARLY = 99  # percent, until it is really there


@dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """What the desk needs of the house: how words become a wish, and who is told to make it."""

    wish_of: Callable[[str, Format], Wish]
    ask: Callable[[Wish, float], object]  # whoever orders wants it made, however few do
    codes: Codes
    form: Format  # where an order says nothing of it


class Desk:
    """Takes orders, tells how far they are, and forgets them."""

    def __init__(
        self,
        orders: Orders,
        outbox: Outbox,
        making: Making,
        config: VideosConfig,
        clock: Callable[[], float],
    ) -> None:
        self.orders = orders
        self.outbox = outbox
        self.making = making
        self.config = config
        self.clock = clock
        self.egress = Egress(config.private_webhooks, config.webhook_timeout_s)
        self.pace = Pace(config.per_minute / 60, config.per_minute)

    def foretell(self, asked: VideoAsked, caller: Caller) -> DryRun:
        """What an order would come to."""
        self._slow_down(caller)
        form = self._form(asked)
        wish = self.making.wish_of(asked.prompt, form)
        meaning = self.making.codes.meaning(wish.sid)
        cached = self.orders.state_of(wish.key) == "done"
        work_s = 0.0 if cached else self.orders.foretold_s(form)
        return DryRun(
            cached=cached,
            work_s=work_s if work_s is None else round(work_s, 1),
            ahead=self.orders.waiting(),
            size=_size(form),
            seconds=_seconds(form),
            about=list(meaning.about),
            style=list(meaning.style),
        )

    def place(self, asked: VideoAsked, caller: Caller, idempotency: str | None) -> VideoTold:
        """The order, kept. The same idempotency key with the same words is the same order."""
        digest = hashlib.blake2b(asked.model_dump_json().encode(), digest_size=16).hexdigest()
        by = caller.key.prefix if caller.key else ""  # addresses are not kept
        if idempotency is not None and (known := self.orders.known(by, idempotency)):
            return self.told(_same(known, digest).id)
        if asked.webhook_url is not None:
            self._refuse_where_nobody_may_go(asked.webhook_url)
        self._slow_down(caller)
        form = self._form(asked)
        wish = self.making.wish_of(asked.prompt, form)
        self._ask(wish)
        kept = self.orders.add(
            Ordered(
                id=new_id(),
                wish=wish.key,
                prompt=asked.prompt,
                model=asked.model,
                size=_size(form),
                seconds=_seconds(form),
                metadata=dict(asked.metadata),
                asked_by=by,
                idempotency=idempotency,
                digest=digest,
                webhook_url=asked.webhook_url or "",
                made_s=self.clock(),
            )
        )
        return self.told(_same(kept, digest).id)

    def get(self, id_: str) -> Order:
        if (order := self.orders.get(id_)) is None:
            raise Refused(404, f"There is no video {id_!r}.", hint="GET /v1/videos lists them.")
        return order

    def told(self, id_: str) -> VideoTold:
        return self._told([self.get(id_)])[0]

    def page(self, after: str | None, limit: int, order: Literal["asc", "desc"]) -> VideoPage:
        last = None if after is None else self.get(after).asked
        found, more = self.orders.page(after=last, limit=limit, order=order)
        data = self._told(found)
        return VideoPage(
            data=data,
            first_id=data[0].id if data else None,
            last_id=data[-1].id if data else None,
            has_more=more,
        )

    def remove(self, id_: str) -> None:
        self.get(id_)
        self.orders.remove(id_)

    def _told(self, found: Sequence[Order]) -> list[VideoTold]:
        hooked = [one.asked.id for one in found if one.asked.webhook_url]
        mail = self.outbox.states(hooked) if hooked else {}
        return [
            VideoTold.of(
                one,
                progress=self._progress(one),
                webhook=mail.get(one.asked.id, "not due yet") if one.asked.webhook_url else None,
            )
            for one in found
        ]

    def _progress(self, order: Order) -> int:
        match status_of(order):
            case "completed":
                return 100
            case "in_progress" if order.begun_s is not None:
                foretold_s = self.orders.foretold_s(_form_of(order.asked, self.making.form))
                passed_s = self.clock() - order.begun_s
                return int(min(NEARLY, 100 * passed_s / foretold_s)) if foretold_s else 0
            case _:
                return 0

    def _ask(self, wish: Wish) -> None:
        """There is a row for the wish afterwards; a full queue takes no new one."""
        if self.orders.state_of(wish.key) is None:
            waiting = self.orders.waiting()
            if waiting >= self.config.max_queue:
                raise Busy(f"{waiting} wishes wait to be made.", retry_after_s=30.0)
        self.making.ask(wish, self.clock())
        if self.orders.state_of(wish.key) is None:
            raise Busy("The order could not be written down.")

    def _refuse_where_nobody_may_go(self, url: str) -> None:
        try:
            self.egress.refuse(url)
        except Unreachable as error:
            raise Refused(403, error.problem, hint=error.hint) from error

    def _slow_down(self, caller: Caller) -> None:
        if wait_s := self.pace.wait_s(caller.id, self.clock()):
            raise too_fast(wait_s, f"That is more than {self.config.per_minute} orders a minute.")

    def _form(self, asked: VideoAsked) -> Format:
        seconds = float(asked.seconds or self.making.form.duration_s)
        if asked.seconds is not None and seconds > self.config.max_seconds:
            raise ReelwrightError(
                f"{seconds:.0f} s are too long.",
                hint=f"Ask for at most {self.config.max_seconds} s.",
            )
        form = self.making.form
        width, height = map(int, (asked.size or _size(form)).split("x"))
        return replace(form, width=width, height=height, duration_s=seconds)


def _same(kept: Ordered, digest: str) -> Ordered:
    if kept.digest != digest:
        raise Refused(
            409,
            "This Idempotency-Key was used for another order.",
            hint="Send a new one with every new order.",
        )
    return kept


def _form_of(asked: Ordered, form: Format) -> Format:
    width, height = map(int, asked.size.split("x"))
    return replace(form, width=width, height=height, duration_s=float(asked.seconds))


def _size(form: Format) -> str:
    return f"{form.width}x{form.height}"


def _seconds(form: Format) -> str:
    return f"{form.duration_s:g}"
