// What is watched first is asked for first: before the page is laid out, which this does not touch.

import { asked } from "/page/choices.js";
import { ask } from "/page/dom.js";
import { prime } from "/page/player.js";
import { viewer } from "/page/watchers.js";

export const COUNT = 4; // cards of a question

/** A page of the feed, for who watches and as they decided. */
export function askForMore() {
  const query = new URLSearchParams({ viewer, count: COUNT, ...asked() });
  return ask(`/feed?${query}`);
}

export const firstPage = askForMore().then((page) => {
  if (page.cards.length) prime(page.cards[0].video.film);
  return page;
});
firstPage.catch(() => {}); // whoever waits for it hears of it
