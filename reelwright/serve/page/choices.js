// What a viewer decides for themselves, kept by this browser: see "Your data" on the page.

import { find } from "/page/dom.js";

const BOXES = {
  personal: true, // wishes are foretold from what this viewer did
  remember: true, // what they watch is kept
  sparing: navigator.connection?.saveData ?? false, // nothing is loaded before it is watched
};
const listeners = [];

export const choices = Object.fromEntries(
  Object.entries(BOXES).map(([name, otherwise]) => [name, stored(name, otherwise)]),
);

function stored(name, otherwise) {
  try {
    const kept = localStorage.getItem(`reelwright.${name}`);
    return kept === null ? otherwise : kept === "on";
  } catch {
    return otherwise;
  }
}

/** Calls `act(name)` whenever the viewer decided otherwise. */
export function onChoice(act) {
  listeners.push(act);
}

/** Shows in the boxes of the page what was decided, and hears them. */
export function showChoices() {
  for (const name of Object.keys(BOXES)) {
    const box = find(name);
    box.checked = choices[name];
    box.addEventListener("change", () => decide(name, box.checked));
  }
}

function decide(name, on) {
  choices[name] = on;
  try {
    localStorage.setItem(`reelwright.${name}`, on ? "on" : "off");
  } catch {
    // no store: it holds until the page is closed
  }
  for (const act of listeners) act(name);
}

/** What a question to the feed has to say of them; nothing where all is as it usually is. */
export function asked() {
  const said = {};
  if (!choices.personal) said.personal = "false";
  if (!choices.remember) said.remember = "false";
  return said;
}
