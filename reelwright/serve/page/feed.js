// The vertical feed: cards come from the server, one is watched, what is done with it goes back.

import { onChoice, showChoices } from "/page/choices.js";
import { ask, find, list, make } from "/page/dom.js";
import { askForMore, firstPage } from "/page/first.js";
import { glow } from "/page/glow.js";
import { listen } from "/page/keys.js";
import "/page/mine.js";
import { flush, note, sendAndGo } from "/page/outbox.js";
import * as panel from "/page/panel.js";
import * as player from "/page/player.js";
import { showWatchers, viewer } from "/page/watchers.js";

const AHEAD = 3; // unseen cards that are kept ready
const BEHIND = 8; // seen cards that keep what is in them
const EARLY = 0.35; // who leaves before this share of a clip has skipped it
const TRIES = 4;
const POLL_BUSY_MS = 2000;
const POLL_CALM_MS = 8000;

const feed = find("feed");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const cards = []; // as they stand in the feed, from the first
const rows = new Map(); // what is being made, by wish
const ready = new Set(); // wishes that were made while this page was open
const since_s = Date.now() / 1000 - 10;
let active = -1;
let aim = null; // where the keys are scrolling to
let filling = null;
let coming = firstPage; // until it was taken in

const current = () => cards[active];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// ---- cards ---------------------------------------------------------------------------------------

function build(data) {
  const element = find("card").content.firstElementChild.cloneNode();
  const card = { data, element, film: null, at: 0, watched: 0, tuned: new Set() };
  element.id = `card-${data.impression}`;
  element.setAttribute("aria-label", data.video.title);
  card.onTurn = () => {
    element.dataset.turn = card.film && !card.film.paused ? "playing" : "paused";
  };
  card.onBroken = () => {
    card.broken = true;
    element.dataset.broken = "This clip cannot be played.";
  };
  dress(card);
  watcher.observe(element);
  return card;
}

function dress(card) {
  const { data, element } = card;
  if (element.hasChildNodes()) return;
  element.append(...find("card").content.firstElementChild.cloneNode(true).children);
  element.querySelector(".title").textContent = data.video.title;
  element.querySelector(".words").textContent = panel.words(data.about, data.style);
  element.querySelector(".poster").src = data.video.poster;
  const tap = element.querySelector(".tap");
  tap.addEventListener("click", () => player.toggle(card));
  tap.addEventListener("dblclick", (event) => like(card, event));
  label(card);
}

/** Cards long seen keep their place and their name alone, until somebody comes back to them. */
function dressAround(index) {
  for (const card of cards.slice(Math.max(index - BEHIND, 0))) dress(card);
  for (const card of cards.slice(0, Math.max(index - BEHIND, 0))) card.element.replaceChildren();
}

/** What the viewer should know of a clip before anything else: that it was made, and for whom. */
function label({ element, data }) {
  const labels = [];
  if (data.video.is_made) {
    const text = data.way === "exact" ? "Made for wishes like yours" : "Made for a wish";
    const ai = make("abbr", { text: "AI", title: "Made by artificial intelligence" });
    labels.push(make("span", { className: "label made" }, ai, text));
  }
  if (data.way !== "exact" && ["pending", "making"].includes(rows.get(data.wish.key)?.state)) {
    const ring = make("i", { className: "ring" });
    labels.push(make("span", { className: "label wished" }, ring, "Your wish is being made"));
  }
  element.querySelector(".labels").replaceChildren(...labels);
}

function number() {
  cards.forEach((card, index) => card.element.setAttribute("aria-posinset", index + 1));
}

/** Puts new cards behind the rest; one that was just made for this viewer comes next. */
function take(fresh) {
  const known = new Set(cards.slice(Math.max(active, 0)).map((card) => card.data.video.id));
  for (const data of fresh.filter(({ video }) => !known.has(video.id))) {
    const card = build(data);
    const wanted = data.video.is_made && data.way === "exact" && ready.delete(data.wish.key);
    if (wanted && active >= 0) {
      cards.splice(active + 1, 0, card);
      current().element.after(card.element);
      announce(card);
    } else {
      cards.push(card);
      feed.append(card.element);
    }
  }
  number();
  if (active >= 0) settle();
  else if (cards.length) activate(0); // at once: what is watched is seen only after a first layout
}

/** Forgets what is not yet watched, from `index` on. */
function dropFrom(index) {
  for (const card of cards.splice(index)) {
    watcher.unobserve(card.element);
    card.element.remove();
  }
}

// ---- asking for more -----------------------------------------------------------------------------

function fill() {
  filling ??= fetchMore().finally(() => (filling = null));
  return filling;
}

async function fetchMore() {
  feed.setAttribute("aria-busy", "true");
  for (let round = 1; round <= TRIES; round += 1) {
    try {
      const page = await (coming ?? askForMore());
      take(page.cards);
      if (page.cards.length && page.coverage !== null) panel.showCoverage(page.coverage);
      tell(cards.length ? null : "empty");
      coming = null;
      break;
    } catch ({ status }) {
      coming = null;
      if (status === 401 || status === 403) {
        tell("closed");
        break;
      }
      if (round === TRIES) tell("failed");
      else await pause(250 * 2 ** round * (0.5 + Math.random()));
    }
  }
  feed.setAttribute("aria-busy", "false");
}

/** Fetches again what lies ahead, because what was just done should change it. */
async function freshen(from) {
  await Promise.race([flush(), pause(1500)]); // first what was done, then what follows from it
  await filling; // that answer is from before
  dropFrom(Math.max(from, active + 1));
  await fill();
}

const NOTICES = {
  empty: ["Nothing to watch yet", "Take in some videos with “reelwright ingest FOLDER”."],
  failed: ["The feed cannot be reached", "Is the server still running?"],
  closed: ["This feed asks for a key", "Who operates it gives you one."],
};

function tell(state) {
  const notice = find("notice");
  if (state === "failed" && cards.length) {
    toast("More cannot be loaded right now.", { label: "Try again", act: fill });
  } else if (state) {
    notice.dataset.state = state;
    [find("notice-title").textContent, find("notice-text").textContent] = NOTICES[state];
    find("retry").hidden = state === "closed";
    find("enter").hidden = state !== "closed";
  }
  notice.hidden = cards.length > 0;
}

// ---- watching ------------------------------------------------------------------------------------

const watcher = new IntersectionObserver(
  (entries) => {
    const seen = entries.find((entry) => entry.isIntersecting);
    if (seen) activate(cards.findIndex((card) => card.element === seen.target));
  },
  { root: feed, threshold: 0.6 },
);

function activate(index) {
  if (index < 0 || index === active) return;
  if (current()) leave(current(), index > active);
  active = index;
  if (aim === active) aim = null;
  dressAround(active);
  for (const { element } of cards) {
    element.toggleAttribute("data-active", element === current().element);
    const tap = element.querySelector(".tap");
    if (tap) tap.tabIndex = element === current().element ? 0 : -1;
  }
  settle();
  player.begin(current());
  current().onTurn();
  glow(current().data.video.poster);
  if (cards.length - 1 - active < AHEAD) fill();
}

/** Brings all that stands around the current card up to date. */
function settle() {
  player.place(cards, active);
  panel.showClip(current());
  panel.showNext(cards.slice(active + 1), rows);
  const button = document.querySelector("[data-do=like]");
  button.setAttribute("aria-pressed", Boolean(current().liked));
}

function leave(card, forward) {
  const share = player.watched(card) / card.data.video.duration_s;
  if (forward && share < EARLY && !card.liked && !card.broken && !card.skipped) skipped(card);
  report(card);
}

function skipped(card) {
  card.skipped = true;
  note(viewer, card.data, "skip");
}

function report(card) {
  const seconds = player.watched(card);
  if (seconds >= 0.1) note(viewer, card.data, "play", Math.round(seconds * 100) / 100);
  card.watched = 0;
}

function go(step) {
  const target = Math.min(Math.max((aim ?? active) + step, 0), cards.length - 1);
  const card = cards[target];
  if (!card || target === active) return;
  aim = target;
  card.element.scrollIntoView({ behavior: still.matches ? "instant" : "smooth" });
  card.element.focus({ preventScroll: true });
}

feed.addEventListener("scrollend", () => (aim = null));

(function draw() {
  const { film, element } = current() ?? {};
  if (film?.duration) {
    const bar = element.querySelector(".progress i");
    bar.style.transform = `scaleX(${film.currentTime / film.duration})`;
  }
  requestAnimationFrame(draw);
})();

// ---- what a viewer does --------------------------------------------------------------------------

function like(card, event) {
  burst(card.element, event);
  if (card.liked) return;
  card.liked = true;
  note(viewer, card.data, "like");
  document.querySelector("[data-do=like]").setAttribute("aria-pressed", "true");
}

function burst(element, event) {
  const box = element.getBoundingClientRect();
  const heart = make("span", { className: "burst", attributes: { "aria-hidden": "true" } });
  heart.style.left = `${event ? event.clientX - box.left : box.width / 2}px`;
  heart.style.top = `${event ? event.clientY - box.top : box.height / 2}px`;
  heart.addEventListener("animationend", () => heart.remove());
  element.append(heart);
}

function tune(kind) {
  const card = current();
  if (!card || card.tuned.has(kind)) return;
  const [way, branch] = kind.split("_");
  card.tuned.add(kind);
  card.tuned.delete(`${way === "more" ? "less" : "more"}_${branch}`);
  note(viewer, card.data, kind);
  panel.showClip(card);
  const what = list(branch === "content" ? card.data.about : card.data.style, 2) || "this";
  toast(`${way === "more" ? "More" : "Less"} of ${what}, from the next clip on.`);
  freshen(active + 1);
}

const ACTIONS = {
  next: () => go(1),
  before: () => go(-1),
  turn: () => current() && player.toggle(current()),
  like: () => current() && like(current()),
  skip: () => {
    if (!current()) return;
    if (!current().skipped) skipped(current());
    go(1);
  },
  mute: () => {
    player.setSound(!player.sound.on, current());
    document.querySelector("[data-do=mute]").setAttribute("aria-pressed", player.sound.on);
  },
  captions: () => {
    player.setCaptions(!player.captions.on);
    toast(`Captions are ${player.captions.on ? "on" : "off"}.`);
  },
  why: () => panel.open("why"),
  tune: () => panel.open("tune"),
  help: () => find("help").showModal(),
  mine: () => {
    find("watchers").hidePopover();
    find("mine").showModal();
  },
  shut: panel.shut,
};

addEventListener("click", (event) => {
  const button = event.target.closest("[data-do], [data-tune]");
  if (button?.dataset.do) ACTIONS[button.dataset.do]();
  else if (button) tune(button.dataset.tune);
});
find("retry").addEventListener("click", fill);
listen((name) => ACTIONS[name]());
onChoice((name) => {
  if (name === "sparing") settle();
  else freshen(active + 1);
});

// ---- what is made meanwhile ----------------------------------------------------------------------

let toasted = 0;

function toast(text, { label: words, act, video } = {}) {
  const image = video && glimpse(video);
  const button = words && make("button", { type: "button", text: words });
  button?.addEventListener("click", () => {
    find("toast").replaceChildren();
    act();
  });
  find("toast").replaceChildren(make("div", {}, image, make("span", { text }), button));
  clearTimeout(toasted);
  toasted = setTimeout(() => find("toast").replaceChildren(), words ? 8000 : 3500);
}

function announce(card) {
  const text = "Made for wishes like yours";
  toast(text, { label: "Watch", act: () => go(1), video: card.data.video });
}

/** What a clip looks like, small: half a second of it that moves, or its poster. */
function glimpse({ preview, poster }) {
  if (!preview || still.matches) return make("img", { src: poster, alt: "" });
  const quiet = { muted: true, loop: true, autoplay: true, playsInline: true, tabIndex: -1 };
  const attributes = { "aria-hidden": "true" }; // the words beside it say what it is
  return make("video", { ...quiet, poster, src: preview, attributes });
}

/** Takes note of what is being made; a clip that was wished for here is fetched once it is ready. */
async function poll() {
  const answer = await ask("/making?n=24");
  const before = new Map(rows);
  let news = false;
  rows.clear();
  for (const row of answer.rows) {
    const mine = row.asked_s >= since_s || cards.some((card) => card.data.wish.key === row.wish);
    const known = before.get(row.wish)?.state;
    if (row.state === "done" && known !== "done" && mine && (known || row.since_s >= since_s)) {
      ready.add(row.wish);
      news = true;
    }
    rows.set(row.wish, row);
  }
  panel.showMaking(answer.rows, answer.now_s);
  cards.slice(Math.max(active, 0)).forEach(label);
  if (news && active >= 0) await freshen(active + 2); // what is next may be preloaded: it stays
}

async function keepPolling() {
  for (;;) {
    if (!document.hidden && navigator.onLine) await poll().catch(() => {});
    const busy = [...rows.values()].some((row) => ["pending", "making"].includes(row.state));
    await pause(busy ? POLL_BUSY_MS : POLL_CALM_MS);
  }
}

// ---- coming and going ----------------------------------------------------------------------------

function online() {
  find("offline").hidden = navigator.onLine;
  if (navigator.onLine && cards.length - 1 - active < AHEAD) fill();
}
addEventListener("online", online);
addEventListener("offline", online);

addEventListener("visibilitychange", () => {
  if (!current()) return;
  if (document.hidden) {
    player.pauseAllBut(null);
    report(current());
    sendAndGo();
  } else if (!still.matches) {
    player.play(current());
  }
});

showWatchers();
showChoices();
find("offline").hidden = navigator.onLine;
await fill();
flush(); // what an earlier visit could not send
keepPolling();
