// Single keys as shortcuts: off while one writes or a sheet is open, and off for good if one likes.

import { find } from "/page/dom.js";
import { isOpen } from "/page/panel.js";

const KEY = "reelwright.keys";
const KEYS = {
  ArrowDown: "next",
  PageDown: "next",
  j: "next",
  ArrowUp: "before",
  PageUp: "before",
  k: "before",
  " ": "turn",
  l: "like",
  s: "skip",
  m: "mute",
  c: "captions",
  w: "why",
  t: "tune",
  "?": "help",
};
const ALWAYS = new Set(["ArrowDown", "ArrowUp", "PageDown", "PageUp"]); // no characters (WCAG 2.1.4)

const box = find("keys");
box.checked = stored() !== "off";
box.addEventListener("change", () => {
  try {
    localStorage.setItem(KEY, box.checked ? "on" : "off");
  } catch {
    // no store: it holds until the page is closed
  }
});

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Calls `act(name)` for every shortcut that is meant as one. */
export function listen(act) {
  addEventListener("keydown", (event) => {
    const name = KEYS[event.key];
    const elsewhere = event.target.closest("input, textarea, select, [popover], dialog");
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (!name || modified || elsewhere || isOpen() || event.defaultPrevented) return;
    if (!ALWAYS.has(event.key) && !box.checked) return;
    if (event.key === " " && event.target.closest("button, a")) return; // it presses that
    event.preventDefault();
    if (!event.repeat || ALWAYS.has(event.key)) act(name);
  });
}
