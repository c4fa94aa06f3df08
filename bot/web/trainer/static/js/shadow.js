// A model that reads beside the live one: begin, see where they differ, stop.

import { Refusal, patient, read, write } from "/static/js/api.js";
import { ask, toast } from "/static/js/dialogs.js";
import { byId, h, keep } from "/static/js/dom.js";
import { moment } from "/static/js/time.js";
import { author } from "./frame.js";

const LOOK_EVERY_MS = 2000;
const place = byId("beside");

if (place) watch(place.dataset.name);

byId("shadow")?.addEventListener("click", async (event) => {
  const { name } = event.currentTarget.dataset;
  await author();
  ask({
    title: `Let ${name} read along`,
    action: "Let it read along",
    body: h("p", {}, "From now on it reads what customers write beside the live model, and decides nothing. A process of its own does that on this machine, behind everything else; it needs the memory of one more worker."),
    confirm: () => start(name),
  });
});

async function start(name) {
  await author();
  await write("/api/train/shadow", { name }, undefined, patient());
  location.reload();
}

async function stop(name) {
  await author();
  await write("/api/train/shadow/stop", { name }, undefined, patient());
  location.reload();
}

/** Show what comes in until it reads along no more; then the page has other buttons. */
async function watch(name) {
  let now = null;
  do {
    if (now) await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    try {
      const before = now;
      now = await read(`/api/train/shadow/${name}`);
      if (before && before.reads !== now.reads) location.reload();
      show(name, now);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // it is asked again
      now ??= { reads: true };
    }
  } while (now.reads || now.silent);
}

function show(name, told) {
  const { reads, silent, runs, by, says, pairs, more } = told;
  place.hidden = !reads && !silent && !says && !by;
  keep(byId("beside-told"), [
    { key: "who", name, reads, silent, runs, by, began: told.began_at, last: told.told },
    ...(reads || says ? [{ key: "sum", says: says || "It has read nothing yet. The next messages are read by both." }] : []),
    ...(pairs.length ? [{ key: "pairs", pairs, more }] : []),
    ...(reads || silent ? [{ key: "acts", name, runs }] : []),
  ], (part) => part.key, (part) => PARTS[part.key](part));
}

const PARTS = {
  who: ({ name, reads, silent, runs, by, began, last }) => h("div", {},
    h("p", {}, h("a", { href: `/train/models/${name}` }, h("b", {}, name)), ` ${state(reads, silent, runs, by)}`, began && reads ? [" It was begun by ", by, ", ", moment(began), "."] : ""),
    last.length > 0 && h("ul.training__lines", { "aria-label": "What it said last" }, last.map((line) => h("li", {}, line)))),
  sum: ({ says }) => h("p", { role: "status" }, says),
  pairs: ({ pairs, more }) => h("div", {},
    h("table.table", {},
      h("thead", {}, h("tr", {}, ["The live model reads", "This one reads"].map((title) => h("th", { scope: "col" }, title)), h("th.number", { scope: "col" }, "Messages"), h("th.wide-only", { scope: "col" }, "In the queue"))),
      h("tbody", {}, pairs.map(row))),
    more > 0 && h("p.muted", {}, `and ${more} more pairs`)),
  acts: ({ name, runs }) => h("p.item__acts", {},
    h("button.button", { type: "button", "data-focus": "stop", on: { click: (event) => act(event, () => stop(name)) } }, "Stop reading along"),
    !runs && h("button.button", { type: "button", "data-focus": "go-on", on: { click: (event) => act(event, () => start(name)) } }, "Go on here")),
};

function state(reads, silent, runs, by) {
  if (silent) return "was to read along, but its process has ended.";
  if (!reads && !by) return "has read beside the live model, and does no more.";
  if (runs) return "reads what customers write, and decides nothing.";
  if (by) return "was to read along, but its process has ended.";
  return "was begun elsewhere: in a terminal, or before this program was started anew. If nothing comes in, go on here.";
}

const row = ({ live, shadow, count, examples }) => h("tr", {},
  h("td", {}, live), h("td", {}, shadow), h("td.number", {}, count),
  h("td.wide-only.table__small", {}, examples.length ? h("ul.quotes", {}, examples.map(example)) : h("span.muted", {}, "none there")));

const example = ({ id, pieces }) => h("li.text", {}, h("a", { href: `/train/queue/${id}`, "data-focus": id },
  pieces.map(([text, hidden]) => (hidden ? h("span.mask", {}, text, h("span.sr-only", {}, " (hidden)")) : text))));

async function act({ currentTarget: button }, work) {
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast([error.message, ...error.problems].join(" "), "problem");
    button.disabled = false;
  }
}
