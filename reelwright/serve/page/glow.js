// The light that a clip throws on the wall behind it: its poster, too small to be more than colour.
// A blur of the whole window would be drawn again for every frame of the clip.

import { find } from "/page/dom.js";

const [WIDTH, HEIGHT] = [6, 10]; // of what is left of the poster
const small = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
let shown = "";

export async function glow(poster) {
  if (poster === shown) return;
  shown = poster;
  const image = Object.assign(new Image(), { src: poster });
  try {
    await image.decode();
  } catch {
    return; // no picture, no light
  }
  if (poster !== shown) return; // another clip's turn came meanwhile
  const wall = find("ambient");
  draw(small, image, "saturate(1.5)");
  draw(wall, small);
  wall.hidden = false;
}

function draw(canvas, image, filter = "none") {
  const pen = canvas.getContext("2d");
  Object.assign(pen, { imageSmoothingQuality: "high", filter });
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
}
