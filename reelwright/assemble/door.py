"""The door: what answers over HTTP, and who may come in."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reelwright.assemble.encoders import encoder
from reelwright.assemble.feeds import feed
from reelwright.assemble.homes import Home, keys, outbox, privacy, renders
from reelwright.assemble.offices import office, watchers
from reelwright.assemble.takes import take_desk
from reelwright.assemble.workshops import format_of_wishes

if TYPE_CHECKING:
    from fastapi import FastAPI

    from reelwright.feed import Feed
    from reelwright.prompt import Prompts
    from reelwright.serve.desk import Desk
    from reelwright.serve.messenger import Messenger
    from reelwright.serve.takes import TakeDesk
    from reelwright.sids.codebook import Codebook
    from reelwright.training import Vector

ORDERED = 1e6  # the priority of what a program ordered: before what viewers may like


def app(
    home: Home, asked: "Feed | None" = None, *, gave_up: Callable[[], bool] = lambda: False
) -> "FastAPI":
    """The door, over the path of a request: this feed, or one of its own.

    `gave_up` says whether the server's worker died too often.
    """
    import torch

    from reelwright.serve.app import create_app
    from reelwright.serve.pulse import Physician

    torch.set_num_threads(1)  # a request is too small to be shared among cores

    asked, films = asked or feed(home, has_crowds=True), take_desk(home)
    return create_app(
        feed=asked,
        blobs=home.blobs,
        renders=renders(home),
        codes=asked.codebook,
        watchers=watchers(home),
        keys=keys(home),
        desk=desk(home, asked.codebook, films),
        office=office(home, asked),
        takes=films,
        physician=Physician(home.database, home.blobs.folder, time.time, gave_up),
        records=privacy(home),
        config=home.config.serve,
        counts=home.config.feed,
        clock=time.time,
    )


def desk(home: Home, codes: "Codebook", takes: "TakeDesk | None" = None) -> "Desk":
    """Where videos are ordered in words, and films of takes."""
    from reelwright.cache.asks import Asks
    from reelwright.serve.desk import Desk, Making
    from reelwright.storage.orders import Orders

    read = prompts(home, codes)
    at_once = replace(home.config.cache, viewers=1, ask_every_s=0.0)  # whoever orders wants it
    asks = Asks(home.database, at_once)
    making = Making(
        wish_of=lambda prompt, form: read.wish(prompt, format=form),
        ask=lambda wish, now_s: asks.ask(wish, wish.key, viewer="", priority=ORDERED, now_s=now_s),
        codes=codes,
        form=format_of_wishes(home.config),
    )
    orders, films = Orders(home.database), takes or take_desk(home)
    return Desk(orders, outbox(home), making, home.config.videos, time.time, films)


def prompts(home: Home, codes: "Codebook") -> "Prompts":
    """Who reads words in these codes. What styles look like, workers see when they start."""
    from reelwright.features.text import TextVectors
    from reelwright.prompt import Prompts
    from reelwright.render.compositor import NAME
    from reelwright.render.kit import kit
    from reelwright.storage.database import Busy
    from reelwright.training import styles_from_bytes

    def looks() -> "dict[str, Vector]":
        kept = home.models.newest(f"styles/{encoder(home.config).version}/{NAME}")
        if kept is None:
            raise Busy("No worker has started yet that knows the styles.", retry_after_s=10.0)
        return styles_from_bytes(kept[1])

    return Prompts(codes, kit().styles, looks, TextVectors().encode)


def messenger(home: Home) -> "Messenger":
    """Who tells those who ordered that their video is there."""
    from reelwright.serve.messenger import Messenger

    chance = np.random.default_rng()
    return Messenger(outbox(home), home.config.videos, time.time, lambda: float(chance.random()))


def door_words(home: Home) -> str:
    """What whoever opens the door should know of its keys."""
    from reelwright.serve.gate import door_words as words

    return words(home.config.serve.host, any_made=bool(keys(home).all()))
