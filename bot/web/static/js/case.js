// The opened case: what it is about, its transcript, and what an agent can do.

import { read, refresher, Refusal, write } from "./api.js";
import { canReply, startReply } from "./reply.js";
import { toast } from "./dialogs.js";
import { byId, h, icon, keep } from "./dom.js";
import { askBlock, askColleague, askCorrection, askGiveBack, askResolution, askSnooze, askSuggestion, askTags, askTeam } from "./acts.js";
import { holder, intent, nameOf, wait, where } from "./desk.js";
import { line } from "./transcript.js";
import { marks, outlook } from "./service.js";
import { on, set, state } from "./state.js";
import { label, percent, plural } from "./words.js";

const WORTH_SAYING = 0.05; // of what else the model thought of
const head = h("header.case__head");
const buttons = h("div.case__acts", { role: "group", "aria-label": "What to do with the case" });
const lines = h("div.case__lines", { role: "log", "aria-label": "Transcript", tabindex: "0" });
const reply = startReply(act);
let shown = null; // the case as it was last read

export function startCase() {
  byId("case").append(head, buttons, lines, reply.element);
  on("opened", () => {
    shown = null;
    const opened = Boolean(state.opened);
    byId("case").hidden = !opened;
    byId("desk-body").dataset.opened = String(opened);
    refreshCase();
  });
  on("agent", render);
}

export const refreshCase = refresher(async () => {
  const id = state.opened;
  if (!id) return;
  const read_ = await read(`/api/cases/${encodeURIComponent(id)}`);
  if (id !== state.opened) return;
  const fresh = shown?.id !== id;
  const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80;
  shown = read_;
  render();
  if (fresh || atEnd) lines.scrollTo({ top: lines.scrollHeight });
});

/** Do something to the opened case; the server's refusal goes to who asked. */
async function act(name, fields = {}, key = undefined) {
  const id = state.opened;
  const changed = await write(`/api/cases/${encodeURIComponent(id)}/${name}`, { agent: state.agent, ...fields }, key);
  if (id === state.opened) await refreshCase();
  return changed;
}

/** As `act`, for buttons that have no place of their own to show a refusal. */
async function actAloud(name, fields) {
  try {
    await act(name, fields);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast([error.message, ...error.problems].join(" "), "problem");
    refreshCase();
  }
}

act.refresh = refreshCase;

export const claim = () => shown?.status === "open" && actAloud("claim");
export const focusReply = () => shown && reply.focus();
export const close = () => {
  const id = state.opened;
  set({ opened: null });
  byId("cards").querySelector(`[data-case="${id}"]`)?.focus();
};

function render() {
  if (!shown || shown.id !== state.opened) return;
  keep(head, [{ id: "head", shown, me: state.agent }], (one) => one.id, heading);
  keep(buttons, acts(shown), (one) => one.name, button);
  keep(lines, shown.records, (record) => record.id, (record) => line(record, shown.handle, actAloud));
  reply.show(shown);
}

/** Who wrote: what the network shows of them, and in which language. */
function author(one) {
  const followers = one.followers === null ? "" : plural(one.followers, "follower");
  const known = [one.name, followers, one.language && `writes ${one.language}`].filter(Boolean);
  return known.length > 0 && h("p.muted.case__author", {}, known.join(" · "));
}

function heading() {
  const one = shown;
  return h("div", {},
    h("p.case__top", {}, h("button.button.button--quiet", { type: "button", "data-focus": "back", on: { click: close }, "aria-keyshortcuts": "Escape" }, icon("back"), "All cases"),
      h("span.card__id", {}, one.id), wait(one)),
    h("h3.case__title", {}, h("span.priority", { "data-priority": one.priority }, one.priority), `@${one.handle}`, holder(one)),
    author(one),
    h("p", {}, one.reason_says, one.earlier > 0 && h("span.muted", {}, ` · wrote ${plural(one.earlier, "time")} before`)),
    h("p.facts", {}, where(one), h("span", {}, one.team_name), intent(one),
      one.rating && h("span.tag", { title: "How the customer rates it" }, "★".repeat(one.rating)),
      one.opted_out && h("span.tag", { "data-kind": "warn", title: "The customer, or one of us, has stopped them" }, "no automatic messages"),
      one.incident && h("span.tag", { title: "It is one of many cases about the same thing" }, `part of ${one.incident}`),
      one.alternatives.slice(0, 2).filter((a) => a.confidence >= WORTH_SAYING).map((a) => h("span.muted", {}, `or ${a.label} ${percent(a.confidence)}`))),
    marks(one).length > 0 && h("p.facts", {}, marks(one)),
    (one.learned.length > 0 || one.tags.length > 0 || one.priority_reasons.length > 0) && h("p.facts", {},
      one.learned.map((fact) => h("span.tag", { "data-kind": "good" }, fact)),
      one.priority_reasons.map((why) => h("span.tag", { "data-kind": "warn" }, why)),
      one.tags.map((tag) => h("span.tag", {}, `#${tag}`))),
    one.status === "resolved" && h("p.banner", {}, icon("sent"), `Resolved: ${label(one.resolution ?? "")}. The bot answers this customer again.`),
    outlook(one));
}

function acts(one) {
  const mine = canReply(one);
  const active = one.status !== "resolved";
  return [
    one.status === "open" && { name: "claim", text: "Claim", primary: true, keys: "c" },
    mine && { name: "resolve", text: "Resolve…", primary: one.status === "waiting" },
    mine && { name: "release", text: "Release" },
    (mine || one.status === "open") && { name: "snooze", text: "Later…", title: "Put the case aside for a while" },
    active && !mine && one.assignee && { name: "take_over", text: "Take over", title: `Take it from ${nameOf(one.assignee)}` },
    mine && { name: "suggest", text: "Answers…", title: "Standard answers that may fit" },
    active && { name: "hand_over", text: "Team…", title: "Hand to another team" },
    active && { name: "assign", text: "Assign…", title: "Give the case to a colleague" },
    (mine || one.status === "open") && { name: "give_back", text: "To the bot…", title: "Give the customer back to the bot" },
    { name: "tag", text: "Tags…", title: "Change the tags" },
    { name: "correct", text: "Intent…", title: "Correct the intent" },
    { name: "block", text: "Block…", title: "No automatic message to this customer any more" },
  ].filter(Boolean);
}

const DO = {
  claim: () => actAloud("claim"),
  release: () => actAloud("release"),
  resolve: () => askResolution(shown, act, close),
  hand_over: () => askTeam(shown, act),
  snooze: () => askSnooze(shown, act, close),
  tag: () => askTags(shown, act),
  correct: () => askCorrection(shown, act),
  assign: () => askColleague(shown, act, nameOf),
  take_over: () => actAloud("assign", { to: state.agent }),
  give_back: () => askGiveBack(shown, act, close),
  block: () => askBlock(shown, act),
  suggest: () => askSuggestion(shown, reply.fill),
};

function button({ name, text, title, primary, keys }) {
  return h(primary ? "button.button.button--primary" : "button.button", {
    type: "button", "data-focus": name, "data-act": name, "aria-keyshortcuts": keys, title, "aria-label": title, on: { click: () => DO[name]() },
  }, text, keys && h("kbd", {}, keys));
}
