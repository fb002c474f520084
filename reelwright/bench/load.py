"""The other side of `bench feed`: a process that keeps connections busy, on raw sockets.

Each connection sends its next request as soon as it has read the whole answer to the last (a
closed loop), over HTTP/1.1 with keep-alive. Run as a module, it reads one `Task` as JSON from
standard input and writes one `Took` to standard output.
"""

import json
import select
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache

import numpy as np

from reelwright.bench.names import video_name, viewer_name

CHUNK = 1 << 18
EVENTS = 20  # in one batch; the page sends what has gathered, at most 50
DRAWN = 1024  # viewers at once


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What to ask for, from where, by how many connections and for how long."""

    # pages; everybody: a page for each viewer once, those who ask most first; fresh: an event and
    # then a page, by the same viewer; events; clips.
    kind: str
    port: int
    connections: int
    seconds: float
    warm_s: float = 0.0  # before that, in which nothing is counted
    viewers: int = 1
    videos: int = 1
    clips: tuple[str, ...] = ()
    seed: int = 1


@dataclass(kw_only=True, slots=True)
class Took:
    """What came of it."""

    seconds: float = 0.0
    answers: int = 0
    all_answers: int = 0  # those before it was counted, too
    bytes: int = 0
    cpu_s: float = 0.0  # the load's own
    refused: int = 0  # not answered as asked; and connections that were never answered
    events: int = 0  # acknowledged
    ms: list[float] = field(default_factory=list)  # of each answer that counts


@dataclass(slots=True, eq=False)
class Connection:
    """One client: what it waits for, since when, and what is still to come of it."""

    socket: socket.socket
    plan: Iterator[tuple[bytes, bool]]
    begun_s: float = 0.0
    counts: bool = True
    left: int = -1  # bytes; -1: the head was not read yet
    head: bytes = b""
    is_good: bool = True
    answers: int = 0


def run(task: Task) -> Took:
    """Keeps all connections busy for the time given."""
    took, rng = Took(), np.random.default_rng(task.seed)
    poll = select.epoll()
    open_ = {}
    for number in range(task.connections):
        client = socket.create_connection(("127.0.0.1", task.port))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        open_[client.fileno()] = Connection(client, _plan(task, number, rng))
        poll.register(client.fileno(), select.EPOLLIN)
    buffer = bytearray(CHUNK)
    begin_s, spent_s = time.perf_counter(), time.process_time()
    count_s, end_s = begin_s + task.warm_s, begin_s + task.warm_s + task.seconds
    busy = sum(_ask(one) for one in open_.values())
    while busy and (now_s := time.perf_counter()) < end_s:
        for number, _ in poll.poll(0.1):
            one = open_[number]
            got = one.socket.recv_into(buffer)
            if not got:
                raise ConnectionError("the server closed a connection")
            if _is_whole(one, memoryview(buffer)[:got]):
                now_s = time.perf_counter()
                took.all_answers += 1
                if now_s >= count_s:
                    _note(took, one, now_s)
                busy -= not _ask(one)
            if now_s >= count_s:
                took.bytes += got
    took.seconds = time.perf_counter() - count_s
    took.refused += sum(one.begun_s > 0 and not one.answers for one in open_.values())
    for one in open_.values():
        one.socket.close()
    took.cpu_s = time.process_time() - spent_s
    return took


def _ask(one: Connection) -> bool:
    """Sends the next request; False where there is none."""
    request, one.counts = next(one.plan, (b"", False))
    one.left, one.head = -1, b""
    one.begun_s = time.perf_counter()
    one.socket.sendall(request)
    return bool(request)


def _note(took: Took, one: Connection, now_s: float) -> None:
    took.answers += 1
    one.answers += 1
    took.refused += not one.is_good
    if one.counts and one.is_good:
        took.ms.append((now_s - one.begun_s) * 1000)
        took.events += EVENTS


def _is_whole(one: Connection, got: memoryview) -> bool:
    """Whether the answer has been read to its end."""
    if one.left < 0:
        one.head += bytes(got)
        end = one.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = one.head[:end].lower()
        one.is_good = head.startswith(b"http/1.1 20")
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        one.left = length - (len(one.head) - end - 4)
    else:
        one.left -= len(got)
    assert one.left >= 0, f"{-one.left} bytes more than an answer has"
    return one.left == 0


# ---- what is asked for ---------------------------------------------------------------------------


def _plan(task: Task, number: int, rng: np.random.Generator) -> Iterator[tuple[bytes, bool]]:
    """Requests without end, each with whether its answer is timed."""
    match task.kind:
        case "pages":
            return ((_page(viewer), True) for viewer in _viewers(task, rng))
        case "everybody":
            return ((_page(viewer), True) for viewer in _ranked(task)[number :: task.connections])
        case "fresh":
            return _event_then_page(task, number, rng)
        case "events":
            return _batches(task, number, rng)
        case "clips":
            return _clips(task, number)
    raise AssertionError(f"a load of kind {task.kind!r}")


def _viewers(task: Task, rng: np.random.Generator) -> Iterator[str]:
    """By Zipf: the second asks half as often as the first, the third a third as often."""
    chance = 1.0 / np.arange(1, task.viewers + 1)
    upto = np.cumsum(chance / chance.sum())
    names = _ranked(task)
    while True:
        drawn = np.searchsorted(upto, rng.random(DRAWN)).clip(max=task.viewers - 1)
        yield from (names[place] for place in drawn.tolist())


@lru_cache(1)
def _ranked(task: Task) -> list[str]:
    """All viewers, whoever asks most first; the same for every load."""
    order = np.random.default_rng(0).permutation(task.viewers)
    return [viewer_name(number) for number in order.tolist()]


def _page(viewer: str) -> bytes:
    return f"GET /feed?viewer={viewer} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode()


def _post(events: Sequence[Mapping[str, object]]) -> bytes:
    body = json.dumps({"events": events}).encode()
    head = (
        "POST /events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _event_then_page(
    task: Task, number: int, rng: np.random.Generator
) -> Iterator[tuple[bytes, bool]]:
    for turn, viewer in enumerate(_viewers(task, rng)):
        video = video_name(int(rng.integers(task.videos)))
        event = {
            "id": f"f{task.seed}-{number}-{turn}",
            "viewer": viewer,
            "video": video,
            "kind": "like",
        }
        yield _post([event]), False
        yield _page(viewer), True


def _batches(task: Task, number: int, rng: np.random.Generator) -> Iterator[tuple[bytes, bool]]:
    for turn, viewer in enumerate(_viewers(task, rng)):
        videos = rng.integers(task.videos, size=EVENTS).tolist()
        yield _post([
            {"id": f"b{task.seed}-{number}-{turn}-{at}", "viewer": viewer,
             "video": video_name(video), "kind": "play", "value": 3.5}
            for at, video in enumerate(videos)
        ]), True  # fmt: skip


def _clips(task: Task, number: int) -> Iterator[tuple[bytes, bool]]:
    at = number
    while True:
        clip = task.clips[at % len(task.clips)]
        yield f"GET /clips/{clip} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode(), True
        at += 1


if __name__ == "__main__":
    told = json.load(sys.stdin)
    json.dump(asdict(run(Task(**told | {"clips": tuple(told["clips"])}))), sys.stdout)
