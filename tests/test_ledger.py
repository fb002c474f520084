"""What the operator's pages count, against the same counted one by one."""

import random
from collections import Counter

import pytest
from sqlalchemy import select
from wishes import made, wish

from reelwright.cache.asks import Asks
from reelwright.cache.renders import Renders
from reelwright.cache.states import RenderState
from reelwright.cache.stock import Stock
from reelwright.cache.tally import Tally
from reelwright.config import CacheConfig
from reelwright.domain import Answer, Way
from reelwright.errors import ReelwrightError
from reelwright.serve.operator.chart import HEIGHT, STACK, WIDTH, drawn, scale_of
from reelwright.serve.operator.ledger import HOURS, Hour, Ledger
from reelwright.serve.operator.words import THIN, megabytes, number, share, span, viewers
from reelwright.storage.blobs import Blobs
from reelwright.storage.database import Database
from reelwright.storage.schema import demand, makings, ways

NOW_S = 1_000_000.0
CONFIG = CacheConfig(ask_every_s=0.0, half_life_s=100.0, attempts=2)


def live(db: Database, rng: random.Random) -> None:
    """Some days of asking, making, failing and watching."""
    renders, tally = Renders(db, CONFIG), Tally(db, CONFIG)
    asks = Asks(db, CONFIG)
    for num in range(14):
        for _ in range(rng.randint(1, 4)):
            at_s = NOW_S - rng.uniform(50, 500)
            asks.ask(wish(num), wish(num).key, viewer="v", priority=rng.random(), now_s=at_s)
    at_s, ready = NOW_S - 40.0, []
    for _ in range(9):
        job = renders.claim("w", at_s)
        assert job is not None
        at_s += rng.uniform(0.5, 3.0)
        if rng.random() < 0.4:
            renders.fail(job, "It was black.", at_s)
        else:
            renders.finish(job, made(job.wish, title=f"Clip {job.wish.sid}"), job.wish.sid, at_s)
            ready.append(job.wish)
    for one in ready[1:]:
        seen = [Answer(made(one).video, one.sid, rng.choice(list(Way)))] * rng.randint(1, 9)
        tally.count(seen, NOW_S - rng.uniform(0, 30 * 3600))


def spent(db: Database) -> dict[str, list[tuple[float, str]]]:
    """Every attempt of every wish: its seconds and its outcome."""
    found: dict[str, list[tuple[float, str]]] = {}
    with db.read() as connection:
        for row in connection.execute(select(makings).where(db.own(makings))):
            took = 0.0 if row.ended_s is None else row.ended_s - row.began_s
            found.setdefault(row.wish, []).append((took, row.outcome))
    return found


def watched(db: Database) -> dict[str, int]:
    with db.read() as connection:
        rows = connection.execute(select(demand).where(db.own(demand)))
        return {row.video: row.views for row in rows}


@pytest.mark.parametrize("seed", range(3))
def test_what_a_view_costs_is_its_seconds_over_its_views(db: Database, seed: int) -> None:
    live(db, random.Random(seed))
    all_, views, ledger = spent(db), watched(db), Ledger(db, CONFIG)
    done = [key for key, tries in all_.items() if any(how == "done" for _, how in tries)]
    brute = {key: sum(took for took, _ in all_[key]) / max(1, views.get(key, 0)) for key in done}
    costs = ledger.costs(100)
    assert {cost.key: pytest.approx(cost.per_view_s) for cost in costs} == brute
    assert [cost.key for cost in costs] == sorted(brute, key=lambda key: (-brute[key], key))
    assert [cost.failures for cost in costs] == [
        sum(how == "failed" for _, how in all_[cost.key]) for cost in costs
    ]
    bill, tries = ledger.bill(), [one for some in all_.values() for one in some]
    assert bill.seconds == pytest.approx(sum(took for took, _ in tries))
    assert bill.failed_s == pytest.approx(sum(took for took, how in tries if how == "failed"))
    assert (bill.attempts, bill.clips) == (len(tries), len(done))
    assert bill.views == sum(views.values()) > 0
    assert bill.per_view_s == pytest.approx(bill.seconds / bill.views)
    took = sorted(took for took, how in tries if how == "done")
    typical_s = ledger.typical_s()
    assert typical_s is not None
    assert took[(len(took) - 1) // 2] <= typical_s <= took[len(took) // 2]


def test_nothing_costs_nothing(db: Database) -> None:
    ledger = Ledger(db, CONFIG)
    assert (ledger.costs(9), ledger.bill().per_view_s, ledger.typical_s()) == ([], None, None)
    assert sum(hour.total for hour in ledger.hours(NOW_S)) == 0


def test_the_rows_of_a_state_come_by_how_many_want_them_now(db: Database) -> None:
    live(db, random.Random(4))
    ledger, renders = Ledger(db, CONFIG), Renders(db, CONFIG)
    lines = ledger.lines([RenderState.PENDING], 100, NOW_S)
    assert len(lines) == renders.counts()[RenderState.PENDING] > 1
    for line in lines:
        row = renders.get(line.key)
        assert row is not None
        fades = 0.5 ** ((NOW_S - row.wanted_s) / CONFIG.half_life_s)
        assert line.expected == pytest.approx(row.priority * fades)
        assert (line.asked, line.state, line.wish) == (row.asked, row.state, row.wish)
    assert [one.expected for one in lines] == sorted((one.expected for one in lines), reverse=True)
    done = ledger.lines([RenderState.DONE], 100, NOW_S)
    assert [one.ended_s for one in done] == sorted((one.ended_s or 0 for one in done), reverse=True)
    views, all_ = watched(db), spent(db)
    for one in done:
        assert (one.title, one.poster, one.views) == (
            f"Clip {one.wish.sid}",
            "p",
            views.get(one.key, 0),
        )
        assert one.work_s == pytest.approx(sum(took for took, _ in all_[one.key]))
    assert ledger.posters([one.key for one in done]) == {one.key: "p" for one in done}
    assert ledger.line(done[0].key, NOW_S) == done[0]
    assert ledger.line("nobody", NOW_S) is None


def test_whoever_wants_what_too_few_want_is_counted(db: Database) -> None:
    three = CacheConfig(ask_every_s=0.0, viewers=3)
    asks = Asks(db, three)
    for viewer in ("ann", "bob", "ann"):
        asks.ask(wish(), wish().key, viewer=viewer, priority=0.5, now_s=NOW_S)
    (line,) = Ledger(db, three).lines([RenderState.WANTED], 9, NOW_S)
    assert (line.wanters, line.asked) == (2, 3)


def test_answers_are_told_for_each_hour_of_the_last_day(db: Database) -> None:
    live(db, random.Random(5))
    first = int(NOW_S // 3600) - HOURS + 1
    brute: Counter[tuple[int, str]] = Counter()
    with db.read() as connection:
        for row in connection.execute(select(ways).where(db.own(ways))):
            brute[row.hour, row.way] += row.answers
    hours = Ledger(db, CONFIG).hours(NOW_S)
    assert [hour.starts_s for hour in hours] == [3600.0 * (first + n) for n in range(HOURS)]
    for hour in hours:
        at = int(hour.starts_s // 3600)
        assert hour.answers == {way: brute[at, way.value] for way in Way}
    assert any(at < first for at, _ in brute), "some answers are older than a day"


def test_what_was_given_up_is_tried_again_as_if_it_were_new(
    db: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    renders = Renders(db, CONFIG)
    stock = Stock(db, Blobs(tmp_path_factory.mktemp("blobs")), CONFIG)
    Asks(db, CONFIG).ask(wish(), wish().key, viewer="v", priority=1.0, now_s=NOW_S)
    with pytest.raises(ReelwrightError, match="was not given up"):
        stock.again(wish().key)
    for _ in range(CONFIG.attempts):
        job = renders.claim("w", NOW_S)
        assert job is not None
        renders.fail(job, "It was black.", NOW_S)
    assert renders.claim("w", NOW_S) is None
    stock.again(wish().key)
    job = renders.claim("w", NOW_S)
    assert job is not None
    assert job.attempts == 1


# ---- the chart and the words ---------------------------------------------------------------------


def test_columns_are_as_high_as_their_answers_and_stand_on_one_another() -> None:
    rng = random.Random(1)
    hours = [
        Hour(starts_s=3600.0 * n, answers={way: rng.randint(0, 70) for way in Way})
        for n in range(HOURS)
    ]
    chart = drawn(hours)
    top = chart.lines[-1][1]
    assert top >= max(hour.total for hour in hours)
    for place, hour in enumerate(hours):
        x = [block for block in chart.blocks if place <= block.x / (WIDTH / HOURS) < place + 1]
        heights = {block.way: block.height for block in x}
        for way in Way:
            assert heights.get(way.value, 0.0) == pytest.approx(
                HEIGHT * hour.answers[way] / top, abs=0.01
            )
        ground = float(HEIGHT)
        for block in sorted(x, key=lambda block: STACK.index(Way(block.way))):
            assert block.y + block.height == pytest.approx(ground, abs=0.02)
            ground = block.y


@pytest.mark.parametrize("most", [*range(60), 99, 100, 101, 12_345, 10**9])
def test_a_scale_holds_the_most_in_few_round_steps(most: int) -> None:
    scale = scale_of(most)
    step = scale[1]
    assert scale == [step * mark for mark in range(len(scale))]
    assert 2 <= len(scale) <= 5
    assert scale[-2] < max(1, most) <= scale[-1]
    assert str(step).rstrip("0") in {"1", "2", "5"}


def test_numbers_are_said_as_people_say_them() -> None:
    said = [span(one) for one in (None, 0.0, 0.0421, 4.25, 9.97, 75.0, 7200.0, 200_000.0)]
    assert [one.replace(THIN, " ") for one in said] == [
        *("–", "0 s", "42 ms", "4.2 s", "10 s", "1.2 min", "2 h", "2.3 d")
    ]
    assert number(1234567.0).replace(THIN, " ") == "1 234 567"
    assert (viewers(1e6), viewers(2.25)) == ("many", "2.2")
    assert megabytes(24_300_000).replace(THIN, " ") == "24 MB"
    shares = [share(one, 1000) for one in (0, 1, 10, 666)]
    assert [one.replace(THIN, " ") for one in shares] == ["0 %", "<1 %", "1 %", "67 %"]
    assert share(0, 0).replace(THIN, " ") == "0 %"
