"""The viewer's page in a real browser: how soon a clip moves, and whether it stays light.

Server and Chromium share the machine. The films are real ones of the renderer's usual size, each at
an address of its own, so that none is in the browser's store before it is asked for.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Page,
    sync_playwright,
)
from sqlalchemy import select

from reelwright.assemble import homes
from reelwright.bench.feedworld import Showing, Size, build
from reelwright.bench.names import viewer_name
from reelwright.bench.serving import served
from reelwright.config import Config, MediaConfig, RenderConfig
from reelwright.domain import Blueprint, EventKind, Format, Music, Shot
from reelwright.errors import ReelwrightError
from reelwright.progress import Progress
from reelwright.render.compositor import Compositor
from reelwright.storage.schema import events

Figures = dict[str, float]

OPENINGS, QUICK_OPENINGS = 20, 2
CLIPS, QUICK_CLIPS = 200, 6
COLD, QUICK_COLD = 20, 3  # clips of whose films nothing is loaded before their turn
SETTLED = 0.25  # of the clips: by then what is loaded once is loaded
WATCHED_MS = 700  # of each clip: its neighbours come meanwhile
LIKES = 3  # while there is no network; each on the next clip
PATIENCE_MS = 15_000
FULL, QUICK = Size(videos=400, viewers=300), Size(videos=100, viewers=150)
FORM, QUICK_FORM = Format(), Format(duration_s=1.5)
SCREENS = {"phone": (390, 844), "tablet": (820, 1180), "desk": (1440, 900)}
WATCHER, SAVER, OFFLINE = viewer_name(0), viewer_name(1), "bench-offline"
GRAVE = ("serious", "critical")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WORDS = {
    "first_frame_ms_cold": "from a clip's turn, nothing of it having been loaded, to its first "
    "frame, ms, 95th percentile",
    "first_frame_ms_cold_p50": "median",
    "first_frame_ms_open": "from opening the page in a browser that has nothing of it to the first "
    "clip's first frame, ms, 95th percentile",
    "first_frame_ms_open_p50": "median",
    "first_frame_ms_preloaded": "from a clip's turn, its neighbour having been watched, to its "
    "first frame, ms, 95th percentile",
    "first_frame_ms_preloaded_p50": "median",
    "clips_watched": "clips watched, one after another",
    "players_most": "the most players in the page at any time",
    "heap_mb_early": "the page's heap after a quarter of them, MB",
    "heap_mb_late": "after all of them, MB",
    "nodes_early": "nodes of the page after a quarter of them",
    "nodes_late": "after all of them",
    "offline_lost": "likes given without a network that did not come afterwards",
    "offline_twice": "likes given without a network that were kept more than once",
    "axe_grave": "serious and critical findings of axe, three screens",
    "errors": "errors that the page said, all of it together",
}

# Notes when a clip's turn came and when its picture first changed after that.
WATCH = """
window.turns = [];
window.mostPlayers = 0;
new MutationObserver((changes) => {
  const now = performance.now();
  const players = document.querySelectorAll("video").length;
  window.mostPlayers = Math.max(window.mostPlayers, players);
  for (const { target, type } of changes) {
    if (type !== "attributes" || !target.hasAttribute("data-active")) continue;
    const turn = { at: window.turns.length ? now : 0, shown: null };
    window.turns.push(turn);
    const film = target.querySelector("video");
    film?.requestVideoFrameCallback(() => (turn.shown = performance.now()));
  }
}).observe(document, {
  subtree: true, childList: true, attributes: true, attributeFilter: ["data-active"],
});
"""


def measure(
    config: Config, *, quick: bool, pictures: Path | None = None, progress: Progress
) -> Figures:
    """Open the page, watch it for long, go offline in it, and look at it on three screens."""
    size, form = (QUICK, QUICK_FORM) if quick else (FULL, FORM)
    openings, clips, cold = (
        (QUICK_OPENINGS, QUICK_CLIPS, QUICK_COLD) if quick else (OPENINGS, CLIPS, COLD)
    )
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
        config = replace(config, home=folder)
        build(config, size, progress=progress, showing=_film(Path(folder), form))
        with served(folder) as (port, _), _chromium() as browser:
            visitor = Visitor(browser, f"http://127.0.0.1:{port}")
            opened = visitor.openings(openings, progress)
            watched = visitor.watching(clips, progress)
            unprepared = visitor.unprepared(cold, progress)
            liked = visitor.offline(progress)
            found = visitor.inspected(pictures, progress)
        kept = _likes(config, OFFLINE)
    return {
        **_quantiles("first_frame_ms_cold", unprepared),
        **_quantiles("first_frame_ms_open", opened),
        **watched,
        "offline_lost": float(liked - len(set(kept))),
        "offline_twice": float(len(kept) - len(set(kept))),
        "axe_grave": float(found),
        "errors": float(len(visitor.errors)),
    }


class Visitor:
    """Somebody with a browser, who counts what goes wrong."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.errors: list[str] = []

    def openings(self, count: int, progress: Progress) -> list[float]:
        """Milliseconds from opening the page to a picture that moves, each time as if it were the
        first."""
        taken = []
        for number in range(count):
            with self._page(viewer_name(number)) as (page, _):
                taken.append(_first_frame_ms(page, turn=0))
            progress("opening the page", number + 1, count)
        return taken

    def watching(self, count: int, progress: Progress) -> Figures:
        """One clip after another, each for a moment, by the keyboard."""
        early = round(count * SETTLED)
        with self._page(WATCHER) as (page, context):
            cdp = context.new_cdp_session(page)
            taken, weights = [], {}
            for turn in range(count):
                shown_ms = _first_frame_ms(page, turn)
                if turn:
                    taken.append(shown_ms)
                page.wait_for_timeout(WATCHED_MS)
                if turn + 1 in (early, count):
                    weights[turn + 1] = _weight(cdp)
                progress("watching clips", turn + 1, count)
                if turn + 1 < count:
                    page.keyboard.press("ArrowDown")
            players = page.evaluate("window.mostPlayers")
        (heap_early, nodes_early), (heap_late, nodes_late) = weights[early], weights[count]
        return {
            **_quantiles("first_frame_ms_preloaded", taken),
            "clips_watched": float(count),
            "players_most": float(players),
            "heap_mb_early": heap_early,
            "heap_mb_late": heap_late,
            "nodes_early": nodes_early,
            "nodes_late": nodes_late,
        }

    def unprepared(self, count: int, progress: Progress) -> list[float]:
        """Milliseconds from turn to frame for who saves data: nothing is loaded before its turn."""
        taken = []
        with self._page(SAVER) as (page, _):
            page.evaluate("localStorage.setItem('reelwright.sparing', 'on')")
            page.reload(wait_until="commit")
            _first_frame_ms(page, turn=0)
            for turn in range(1, count + 1):
                page.wait_for_timeout(WATCHED_MS)
                page.keyboard.press("ArrowDown")
                taken.append(_first_frame_ms(page, turn))
                progress("watching clips of which nothing is loaded", turn, count)
        return taken

    def offline(self, progress: Progress) -> int:
        """Like clips without a network, come back, and wait until all was sent; how many."""
        with self._page(OFFLINE) as (page, context):
            _first_frame_ms(page, turn=0)
            page.wait_for_timeout(WATCHED_MS)
            context.set_offline(True)
            before = len(self.errors)
            for done in range(LIKES):
                page.keyboard.press("l")
                page.wait_for_timeout(WATCHED_MS)
                page.keyboard.press("ArrowDown")
                page.wait_for_timeout(WATCHED_MS)
                progress("liking clips offline", done + 1, LIKES)
            del self.errors[before:]  # a browser says of each request that there is no network
            context.set_offline(False)
            page.wait_for_function(
                "() => !JSON.parse(localStorage.getItem('reelwright.outbox') ?? '[]').length",
                timeout=PATIENCE_MS,
            )
        return LIKES

    def inspected(self, pictures: Path | None, progress: Progress) -> int:
        """Axe's grave findings on every screen; pictures of them where somebody wants to look."""
        found = 0
        for done, (name, size) in enumerate(SCREENS.items()):
            with self._page(viewer_name(7), size) as (page, _):
                _first_frame_ms(page, turn=0)
                page.wait_for_timeout(WATCHED_MS)
                violations = Axe().run(page).response["violations"]
                found += sum(one["impact"] in GRAVE for one in violations)
                if pictures is not None:
                    page.screenshot(path=str(pictures / f"page-{name}.png"))
            progress("looking at three screens", done + 1, len(SCREENS))
        return found

    @contextmanager
    def _page(
        self, viewer: str, size: tuple[int, int] = SCREENS["desk"]
    ) -> Iterator[tuple[Page, BrowserContext]]:
        """The page in a browser of its own that has been nowhere yet."""
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]})
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._said)
        try:
            page.goto(f"{self.url}/?viewer={viewer}", wait_until="commit")
            yield page, context
        finally:
            context.close()

    def _said(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.errors.append(said.text)


def _first_frame_ms(page: Page, turn: int) -> float:
    """From the clip's turn, or the opening of the page for the first one, to its first frame."""
    page.wait_for_function("turn => window.turns?.[turn]?.shown != null", arg=turn)
    taken: float = page.evaluate("turn => window.turns[turn].shown - window.turns[turn].at", turn)
    return taken


def _weight(cdp: CDPSession) -> tuple[float, float]:
    """MB of the heap, and nodes, of what is still in use."""
    cdp.send("HeapProfiler.collectGarbage")
    cdp.send("Performance.enable")
    told = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    return round(told["JSHeapUsedSize"] / 1e6, 2), float(told["Nodes"])


def _quantiles(name: str, taken_ms: Sequence[float]) -> Figures:
    return {
        name: round(float(np.quantile(taken_ms, 0.95)), 1),
        f"{name}_p50": round(float(np.quantile(taken_ms, 0.5)), 1),
    }


# ---- what it is opened with ----------------------------------------------------------------------


def _film(folder: Path, form: Format) -> Showing:
    """A clip as the renderer makes them."""
    shot = Shot(
        start_s=0.0,
        duration_s=form.duration_s,
        scene="harbour",
        light="dawn",
        subject="⛵",
        camera="pan_right",
        words="Boats at dawn",
        transition="",
        seed=1,
    )
    plan = Blueprint(
        title=shot.words,
        style="documentary",
        shots=(shot,),
        music=Music(mood="warm", tempo_bpm=90.0, seed=1),
        format=form,
        planner="bench",
    )
    clip = Compositor(RenderConfig(), MediaConfig()).render(plan, folder)
    return Showing(clip.film.read_bytes(), clip.poster.read_bytes())


def _likes(config: Config, viewer: str) -> list[str]:
    """The videos that this viewer liked, as often as it was kept."""
    with homes.home(config) as home, home.database.read() as connection:
        own = select(events.c.video).where(
            home.database.own(events), events.c.viewer == viewer, events.c.kind == EventKind.LIKE
        )
        return list(connection.execute(own).scalars())


@contextmanager
def _chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise ReelwrightError(
            "There is no Chromium on this machine.", hint="Install it, then measure again."
        )
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        try:
            yield browser
        finally:
            browser.close()
