"""The operator's pages in a real browser: they live by themselves, act when told, and all may."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted_feed import ScriptedFeed, Store, app_of, running, some_video, some_wish, store
from test_page import CHROMIUM, DESK, PHONE

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")

from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")

GRAVE = {"serious", "critical"}
PAGES = ["", "/wishes", "/cache", "/cost", "/viewers"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with store(tmp_path) as kept:
        yield kept


@pytest.fixture
def page(browser: Browser, kept: Store) -> Iterator[Page]:
    """A page over the real store, in which nothing may go wrong."""
    errors: list[str] = []
    feed = ScriptedFeed([some_video(0)], kept)
    with running(app_of(feed, kept, clock=time.time)) as url:
        context = browser.new_context(viewport=DESK, base_url=url)
        opened = context.new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        yield opened
        context.close()
    assert errors == []


def ask(kept: Store, number: int) -> str:
    wish = some_wish(number)
    kept.asks.ask(wish, wish.key, viewer="ann", priority=1 / (1 + number), now_s=time.time())
    return wish.key


def test_what_comes_and_goes_is_seen_without_asking(page: Page, kept: Store) -> None:
    first = ask(kept, 0)
    page.goto("/operator")
    waiting = page.locator("tbody tr")
    expect(waiting).to_have_count(1)
    page.locator(f"#bury-{first}").focus()
    ask(kept, 1)
    expect(waiting).to_have_count(2)
    expect(page.locator(f"#bury-{first}")).to_be_focused()
    assert kept.renders.claim("worker-7", time.time())
    expect(page.get_by_text("by worker-7")).to_be_visible()
    page.get_by_role("button", name="Live").click()
    ask(kept, 2)
    page.wait_for_timeout(2500)
    expect(waiting).to_have_count(1)


def test_an_operator_buries_a_wish_and_says_why(page: Page, kept: Store) -> None:
    key = ask(kept, 0)
    page.goto("/operator/wishes")
    page.locator(f"#bury-{key}").click()
    page.get_by_role("button", name="Leave it").click()
    page.locator(f"#bury-{key}").click()
    page.get_by_label("Why?").fill("Not in this house.")
    page.locator("#sure-yes").click()
    expect(page.get_by_text("Every wish was met.")).to_be_visible()
    row = kept.renders.get(key)
    assert row is not None
    assert (row.state.value, row.reason) == ("buried", "Not in this house.")


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        pytest.param(DESK, "dark", id="desk"),
        pytest.param(PHONE, "light", id="phone", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    page: Page, kept: Store, size: dict[str, int], scheme: str
) -> None:
    key = ask(kept, 0)
    assert kept.renders.claim("worker-7", time.time())
    ask(kept, 1)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    for path in (*PAGES, f"/clips/{key}"):
        page.goto(f"/operator{path}")
        found = Axe().run(page).response["violations"]
        grave = [
            (one["id"], [node["html"][:120] for node in one["nodes"]])
            for one in found
            if one["impact"] in GRAVE
        ]
        assert grave == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
