"""What stands behind the operator's pages, and what each of them has to tell."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from reelwright.atlas.wishes import Wishes
from reelwright.cache.renders import Renders
from reelwright.cache.states import RenderState
from reelwright.cache.stock import MB, Stock
from reelwright.config import CacheConfig
from reelwright.domain import Answer, Deed, Meaning, Reason, SemanticId, Video, Way, Wish
from reelwright.privacy import Privacy
from reelwright.secondlook.account import entries
from reelwright.secondlook.rounds import to_step
from reelwright.serve.operator.chart import drawn
from reelwright.serve.operator.ledger import Ledger, Line
from reelwright.serve.surfaces import Codes, Watcher
from reelwright.storage.videos import Videos

SHOWN = 40  # rows of a table
POSTERS = 24  # of what was made last
DEEDS = 24  # of a viewer
INTERESTS = 8
WORDS = 3  # of what a video is about that count as an interest
WAYS = {Way.EXACT: "exact", Way.SAME_CONTENT: "same content", Way.NEAREST: "nearest"}
ENDED = (RenderState.EVICTED, RenderState.BURIED)

Told = dict[str, Any]  # what a page is filled with


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A viewer, as `reelwright wishes` tells them, and what the feed would say about why."""

    wishes: Wishes
    codes: Codes  # in which all of it is written
    deeds: Sequence[tuple[Deed, Video | None]]  # the last first
    reasons: Mapping[SemanticId, Sequence[Reason]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interest:
    """A word for what somebody liked, as a share of the one they liked most."""

    word: str
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """The operator's desk. Whatever it shows is looked up when it is asked for."""

    ledger: Ledger
    renders: Renders
    stock: Stock
    videos: Videos
    privacy: Privacy
    codes: Callable[[str], Codes | None]  # by version; None where they were lost
    stand_in: Callable[[Wish], Answer | None]  # what answers a wish meanwhile
    person: Callable[[str], Person | None]  # None for somebody who did nothing
    watchers: Sequence[Watcher]
    config: CacheConfig
    clock: Callable[[], float]

    def making(self) -> Told:
        """What is being made, and why; what waits, what came to nothing, what was made."""
        now_s, lines = self.clock(), self.ledger.lines
        return {
            "making": lines([RenderState.MAKING], SHOWN, now_s),
            "pending": lines([RenderState.PENDING], SHOWN, now_s),
            "failed": lines([RenderState.FAILED], SHOWN, now_s),
            "done": lines([RenderState.DONE], POSTERS, now_s),
            "withdrawn": lines(ENDED, SHOWN, now_s),
            "typical_s": self.ledger.typical_s(),
        }

    def cache(self) -> Told:
        """How wishes were answered, and what is kept."""
        now_s = self.clock()
        hours, kept = self.ledger.hours(now_s), self.stock.kept(now_s)
        ways = {way: sum(hour.answers[way] for hour in hours) for way in Way}
        return {
            "hours": hours,
            "chart": drawn(hours),
            "ways_told": ways,
            "answers": sum(ways.values()),
            "kept": kept[:SHOWN],
            "num_kept": len(kept),
            "bytes": sum(one.bytes for one in kept),
            "capacity": self.config.capacity_mb * MB,
            "posters": self.ledger.posters([one.wish for one in kept[:SHOWN]]),
        }

    def cost(self) -> Told:
        """Seconds of making over views."""
        costs = self.ledger.costs(SHOWN)
        most = max((cost.per_view_s for cost in costs), default=0.0)
        return {"bill": self.ledger.bill(), "costs": costs, "most_s": most}

    def wishes(self) -> Told:
        """What nobody has met yet, likeliest first, with what stands in."""
        states = [RenderState.WANTED, RenderState.PENDING]
        lines = self.ledger.lines(states, SHOWN, self.clock())
        most = max((line.expected for line in lines), default=0.0)
        return {"unmet": lines, "most": most}

    def viewer(self, id_: str) -> Told:
        """Who somebody is to the recommender; nothing for an empty id."""
        person = self.person(id_) if id_ else None
        kept = self.privacy.export(id_) if id_ else {}
        return {
            "id": id_,
            "person": person,
            "interests": interests(person) if person else [],
            "num": {name: len(kept.get(name, [])) for name in ("events", "impressions", "wanted")},
            "is_known": any(kept.get(name) for name in kept if name != "viewer"),
            "watchers": self.watchers,
            "deeds": person.deeds[:DEEDS] if person else [],
        }

    def clip(self, key: str) -> Told | None:
        """From a wish to its manifest; None where nobody wished for it."""
        line, row = self.ledger.line(key, self.clock()), self.renders.get(key)
        if line is None or row is None:
            return None
        manifest = asdict(row.manifest) if row.manifest else None
        if manifest:
            made_at = datetime.fromtimestamp(manifest.pop("made_at_s"), UTC)
            manifest["made at"] = made_at.isoformat(" ", "seconds")
        return {
            "line": line,
            "steps": self._steps(line),
            "manifest": manifest,
            "film": self.videos.get(key) if row.video else None,
        }

    def meaning(self, wish: Wish) -> Meaning | None:
        """What a wish says; None where its codes were lost."""
        codes = self.codes(wish.codebook)
        return codes.meaning(wish.sid) if codes else None

    def _steps(self, line: Line) -> list[tuple[str, str]]:
        meaning = self.meaning(line.wish)
        try:
            steps = [to_step(cells) for cells in self.renders.steps(line.key)]
        except (KeyError, TypeError):  # an older program kept them in another form
            return []
        return list(entries(line.wish.sid, meaning, steps)) if meaning and steps else []


def interests(person: Person) -> list[Interest]:
    """The words for what they liked, each as loud as the deeds that have it were meant."""
    liked: defaultdict[str, float] = defaultdict(float)
    for deed, _ in person.deeds:
        if deed.weight > 0:
            for word in person.codes.meaning(deed.sid).about[:WORDS]:
                liked[word] += deed.weight
    top = sorted(liked.items(), key=lambda one: (-one[1], one[0]))[:INTERESTS]
    return [Interest(word, weight / top[0][1]) for word, weight in top]
