// Saving a change: asked for once, written once, and told in words if it was not.

import { Refusal, newKey, patient, write } from "/static/js/api.js";
import { h } from "/static/js/dom.js";
import { author } from "./frame.js";

/**
 * Write a change made at `state.version`. Where no answer came, the same change has the
 * same key when it is tried again: it may be written already.
 */
export async function saveChange(state, fields) {
  await author();
  const said = JSON.stringify(fields);
  if (state.said !== said) Object.assign(state, { said, key: newKey() });
  try {
    return await write("/api/train/changes", { version: state.version, ...fields }, state.key, patient());
  } catch (error) {
    if (error.status) state.said = "";
    if (error.code === "conflict") state.version = error.answer.version; // the next try is made on what is there now
    throw error;
  }
}

/** Say why nothing was saved. */
export function showProblems(place, error) {
  if (!(error instanceof Refusal)) throw error;
  place.replaceChildren(h("p", {}, error.message), error.problems.length ? h("ul", {}, error.problems.map((one) => h("li", {}, one))) : "",
    error.code === "conflict" ? h("p", {}, h("a", { href: location.href, target: "_blank" }, "Open how it is now beside this")) : "");
  place.hidden = false;
  place.focus();
}
