// What the viewer did, kept here until the server says that it is safe on disk.
// Every event has its id from the start, so sending one twice is harmless.

import { choices } from "/page/choices.js";

const KEY = "reelwright.outbox";
const AT_ONCE = 50;
const KEEP = 2000; // a browser's store is small; the oldest go first
const LONGEST_WAIT_MS = 30_000;

let waiting = load();
let atOnce = AT_ONCE;
let wait = 500;
let timer = 0;
let sending = null;

function load() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

function save() {
  waiting = waiting.slice(-KEEP);
  try {
    localStorage.setItem(KEY, JSON.stringify(waiting));
  } catch {
    // no store: they are kept for as long as the page is open
  }
}

export function note(viewer, card, kind, value = 0) {
  if (!choices.remember) return;
  waiting.push({
    id: crypto.randomUUID(),
    viewer,
    video: card.video.id,
    kind,
    at_s: Date.now() / 1000,
    value,
    impression: card.impression,
  });
  save();
  soon(120); // a few often come together
}

/** Sends nothing of what waits. */
export function forget() {
  waiting = [];
  save();
}

function soon(ms) {
  clearTimeout(timer);
  timer = setTimeout(flush, ms);
}

/** Sends what waits; resolves when all is safe or the server cannot be reached. */
export function flush() {
  sending ??= send().finally(() => (sending = null));
  return sending;
}

async function send() {
  clearTimeout(timer);
  while (waiting.length) {
    const batch = waiting.slice(0, atOnce);
    const answer = await post(batch);
    const refused = answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    if (refused && batch.length > 1) {
      atOnce = 1; // find the one that is refused
    } else if (answer?.ok || refused) {
      const done = new Set(batch.map((event) => event.id));
      waiting = waiting.filter((event) => !done.has(event.id));
      wait = 500;
      save();
    } else {
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      soon(Math.max(wait * (0.5 + Math.random() / 2), after(answer)));
      return;
    }
  }
  atOnce = AT_ONCE;
}

const after = (answer) => 1000 * (Number(answer?.headers.get("retry-after")) || 0);

async function post(events) {
  try {
    return await fetch("/events", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ events }),
      keepalive: true,
    });
  } catch {
    return null;
  }
}

/** For the moment of leaving: no answer is waited for, so nothing is forgotten either. */
export function sendAndGo() {
  if (!waiting.length) return;
  const body = JSON.stringify({ events: waiting.slice(-AT_ONCE) });
  navigator.sendBeacon("/events", new Blob([body], { type: "application/json" }));
}

addEventListener("online", () => flush());
