// Quiet mode: what the bot is told to be silent about, and the switch for it.

import { read, refresher, Refusal, write } from "./api.js";
import { ask, toast } from "./dialogs.js";
import { byId, h } from "./dom.js";
import { nameOf } from "./desk.js";
import { state } from "./state.js";

const LOOK_EVERY_MS = 10_000; // others may pause the bot too
const EVERYTHING = "everything";

let quiet = { by_policy: false, pauses: [] };

export function startQuiet() {
  refreshQuiet();
  setInterval(refreshQuiet, LOOK_EVERY_MS);
}

export const refreshQuiet = refresher(async () => {
  quiet = await read("/api/quiet");
  render();
});

function render() {
  const pauses = quiet.pauses.map((one) => h("button.button.button--quiet", {
    type: "button", title: `Paused by ${nameOf(one.by)}`, on: { click: () => change("resume", one.scope) },
  }, one.scope === EVERYTHING ? "Bot paused: resume" : `${one.scope} paused: resume`));
  const all = quiet.by_policy || quiet.pauses.some((one) => one.scope === EVERYTHING);
  const said = quiet.by_policy && h("span.tag", { "data-kind": "warn" }, "quiet by policy");
  const pause = !all && h("button.button.button--quiet", { type: "button", on: { click: askScope } }, "Pause the bot…");
  byId("quiet").replaceChildren(...[said, ...pauses, pause].filter(Boolean));
}

async function change(what, scope) {
  try {
    quiet = await write(`/api/quiet/${what}`, { scope, agent: state.agent });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, "problem");
  }
  render();
}

function askScope() {
  const option = (id, text = id) => h("option", { value: id }, text);
  ask({
    title: "Pause the bot",
    body: h("div", {}, h("label", { for: "scope" }, "What it says nothing about"),
      h("select", { id: "scope", name: "scope", autofocus: true }, option(EVERYTHING, "everything"), state.facts.labels.map((id) => option(id))),
      h("small.muted", {}, "What is not sent yet is held back too, and people get its messages. People can always write.")),
    action: "Pause",
    confirm: async (fields) => {
      quiet = await write("/api/quiet/pause", { scope: fields.get("scope"), agent: state.agent });
      render();
    },
  });
}
