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
from reelwright.serve.takes import TakeDesk
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Busy
from reelwright.storage.orders import Order, Ordered, Orders, new_id
from reelwright.storage.outbox import Outbox
from reelwright.storage.takes import Take

NEARLY = 99  # percent, until it is really there
STEPS = {"drawing worlds": (0, 4), "changing frames": (4, 60)}  # of a take's way, in percent
AFTER = (60, NEARLY)  # it is looked at and scored


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
        takes: TakeDesk | None = None,
    ) -> None:
        self.orders = orders
        self.outbox = outbox
        self.making = making
        self.config = config
        self.clock = clock
        self.takes = takes
        self.egress = Egress(config.private_webhooks, config.webhook_timeout_s)
        self.pace = Pace(config.per_minute / 60, config.per_minute)

    def foretell(self, asked: VideoAsked, caller: Caller) -> DryRun:
        """What an order would come to."""
        self._slow_down(caller)
        if asked.source is not None:
            return self._foretell_of(asked)
        _refuse_without_source(asked)
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
        place = self._place_of if asked.source is not None else self._place
        id_, wish, form, source = place(asked)
        kept = self.orders.add(
            Ordered(
                id=id_,
                wish=wish,
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
                source=source,
            )
        )
        if kept.id != id_ and source:
            self._forget_work(id_)  # the same order came twice at once
        return self.told(_same(kept, digest).id)

    def _place(self, asked: VideoAsked) -> tuple[str, str, Format, str]:
        """A wish like every other: the order's id, what it waits for, its form and no source."""
        _refuse_without_source(asked)
        form = self._form(asked)
        wish = self.making.wish_of(asked.prompt, form)
        self._ask(wish)
        return new_id(), wish.key, form, ""

    def _place_of(self, asked: VideoAsked) -> tuple[str, str, Format, str]:
        """Likewise a work on somebody's take."""
        desk, take = self._source(asked)
        wanted = desk.understand(asked.prompt, asked.costume, asked.strength)
        (work,) = desk.order(take, [(asked.prompt, wanted)])
        return work.id, work.id, _form_of_take(take), take.id

    def _foretell_of(self, asked: VideoAsked) -> DryRun:
        desk, take = self._source(asked)
        wanted = desk.understand(asked.prompt, asked.costume, asked.strength)
        form = _form_of_take(take)
        return DryRun(
            cached=False,
            work_s=None,
            ahead=desk.cabinet.takes.waiting(),
            size=_size(form),
            seconds=_seconds(form),
            about=[wanted.place.name] if wanted.place else [],
            style=[wanted.strength],
        )

    def _source(self, asked: VideoAsked) -> tuple[TakeDesk, Take]:
        """The take that an order is of: by its own id, or by that of an earlier order."""
        if asked.size is not None or asked.seconds is not None:
            raise Refused(
                409, "A source has its own size and length.", hint="Leave size and seconds out."
            )
        desk, source = self.film_desk(), asked.source or ""
        earlier = self.orders.get(source)
        return desk, desk.get(earlier.asked.source if earlier is not None else source)

    def film_desk(self) -> TakeDesk:
        """Where films are taken in."""
        if self.takes is None:
            raise Refused(404, "No films are taken in here.", hint="Order in words alone.")
        return self.takes

    def blobs_of(self, order: Order, blobs: Blobs) -> Blobs:
        """Where an order's files lie: what is made of a take is apart."""
        return self.film_desk().cabinet.blobs if order.asked.source else blobs

    def _forget_work(self, id_: str) -> None:
        cabinet = self.film_desk().cabinet
        if (work := cabinet.takes.work(id_)) is not None:
            cabinet.remove(work)

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
        order = self.get(id_)
        self.orders.remove(id_)
        if order.asked.source:
            self._forget_work(order.asked.wish)

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
            case "in_progress" if order.asked.source:
                first, last = STEPS.get(order.step, AFTER) if order.step else (0, 0)
                return int(first + (last - first) * order.share)
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


def _refuse_without_source(asked: VideoAsked) -> None:
    if asked.costume:
        raise Refused(
            409,
            "A costume is for somebody who was filmed.",
            hint="Give a source, or leave costume out.",
        )


def _form_of_take(take: Take) -> Format:
    facts = take.facts
    fps = max(1, round(facts["fps"]))
    seconds = round(facts["duration_s"], 3)
    return Format(width=facts["width"], height=facts["height"], fps=fps, duration_s=seconds)


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
