// What time does to a case: what is owed to the customer, what happens next by itself.

import { h, icon } from "./dom.js";
import { moment, since, until } from "./time.js";
import { state } from "./state.js";

const warn = (...what) => h("span.tag", { "data-kind": "warn" }, what);

/** The marks of a card: what somebody should look at. */
export function marks(one) {
  const s = one.service;
  return [
    answer(one),
    untold(one) && warn("nobody has told the customer that we have it"),
    s.lapsed_from && warn(`${s.lapsed_from} did not answer: open for all again`),
    s.unclaimed_at && warn("nobody has taken it in time"),
    s.followed_up_at && warn("the customer is silent: please look again"),
    s.snoozed_until && h("span.tag", {}, "put aside until ", moment(s.snoozed_until)),
  ].filter(Boolean);
}

/** Whether the acknowledgement did not go out, and no answer of a person did since. */
const untold = (one) => one.status !== "resolved" && !one.acknowledged && !one.service.answered_at;

function answer({ service }) {
  const due = service.answer_due_at;
  if (!due) return null;
  // a promise that was made longer meanwhile is not broken any more
  if (service.answer === "late" && new Date(due) < Date.now()) return h("span.tag", { "data-kind": "bad" }, "first answer late by ", since(due));
  if (service.answer === "near") return warn("first answer due ", until(due));
  return h("span.tag", { title: "What we promise each other" }, "first answer due ", until(due));
}

/** What happens next if nobody does anything, as a sentence; nothing if nothing does. */
export function outlook(one) {
  const { next, closed_at: closed } = one.service;
  if (closed) return note("Closed: another message makes a new case.");
  if (next.reopen) return note("Another message brings it back until ", moment(next.reopen), ".");
  if (next.snooze) return note("It comes back ", moment(next.snooze), ", or when the customer writes.");
  if (next.claim_silence) {
    const whose = one.assignee === state.agent ? "your" : `${one.assignee}'s`;
    return note("Without ", `${whose} answer it is open for all again `, until(next.claim_silence), ".");
  }
  if (next.follow_up) return note("If the customer stays silent, it is marked on ", moment(next.follow_up), ".");
  return null;
}

const note = (...what) => h("p.outlook", {}, icon("clock"), h("span", {}, what));
