// Questions to the person at the page, as native dialogs: focus and Escape come with them.

import { Refusal } from "./api.js";
import { byId, h } from "./dom.js";

/**
 * Ask with a form. `confirm(fields)` runs on submit; what it refuses is shown in the
 * dialog, which then stays open with everything that was chosen.
 */
export function ask({ title, body, action, confirm }) {
  const problem = h("p.problems", { role: "alert", hidden: true });
  const submit = h("button.button.button--primary", { type: "submit" }, action);
  const form = h("form", { method: "dialog" }, h("h2", {}, title), body, problem,
    h("div.dialog__row", {},
      h("button.button", { type: "button", on: { click: () => dialog.close() } }, "Cancel"), submit));
  const dialog = h("dialog.dialog", { "aria-label": title }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await confirm(new FormData(form));
      dialog.close();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problem.textContent = [error.message, ...error.problems].join(" ");
      problem.hidden = false;
    } finally {
      submit.disabled = false;
    }
  });
  open(dialog);
}

export function tell(title, body) {
  const dialog = h("dialog.dialog", { "aria-label": title },
    h("form", { method: "dialog" }, h("h2", {}, title), body,
      h("div.dialog__row", {}, h("button.button.button--primary", {}, "Close"))));
  open(dialog);
}

function open(dialog) {
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

/** Say something that needs no answer. */
export function toast(text, kind = "") {
  const element = h("p.toast", { "data-kind": kind }, text);
  byId("toasts").append(element);
  setTimeout(() => element.remove(), 6000);
}
