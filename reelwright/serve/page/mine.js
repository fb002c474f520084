// A viewer's own data: all of it as a file, or none of it any more.

import { find } from "/page/dom.js";
import { forget, flush } from "/page/outbox.js";
import { begone, viewer } from "/page/watchers.js";

const path = `/viewer/data?viewer=${encodeURIComponent(viewer)}`;
const said = find("mine-said");

async function download() {
  await flush();
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `reelwright-${viewer}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
  said.textContent = "The file holds all that is kept of you.";
}

async function erase() {
  forget(); // what waits here would bring them back
  const answer = await fetch(path, { method: "DELETE" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  begone();
  find("erase").hidden = true;
  find("erase-ask").hidden = true;
  said.textContent = "Nothing is kept of you any more. The page begins anew.";
  setTimeout(() => location.assign("/"), 2500);
}

function attempt(act) {
  act().catch(() => (said.textContent = "That did not work. Try again in a moment."));
}

find("download").addEventListener("click", () => attempt(download));
find("erase").addEventListener("click", () => {
  find("erase-ask").hidden = false;
  find("erase-yes").focus();
});
find("erase-no").addEventListener("click", () => {
  find("erase-ask").hidden = true;
  find("erase").focus();
});
find("erase-yes").addEventListener("click", () => attempt(erase));
