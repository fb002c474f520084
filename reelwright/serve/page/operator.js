// Who is signed in, and the way out.

import { ask, find, list } from "/page/dom.js";

const { name, scopes, csrf } = await ask("/session");
find("who").textContent = name
  ? `Signed in with the key ${name}, which has the scopes ${list(scopes, 9)}.`
  : "No key was made yet, so whoever sits at this machine may do everything.";
find("sign-out").hidden = !name;
find("sign-out").addEventListener("click", async () => {
  await fetch("/session", { method: "DELETE", headers: { "x-csrf-token": csrf } });
  location.assign("/sign-in");
});
