// One intent: new examples, and what can be done with those that are there.

import { ask } from "/static/js/dialogs.js";
import { byId, h } from "/static/js/dom.js";
import { SAVED, author, sayLater } from "./frame.js";
import { feedback } from "./feedback.js";
import { grow, mountEditor } from "./editor.js";
import { saveChange, showProblems } from "./saving.js";
import { markBar } from "./marking.js";

const place = byId("examples");
for (const editor of document.querySelectorAll("[data-editor]")) {
  mountEditor(editor, { saved: ({ label }) => show(`/train/intents/${label}`) });
}

if (place) {
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) ACTS[button.dataset.act](button.closest(".example"));
  });
  place.addEventListener("change", countChosen);
  for (const button of document.querySelectorAll("[data-bulk]")) button.addEventListener("click", () => ({ move, remove })[button.dataset.bulk](...chosen()));
}

const ACTS = { edit, move: (one) => move(one), remove: (one) => remove(one) };
/** Go to an intent, also if that is where one is. */
function show(path) {
  if (path === location.pathname) location.reload();
  else location.href = path;
}

const textOf = (one) => one.dataset.text;
const chosen = () => [...place.querySelectorAll(".example:has(:checked)")];

function countChosen() {
  const count = chosen().length;
  byId("bulk").hidden = count === 0;
  byId("bulk-count").textContent = `${count} chosen`;
}

function edit(one) {
  const { label, kinds } = place.dataset;
  const state = { version: place.dataset.version };
  const body = one.querySelector(".example__body");
  const before = [...body.childNodes];
  const bar = markBar(kinds.split(" ").filter(Boolean));
  const field = h("textarea.line__text", { rows: 1, maxlength: 2000, "aria-label": "The example" });
  const why = h("input", { name: "why", maxlength: 300, autocomplete: "off", placeholder: "For example: a typing mistake" });
  const said = h("div.said", { "aria-live": "polite" });
  const problems = h("div.problems", { role: "alert", tabindex: "-1", hidden: true });
  const row = { field, said };
  let timer = 0;
  const form = h("form.editor", {}, bar.element, field, said, h("label.field", {}, "Why", why), problems,
    h("div.editor__row", {}, h("button.button.button--primary", { type: "submit" }, "Save"), h("button.button", { type: "button", on: { click: back } }, "Cancel")));
  field.value = one.dataset.marked;
  bar.follow(field);
  field.addEventListener("input", () => {
    grow(field);
    clearTimeout(timer);
    timer = setTimeout(() => field.value.trim() !== one.dataset.marked && feedback(row, { label, items: [] }), 300);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") back();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    else if (event.key === "Enter" && event.target === field) event.preventDefault();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problems.hidden = true;
    try {
      await save([{ do: "replace", label, old: textOf(one), new: field.value }], why.value, state);
      location.reload();
    } catch (error) {
      showProblems(problems, error);
    }
  });
  function back() {
    body.replaceChildren(...before);
    one.classList.remove("is-edited");
    one.querySelector('[data-act="edit"]').focus();
  }
  body.replaceChildren(form);
  one.classList.add("is-edited");
  grow(field);
  field.focus();
}

function move(...these) {
  const { label } = place.dataset;
  const state = { version: place.dataset.version };
  const to = h("input", { name: "to", list: "labels", required: true, autocomplete: "off", spellcheck: "false" });
  dialog(`Move ${many(these)}`, "Move", state, [quotes(these), h("label", {}, "To the intent", to)], () => [{ do: "move", label, texts: these.map(textOf), to: to.value.trim() }]);
}

function remove(...these) {
  const { label } = place.dataset;
  const state = { version: place.dataset.version };
  dialog(`Delete ${many(these)}`, "Delete", state, [quotes(these)], () => [{ do: "remove", label, texts: these.map(textOf) }]);
}

function dialog(title, action, state, body, edits) {
  const why = h("input", { name: "why", required: true, maxlength: 300, autocomplete: "off" });
  author().then(() => ask({
    title,
    action,
    body: [body, h("label", {}, "Why", why)].flat(),
    confirm: async () => {
      await save(edits(), why.value, state);
      location.reload();
    },
  }));
}

async function save(edits, why, state) {
  const done = await saveChange(state, { why, edits });
  sayLater(SAVED);
  return done;
}

const many = (these) => (these.length === 1 ? "this example" : `${these.length} examples`);

function quotes(these) {
  const shown = these.slice(0, 4).map((one) => h("li.text", {}, textOf(one)));
  const more = these.length > 4 && h("li.muted", {}, `and ${these.length - 4} more`);
  return h("ul.quotes", {}, shown, more);
}
