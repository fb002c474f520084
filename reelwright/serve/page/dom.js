// Small things for making markup: text is always text, never markup.

export const find = (id) => document.getElementById(id);

/** An element with properties (class, text, hidden ...), attributes after "aria", and children. */
export function make(tag, { text, attributes = {}, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children.filter(Boolean));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/page/icons.svg#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export const list = (words, most = 3) => words.slice(0, most).join(", ");

export const percent = (share) => (share < 0.01 ? "<1 %" : `${Math.round(share * 100)} %`);

/** What the server answers as JSON; throws where it cannot be reached or refuses. */
export async function ask(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
  return answer.json();
}
