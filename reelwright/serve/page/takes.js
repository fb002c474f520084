// The pages of takes: films are handed in, worlds ordered, and all of them play in step.

import { compare } from "/page/compare.js";
import { find } from "/page/dom.js";
import { headers, say } from "/page/operator.js";

const APART_S = 0.06; // two frames: films further from the first are put beside it again

// ---- handing in, ordering ------------------------------------------------------------------------

async function post(form, path, body, then) {
  const button = form.querySelector("[type=submit]");
  const plain = { "x-csrf-token": headers["x-csrf-token"] }; // a form says itself of what kind it is
  button.disabled = true;
  form.ariaBusy = "true";
  try {
    const sent = body instanceof FormData ? plain : headers;
    const answer = await fetch(path, { method: "POST", headers: sent, body });
    const told = await answer.json();
    if (answer.ok) then(told);
    else say(`${told.detail} ${told.hint}`);
  } catch {
    say("The server cannot be reached.");
  } finally {
    button.disabled = false;
    form.removeAttribute("aria-busy");
  }
}

const handIn = find("hand-in");
find("film")?.addEventListener("change", ({ target }) => {
  find("film-name").textContent = target.files[0]?.name ?? "Choose a film";
});
handIn?.addEventListener("submit", (event) => {
  event.preventDefault();
  const most = Number(handIn.dataset.most);
  if (find("film").files[0].size > most * 2 ** 20) return say(`At most ${most} MB can be sent.`);
  say("It is handed in …");
  post(handIn, "/operator/takes", new FormData(handIn), ({ id }) =>
    location.assign(`/operator/takes/${id}`),
  );
});

const make = find("make");
make?.addEventListener("submit", (event) => {
  event.preventDefault();
  const picked = [...make.querySelectorAll("[name=world]:checked")].map((box) => box.value);
  const words = find("words").value.trim();
  const asked = {
    worlds: words ? [...picked, words] : picked,
    costume: find("costume").value.trim(),
    strength: find("strength").value,
  };
  post(make, `/operator/takes/${make.dataset.take}/worlds`, JSON.stringify(asked), () => {
    make.reset();
    say("It is being made.");
    scrollTo({ top: 0, behavior: "smooth" });
  });
});

// What is done while one looks on comes as a new page: films cannot be patched in while they play.
const state = find("state");
if (state) {
  const { ready } = state.dataset;
  new MutationObserver(() => state.dataset.ready !== ready && location.reload()).observe(state, {
    attributeFilter: ["data-ready"],
  });
}

// ---- in step ---------------------------------------------------------------------------------------

const films = () => [...document.querySelectorAll("video[data-step]")];
const [lead] = films();
const [play, seek, clock, now] = ["play", "seek", "clock", "now"].map(find);

function show() {
  seek.value = lead.currentTime;
  clock.textContent = `${lead.currentTime.toFixed(2)} s`;
  const x = 960 * Math.min(1, lead.currentTime / Number(seek.max));
  for (const end of ["x1", "x2"]) now?.setAttribute(end, x.toFixed(1));
}

/** Every film beside the first; those that play are left alone while they are near enough. */
function align(apart) {
  for (const film of films()) {
    if (film !== lead && Math.abs(film.currentTime - lead.currentTime) > apart) {
      film.currentTime = lead.currentTime;
    }
  }
}

function go(at) {
  lead.currentTime = at;
  align(0);
  show();
}

function run(on) {
  for (const film of films()) on ? film.play().catch(() => {}) : film.pause();
  play.ariaPressed = String(on);
  play.textContent = on ? "Pause" : "Play";
  if (!on) align(0);
}

if (lead) {
  compare(find("compare"));
  play.addEventListener("click", () => run(lead.paused));
  seek.addEventListener("input", () => go(Number(seek.value)));
  (function tick() {
    if (!lead.paused) {
      align(APART_S);
      show();
    }
    requestAnimationFrame(tick);
  })();
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) run(true);
}

document.addEventListener("click", ({ target }) => {
  const moment = target.closest("[data-seek]");
  if (moment) {
    run(false);
    go(Number(moment.dataset.seek));
    find("compare").scrollIntoView({ block: "center" });
  }
  const chosen = target.closest("[data-compare]");
  if (!chosen) return;
  const after = document.querySelector("video[data-after]");
  const on = !lead.paused;
  after.src = chosen.dataset.compare;
  after.ariaLabel = chosen.dataset.called;
  document.querySelector("[data-name]").textContent = chosen.dataset.called;
  for (const one of document.querySelectorAll("[data-compare]")) {
    one.ariaPressed = String(one === chosen);
  }
  after.addEventListener("loadeddata", () => (align(0), on && after.play()), { once: true });
  find("compare").scrollIntoView({ block: "center" });
});
