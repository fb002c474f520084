"""The pages of takes in a real browser: the slider goes by keys and by hand, and all may use it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted_feed import NOW_S, ScriptedFeed, Store, app_of, running, some_video, store
from scripted_takes import handed_in, reworker_of, take_desk_of
from test_operator_page import GRAVE
from test_page import CHROMIUM, DESK, PHONE

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")

from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
    pytest.mark.slow,
]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    with store(tmp_path) as kept:
        yield kept


@pytest.fixture
def page(kept: Store, tmp_path: Path) -> Iterator[Page]:
    """The page of a take that was put into two worlds. Its films are no films: nothing plays."""
    desk = take_desk_of(kept.db, kept.blobs, lambda: NOW_S)
    take = handed_in(desk)
    worlds = ("forest", "harbour")
    desk.order(take, [(one, desk.understand(one, "", "flex_1")) for one in worlds])
    hands = reworker_of(desk, tmp_path)
    while hands.run_once():
        pass
    app = app_of(ScriptedFeed([some_video(0)], kept), kept, takes=desk)
    with running(app) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_context(viewport=DESK, base_url=url).new_page()
        opened.emulate_media(reduced_motion="reduce")
        opened.goto(f"/operator/takes/{take.id}")
        yield opened
        browser.close()


def test_the_slider_is_moved_by_keys_and_by_hand(page: Page) -> None:
    handle = page.get_by_role("slider", name="How much is shown as filmed")
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuenow", "52")
    page.keyboard.press("PageDown")
    expect(handle).to_have_attribute("aria-valuetext", "42 % as filmed")
    page.keyboard.press("End")
    expect(handle).to_have_attribute("aria-valuenow", "100")
    page.keyboard.press("Home")
    expect(handle).to_have_attribute("aria-valuenow", "0")
    box = page.locator("#compare").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 30)
    page.mouse.up()
    expect(handle).to_have_attribute("aria-valuenow", re.compile("^2[456]$"))
    after = page.locator("video[data-after]")
    assert "25" in after.evaluate("film => film.style.clipPath")


def test_another_world_is_put_beside_the_footage(page: Page) -> None:
    page.get_by_role("button", name="Compare: Forest").click()
    expect(page.locator("[data-name]")).to_have_text("Forest")
    expect(page.get_by_role("button", name="Compare: Harbour")).to_have_attribute(
        "aria-pressed", "false"
    )


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "dark"), (PHONE, "light")])
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    page: Page, size: dict[str, int], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    for path in (page.url, "/operator/takes"):
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("one => one.open = true")
        found = Axe().run(page).response["violations"]
        grave = [
            (one["id"], [node["html"][:120] for node in one["nodes"]])
            for one in found
            if one["impact"] in GRAVE
        ]
        assert grave == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
