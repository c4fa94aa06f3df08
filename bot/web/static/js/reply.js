// Writing from the desk: to the customer, in one of their threads, or to colleagues only.

import { Refusal, write } from "./api.js";
import { composer } from "./composer.js";
import { nameOf } from "./desk.js";
import { h, icon, keep } from "./dom.js";
import { state } from "./state.js";

const PAUSE_MS = 400; // of the keyboard, before it is asked when the text would go out
const LIMIT = { public: 280, private: 10000, note: 5000 };

/** Whether the agent at this desk holds the case. */
export const canReply = (one) => one.status !== "resolved" && one.assignee === state.agent;

/** Make the desk's composer; `act(name, fields, key)` carries out what is written. */
export function startReply(act) {
  let shown = null;
  let place = null; // "note", or the id of a thread
  let chosenFor = null; // the case for which `place` was chosen

  const places = h("div.segments.places", { role: "group", "aria-label": "Where to write" });
  const field = composer({
    id: "desk-text",
    above: [places],
    send,
  });
  const begun = new Map(); // draft -> what the customer had written when it was begun
  field.field.addEventListener("input", () => {
    if (!field.field.value) begun.delete(draft());
    else if (!begun.has(draft())) begun.set(draft(), shown.seen);
    render();
    askWhen();
  });
  let told = { draft: "", wait: "" }; // when the text would go out, if not at once
  let asking = null;

  /** Ask how long the network's limits keep the text back, so that its writer knows. */
  function askWhen() {
    clearTimeout(asking);
    asking = setTimeout(async () => {
      if (!shown || place === "note" || !canReply(shown)) return;
      const mine = draft();
      const fields = { agent: state.agent, text: field.field.value, thread: place };
      const path = `/api/cases/${encodeURIComponent(shown.id)}/preview`;
      const found = await write(path, fields).catch(() => ({ wait: "" }));
      if (!shown || draft() !== mine) return;
      told = { draft: mine, wait: found.wait };
      render();
    }, PAUSE_MS);
  }

  const draft = () => `${shown.id}:${place}`;
  const old = () => begun.has(draft()) && begun.get(draft()) !== shown.seen;

  async function send(text, key) {
    if (place === "note") {
      await act("note", { text }, key);
      return;
    }
    const mine = draft();
    try {
      await act("reply", { text, thread: place, seen: begun.get(mine) ?? shown.seen }, key);
      begun.delete(mine);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "newer") throw error;
      await act.refresh();
      if (shown) begun.set(mine, shown.seen); // who sends it once more has seen it
      throw new Refusal(error.status, error.message, ["Read it above. To send your text all the same, send it once more."], error.code);
    }
  }

  function show(one) {
    shown = one;
    if (chosenFor !== one.id || !valid(place)) {
      chosenFor = one.id;
      place = one.threads.some((t) => t.id === one.thread) ? one.thread : one.threads[0]?.id ?? "note";
    }
    render();
    askWhen();
  }

  const valid = (id) => id === "note" || shown.threads.some((t) => t.id === id);

  function render() {
    const all = [...shown.threads.map((t, at) => ({ id: t.id, text: name(t, at), private: t.private, last: t.last })), { id: "note", text: "Internal note" }];
    keep(places, all.map((one) => ({ ...one, pressed: one.id === place })), (one) => one.id, choice);
    field.aim(target());
  }

  function name(thread, at) {
    if (thread.private) return "Direct message";
    const several = shown.threads.filter((t) => !t.private).length > 1;
    return several ? `Public thread ${at + 1}` : "Public reply";
  }

  function choice(one) {
    const kind = one.id === "note" ? "note" : one.private ? "lock" : "globe";
    return h("button", {
      type: "button", "aria-pressed": String(one.pressed), "data-focus": `place-${one.id}`, title: one.last ?? "Never leaves the desk",
      on: { click: () => {
        place = one.id;
        render();
        askWhen();
        field.focus();
      } },
    }, icon(kind), one.text);
  }

  function target() {
    const draft_ = draft();
    if (place === "note") {
      return { draft: draft_, label: "Internal note", limit: LIMIT.note, action: "Add note", hint: "Only colleagues see it.", kind: "note" };
    }
    const open = !shown.threads.find((t) => t.id === place).private;
    return {
      draft: draft_,
      label: open ? `Public reply to @${shown.handle}` : `Direct message to @${shown.handle}`,
      limit: open ? LIMIT.public : LIMIT.private,
      action: open ? "Reply in public" : "Send",
      hint: [old() ? "The customer has written since you began this text."
        : open ? "Everybody can read this: nothing about the person or the order." : "", wait()].join(" ").trim(),
      warning: open || old() || Boolean(wait()),
      blocked: blocked(),
    };
  }

  const wait = () => (told.draft === draft() ? told.wait : "");

  function blocked() {
    if (canReply(shown)) return "";
    if (shown.status === "resolved") return "This case is resolved.";
    return shown.assignee ? `${nameOf(shown.assignee)} holds this case.` : "Claim the case to reply.";
  }

  /** Put a text for the customer into the field, to be read and sent. */
  function fill(text) {
    if (place === "note") {
      place = shown.thread;
      render();
    }
    field.fill(text);
  }

  return { element: h("div.reply", {}, field.element), show, focus: field.focus, fill };
}
