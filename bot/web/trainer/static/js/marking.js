// Marking entities: select a piece of an example, choose what it is.

import { h } from "/static/js/dom.js";

/** A row of buttons that acts on the field in which text was selected last. */
export function markBar(kinds) {
  let field = null;
  const hint = h("span.muted", {}, "Select a part of an example to say what it is:");
  const buttons = kinds.map((kind) => h("button.chip", { type: "button", "data-kind": kind, disabled: true, on: { click: () => mark(kind), mousedown: (event) => event.preventDefault() } }, kind.replaceAll("_", " ")));
  const element = h("div.marks", { role: "toolbar", "aria-label": "Mark what is selected", hidden: kinds.length === 0 }, hint, buttons);

  function mark(kind) {
    const { selectionStart: from, selectionEnd: to, value } = field;
    const [start, end] = trimmed(value, from, to);
    const [unmarked, at, until] = withoutMarks(value, start, end);
    const piece = unmarked.slice(at, until);
    field.value = `${unmarked.slice(0, at)}[${piece}](${kind})${unmarked.slice(until)}`;
    field.focus();
    field.setSelectionRange(at, at + piece.length + kind.length + 4);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function look() {
    const chosen = field && field.selectionEnd > field.selectionStart && field.value.slice(field.selectionStart, field.selectionEnd).trim();
    for (const button of buttons) button.disabled = !chosen;
  }

  return {
    element,
    follow(other) {
      for (const event of ["select", "keyup", "mouseup", "focus"]) {
        other.addEventListener(event, () => { field = other; look(); });
      }
    },
  };
}

function trimmed(value, from, to) {
  const piece = value.slice(from, to);
  return [from + (piece.length - piece.trimStart().length), to - (piece.length - piece.trimEnd().length)];
}

/** Take away the marks that the selection touches; give the text and the selection in it. */
function withoutMarks(value, from, to) {
  let text = value;
  let [start, end] = [from, to];
  for (const found of [...value.matchAll(/\[([^[\]]+)\](\([^()]+\)|\{[^{}]*\})/gu)].reverse()) {
    const [first, last] = [found.index, found.index + found[0].length];
    if (last <= start || first >= end) continue;
    text = text.slice(0, first) + found[1] + text.slice(last);
    start = Math.min(Math.max(start <= first ? start : start - 1, Math.min(start, first)), first + found[1].length);
    end = end >= last ? end - (found[0].length - found[1].length) : Math.min(end - 1, first + found[1].length);
  }
  return [text, start, Math.max(start, end)];
}
