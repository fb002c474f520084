"""A page as JSON by the short way: what the reference says, value by value."""

import dataclasses
import json
from pathlib import Path

from scripted_feed import NOW_S, ScriptedFeed, some_video, store

from reelwright.domain import Page, Reason, Words
from reelwright.serve.pagejson import PageWriter
from reelwright.serve.wire import FeedPage


def test_a_page_is_written_as_the_reference_writes_it(tmp_path: Path) -> None:
    with store(tmp_path) as kept:
        videos = [some_video(0), dataclasses.replace(some_video(1), preview="p.mp4", wish="w")]
        page = ScriptedFeed(videos, kept).page_soon("ann", count=4, now_s=NOW_S)
    odd = page.cards[0]._replace(
        why=(Reason("“Über\\uns”\n\t\x07 \u2028 😀", 1e-17), Reason('a "quote"', 0.1)),
        shown=Words(("ü", '"'), ()),
    )
    write = PageWriter()
    for one in (page, Page((*page.cards, odd), None), Page((), 0.0)):
        for viewer in ("ann", 'b"\\ö'):
            assert write(viewer, one).decode() == FeedPage.of(viewer, one).model_dump_json()


def test_a_video_that_was_renamed_is_written_anew(tmp_path: Path) -> None:
    with store(tmp_path) as kept:
        page = ScriptedFeed([some_video(0)], kept).page_soon("ann", count=1, now_s=NOW_S)
    write = PageWriter()
    write("ann", page)
    [card] = page.cards
    video = dataclasses.replace(card.answer.video, title="Another name")
    renamed = card._replace(answer=card.answer._replace(video=video))
    told = json.loads(write("ann", Page((renamed,), None)))
    assert told["cards"][0]["video"]["title"] == "Another name"
