// Who watches: an id of one's own that this browser keeps, or a viewer of the demo world.

import { ask, find, list, make } from "/page/dom.js";

const KEY = "reelwright.viewer";

function own() {
  let id = null;
  try {
    id = localStorage.getItem(KEY);
    id ??= newcomer();
    localStorage.setItem(KEY, id);
  } catch {
    id ??= newcomer(); // no store: a newcomer each time
  }
  return id;
}

const newcomer = () => `you-${crypto.randomUUID().slice(0, 8)}`;

const me = own();
export const viewer = new URLSearchParams(location.search).get("viewer") || me;

function face(id) {
  const letters = id === me ? "Y" : id.replace(/[^a-z0-9]/gi, "").slice(-2);
  const hue = [...id].reduce((sum, letter) => (sum * 7 + letter.charCodeAt(0) * 137) % 360, 7);
  const badge = make("span", { className: "face", text: letters, attributes: { "aria-hidden": "true" } });
  badge.style.setProperty("--hue", hue);
  return badge;
}

const nameOf = (id) => (id === me ? "You" : id);

function entry({ id, tastes }) {
  const href = id === me ? "/" : `/?viewer=${encodeURIComponent(id)}`;
  const attributes = id === viewer ? { "aria-current": "true" } : {};
  const about = id === me ? "new here, or as you left" : `likes ${list(tastes, 4)}`;
  const text = make("span", {}, make("b", { text: nameOf(id) }), make("small", { text: about }));
  return make("li", {}, make("a", { href, attributes }, face(id), text));
}

/** Forgets who this browser was; the next visit is a newcomer's. */
export function begone() {
  try {
    if (viewer === me) localStorage.removeItem(KEY);
  } catch {
    // no store: they are a newcomer each time anyway
  }
}

export async function showWatchers() {
  find("who").textContent = nameOf(viewer);
  find("face").replaceWith(Object.assign(face(viewer), { id: "face" }));
  const { viewers } = await ask("/viewers").catch(() => ({ viewers: [] }));
  const others = viewers.filter((one) => one.id !== me);
  find("watcher-list").replaceChildren(...[{ id: me, tastes: [] }, ...others].map(entry));
  const tastes = others.find((one) => one.id === viewer)?.tastes ?? [];
  find("tastes").textContent = tastes.length ? `Likes ${list(tastes, 4)}.` : "";
}
