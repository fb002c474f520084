// A key becomes a cookie that no script can read; then on to where one wanted to go.

import { find } from "/page/dom.js";

const form = find("sign-in");
const button = form.querySelector("button");

/** Only a path of ours: never another site's address. */
function goal() {
  const to = new URLSearchParams(location.search).get("to") ?? "";
  return /^\/([a-z]|$)/.test(to) ? to : "/operator";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  find("told").textContent = "";
  try {
    const answer = await fetch("/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ key: form.key.value.trim() }),
    });
    if (answer.ok) return location.assign(goal());
    const { detail, hint } = await answer.json();
    find("told").textContent = `${detail} ${hint}`;
  } catch {
    find("told").textContent = "The server cannot be reached.";
  }
  button.disabled = false;
  form.key.focus();
});

form.key.focus();
