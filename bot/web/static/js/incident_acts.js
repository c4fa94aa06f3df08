// Acts on all cases of an incident, which ask something first.

import { newKey, write } from "./api.js";
import { ask, toast } from "./dialogs.js";
import { h } from "./dom.js";
import { weightedLength } from "./length.js";
import { state } from "./state.js";
import { label, plural } from "./words.js";

const MOST = 5; // wordings that one dialog asks for

export function askAnswerAll(one, done) {
  const key = newKey(); // a second click on the same dialog is the same act
  const fields = h("div.wordings");
  const more = h("button.button", { type: "button", on: { click: () => add(true) } }, "Another wording");
  function add(focus) {
    const at = fields.children.length + 1;
    fields.append(wording(at, focus));
    more.hidden = at >= MOST;
  }
  add(false);
  add(false);
  ask({
    title: `Answer all of ${one.id}`,
    body: h("div", {},
      h("p", {}, `${plural(one.active - one.urgent, "customer")} at most get one of these texts as your reply, each in their own thread. You hold their cases then. What colleagues hold or is urgent is left as it is.`),
      h("p.muted", {}, "Networks suspend accounts that repeat themselves: please write it in several wordings. {handle} becomes the customer's handle. In public, nothing about a person or an order."),
      fields, more),
    action: "Answer all",
    confirm: async (form) => {
      const wordings = form.getAll("wording").filter((text) => text.trim());
      await write(`/api/incidents/${one.id}/answer`, { agent: state.agent, wordings }, key);
      toast(`${one.id}: the answers are on their way.`, "good");
      done();
    },
  });
}

function wording(at, focus) {
  const id = `wording-${at}`;
  const count = h("output.composer__count", { for: id }, "");
  const field = h("textarea", { id, name: "wording", rows: "2", autofocus: focus || at === 1, required: at === 1, on: {
    input: () => {
      count.textContent = `${weightedLength(field.value)} characters`;
    },
  } });
  return h("div", {}, h("label", { for: id }, `Wording ${at}`), field, count);
}

export function askResolveAll(one, done) {
  const key = newKey();
  const reasons = state.facts.resolutions.map((id, at) => h("label.choice", {},
    h("input", { type: "radio", name: "resolution", value: id, required: true, autofocus: at === 0 }), label(id)));
  ask({
    title: `Resolve all of ${one.id}`,
    body: h("fieldset", {}, h("legend", {}, `How did ${plural(one.active - one.urgent, "case")} at most end? What colleagues hold or is urgent is left as it is.`), reasons),
    action: "Resolve all",
    confirm: async (form) => {
      await write(`/api/incidents/${one.id}/resolve`, { agent: state.agent, resolution: form.get("resolution") }, key);
      toast(`${one.id}: its cases are being resolved.`, "good");
      done();
    },
  });
}
