// One answer: both variants side by side, measured and checked while one types.

import { Refusal, write } from "/static/js/api.js";
import { toast } from "/static/js/dialogs.js";
import { byId, h } from "/static/js/dom.js";
import { recall, remember } from "/static/js/memory.js";
import { sayLater } from "./frame.js";
import { grow } from "./editor.js";
import { saveChange, showProblems } from "./saving.js";

const TYPING_MS = 300;
const form = byId("answer");
const { name, limit, handle } = form.dataset;
const state = { version: form.dataset.version };
const draftName = `train:answer:${name}`;
const why = form.elements.why;
let timer = 0;
let asked = 0;

const columns = [...form.querySelectorAll("[data-visibility]")];
const fieldsOf = (column) => [...column.querySelectorAll("textarea")];
const variants = () => columns.flatMap((column) => fieldsOf(column).map((field) => ({ visibility: column.dataset.visibility, text: field.value.trim(), field })).filter((one) => one.text));
const plain = () => variants().map(({ visibility, text }) => ({ visibility, text }));
const saved = JSON.stringify(plain());

function dress(field) {
  const count = h("span.composer__count");
  field.after(h("div.wording__row", {}, count, h("button.link", { type: "button", on: { click: () => drop(field) } }, "Remove")));
  field.count = count;
  field.addEventListener("input", () => { grow(field); changed(); });
  grow(field);
}

function drop(field) {
  field.closest("li").remove();
  changed();
}

function more(column, text = "") {
  const title = column.querySelector("legend").textContent;
  const field = h("textarea", { rows: 3, "aria-label": `${title}, wording ${fieldsOf(column).length + 1}` });
  field.value = text;
  column.querySelector(".lines").append(h("li", {}, field));
  dress(field);
  return field;
}

function changed() {
  const now = JSON.stringify(plain());
  remember(draftName, now === saved ? "" : now);
  preview();
  clearTimeout(timer);
  timer = setTimeout(check, TYPING_MS);
}

async function check() {
  const mine = (asked += 1);
  const looked = variants();
  try {
    const { lengths, findings } = await write("/api/train/wordings", { name, variants: plain() });
    if (mine !== asked) return;
    for (const field of form.querySelectorAll("textarea")) field.count.textContent = "";
    looked.forEach(({ field, visibility }, at) => measure(field, visibility, lengths[at]));
    byId("findings").replaceChildren(...findings.map((one) => h("p.said__finding", { "data-kind": one.blocks ? "bad" : "warn" }, h("b", {}, one.blocks ? "Not like this: " : "Mind: "), one.says)));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    byId("findings").replaceChildren(h("p.said__wait", {}, error.message));
  }
}

function measure(field, visibility, length) {
  const inPublic = visibility === "public";
  field.count.textContent = inPublic ? `${length} of ${limit}` : `${length} characters`;
  field.count.dataset.state = inPublic && length > limit ? "over" : inPublic && length > limit * 0.9 ? "near" : "";
  field.setAttribute("aria-invalid", String(inPublic && length > limit));
}

function preview() {
  byId("preview").replaceChildren(...columns.map((column) => h("div.preview__side", {}, h("p.muted", {}, column.querySelector("legend").textContent),
    ...(variants().filter((one) => one.visibility === column.dataset.visibility).map((one) => bubble(one)))
      .concat(variants().some((one) => one.visibility === column.dataset.visibility) ? [] : [h("p.muted", {}, "Nothing is said here.")]))));
}

function bubble({ text, visibility }) {
  const pieces = text.split(/(\{\w+\})/u).map((piece, at) => (at % 2 ? h("span.mask", {}, piece.slice(1, -1).replaceAll("_", " ")) : piece));
  return visibility === "public"
    ? h("article.said-public", {}, h("p", {}, h("b", {}, `@${handle}`)), h("p.text", {}, h("span.muted", {}, "@customer "), pieces))
    : h("p.bubble-private.text", {}, pieces);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problems = byId("problems");
  problems.hidden = true;
  try {
    await saveChange(state, { why: why.value, edits: [{ do: "answer", name, variants: plain() }] });
    remember(draftName, "");
    sayLater("Saved. The bot says it from now on.");
    location.href = "/train/answers";
  } catch (error) {
    showProblems(problems, error);
  }
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit();
});
for (const button of form.querySelectorAll("[data-more]")) button.addEventListener("click", () => more(button.closest("fieldset")).focus());

const draft = JSON.parse(recall(draftName, "null"));
for (const field of form.querySelectorAll("textarea")) dress(field);
if (draft) {
  for (const column of columns) {
    column.querySelector(".lines").replaceChildren();
    for (const one of draft.filter((each) => each.visibility === column.dataset.visibility)) more(column, one.text);
  }
  toast("This is what you wrote here last and did not save.");
}
for (const column of columns) if (!fieldsOf(column).length) more(column);
preview();
check();
