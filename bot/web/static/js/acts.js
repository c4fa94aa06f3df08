// The acts that ask something first.

import { read } from "./api.js";
import { ask, tell, toast } from "./dialogs.js";
import { h } from "./dom.js";
import { state } from "./state.js";
import { label, percent } from "./words.js";

export function askResolution(one, act, done) {
  const reasons = state.facts.resolutions.map((id, at) => h("label.choice", {},
    h("input", { type: "radio", name: "resolution", value: id, required: true, autofocus: at === 0 }), label(id)));
  ask({
    title: `Resolve ${one.id}`,
    body: h("div", {},
      h("fieldset", {}, h("legend", {}, "How did it end?"), reasons),
      h("label", { for: "resolve-note" }, "Note for colleagues, if there is more to say"),
      h("textarea", { id: "resolve-note", name: "note", rows: "2" })),
    action: "Resolve",
    confirm: async (fields) => {
      await act("resolve", { resolution: fields.get("resolution"), note: fields.get("note") });
      toast(`${one.id} is resolved. It leaves the list; the bot answers @${one.handle} again.`, "good");
      done();
    },
  });
}

export function askTeam(one, act) {
  const teams = Object.entries(state.facts.teams).filter(([id]) => id !== one.team);
  ask({
    title: `Hand ${one.id} to another team`,
    body: h("fieldset", {}, h("legend", {}, `It is with ${one.team_name} now.`),
      teams.map(([id, name], at) => h("label.choice", {},
        h("input", { type: "radio", name: "team", value: id, required: true, autofocus: at === 0 }), name))),
    action: "Hand over",
    confirm: async (fields) => {
      const changed = await act("hand_over", { team: fields.get("team") });
      toast(`${one.id} is with ${changed.team_name} now.`, "good");
    },
  });
}

const HOUR_MS = 3_600_000;
const LATER = [["in an hour", 1], ["in three hours", 3], ["tomorrow at this time", 24], ["in three days", 72], ["in a week", 168]];

export function askSnooze(one, act, done) {
  ask({
    title: `Put ${one.id} aside`,
    body: h("fieldset", {}, h("legend", {}, "It comes back then, or as soon as the customer writes."),
      LATER.map(([text, hours], at) => h("label.choice", {},
        h("input", { type: "radio", name: "hours", value: hours, required: true, autofocus: at === 0 }), text))),
    action: "Put aside",
    confirm: async (fields) => {
      const until = new Date(Date.now() + Number(fields.get("hours")) * HOUR_MS);
      await act("snooze", { until: until.toISOString() });
      toast(`${one.id} is put aside until ${until.toLocaleString()}.`, "good");
      done();
    },
  });
}

export function askTags(one, act) {
  const all = [...new Set([...state.facts.tags, ...one.tags])];
  ask({
    title: `Tags of ${one.id}`,
    body: h("fieldset.tags", {}, h("legend", {}, "Choose what fits."), all.map((tag, at) => h("label.choice", {},
      h("input", { type: "checkbox", name: "tag", value: tag, checked: one.tags.includes(tag), autofocus: at === 0 }), label(tag)))),
    action: "Save",
    confirm: (fields) => act("tag", { tags: fields.getAll("tag") }),
  });
}

export function askCorrection(one, act) {
  const likely = new Set([one.label, ...one.alternatives.map((a) => a.label)].filter((l) => state.facts.labels.includes(l)));
  const option = (id) => h("option", { value: id, selected: id === (one.corrected_label ?? one.label) }, id);
  const rest = state.facts.labels.filter((id) => !likely.has(id));
  ask({
    title: "What was it about?",
    body: h("div", {}, h("label", { for: "label" }, "Intent"),
      h("select", { id: "label", name: "label", autofocus: true },
        h("optgroup", { label: "The model thought of" }, [...likely].map(option)),
        h("optgroup", { label: "All" }, rest.map(option))),
      h("small.muted", {}, "The trainers see it, and the model can learn from it.")),
    action: "Correct",
    confirm: async (fields) => {
      await act("correct", { label: fields.get("label") });
      toast(`Thank you: ${one.id} was about ${fields.get("label")}.`, "good");
    },
  });
}

export function askColleague(one, act, nameOf) {
  const others = Object.entries(state.facts.agents).filter(([id]) => id !== one.assignee);
  ask({
    title: `Give ${one.id} to a colleague`,
    body: h("fieldset", {}, h("legend", {}, one.assignee ? `${nameOf(one.assignee)} holds it now.` : "Nobody holds it now."),
      others.map(([id, name], at) => h("label.choice", {},
        h("input", { type: "radio", name: "to", value: id, required: true, autofocus: at === 0 }), id === state.agent ? `${name} (you)` : name))),
    action: "Assign",
    confirm: async (fields) => {
      const changed = await act("assign", { to: fields.get("to") });
      toast(`${one.id} is with ${nameOf(changed.assignee)} now.`, "good");
    },
  });
}

export function askGiveBack(one, act, done) {
  ask({
    title: `Give @${one.handle} back to the bot`,
    body: h("p", {}, `${one.id} ends here. What the customer writes next is read by the bot again, which may make a new case of it.`),
    action: "Give back",
    confirm: async () => {
      await act("give_back");
      toast(`The bot answers @${one.handle} again.`, "good");
      done();
    },
  });
}

export function askBlock(one, act) {
  ask({
    title: `No automatic messages to @${one.handle}`,
    body: h("p", {}, "The bot will not write to this customer any more. People still can, and what the customer writes still comes here. Writing “start” lifts it."),
    action: "Block",
    confirm: async () => {
      await act("block");
      toast(`The bot is silent towards @${one.handle} now.`, "good");
    },
  });
}

/** Offer standard answers; the chosen one goes into the reply, where it can be changed. */
export async function askSuggestion(one, fill) {
  const { suggestions } = await read(`/api/cases/${one.id}/suggestions`);
  if (!suggestions.length) {
    tell("No standard answer fits", h("p", {}, "The model found none for what the customer wrote last."));
    return;
  }
  ask({
    title: "Standard answers that may fit",
    body: h("fieldset", {}, h("legend", {}, "It goes into your reply, where you can change it."),
      suggestions.map((found, at) => h("label.choice", {},
        h("input", { type: "radio", name: "at", value: at, required: true, checked: at === 0 }),
        h("span", {}, h("b", {}, `${found.source} ${percent(found.confidence)}`), h("br"), found.text)))),
    action: "Use it",
    confirm: async (fields) => fill(suggestions[Number(fields.get("at"))].text),
  });
}
