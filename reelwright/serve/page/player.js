// A few video elements, handed from card to card: one plays, its neighbours are ready.

import { choices } from "/page/choices.js";

const SIZE = 3;
const STEP_S = 1.5; // a jump longer than this is no watching

const pool = [];
const still = matchMedia("(prefers-reduced-motion: reduce)");

export const sound = { on: false };
export const captions = { on: false };

function fresh() {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, loop: true, playsInline: true, tabIndex: -1 });
  video.setAttribute("aria-hidden", "true"); // the card says what it is
  video.disablePictureInPicture = true;
  video.addEventListener("timeupdate", () => count(video));
  video.addEventListener("loadeddata", () => (video.dataset.ready = ""));
  video.addEventListener("error", () => video.src && video.card?.onBroken());
  for (const kind of ["play", "pause"]) video.addEventListener(kind, () => video.card?.onTurn());
  return video;
}

/** Adds what was watched since the last time we looked. */
function count(video) {
  const { card, currentTime: now, duration } = video;
  if (!card) return;
  const step = now >= card.at ? now - card.at : duration - card.at + now; // it began again
  if (step <= STEP_S) card.watched += step;
  card.at = now;
}

/** Seconds watched since they were last told, to this moment: browsers look only now and then. */
export function watched(card) {
  if (card.film) count(card.film);
  return card.watched;
}

/** Gives videos to the active card and, once it has its own pictures, to its neighbours; takes them
 * from the rest. */
export function place(cards, active) {
  const near = choices.sparing ? [active] : [active, active + 1, active - 1];
  const wanted = near.map((index) => cards[index]).filter((card) => card && !card.broken);
  for (const video of pool) if (video.card && !wanted.includes(video.card)) release(video);
  give(wanted.slice(0, 1));
  const first = wanted[0]?.film;
  const rest = () => wanted[0].film === first && give(wanted.slice(1));
  if (!first || "ready" in first.dataset || wanted[0] !== cards[active]) give(wanted.slice(1));
  else first.addEventListener("loadeddata", rest, { once: true });
}

function give(wanted) {
  for (const card of wanted) {
    if (card.film) continue;
    const { film } = card.data.video;
    const free = pool.filter((one) => !one.card);
    const video = free.find(isPrimed(film)) ?? free[0] ?? (pool.length < SIZE && add());
    if (!video) break;
    if (!isPrimed(film)(video)) Object.assign(video, { preload: "auto", src: film });
    video.card = card;
    addCaptions(video, card.data.video.captions);
    card.film = video;
    card.at = 0;
    card.element.querySelector(".film").append(video);
  }
}

const isPrimed = (film) => (video) => video.getAttribute("src") === film;

/** Begins to load a film whose card is not there yet. */
export function prime(film) {
  Object.assign(add(), { preload: "auto", src: film });
}

function add() {
  pool.push(fresh());
  return pool.at(-1);
}

/** The words on the picture, for who cannot read them there; not fetched before they are shown. */
function addCaptions(video, src) {
  if (!src) return;
  const track = document.createElement("track");
  Object.assign(track, { kind: "captions", label: "Words on the picture", src });
  video.append(track);
  track.track.mode = captions.on ? "hidden" : "disabled"; // we show them: clear of what lies below
  track.track.addEventListener("cuechange", () => showCues(video));
}

function showCues({ card, textTracks }) {
  const cues = [...textTracks].flatMap((track) => [...(track.activeCues ?? [])]);
  const text = captions.on ? cues.map((cue) => cue.getCueAsHTML().textContent).join(" ") : "";
  const line = card?.element.querySelector(".cue");
  if (line) [line.textContent, line.hidden] = [text, !text];
}

export function setCaptions(on) {
  captions.on = on;
  for (const video of pool) {
    for (const track of video.textTracks) track.mode = on ? "hidden" : "disabled";
    showCues(video);
  }
}

function release(video) {
  video.pause();
  video.replaceChildren();
  showCues(video);
  video.card.film = null;
  video.card = null;
  delete video.dataset.ready;
  video.removeAttribute("src");
  video.load(); // lets go of what it had loaded
}

export function pauseAllBut(card) {
  for (const video of pool) if (video.card !== card) video.pause();
}

/** Plays a card from its start, unless its viewer asked for stillness. */
export function begin(card) {
  pauseAllBut(card);
  if (!card.film) return;
  if (card.film.currentTime > 0) card.film.currentTime = 0;
  card.at = 0;
  if (!still.matches) play(card);
}

export async function play(card) {
  if (!card.film) return;
  card.film.muted = !sound.on;
  try {
    await card.film.play();
  } catch (refusal) {
    if (refusal.name !== "NotAllowedError" || card.film.muted) return;
    card.film.muted = true; // a browser lets sound begin only after a tap
    await card.film.play().catch(() => {});
  }
}

export function toggle(card) {
  if (!card.film) return;
  if (card.film.paused) play(card);
  else card.film.pause();
}

export function setSound(on, card) {
  sound.on = on;
  for (const video of pool) video.muted = !on;
  if (on && card?.film?.paused && !still.matches) play(card);
}
