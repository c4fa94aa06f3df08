// A field to write in: counts, keeps drafts, sends with Ctrl+Enter, shows refusals in place.

import { newKey, Refusal } from "./api.js";
import { h } from "./dom.js";
import { weightedLength } from "./length.js";
import { recall, remember } from "./memory.js";

const NEAR = 20; // characters left, from which the count is worth a look

/**
 * Make a composer. `send(text, key)` does the sending; what it refuses is shown and the
 * text stays. Change what it writes to with `aim({draft, label, placeholder, limit, …})`.
 */
export function composer({ id, send, above = [] }) {
  let target = { draft: "", limit: 280, prefill: "" };
  let key = newKey();
  let sending = false;

  const label = h("label.composer__label", { for: id });
  const field = h("textarea", { id, rows: "2", "aria-describedby": `${id}-problems ${id}-hint` });
  const count = h("output.composer__count", { for: id });
  const problems = h("div.problems", { id: `${id}-problems`, role: "alert", hidden: true });
  const hint = h("p.composer__hint", { id: `${id}-hint` });
  const button = h("button.button.button--primary", { type: "submit", "aria-keyshortcuts": "Control+Enter" }, "Send");
  const form = h("form.composer", {}, ...above, label, field, problems,
    h("div.composer__row", {}, hint, count, button));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  });
  field.addEventListener("input", () => {
    key = newKey(); // another text is another write
    remember(`draft:${target.draft}`, field.value === target.prefill ? "" : field.value);
    measure();
  });

  function measure() {
    const length = weightedLength(field.value);
    count.textContent = `${length} / ${target.limit.toLocaleString()}`;
    count.dataset.state = length > target.limit ? "over" : target.limit - length <= NEAR ? "near" : "";
    const unsent = !field.value.trim() || field.value.trim() === target.prefill.trim();
    button.disabled = sending || Boolean(target.blocked) || unsent;
  }

  async function submit() {
    if (button.disabled) return;
    const aimed = target;
    const text = field.value;
    say(null);
    sending = true;
    measure();
    try {
      await send(text, key);
      remember(`draft:${aimed.draft}`, "");
      key = newKey();
      if (target.draft === aimed.draft && field.value === text) field.value = aimed.prefill;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (target.draft === aimed.draft) say(error);
    } finally {
      sending = false;
      measure();
    }
  }

  function say(refusal) {
    problems.hidden = !refusal;
    problems.replaceChildren();
    if (!refusal) return;
    problems.append(h("p", {}, refusal.message));
    if (refusal.problems?.length) {
      problems.append(h("ul", {}, refusal.problems.map((one) => h("li", {}, one))));
    }
  }

  /** Write to something else; each target has its own draft. */
  function aim(next) {
    const moved = next.draft !== target.draft;
    target = { prefill: "", hint: "", action: "Send", ...next };
    label.textContent = target.label;
    hint.textContent = target.blocked || target.hint;
    hint.dataset.state = target.blocked ? "blocked" : target.warning ? "warning" : "";
    field.placeholder = target.placeholder ?? "";
    button.textContent = target.action;
    form.dataset.kind = target.kind ?? "";
    if (moved) {
      field.value = recall(`draft:${target.draft}`) || target.prefill;
      say(null);
      key = newKey();
    }
    measure();
  }

  /** Put `text` in, as if it had been typed. */
  function fill(text) {
    field.value = text;
    field.dispatchEvent(new Event("input"));
    focus();
  }

  function focus() {
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  return { element: form, aim, fill, focus, field };
}
