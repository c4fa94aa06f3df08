// Shortcuts, off while one is typing.

import { claim, close, focusReply } from "./case.js";
import { newPost } from "./customer.js";
import { move } from "./desk.js";
import { tell } from "./dialogs.js";
import { byId, h } from "./dom.js";
import { state } from "./state.js";

const KEYS = {
  n: ["Write a new public post", () => showColumn("customer", newPost)],
  j: ["Next case", () => showColumn("desk", () => move(1))],
  k: ["Case before", () => showColumn("desk", () => move(-1))],
  c: ["Claim the opened case", () => claim()],
  r: ["Reply in the opened case", () => state.opened && showColumn("desk", focusReply)],
  1: ["Go to the customer", () => showColumn("customer", () => byId("who").focus())],
  2: ["Go to what the bot made of it", () => showColumn("trace", () => byId("steps").focus())],
  3: ["Go to the desk", () => showColumn("desk", () => byId("agent").focus())],
  "?": ["This help", help],
};

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      escape(event);
      return;
    }
    if (event.target.closest("input, textarea, select") || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key][1]();
  });
  byId("help").addEventListener("click", help);
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => showColumn(button.dataset.show));
  }
  new MutationObserver(markColumn).observe(document.body, { attributeFilter: ["data-column"] });
}

/** First leave the field, then the case. */
function escape(event) {
  if (event.target.closest("input, textarea, select")) event.target.blur();
  else if (state.opened) close();
}

export function showColumn(name, then = () => {}) {
  document.body.dataset.column = name;
  then();
}

function markColumn() {
  for (const button of document.querySelectorAll("[data-show]")) {
    if (button.dataset.show === document.body.dataset.column) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function help() {
  const rows = [...Object.entries(KEYS).map(([key, [text]]) => [key, text]),
    ["Enter", "Open the chosen case"], ["Ctrl Enter", "Send what is written"], ["Esc", "Leave the field, then the case"]];
  tell("Keys", h("dl.keys", {}, rows.map(([key, text]) => [h("dt", {}, key.split(" ").map((one) => h("kbd", {}, one))), h("dd", {}, text)])));
}
