// What the other examples and the live model say to a text, below its field.

import { Refusal, newKey, patient, write } from "/static/js/api.js";
import { h } from "/static/js/dom.js";

const SLOW_MS = 700;

/** Show what is said to a row's text; an answer to an older text is dropped. */
export async function feedback(row, { label, items, consented }) {
  const text = row.field.value.trim();
  row.asked = text;
  if (!text) {
    row.said.replaceChildren();
    return;
  }
  const current = () => row.asked === text;
  const others = h("div.said__others");
  const model = h("div.said__model");
  const starting = setTimeout(() => {
    model.replaceChildren(h("p.said__wait", {}, "Starting the model. This takes a few seconds the first time."));
    if (current()) row.said.replaceChildren(others, model);
  }, SLOW_MS);
  const told = write("/api/train/feedback", { text, label, items, consented }).then((said) => {
    others.replaceChildren(...findings(said));
    if (current()) {
      row.blocked = !said.saveable;
      row.field.setAttribute("aria-invalid", String(row.blocked));
      row.said.replaceChildren(others, model);
    }
  });
  const read = write("/api/train/readings", { texts: [text] }, newKey(), patient()).then(({ readings: [reading] }) => {
    clearTimeout(starting);
    model.replaceChildren(...understood(reading, label));
    if (current()) row.said.replaceChildren(others, model);
  });
  for (const [asking, place] of [[told, others], [read, model]]) {
    asking.catch((error) => {
      clearTimeout(starting);
      if (!(error instanceof Refusal)) throw error;
      place.replaceChildren(h("p.said__wait", {}, error.message));
      if (current()) row.said.replaceChildren(others, model);
    });
  }
}

function findings({ findings: found, elsewhere }) {
  const near = elsewhere.length > 0 && h("details.near", {}, h("summary", {}, `Nearest elsewhere: ${elsewhere[0].label}, ${elsewhere[0].says}`),
    h("ul", {}, elsewhere.map((one) => h("li", {}, h("b", {}, one.label), ` (${one.says}): `, h("q", {}, one.text)))));
  return [
    ...found.map((one) => h("p.said__finding", { "data-kind": one.blocks ? "bad" : "warn" }, h("b", {}, one.blocks ? "Not like this: " : "Mind: "), one.says)),
    ...(near ? [near] : []),
  ];
}

function understood(reading, label) {
  const read = h("b", {}, reading.label);
  const next = reading.next.length ? h("span.muted", {}, ` · next: ${reading.next.map((one) => `${one.label} ${one.says}`).join(", ")}`) : "";
  if (label && reading.label === label) {
    return [h("p.said__read", { "data-kind": "good" }, "The bot reads it right already: ", read, ` (${reading.says})`, next)];
  }
  return [h("p.said__read", { "data-kind": label ? "teaches" : "" }, "The bot reads it as ", read, ` (${reading.says})`, next)];
}
