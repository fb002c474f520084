// The reference of the HTTP interface, from its own description.

import { ask, find, make } from "/page/dom.js";

function kind(schema = {}) {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1);
    return make("a", { href: `#${name}` }, make("code", { text: name }));
  }
  if (schema.type === "array") return make("span", {}, "list of ", kind(schema.items));
  if (schema.anyOf) return make("span", {}, ...schema.anyOf.flatMap((one, n) => (n ? [" or ", kind(one)] : [kind(one)])));
  return make("code", { text: schema.enum ? schema.enum.join(" | ") : (schema.const ?? (schema.properties ? schema.title : schema.type) ?? "any") });
}

const line = (name, schema, needed, text) =>
  make(
    "tr",
    {},
    make("td", {}, make("code", { text: name })),
    make("td", {}, kind(schema), needed ? "" : make("small", { text: " optional" })),
    make("td", { text: text ?? "" }),
  );

const fields = (schema, text) =>
  Object.entries(schema.properties ?? {}).map(([field, one]) =>
    line(field, one, schema.required?.includes(field), one.description ?? text),
  );

function route(path, method, told) {
  const rows = (told.parameters ?? []).map((one) => line(one.name, one.schema, one.required, one.description ?? one.in));
  for (const [form, { schema }] of Object.entries(told.requestBody?.content ?? {})) {
    if (form === "application/json") rows.push(line("body", schema, true, "JSON"));
    else rows.push(...fields(schema, form));
  }
  for (const [status, answer] of Object.entries(told.responses)) {
    const [form, content] = Object.entries(answer.content ?? {}).at(-1) ?? [];
    rows.push(line(status, content?.schema ?? { type: form ?? "bytes" }, true, answer.description));
  }
  const head = make("h3", {}, make("b", { text: method.toUpperCase() }), make("code", { text: path }), make("span", { text: told.summary }));
  return make("section", {}, head, make("p", { text: told.description ?? "" }), make("table", {}, ...rows));
}

function shape([name, schema]) {
  const rows = fields(schema);
  if (schema.enum) rows.push(line("one of", schema, true));
  const head = make("h3", { id: name }, make("code", { text: name }));
  return make("section", {}, head, make("p", { text: schema.description ?? "" }), make("table", {}, ...rows));
}

const { paths, components } = await ask("/openapi.json");
find("routes").replaceChildren(
  ...Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, told]) => route(path, method, told)),
  ),
);
find("shapes").replaceChildren(...Object.entries(components.schemas).map(shape));
find("routes").setAttribute("aria-busy", "false");
