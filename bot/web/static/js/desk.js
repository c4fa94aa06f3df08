// The desk's column: who works, which cases there are, and the list of their cards.

import { read, refresher } from "./api.js";
import { byId, dressAvatar, empty, h, icon, keep } from "./dom.js";
import { refreshIncidents } from "./incidents.js";
import { recall, remember } from "./memory.js";
import { marks } from "./service.js";
import { on, set, state } from "./state.js";
import { since } from "./time.js";
import { percent, plural, STATUS } from "./words.js";

const SHOWN = [["all", "All"], ["unclaimed", "Unclaimed"], ["mine", "Mine"], ["aside", "Put aside"]];

const aside = (one) => Boolean(one.service.snoozed_until);
const FITS = {
  all: (one) => !aside(one),
  unclaimed: (one) => one.status === "open" && !aside(one),
  mine: (one) => one.assignee === state.agent && !aside(one),
  aside,
};

const ALL = "all";
const STORM_PAUSE_MS = 1000; // an incident changes many times a second
const FEW = 8; // cases that are read one by one; more come as a whole
const stale = new Set();

let cases = [];
let total = 0; // cases in all: of very many, only the most pressing come here
let filter = "all";
let team = "";

export function startDesk() {
  const agents = Object.keys(state.facts.agents);
  byId("agent").append(...Object.entries(state.facts.agents).map(([id, name]) => h("option", { value: id }, name)));
  byId("agent").addEventListener("change", (event) => work(event.target.value));
  on("agent opened", render);
  const known = recall("agent");
  work(agents.includes(known) ? known : agents[0]);
  byId("filters").append(segments(), teams());
}

function work(agent) {
  remember("agent", agent);
  byId("agent").value = agent;
  dressAvatar(byId("agent-avatar"), agent);
  set({ agent });
}

function segments() {
  const buttons = SHOWN.map(([id, text]) => h("button", {
    type: "button", "aria-pressed": String(id === filter),
    on: { click: (event) => {
      filter = id;
      for (const one of buttons) one.setAttribute("aria-pressed", String(one === event.currentTarget));
      render();
    } },
  }, text));
  return h("div.segments", { role: "group", "aria-label": "Which cases" }, buttons);
}

function teams() {
  const all = Object.entries(state.facts.teams).map(([id, name]) => h("option", { value: id }, name));
  return h("select", { "aria-label": "Team", on: { change: (event) => {
    team = event.target.value;
    render();
  } } }, h("option", { value: "" }, "All teams"), all);
}

const load = refresher(async () => {
  const ids = [...stale];
  stale.clear();
  // of a list that was cut only the server knows what belongs to it now
  const cut = total > cases.length;
  if (cut || ids.length > FEW || ids.includes(ALL)) ({ cases, total } = await read("/api/cases"));
  else for (const one of await Promise.all(ids.map((id) => read(`/api/cases/${id}`)))) update(one);
  render();
});

const loadAfterStorm = refresher(() => refreshCases(), STORM_PAUSE_MS);

/** Read these cases again, or all of them if none is named. */
export function refreshCases(ids = [ALL]) {
  // an incident that changed may stand for cases that had cards of their own
  if (ids.some((id) => id.startsWith("I-"))) loadAfterStorm();
  if (ids.includes(ALL)) refreshIncidents();
  for (const id of ids) if (!id.startsWith("I-")) stale.add(id);
  return stale.size ? load() : undefined;
}

function update(one) {
  const others = cases.filter((other) => other.id !== one.id);
  const listed = one.status !== "resolved" && !one.folded;
  total += listed - (others.length < cases.length);
  cases = listed ? [...others, one] : others;
  cases.sort((a, b) => a.priority_rank - b.priority_rank || a.opened_at.localeCompare(b.opened_at));
}

function matching() {
  return cases.filter((one) => (!team || one.team === team) && FITS[filter](one));
}

function render() {
  const shown = matching();
  const unclaimed = cases.filter(FITS.unclaimed).length;
  byId("desk-count").textContent = unclaimed;
  byId("desk-count").hidden = !unclaimed;
  const nothing = cases.length
    ? empty("No case fits this filter", `${plural(total, "case")} in all.`)
    : empty("No open cases", "What the bot should not answer by itself comes here, with everything that was written.");
  if (!shown.length) keep(byId("cards"), [{ id: "empty", of: cases.length }], (o) => o.id, () => h("div", { role: "listitem" }, nothing));
  else keep(byId("cards"), [...shown.map(asCard), ...rest()], (one) => one.id, (one) => (one.rest ? more(one) : card(one)));
}

/** What a card shows: the transcript, which comes along at times, is not part of it. */
function asCard({ records, threads, ...one }) {
  return { ...one, current: one.id === state.opened, me: state.agent };
}

const rest = () => (total > cases.length ? [{ id: "rest", rest: total - cases.length }] : []);
const more = ({ rest: count }) => h("div", { role: "listitem" }, h("p.empty", {}, `${plural(count, "case")} more, less pressing.`));

function card(one) {
  return h("div.card-row", { role: "listitem" },
    h("button.card", {
      type: "button", "data-case": one.id, "data-focus": one.id, "data-priority": one.priority,
      "aria-current": one.current ? "true" : null, on: { click: () => set({ opened: one.id }) },
    },
    h("span.card__head", {}, h("span.priority", { "data-priority": one.priority }, one.priority),
      h("b", {}, `@${one.handle}`), h("span.card__id", {}, one.id), wait(one)),
    h("span.card__text", {}, one.last_deleted ? "The customer has deleted this message." : one.last),
    h("span.card__why", {}, one.reason_says),
    h("span.facts", {}, marks(one)),
    h("span.facts", {}, where(one), intent(one), one.priority_reasons.map((why) => h("span.tag", { "data-kind": "warn" }, why)),
      one.reopened > 0 && h("span.tag", { "data-kind": "warn" }, "came back"),
      one.tags.map((tag) => h("span.tag", {}, `#${tag}`))),
    h("span.card__foot", {}, h("span", {}, one.team_name), holder(one))));
}

export const wait = (one) => (one.waiting_since
  ? h("span.wait", { title: "How long the customer has been waiting" }, icon("clock"), since(one.waiting_since))
  : h("span.wait", {}, STATUS[one.status]));

export const where = (one) => h("span.where", {}, icon(one.visibility === "public" ? "globe" : "lock"), one.visibility);

export function intent(one) {
  if (one.corrected_label) return h("span.tag", { title: `The model said ${one.label}` }, `${one.corrected_label} (corrected)`);
  return one.label && h("span.tag", {}, `${one.label} ${percent(one.confidence)}`);
}

export function holder(one) {
  if (!one.assignee) return h("span.holder", { "data-holder": "nobody" }, STATUS.open);
  const mine = one.assignee === state.agent;
  return h("span.holder", { "data-holder": mine ? "me" : "other" }, mine ? "yours" : `with ${nameOf(one.assignee)}`);
}

/** What people call an agent; whoever the policy does not name goes by their id. */
export const nameOf = (agent) => state.facts.agents[agent] ?? agent;

/** Move through the list; `step` is 1 or -1. */
export function move(step) {
  const ids = matching().map((one) => one.id);
  if (!ids.length) return;
  const focused = document.activeElement.dataset?.case;
  const at = ids.indexOf(focused ?? state.opened);
  const next = ids[Math.min(ids.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  if (state.opened) set({ opened: next });
  byId("cards").querySelector(`[data-case="${next}"]`)?.focus();
}
