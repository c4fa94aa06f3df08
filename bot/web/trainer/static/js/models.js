// Models: train and watch, promote, roll back.

import { Refusal, newKey, patient, read, write } from "/static/js/api.js";
import { ask, tell } from "/static/js/dialogs.js";
import { byId, h } from "/static/js/dom.js";
import { author } from "./frame.js";
import { showProblems } from "./saving.js";

const LOOK_EVERY_MS = 700;
const place = byId("training");
const form = byId("train");

if (place) {
  const known = JSON.parse(place.dataset.training);
  if (known?.runs) watch(known);
  else if (known && known.code !== 0 && !("judged" in place.dataset)) show(known);
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("problems").hidden = true;
  try {
    await author();
    const { begun, training } = await write("/api/train/training", { why: form.elements.why.value });
    if (!begun) byId("problems").replaceChildren(`${training.by} trains already: ${training.why}`);
    byId("problems").hidden = begun;
    watch(training);
  } catch (error) {
    showProblems(byId("problems"), error);
  }
});

async function watch(training) {
  let now = training;
  for (const field of form?.elements ?? []) field.disabled = true;
  show(now);
  while (now.runs) {
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    try {
      now = (await read("/api/train/training")).training;
      show(now);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error; // it is asked again
    }
  }
  location.reload(); // what the gate says stands there then
}

function show(training) {
  const end = training.ended_at ? new Date(training.ended_at) : new Date();
  const seconds = Math.max(0, Math.round((end - new Date(training.began_at)) / 1000));
  const title = training.runs ? `Training for ${seconds} s` : training.code === 0 ? `Done after ${seconds} s` : `Ended after ${seconds} s without a model`;
  place.hidden = false;
  place.replaceChildren(
    h("p.training__title", {}, training.runs && h("span.spinner", { "aria-hidden": "true" }), h("b", {}, title), h("span.muted", {}, ` by ${training.by}: ${training.why}`)),
    h("ol.training__lines", { "aria-label": "What it says" }, training.lines.slice(-12).map((line) => h("li", {}, line))));
}

byId("promote")?.addEventListener("click", (event) => {
  const { name, why, unseen } = event.currentTarget.dataset;
  const says = h("p", {}, "All workers read with it from then on, without a pause. You can roll back at any time.");
  const fields = { name, without_report: unseen !== undefined };
  goLive(`Promote ${name}`, unseen === undefined ? [says] : [...unseenSays(), says], "Promote", "/api/train/promote", fields, why);
});
byId("roll-back")?.addEventListener("click", (event) => {
  const { to } = event.currentTarget.dataset;
  const says = h("p", {}, `All workers read with ${to} again. The data stay as they are.`);
  goLive("Roll back", [says], "Roll back", "/api/train/roll-back", { to }, "");
});

function unseenSays() {
  return [
    h("p", {}, "Nobody has compared it with the live model: what it reads worse will be seen by customers first. Who let it go live, and why, stays in the list."),
    h("label.choice", {}, h("input", { type: "checkbox", required: true }), "Let it go live without a report"),
  ];
}

async function goLive(title, says, action, path, fields, suggested) {
  await author();
  const why = h("input", { name: "why", required: true, maxlength: 300, autocomplete: "off", value: suggested });
  ask({
    title,
    action,
    body: [...says, h("label", {}, "Why", why)],
    confirm: async () => {
      const done = await write(path, { ...fields, why: why.value }, newKey(), patient()); // twice is harmless
      tell(`${done.name} is live`, [h("p", {}, done.says), done.problems.length ? h("ul", {}, done.problems.map((one) => h("li", {}, one))) : ""]);
      document.querySelector("dialog:last-of-type").addEventListener("close", () => { location.href = "/train/models"; });
    },
  });
}
