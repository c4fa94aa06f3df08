// What every section has: who is working here, and what is not to be lost.

import { write } from "/static/js/api.js";
import { ask, toast } from "/static/js/dialogs.js";
import { byId, h } from "/static/js/dom.js";

/** What is said after a change was written. */
export const SAVED = "Saved. The bot knows it once a model is trained: see Models.";

const button = byId("author");

/** Give the trainer's name; ask for it if this browser does not know it yet. */
export function author() {
  const known = button.dataset.author;
  return known ? Promise.resolve(known) : askName();
}

function askName() {
  return new Promise((done) => {
    const field = h("input", { name: "name", value: button.dataset.author, maxlength: 60, required: true, autocomplete: "name" });
    ask({
      title: "Who are you?",
      body: h("label", {}, "Your name", field, h("p.muted", {}, "It stands beside every change that you make. This browser remembers it.")),
      action: "That is me",
      confirm: async (form) => {
        const { name } = await write("/api/train/author", { name: form.get("name") });
        button.dataset.author = name;
        button.textContent = name;
        done(name);
      },
    });
    field.select();
  });
}

button.addEventListener("click", askName);

const LATER = "firstline:said-later";

/** Say something on the page that comes next. */
export function sayLater(text) {
  try {
    sessionStorage.setItem(LATER, text);
  } catch {
    // storage is switched off: nothing is said
  }
}

try {
  const text = sessionStorage.getItem(LATER);
  if (text) toast(text);
  sessionStorage.removeItem(LATER);
} catch {
  // as above
}
