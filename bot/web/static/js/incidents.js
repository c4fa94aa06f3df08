// Incidents: one card for many cases about the same thing, above the list of cases.

import { read, refresher } from "./api.js";
import { askAnswerAll, askResolveAll } from "./incident_acts.js";
import { byId, h, icon, keep } from "./dom.js";
import { set } from "./state.js";
import { moment, since } from "./time.js";
import { plural, STATUS } from "./words.js";

const TRENDS = { rising: "rising", steady: "steady", ebbing: "ebbing" };

const AGAIN_MS = 20_000; // a rate falls although nothing happens

let incidents = [];
const unfolded = new Map(); // incident → its cases, as far as they were read

export const refreshIncidents = refresher(async () => {
  ({ incidents } = await read("/api/incidents"));
  await Promise.all([...unfolded.keys()].map((id) => readAgain(id)));
  render();
});

export function startIncidents() {
  setInterval(() => incidents.length && refreshIncidents(), AGAIN_MS);
}

function render() {
  const shown = incidents.map((one) => ({ ...one, beneath: unfolded.get(one.id) ?? null }));
  keep(byId("incidents"), shown, (one) => one.id, card);
  byId("incidents").hidden = !incidents.length;
}

function card(one) {
  const places = Object.entries(one.visibility).map(([place, count]) => [place === "public" ? "globe" : "lock", `${count} ${place}`]);
  return h("article.incident", { "data-incident": one.id, "aria-label": `Incident ${one.id}: ${one.title}` },
    h("p.card__head", {}, h("span.incident__count", {}, one.cases.toLocaleString()), h("b.incident__title", {}, one.title),
      h("span.card__id", {}, one.id), h("span.wait", { title: "Since the first of them" }, icon("clock"), since(one.opened_at))),
    h("p.facts", {}, pace(one), ...places.map(([name, text]) => h("span.where", {}, icon(name), text)),
      ...Object.entries(one.teams).map(([team, count]) => h("span.tag", {}, `${team} ${count}`)),
      one.urgent > 0 && h("span.tag", { "data-kind": "warn" }, `${one.urgent} urgent, with cards of their own`),
      one.untold > 0 && h("span.tag", { "data-kind": "warn" }, `${plural(one.untold, "customer")} nobody has told that we have it`)),
    h("ul.incident__examples", { "aria-label": "Examples" }, one.examples.map((text) => h("li", {}, text))),
    h("p.card__foot", {}, h("span", {}, one.active ? `${plural(one.active, "case")} not resolved` : "all cases resolved"),
      one.active > 0 && h("span.holder", { "data-holder": one.open ? "nobody" : "other" }, one.open ? `${one.open} ${STATUS.open}` : "all taken")),
    one.errands.map(errand),
    h("div.incident__acts", { role: "group", "aria-label": `What to do with ${one.id}` },
      button("Answer all…", `answer-${one.id}`, () => askAnswerAll(one, refreshIncidents), { primary: true, disabled: !one.active }),
      button("Resolve all…", `resolve-${one.id}`, () => askResolveAll(one, refreshIncidents), { disabled: !one.active }),
      button(one.beneath ? "Hide cases" : "Show cases", `show-${one.id}`, () => toggle(one), { expanded: Boolean(one.beneath) })),
    one.beneath?.length > 0 && beneath(one));
}

function pace(one) {
  if (one.ended_at) return h("span.trend", { "data-trend": "ended" }, "over since ", moment(one.ended_at));
  return h("span.trend", { "data-trend": one.trend }, `${TRENDS[one.trend]}, ${one.per_minute} a minute`);
}

function button(text, focus, click, { primary = false, disabled = false, expanded = null } = {}) {
  return h(primary ? "button.button.button--primary" : "button.button", {
    type: "button", "data-focus": focus, disabled, "aria-expanded": expanded === null ? null : String(expanded), on: { click },
  }, text);
}

/** How far an act on all cases has come, and what it left out. */
function errand(one) {
  const what = one.act === "answer" ? "answers all" : "resolves all";
  const left = one.left > 0 && `${one.left} to go`;
  return h("p.banner.incident__errand", { role: "status" }, icon(one.left ? "clock" : "sent"),
    [`${one.agent} ${what}`, ...one.results, left].filter(Boolean).join(" · "));
}

function beneath(one) {
  const rows = one.beneath.map((each) => h("li", {}, h("button.incident__case", {
    type: "button", "data-focus": `in-${each.id}`, on: { click: () => set({ opened: each.id }) },
  }, h("b", {}, `@${each.handle}`), h("span.card__id", {}, each.id), icon(each.visibility === "public" ? "globe" : "lock", each.visibility),
  h("span.holder", { "data-holder": each.assignee ? "other" : "nobody" }, each.assignee ? `${STATUS[each.status]}, ${each.assignee}` : STATUS[each.status]))));
  const more = one.active - one.beneath.length;
  return h("div", {}, h("ul.incident__cases", { "aria-label": "Cases of this incident" }, rows),
    more > 0 && button(`Show more of ${more}`, `more-${one.id}`, () => readMore(one.id)));
}

async function toggle(one) {
  if (unfolded.delete(one.id)) render();
  else await readMore(one.id);
}

async function readMore(id) {
  const known = unfolded.get(id) ?? [];
  const { cases } = await read(`/api/incidents/${id}/cases?offset=${known.length}`);
  unfolded.set(id, [...known, ...cases]);
  render();
}

/** Read again as many pages as are shown. */
async function readAgain(id) {
  if (!incidents.some((one) => one.id === id)) {
    unfolded.delete(id);
    return;
  }
  const shown = unfolded.get(id).length;
  let cases = [];
  do {
    const page = (await read(`/api/incidents/${id}/cases?offset=${cases.length}`)).cases;
    if (!page.length) break;
    cases = [...cases, ...page];
  } while (cases.length < shown);
  unfolded.set(id, cases);
}
