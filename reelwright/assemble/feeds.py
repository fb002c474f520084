"""The path of a request, and what it foretells of one viewer."""

import difflib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from reelwright.assemble.homes import Home, kept_home
from reelwright.assemble.knowledge import Known, codebook, recommender, viewers
from reelwright.assemble.workshops import format_of_wishes
from reelwright.config import Config
from reelwright.domain import Answer, SemanticId, Way, Wish
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.atlas.wishes import Wishes
    from reelwright.feed import Feed
    from reelwright.outlooks.reader import Here
    from reelwright.recommender.recommender import Recommender

WISHES = 200  # gone through in search of those that no video meets
NAMES, NEAR_NAMES = 10_000, 3  # of viewers: compared with one that is not there, and then named


def feed(home: Home, *, has_crowds: bool = False) -> "Feed":
    """The path of a request, with everything that was learned. Where it `has_crowds`, as a server
    may, these are read in a process of its own."""
    from reelwright.cache.cache import Cache
    from reelwright.feed import Feed
    from reelwright.outlooks.aside import Aside

    learned = recommender(home)
    codes = codebook(home, learned.codebook)
    known = _known(home, codes.version)
    here = _reader(home, learned, known)
    aside = has_crowds and home.config.feed.reads_aside
    cache = Cache(
        home.database,
        home.videos,
        codebook=codes.version,
        locate=codes.decode,
        config=home.config.cache,
    )
    home.ending.callback(lambda: cache.close(time.time()))
    opened = Feed(
        viewers=here.viewers,
        recommender=learned,
        codebook=codes,
        cache=cache,
        log=home.log,
        title_of=known.title_of,
        config=home.config.feed,
        rng=np.random.default_rng(),
        reader=Aside(here, partial(reader_of, home.config)) if aside else here,
    )
    home.ending.callback(opened.close)
    return opened


@contextmanager
def reader_of(config: Config) -> "Iterator[Here]":
    """Reads viewers of this home, in a process that does nothing else."""
    import torch

    torch.set_num_threads(1)
    with kept_home(config) as home:
        learned = recommender(home)
        yield _reader(home, learned, _known(home, learned.codebook))


def _reader(home: Home, learned: "Recommender", known: Known) -> "Here":
    from reelwright.outlooks.reader import Here

    return Here(viewers(home, known), learned, count=home.config.feed.wishes)


def _known(home: Home, codebook: str) -> Known:
    known = Known(home, codebook)
    known.sid_of("")  # looks at all videos now, not while the first viewer waits
    return known


def wish(home: Home, *, name: str | None, viewer: str | None) -> Wish:
    """The wish with this name, or the likeliest one of a viewer that no video meets."""
    if viewer is not None:
        asked = feed(home)
        ranked = asked.recommender.wishes(
            asked.viewers.state(viewer), count=home.config.feed.wishes
        )
        unmet = [one.wish for one in ranked if not asked.cache.has(one.wish)]
        return (unmet or [one.wish for one in ranked])[0]
    codes = codebook(home, recommender(home).codebook)
    assert name is not None, "a wish by name or by viewer"
    return Wish(
        sid=_named(name, codes.sizes), codebook=codes.version, format=format_of_wishes(home.config)
    )


def wishes(home: Home, viewer: str, *, count: int) -> "Wishes":
    """What a viewer would like next: so many wishes that no video meets, and so many videos."""
    refuse_stranger(home, viewer)
    return wishes_of(home, feed(home), viewer, count=count)


def wishes_of(home: Home, asked: "Feed", viewer: str, *, count: int) -> "Wishes":
    from reelwright.atlas.wishes import Wished, Wishes

    codes, cache, state = asked.codebook, asked.cache, asked.viewers.state(viewer)
    outlook = asked.recommender.outlook(state, count=WISHES)
    videos = asked.recommender.within(state, count=count, without=state.seen)
    there = {
        video.id: Answer(video, sid, Way.EXACT)
        for _, video, sid in home.videos.named_after(codes.version, 0)
    }

    def wished(sid: SemanticId, probability: float, answer: Answer | None) -> Wished:
        return Wished(sid=sid, probability=probability, meaning=codes.meaning(sid), answer=answer)

    unmet = [one for one in outlook.wishes if not cache.has(one.wish)]
    return Wishes(
        viewer=state,
        coverage=outlook.coverage,
        beyond=[
            wished(one.wish.sid, one.probability, cache.answer(one.wish, without=()))
            for one in unmet[:count]
        ],
        within=[wished(there[id_].sid, chance, there[id_]) for id_, chance in videos],
    )


def refuse_stranger(home: Home, viewer: str) -> None:
    """Raises where nobody of that name ever did anything, with the names that may be meant."""
    if home.log.of(viewer, 1):
        return
    near = difflib.get_close_matches(viewer, home.log.viewers()[:NAMES], n=NEAR_NAMES)
    raise ReelwrightError(
        f"There is no viewer {viewer!r}.",
        hint=f"Did you mean {' or '.join(map(repr, near))}?"
        if near
        else "Viewers are known by what they did: reelwright ingest FOLDER --events FILE.",
    )


def _named(name: str, sizes: tuple[int, ...]) -> SemanticId:
    try:
        sid = SemanticId.parse(name)
    except ValueError:
        raise ReelwrightError(
            f"{name!r} is not a semantic ID.", hint="Write it like 3.17/5.2."
        ) from None
    fits = len(sid.codes) == len(sizes) and len(sid.content) == len(sid.creative)
    if not fits or not all(0 <= code < size for code, size in zip(sid.codes, sizes, strict=True)):
        raise ReelwrightError(
            f"There is no wish {name} in this codebook.",
            hint=f"Its codes go up to {', '.join(str(size - 1) for size in sizes)}.",
        )
    return sid
