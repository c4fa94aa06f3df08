// What the bot made of one message, step by step.

import { byId, empty, h, icon, keep } from "./dom.js";
import { label, OUTCOMES, percent } from "./words.js";
import { on, set, state } from "./state.js";
import { moment } from "./time.js";
import { delivery } from "./transcript.js";

export function startTrace() {
  on("customer message", render);
}

function render() {
  const messages = state.customer?.messages ?? [];
  const at = position(messages);
  const shown = at < 0 ? [{ id: "none" }] : [
    { id: "pick", at, of: messages.length, who: state.account, latest: messages.at(-1).id },
    ...steps(messages[at]).map((step) => ({ ...step, of: messages[at].id })),
  ];
  keep(byId("steps"), shown, (one) => one.id, (one) => {
    if (one.id === "none") {
      return empty("Nothing read yet", `As soon as @${state.account} writes, each step shows here: what came in, how the model read it, what was decided and why, and what was said.`);
    }
    return one.id === "pick" ? picker(one, messages) : step(one);
  });
}

function position(messages) {
  if (!state.message) return messages.length - 1;
  const found = messages.findIndex((message) => message.id === state.message);
  return found < 0 ? messages.length - 1 : found;
}

function picker({ at, of }, messages) {
  const go = (to) => set({ message: to === messages.length - 1 ? null : messages[to].id });
  const turn = (name, text, to) => h("button.button.button--quiet", {
    type: "button", "aria-label": text, "data-focus": name, disabled: to < 0 || to >= of, on: { click: () => go(to) },
  }, icon(name));
  return h("div.picker", {}, turn("back", "Earlier message", at - 1),
    h("span", {}, `Message ${at + 1} of ${of} by @${state.account}`), turn("next", "Later message", at + 1));
}

/** The five steps as data; `state` is done, wait or skip. */
function steps(message) {
  const done = message.outcome && message.outcome !== "pending";
  const read = Boolean(message.reading);
  const spoke = message.said.length > 0;
  return [
    { id: "received", title: "Received", state: "done", message },
    { id: "read", title: "Read", state: read ? "done" : done || !message.outcome ? "skip" : "wait", message },
    { id: "decided", title: "Decided", state: done ? "done" : message.outcome ? "wait" : "skip", message },
    { id: "said", title: "Said", state: spoke ? "done" : done || !message.outcome ? "skip" : "wait", message },
    { id: "case", title: "Case", state: message.case ? "done" : done || !message.outcome ? "skip" : "wait", message },
  ];
}

const BODIES = { received, read, decided, said, case: caseOf };

function step(one) {
  return h("section.step", { "data-state": one.state, "aria-label": one.title },
    h("h3", {}, one.title), BODIES[one.id](one.message, one.state));
}

const quiet = (text) => h("p.muted", {}, text);

function received(message) {
  const open = message.visibility === "public";
  const pieces = message.marked ?? [{ text: message.text }];
  return [
    h("p.quote.text", {}, pieces.map((piece) => (piece.kind
      ? h("mark", { title: label(piece.kind) }, piece.text, h("span.mark__kind", {}, label(piece.kind))) : piece.text))),
    h("p.facts", {}, h("span", {}, icon(open ? "globe" : "lock"), open ? "public" : "direct message"), moment(message.at),
      !message.outcome && h("span", {}, "not addressed to the brand, so the bot does not see it")),
  ];
}

function read(message, now) {
  if (now === "wait") return quiet("Waiting a moment, in case more is being typed…");
  if (now === "skip") return quiet(message.outcome === "coalesced" ? "Read together with the later message." : "Not read.");
  const { top, further, alternatives, entities, signals } = message.reading;
  return [
    h("div.bars", {}, bar(top, "top"), further.map((one) => bar(one, "top")), alternatives.map((one) => bar(one, ""))),
    entities.length > 0 && h("p.facts", {}, entities.map((e) => h("span.tag", {}, h("small", {}, label(e.kind)), " ", e.value))),
    h("p.facts", {}, signalsOf(signals).map(([text, kind]) => h("span.tag", { "data-kind": kind }, text))),
  ];
}

function bar({ label: name, confidence }, kind) {
  const fill = h("span.bar__fill");
  fill.style.setProperty("--share", confidence);
  return h("div.bar", { "data-kind": kind },
    h("span.bar__name", {}, name), h("span.bar__value", {}, percent(confidence)), h("span.bar__track", { "aria-hidden": "true" }, fill));
}

function signalsOf(signals) {
  return [
    [`needs a reply ${percent(signals.needs_reply)}`, ""],
    [`known words ${percent(signals.known_words)}`, signals.known_words < state.facts.thresholds.known_words ? "warn" : ""],
    [signals.language === "und" ? "too short to tell the language" : `language ${signals.language}`, ""],
    ...signals.signs.map((sign) => [`${sign.kind} ${percent(sign.score)}, by ${sign.cue}`, sign.score >= 0.5 && sign.kind !== "pleasure" ? "warn" : ""]),
    signals.personal_data.length > 0 && [`personal data: ${signals.personal_data.map(label).join(", ")}`, "warn"],
  ].filter(Boolean);
}

function decided(message, now) {
  if (now === "wait") return quiet("…");
  if (now === "skip") return quiet("Nothing to decide.");
  return [
    h("p", {}, h("span.outcome", { "data-outcome": message.outcome }, OUTCOMES[message.outcome]), " ", message.reason_says),
    message.withheld_says && h("p.facts", {}, h("span.tag", { "data-kind": "warn" }, `kept silent: ${message.withheld_says}`)),
  ];
}

function said(message, now) {
  if (now !== "done") return quiet(now === "wait" ? "…" : "Nothing.");
  return message.said.map((record) => h("div.said", { "data-author": record.author },
    h("p.text", {}, record.text),
    h("p.facts", {}, h("span", {}, icon(record.author === "bot" ? "bot" : "person"), record.agent ?? "bot"), delivery(record), moment(record.at))));
}

function caseOf(message, now) {
  if (now !== "done") return quiet(now === "wait" ? "…" : "No case was needed.");
  const open = () => {
    set({ opened: message.case });
    document.body.dataset.column = "desk";
  };
  return h("p", {}, h("button.link", { type: "button", "data-focus": "open-case", on: { click: open } }, `${message.case} on the desk`));
}
