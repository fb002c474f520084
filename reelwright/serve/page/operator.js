// The operator's page: what is live is asked for again and again, and what differs is put in.

import { find } from "/page/dom.js";

const EVERY_MS = 2000;
const live = find("live");
const sure = find("sure");
export const headers = { "content-type": "application/json", "x-csrf-token": document.body.dataset.csrf };

// ---- live ---------------------------------------------------------------------------------------

/** Makes `old` say what `now` says; what is the same stays as it is, with its focus and pictures. */
function patch(old, now) {
  if (old.isEqualNode(now)) return;
  const differ = old.nodeName !== now.nodeName || old.id !== now.id;
  if (differ || old.nodeType !== Node.ELEMENT_NODE) return old.replaceWith(now);
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of now.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const [were, are] = [[...old.childNodes], [...now.childNodes]];
  were.slice(are.length).forEach((one) => one.remove());
  are.forEach((one, place) => (place < were.length ? patch(were[place], one) : old.append(one)));
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (answer.redirected) return location.assign("/sign-in?to=/operator");
  if (!answer.ok) throw new Error(`${answer.status}`);
  const held = document.activeElement?.id;
  const now = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = now.getElementById(part.id);
    if (fresh) patch(part, document.adoptNode(fresh));
  }
  if (held && document.activeElement?.id !== held) find(held)?.focus({ preventScroll: true });
}

async function look() {
  if (live.ariaPressed === "true" && !document.hidden && !sure.open) {
    try {
      await refresh();
      live.removeAttribute("data-lost");
    } catch {
      live.dataset.lost = ""; // the next look may find it again
    }
  }
  setTimeout(look, EVERY_MS);
}

live.addEventListener("click", () => {
  live.ariaPressed = String(live.ariaPressed !== "true");
});
setTimeout(look, EVERY_MS);
find("rooms").querySelector("[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// ---- what an operator does -----------------------------------------------------------------------

export function say(words) {
  find("told").textContent = words;
  setTimeout(() => find("told").textContent === words && (find("told").textContent = ""), 6000);
}

/** Why, where that is asked; nothing where the operator leaves it. */
function confirmed(button) {
  const { ask, why } = button.dataset;
  if (!ask) return "";
  find("sure-head").textContent = button.ariaLabel ?? button.textContent;
  find("sure-words").textContent = ask;
  find("sure-yes").textContent = button.textContent;
  find("sure-why").value = "";
  find("sure-why").hidden = find("sure-why-label").hidden = why === undefined;
  sure.returnValue = "";
  sure.showModal();
  return new Promise((done) =>
    sure.addEventListener(
      "close",
      () => done(sure.returnValue === "yes" ? find("sure-why").value : null),
      { once: true },
    ),
  );
}

async function send(button, path, method, body) {
  button.disabled = true;
  try {
    const answer = await fetch(path, { method, headers, body });
    const told = await answer.json();
    say(answer.ok ? "Done." : `${told.detail} ${told.hint}`);
    if (answer.ok) await refresh();
    return answer.ok;
  } catch {
    say("The server cannot be reached.");
  } finally {
    button.disabled = false;
  }
}

// A button that says itself what it sends: `data-send="METHOD /path"`, and where to go afterwards.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-send]");
  if (!button || (await confirmed(button)) === null) return;
  const [method, path] = button.dataset.send.split(" ");
  if (!(await send(button, path, method))) return;
  if (button.dataset.to) location.assign(button.dataset.to);
  else location.reload();
});

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-act], [data-erase]");
  if (!button) return;
  const { act, key, erase } = button.dataset;
  const why = await confirmed(button);
  if (why === null) return;
  if (act) return send(button, `/operator/wishes/${key}`, "POST", JSON.stringify({ act, why }));
  const gone = await send(button, `/operator/data?viewer=${encodeURIComponent(erase)}`, "DELETE");
  if (gone) location.reload();
});

find("find")?.addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign(`/operator/viewers?viewer=${encodeURIComponent(find("viewer").value.trim())}`);
});

find("sign-out")?.addEventListener("click", async () => {
  await fetch("/session", { method: "DELETE", headers });
  location.assign("/sign-in");
});
