// Writing examples: a field each, what is said to each while one types, one change at the end.

import { byId, h } from "/static/js/dom.js";
import { recall, remember } from "/static/js/memory.js";
import { SAVED, sayLater } from "./frame.js";
import { markBar } from "./marking.js";
import { feedback } from "./feedback.js";
import { saveChange, showProblems } from "./saving.js";

const TYPING_MS = 300;

/**
 * Put an editor into `place`, whose data say for what: data-label (fixed), data-new (a
 * label to be created, may be empty), data-choose (any label), data-items (of the queue),
 * data-seen (what changes with their words).
 */
export function mountEditor(place, { saved = () => location.reload() } = {}) {
  const { version, label, items, seen, kinds, choose, why, use } = place.dataset;
  const draftName = `train:${location.pathname}:${items ?? ""}`;
  const draft = JSON.parse(recall(draftName, "null")) ?? {};
  const state = { version };
  const creating = "new" in place.dataset;
  const marks = markBar((kinds ?? "").split(" ").filter(Boolean));

  const name = h("input", { id: `${place.id || "editor"}-label`, name: "label", list: "labels", autocomplete: "off", spellcheck: "false", placeholder: "Find an intent, or name a new one",
    value: draft.label ?? (creating ? place.dataset.new : choose) ?? "" });
  const nameHint = h("p.hint", { role: "status" });
  const lines = h("ol.lines");
  const reason = h("input", { name: "why", maxlength: 300, autocomplete: "off", value: draft.why ?? why ?? "", placeholder: "For example: people ask like this since the price change" });
  const consent = use === "with_consent" && h("input", { type: "checkbox", name: "consented" });
  const problems = h("div.problems", { role: "alert", tabindex: "-1", hidden: true });
  const save = h("button.button.button--primary", { type: "submit" }, "Save");
  const publicText = h("textarea", { name: "public", rows: 3 });
  const privateText = h("textarea", { name: "private", rows: 3 });
  const answer = h("fieldset.answer-new", { hidden: true }, h("legend", {}, "Its answer"),
    h("label", {}, "In public", publicText), h("label", {}, "In a direct message", privateText));
  publicText.value = draft.public ?? "";
  privateText.value = draft.private ?? "";
  const form = h("form.editor", { novalidate: true },
    label === undefined && h("div.field", {}, h("label", { for: name.id }, "Intent"), name, nameHint),
    answer,
    h("div.field", {}, h("p.field__name", { id: "lines-name" }, "Examples, each as a customer would write it"), marks.element, lines,
      h("button.link", { type: "button", on: { click: () => addLine("").field.focus() } }, "Another example")),
    consent && h("label.choice", {}, consent, "The customer agreed that their words are used"),
    h("label.field", {}, "Why", reason),
    problems,
    h("div.editor__row", {}, save, h("span.muted", {}, h("kbd", {}, "Ctrl"), " ", h("kbd", {}, "Enter"))));
  lines.setAttribute("aria-labelledby", "lines-name");

  const rows = new Set();
  const chosen = () => (label ?? name.value).trim();
  const known = () => [...(byId("labels")?.options ?? [])].some((one) => one.value === chosen());

  function addLine(text, after) {
    const field = h("textarea.line__text", { rows: 1, maxlength: 2000, "aria-label": `Example ${rows.size + 1}`, placeholder: "Write as people do on their phones" });
    const said = h("div.said", { "aria-live": "polite" });
    const drop = h("button.link.line__drop", { type: "button", "aria-label": "Remove this example", on: { click: () => removeLine(row) } }, "Remove");
    const row = { field, said, node: h("li.line", {}, h("div.line__row", {}, field, drop), said), blocked: false };
    field.value = text;
    field.addEventListener("input", () => { grow(field); keepDraft(); look(row); });
    field.addEventListener("paste", (event) => pasteLines(event, row));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.isComposing) {
        event.preventDefault();
        addLine("", row).field.focus();
      } else if (event.key === "Backspace" && !field.value && rows.size > 1) {
        event.preventDefault();
        (row.node.previousElementSibling ?? row.node.nextElementSibling)?.querySelector("textarea").focus();
        removeLine(row);
      }
    });
    marks.follow(field);
    rows.add(row);
    if (after) after.node.after(row.node);
    else lines.append(row.node);
    grow(field);
    if (text) look(row);
    return row;
  }

  /** Put a text where nothing is written yet, as if it were typed. */
  function put(text) {
    const row = [...rows].find((one) => !one.field.value.trim()) ?? addLine("");
    row.field.value = text;
    row.field.dispatchEvent(new Event("input", { bubbles: true }));
    row.field.focus();
  }

  function removeLine(row) {
    if (rows.size === 1) {
      row.field.value = "";
      row.said.replaceChildren();
      row.field.focus();
    } else {
      rows.delete(row);
      row.node.remove();
    }
    keepDraft();
  }

  function pasteLines(event, row) {
    const pasted = event.clipboardData.getData("text").split(/\r?\n/).map((one) => one.replace(/^\s*[-•*]\s+/, "").trim()).filter(Boolean);
    if (pasted.length < 2) return;
    event.preventDefault();
    let last = row;
    const rest = row.field.value ? pasted : pasted.slice(1);
    if (!row.field.value) row.field.value = pasted[0];
    grow(row.field);
    look(row);
    for (const text of rest) last = addLine(text, last);
    last.field.focus();
    keepDraft();
  }

  function look(row) {
    clearTimeout(row.timer);
    row.timer = setTimeout(() => feedback(row, { label: chosen(), items: idsOf(items), consented: Boolean(consent?.checked) }), TYPING_MS);
  }

  const lookAtAll = () => rows.forEach((row) => row.field.value.trim() && look(row));

  function keepDraft() {
    const texts = textsOf();
    const kept = { texts, label: label === undefined ? name.value : undefined, why: reason.value, public: publicText.value, private: privateText.value };
    const worth = texts.length || publicText.value || privateText.value;
    remember(draftName, worth ? JSON.stringify(kept) : "");
  }

  const textsOf = () => [...lines.children].map((node) => node.querySelector("textarea").value.trim()).filter(Boolean);

  function showName() {
    if (label !== undefined) return;
    const fresh = chosen() && !known();
    nameHint.textContent = !chosen() ? "" : known() ? "This intent exists." : "This is a new intent.";
    nameHint.dataset.kind = fresh ? "new" : "";
    answer.hidden = !(fresh && chosen().startsWith("faq/"));
    lookAtAll();
    keepDraft();
  }

  function edit() {
    const texts = textsOf();
    if (label !== undefined || known()) return { do: "add", label: chosen(), texts };
    return { do: "create", label: chosen(), texts, answer: answer.hidden ? [] : [{ visibility: "public", text: publicText.value }, { visibility: "private", text: privateText.value }] };
  }

  async function submit(event) {
    event.preventDefault();
    if (save.disabled) return;
    if (!chosen()) {
      nameHint.textContent = "Choose the intent first.";
      name.focus();
      return;
    }
    save.disabled = true;
    problems.hidden = true;
    try {
      const done = await saveChange(state, { why: reason.value, items: idsOf(items), seen, consented: Boolean(consent?.checked), edits: [edit()] });
      remember(draftName, "");
      sayLater(done.merged ? `Beside what somebody else changed meanwhile: ${SAVED}` : SAVED);
      saved({ label: chosen(), ...done });
    } catch (error) {
      showProblems(problems, error);
    } finally {
      save.disabled = false;
    }
  }

  name.addEventListener("input", showName);
  reason.addEventListener("input", keepDraft);
  publicText.addEventListener("input", keepDraft);
  privateText.addEventListener("input", keepDraft);
  consent?.addEventListener?.("change", lookAtAll);
  form.addEventListener("submit", submit);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  (draft.texts?.length ? draft.texts : [""]).forEach((text) => addLine(text));
  place.replaceChildren(form);
  rows.forEach((row) => grow(row.field));
  showName();
  return { put, focus: () => (label === undefined && !name.value ? name : lines.querySelector("textarea")).focus() };
}

export const idsOf = (items) => (items ?? "").split(" ").filter(Boolean);

export function grow(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}
