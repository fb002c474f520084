// Beside the feed, or in a sheet below it: why this, more or less of it, and what is being made.

import { find, icon, list, make, percent } from "/page/dom.js";

const WAYS = {
  exact: "just what was wished for",
  same_content: "its topic in another style",
  nearest: "the closest there is",
};
const STATES = { pending: "asked for", making: "being made", done: "ready", failed: "given up" };
const ORDER = { making: 0, pending: 1, done: 2, failed: 3 };

const wide = matchMedia("(min-width: 1240px) and (min-height: 561px)");
let before = null; // what had the focus when the sheet was opened

export const words = (about, style) => [list(about), list(style)].filter(Boolean).join(" · ");

export function showClip(card) {
  const { video, wish, way, about, style, why } = card.data;
  find("wish").replaceChildren(
    make("span", { text: `Your wish, held ${percent(wish.probability)} likely, got ` }),
    make("em", { text: WAYS[way] }),
    make("span", { text: "." }),
  );
  find("reasons").replaceChildren(
    ...why.map((reason) => {
      const bar = make("i", { className: "bar" });
      bar.style.setProperty("--share", reason.weight);
      return make(
        "li",
        {},
        make("span", { text: reason.words }),
        make("b", { text: percent(reason.weight) }),
        bar,
      );
    }),
  );
  if (!why.length) find("reasons").append(make("li", { text: "You are new: we are still guessing." }));
  find("topic").textContent = list(about) || video.title;
  find("style").textContent = list(style) || "as it is";
  for (const button of document.querySelectorAll("[data-tune]")) {
    button.setAttribute("aria-pressed", card.tuned.has(button.dataset.tune));
  }
}

export function showNext(cards, rows) {
  const shown = cards.slice(0, 4);
  const most = Math.max(...shown.map(({ data }) => data.wish.probability));
  find("wishes").replaceChildren(
    ...shown.map(({ data }) => {
      const row = rows.get(data.wish.key);
      const { about, style } = data.wish;
      const bar = make("i", { className: "bar" });
      bar.style.setProperty("--share", data.wish.probability / most);
      const made = data.video.is_made && data.way === "exact";
      const state = made ? "made for it" : row && row.state !== "done" ? STATES[row.state] : "";
      return make(
        "li",
        {},
        make("span", { className: "what", text: list(about) || data.video.title }),
        make("b", { text: state || percent(data.wish.probability) }),
        make("small", { text: list(style) }),
        bar,
      );
    }),
  );
}

/** How much of what they would like next is there already. */
export function showCoverage(coverage) {
  const hundredths = Math.min(99, Math.max(1, Math.round(coverage * 100)));
  const bar = make("i", { className: "bar" });
  bar.style.setProperty("--share", coverage);
  find("coverage").hidden = false;
  find("coverage").replaceChildren(
    make("span", { text: "The catalogue holds about " }),
    make("em", { text: `${hundredths} of 100` }),
    make("span", { text: " things you would like next; the rest is made." }),
    bar,
  );
}

export function showMaking(rows, now_s) {
  const busy = rows.filter((row) => row.state in { pending: 1, making: 1 }).length;
  find("tally").textContent = busy ? `${busy} in the works` : "";
  const shown = [...rows].sort((one, other) => ORDER[one.state] - ORDER[other.state]).slice(0, 5);
  find("making").replaceChildren(...shown.map((row) => makingRow(row, now_s)));
  if (!shown.length) {
    const text = "Nothing yet. When you wish for a clip that does not exist, it is made here.";
    find("making").append(make("li", { className: "none", text }));
  }
}

function makingRow(row, now_s) {
  const mark = make("span", { className: `state ${row.state}` });
  if (row.state === "done") mark.append(icon("check"));
  const times = row.asked > 1 && `wished for ${row.asked} times`;
  return make(
    "li",
    {},
    mark,
    make("span", { className: "what", text: list(row.about) || "a new clip" }),
    make("b", { text: [STATES[row.state], ago(now_s - row.since_s), times].filter(Boolean).join(" · ") }),
    make("small", { text: list(row.style) }),
  );
}

function ago(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

// ---- as a sheet, where there is no room beside the feed -----------------------------------------

const parts = () => ["lead", "stage"].map(find);

export function open(name) {
  const head = find(`${name}-head`);
  if (wide.matches) {
    const section = head.closest("section");
    section.classList.remove("called");
    void section.offsetWidth; // lets the animation begin again
    section.classList.add("called");
  } else {
    before ??= document.activeElement;
    find("panel").dataset.show = name;
    for (const part of parts()) part.inert = true;
  }
  head.focus({ preventScroll: wide.matches });
}

export function shut() {
  if (!isOpen()) return;
  delete find("panel").dataset.show;
  for (const part of parts()) part.inert = false;
  before?.focus({ preventScroll: true });
  before = null;
}

export const isOpen = () => "show" in find("panel").dataset;

find("veil").addEventListener("click", shut);
wide.addEventListener("change", shut);
addEventListener("keydown", (event) => event.key === "Escape" && shut());
