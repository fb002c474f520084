"""The page in a real browser: it plays, it hears, it steers, and what is made comes by itself."""

import contextlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from scripted_feed import (
    ScriptedFeed,
    app_of,
    running,
    some_video,
    some_wish,
    store,
    write_film,
    write_poster,
)

from reelwright.domain import Event, Video
from reelwright.serve.keyring import LOOK_EVERY_S
from reelwright.storage.keys import Scope

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from playwright.sync_api import (  # noqa: E402
    Browser,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

CHROMIUM = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")

DURATION_S = 1.5
CAPTIONS = "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nWords &amp; {number}\n"
DESK: ViewportSize = {"width": 1280, "height": 640}
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass
class Scene:
    """A page that is open, and what stands behind it."""

    page: Page
    url: str
    feed: ScriptedFeed
    videos: list[Video]
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)  # requests to anywhere else

    def listen(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._said)
        self.page.on("request", self._asked)

    def _said(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.errors.append(said.text)

    def _asked(self, sent: Request) -> None:
        if not sent.url.startswith(self.url):
            self.strangers.append(sent.url)

    def heard(self, enough: Callable[[list[Event]], object]) -> list[Event]:
        """What was kept, once it is enough."""
        end = time.monotonic() + 5
        while not enough(events := self.feed.heard()):
            assert time.monotonic() < end, f"only heard {[event.kind.value for event in events]}"
            self.page.wait_for_timeout(30)
        return events

    def playing(self, title: str) -> None:
        """Waits until the clip of this name is the one that plays, and time goes on in it."""
        card = self.page.locator("article[data-active]", has_text=title)
        expect(card).to_have_count(1)
        self.page.wait_for_function(
            "() => { const film = document.querySelector('[data-active] video');"
            " return film && !film.paused && film.currentTime > 0.05 }"
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three films and, last, a poster."""
    folder = tmp_path_factory.mktemp("films")
    files = [folder / f"{number}.mp4" for number in range(3)] + [folder / "poster.jpg"]
    for number, film in enumerate(files[:-1]):
        write_film(film, duration_s=DURATION_S + number / 10)
    write_poster(files[-1])
    return files


@pytest.fixture
def opened(browser: Browser, tmp_path: Path, films: list[Path]) -> Iterator[Callable[..., Scene]]:
    """Opens the page over a feed of its own; in the end nothing may have gone wrong in it."""
    scenes: list[Scene] = []
    with contextlib.ExitStack() as things:
        kept = things.enter_context(store(tmp_path))
        *keys, poster = [kept.blobs.put_file(film) for film in films]
        videos = [
            replace(
                some_video(number, film=key, poster=poster, duration_s=DURATION_S),
                preview=keys[0],
                captions=kept.blobs.put(CAPTIONS.format(number=number).encode(), ".vtt"),
            )
            for number, key in enumerate(keys)
        ]

        def open_page(
            size: ViewportSize = DESK, *, empty: bool = False, still: bool = False
        ) -> Scene:
            feed = ScriptedFeed([] if empty else videos, kept)
            url = things.enter_context(running(app_of(feed, kept, clock=time.time)))
            context = browser.new_context(
                viewport=size, reduced_motion="reduce" if still else "no-preference"
            )
            things.callback(context.close)
            scenes.append(Scene(context.new_page(), url, feed, videos))
            scenes[-1].listen()
            return scenes[-1]

        yield open_page
    for scene in scenes:
        assert (scene.errors, scene.strangers) == ([], [])


def kinds(events: list[Event]) -> list[str]:
    return [event.kind.value for event in events]


def test_a_viewer_watches_likes_and_scrolls_and_all_of_it_is_kept(
    opened: Callable[..., Scene],
) -> None:
    scene = opened()
    page = scene.page
    page.goto(f"{scene.url}?viewer=ann")
    scene.playing("Video number 0")
    page.keyboard.press("l")
    page.wait_for_timeout(400)
    page.keyboard.press("j")
    scene.playing("Video number 1")
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("button", name="Like", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="Skip this clip").click()
    scene.playing("Video number 2")
    page.keyboard.press("ArrowUp")
    scene.playing("Video number 1")
    events = scene.heard(lambda events: kinds(events).count("play") >= 3)
    assert {event.viewer for event in events} == {"ann"}
    assert [event.video for event in events if event.kind == "like"] == ["video-0-0", "video-1-1"]
    assert [event.video for event in events if event.kind == "skip"] == ["video-1-1"]
    first = next(event for event in events if event.kind == "play")
    assert (first.video, first.impression) == ("video-0-0", "impression-video-0-0")
    assert 0.3 < first.value < 3.0
    assert abs(first.at_s - time.time()) < 30


def test_what_was_watched_counts_to_the_moment_of_leaving(opened: Callable[..., Scene]) -> None:
    """Browsers tell how far a film is only now and then; here they never do."""
    scene = opened()
    page = scene.page
    page.add_init_script("addEventListener('timeupdate', (e) => e.stopPropagation(), true)")
    page.goto(scene.url)
    scene.playing("Video number 0")
    page.wait_for_timeout(300)
    page.keyboard.press("j")
    scene.playing("Video number 1")
    events = scene.heard(lambda events: "play" in kinds(events))
    first = next(event for event in events if event.kind == "play")
    assert first.video == "video-0-0"
    assert 0.2 < first.value < 1.5  # a longer step without a look is a jump, and no watching


def test_captions_are_fetched_and_shown_when_they_are_asked_for(
    opened: Callable[..., Scene],
) -> None:
    scene = opened()
    page = scene.page
    fetched: list[str] = []
    page.on("request", lambda sent: fetched.append(sent.url))
    page.goto(scene.url)
    scene.playing("Video number 0")
    assert not any(url.endswith(".vtt") for url in fetched)
    line = page.locator("[data-active] .cue")
    expect(line).to_be_hidden()
    page.keyboard.press("c")
    expect(line).to_have_text("Words & 0")
    expect(line).to_be_visible()
    page.keyboard.press("j")
    scene.playing("Video number 1")
    expect(line).to_have_text("Words & 1")
    page.keyboard.press("c")
    expect(line).to_be_hidden()


def test_who_swipes_past_early_has_skipped(opened: Callable[..., Scene]) -> None:
    scene = opened(PHONE)
    scene.page.goto(scene.url)
    scene.playing("Video number 0")
    scene.page.mouse.wheel(0, 600)
    scene.playing("Video number 1")
    events = scene.heard(lambda events: "skip" in kinds(events))
    assert events[0].video == "video-0-0"
    assert events[0].viewer.startswith("you-"), "a newcomer has an id that this browser keeps"


def test_few_videos_serve_many_clips(opened: Callable[..., Scene]) -> None:
    scene = opened()
    scene.page.goto(scene.url)
    for number in range(6):
        scene.playing(f"Video number {number % 3}")
        scene.page.keyboard.press("j")
    assert scene.page.locator("video").count() <= 4
    assert scene.page.locator("article").count() >= 6
    places = scene.page.locator("article").evaluate_all(
        "cards => cards.map(card => Number(card.getAttribute('aria-posinset')))"
    )
    assert places == list(range(1, len(places) + 1))


def test_cards_long_seen_keep_their_place_and_name_alone(opened: Callable[..., Scene]) -> None:
    scene = opened()
    cards = scene.page.locator("article")
    scene.page.goto(scene.url)
    for number in range(10):
        scene.playing(f"Video number {number % 3}")
        scene.page.keyboard.press("j")
    scene.playing("Video number 1")
    expect(cards.first.locator("*")).to_have_count(0)
    expect(cards.first).to_have_attribute("aria-label", "Video number 0")
    assert cards.first.bounding_box() != cards.nth(1).bounding_box(), "it takes its room"
    for number in range(9, -1, -1):
        scene.page.keyboard.press("k")
        scene.playing(f"Video number {number % 3}")
    expect(cards.first.get_by_role("heading", name="Video number 0")).to_be_visible()


def test_more_and_less_of_topic_and_style_are_heard_and_change_what_comes(
    opened: Callable[..., Scene],
) -> None:
    scene = opened()
    page = scene.page
    page.goto(scene.url)
    scene.playing("Video number 0")
    ahead = page.locator("article").nth(1)
    before = ahead.get_attribute("id")
    for name in ["More of this topic", "Less of this style"]:
        button = page.get_by_role("button", name=name)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    scene.heard(lambda events: kinds(events) == ["more_content", "less_creative"])
    expect(ahead).not_to_have_attribute("id", before or "")
    page.get_by_role("button", name="Less of this topic").click()
    page.get_by_role("button", name="More of this style").click()
    scene.heard(lambda events: kinds(events)[2:] == ["less_content", "more_creative"])
    expect(page.get_by_role("button", name="More of this topic")).to_have_attribute(
        "aria-pressed", "false"
    )


def test_why_this_opens_as_a_sheet_and_gives_the_focus_back(opened: Callable[..., Scene]) -> None:
    scene = opened(PHONE)
    page = scene.page
    page.goto(scene.url)
    scene.playing("Video number 0")
    expect(page.locator("#reasons")).not_to_be_visible()
    page.get_by_role("button", name="Why this?").click()
    expect(page.locator("#reasons li")).to_have_count(3)
    expect(page.locator("#reasons")).to_be_visible()
    expect(page.locator("#reasons")).to_contain_text("You watched videos about harbour to the end")
    expect(page.locator("#reasons li b").first).to_have_text("60 %")
    expect(page.locator("#stage")).to_have_attribute("inert", "")
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.locator("#reasons")).not_to_be_visible()
    expect(page.get_by_role("button", name="Why this?")).to_be_focused()
    scene.playing("Video number 0")


@pytest.mark.parametrize(
    ("coverage", "says"), [(0.832, "83 of 100"), (0.9999, "99 of 100"), (0.001, "1 of 100")]
)
def test_one_reads_how_much_of_what_one_would_like_is_there(
    opened: Callable[..., Scene], coverage: float, says: str
) -> None:
    scene = opened()
    scene.feed.coverage = coverage
    scene.page.goto(scene.url)
    line = scene.page.locator("#coverage")
    expect(line).to_have_text(
        f"The catalogue holds about {says} things you would like next; the rest is made."
    )
    expect(line).to_be_visible()
    bar = line.locator(".bar").evaluate(
        "bar => parseFloat(getComputedStyle(bar, '::after').width) / bar.clientWidth"
    )
    assert bar == pytest.approx(coverage, abs=0.02)


def test_on_a_phone_the_coverage_stands_in_the_sheet(opened: Callable[..., Scene]) -> None:
    scene = opened(PHONE)
    scene.page.goto(scene.url)
    scene.playing("Video number 0")
    expect(scene.page.locator("#coverage")).not_to_be_visible()
    scene.page.get_by_role("button", name="Why this?").click()
    expect(scene.page.locator("#coverage")).to_be_visible()


def test_a_wish_is_made_and_comes_next_without_a_reload(opened: Callable[..., Scene]) -> None:
    scene = opened()
    page = scene.page
    scene.feed.ask_for(0, time.time())
    page.goto(scene.url)
    scene.playing("Video number 0")
    shown = page.locator("article[data-active]")
    expect(shown).to_contain_text("Your wish is being made")
    expect(page.locator("#tally")).to_have_text("1 in the works")
    page.evaluate("window.unreloaded = true")
    scene.feed.fulfil(scene.videos[1], time.time())
    expect(page.locator("#toast")).to_contain_text("Made for wishes like yours")
    page.wait_for_function("() => document.querySelector('#toast video')?.currentTime > 0")
    expect(shown).not_to_contain_text("Your wish is being made")
    page.get_by_role("button", name="Watch", exact=True).click()
    scene.playing("Made for a wish of yours")
    expect(shown.get_by_title("Made by artificial intelligence")).to_have_text("AI")
    assert page.evaluate("window.unreloaded")
    page.keyboard.press("l")
    events = scene.heard(lambda events: "like" in kinds(events))
    assert events[-1].video == some_wish(0).key


def test_what_is_done_offline_is_kept_and_sent_once(opened: Callable[..., Scene]) -> None:
    scene = opened()
    page = scene.page
    page.goto(scene.url)
    scene.playing("Video number 0")
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.keyboard.press("l")
    page.wait_for_timeout(300)
    assert scene.feed.heard() == []
    page.context.set_offline(False)
    expect(page.locator("#offline")).not_to_be_visible()
    scene.heard(lambda events: kinds(events) == ["like"])
    page.reload()
    scene.playing("Video number")
    assert kinds(scene.feed.heard()).count("like") == 1
    assert all("ERR_INTERNET_DISCONNECTED" in error for error in scene.errors)
    scene.errors.clear()


def test_who_leaves_has_watched(opened: Callable[..., Scene]) -> None:
    scene = opened()
    scene.page.goto(scene.url)
    scene.playing("Video number 0")
    scene.page.wait_for_timeout(400)
    scene.page.goto("about:blank")
    (event,) = scene.heard(lambda events: events)
    assert (event.kind.value, event.video) == ("play", "video-0-0")
    assert event.value > 0.2
    scene.strangers.clear()


def test_who_asked_for_stillness_starts_clips_by_hand(opened: Callable[..., Scene]) -> None:
    scene = opened(still=True)
    page = scene.page
    page.goto(scene.url)
    expect(page.locator("[data-active] video[data-ready]")).to_have_count(1)
    page.wait_for_timeout(200)
    assert page.locator("[data-active] video").evaluate("film => film.paused")
    page.keyboard.press("Space")
    scene.playing("Video number 0")
    page.keyboard.press("Space")
    assert page.locator("[data-active] video").evaluate("film => film.paused")


def test_single_keys_can_be_switched_off(opened: Callable[..., Scene]) -> None:
    scene = opened()
    page = scene.page
    page.goto(scene.url)
    scene.playing("Video number 0")
    page.keyboard.press("m")
    assert not page.locator("[data-active] video").evaluate("film => film.muted")
    page.keyboard.press("?")
    page.get_by_label("Single keys are shortcuts").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_focused()
    page.keyboard.press("l")
    page.keyboard.press("ArrowDown")
    scene.playing("Video number 1")
    assert "like" not in kinds(scene.heard(lambda events: "play" in kinds(events)))


def test_an_empty_feed_says_what_to_do(opened: Callable[..., Scene]) -> None:
    scene = opened(PHONE, empty=True)
    scene.page.goto(scene.url)
    expect(scene.page.get_by_role("heading", name="Nothing to watch yet")).to_be_visible()
    expect(scene.page.get_by_role("button", name="Try again")).to_be_visible()
    expect(scene.page.locator("#coverage")).to_be_hidden()


def test_a_feed_that_asks_for_a_key_says_so_and_leads_on(opened: Callable[..., Scene]) -> None:
    scene = opened()
    key, *_ = scene.feed.store.keys.add("boss", list(Scope), now_s=time.time(), expires_s=None)
    page = scene.page
    page.wait_for_timeout(1000 * LOOK_EVERY_S)  # after it the door knows of a key made elsewhere
    page.goto(scene.url)
    expect(page.get_by_role("heading", name="This feed asks for a key")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()
    page.get_by_role("link", name="Sign in").click()
    page.locator("#key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    scene.playing("Video number")
    assert all("401" in error for error in scene.errors)
    scene.errors.clear()


def test_one_can_watch_as_somebody_of_the_demo(opened: Callable[..., Scene]) -> None:
    scene = opened()
    page = scene.page
    page.goto(scene.url)
    page.get_by_role("button", name="Watching as You").click()
    page.get_by_role("link", name="viewer-007").click()
    expect(page.locator("#tastes")).to_have_text("Likes harbour, fast cuts.")
    scene.playing("Video number")
    page.keyboard.press("l")
    events = scene.heard(lambda events: "like" in kinds(events))
    assert events[-1].viewer == "viewer-007"


def test_the_reference_renders_from_what_is_here(opened: Callable[..., Scene]) -> None:
    scene = opened()
    scene.page.goto(f"{scene.url}docs")
    told = scene.page.request.get(f"{scene.url}openapi.json").json()["paths"]
    expect(scene.page.locator("#routes h3")).to_have_count(sum(map(len, told.values())))
    expect(scene.page.locator("#shapes")).to_contain_text("HeardEvent")
    expect(scene.page.locator("#routes")).to_contain_text("multipart/form-data")


def test_one_decides_what_is_foretold_and_what_is_kept(opened: Callable[..., Scene]) -> None:
    scene = opened()
    page = scene.page
    page.goto(scene.url)
    scene.playing("Video number 0")
    page.get_by_role("button", name="Your data").click()
    page.get_by_label("A feed of your own").uncheck()
    page.get_by_label("Keep what I watch").uncheck()
    page.wait_for_function("() => document.querySelectorAll('article.card').length > 2")
    end = time.monotonic() + 5
    while scene.feed.asked[-1][1:] != (False, False):
        assert time.monotonic() < end, scene.feed.asked
        page.wait_for_timeout(30)
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(600)
    assert scene.feed.heard() == []
    page.reload()
    scene.playing("Video number")
    assert scene.feed.asked[-1][1:] == (False, False), "it is kept for the next visit"


def test_one_takes_along_what_is_kept_and_then_has_it_deleted(opened: Callable[..., Scene]) -> None:
    scene = opened(PHONE)
    page = scene.page
    page.goto(f"{scene.url}?viewer=ann")
    scene.playing("Video number 0")
    page.keyboard.press("l")
    scene.heard(lambda events: "like" in kinds(events))
    page.locator(".watcher").click()
    page.get_by_role("button", name="Your data and what is kept").click()
    with page.expect_download() as told:
        page.get_by_role("button", name="Download my data").click()
    data = json.loads(Path(told.value.path()).read_text())
    assert data["viewer"] == "ann"
    assert "like" in [event["kind"] for event in data["events"]]
    page.get_by_role("button", name="Delete my data").click()
    page.get_by_role("button", name="Keep it").click()
    assert scene.feed.heard(), "nothing was deleted"
    page.get_by_role("button", name="Delete my data").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("Nothing is kept of you any more")).to_be_visible()
    assert [event for event in scene.feed.heard() if event.viewer == "ann"] == []
