// A case's transcript: customer, bot, agents and notes, told apart at a glance.

import { h, icon } from "./dom.js";
import { moment } from "./time.js";

const DELIVERY = {
  queued: ["clock", "waiting to be sent"],
  sending: ["clock", "on its way"],
  sent: ["sent", "delivered"],
  refused: ["alert", "refused"],
  unknown: ["alert", "nobody can tell whether it arrived"],
  withheld: ["alert", "stopped before it was sent"],
  expired: ["alert", "not sent: it would have come too late"],
  withdrawn: ["alert", "taken back before it was sent"],
};

/** Say where one of our texts is on its way. */
export function delivery(record) {
  if (!record.delivery) return null;
  const [name, text] = DELIVERY[record.delivery];
  const problem = record.problem ? ` (${record.problem})` : "";
  return h("span.delivery", { "data-delivery": record.delivery }, icon(name), text + problem);
}

/** Say when its author changed a message. */
function changed(record) {
  if (record.deleted_at) return h("span", {}, "deleted ", moment(record.deleted_at));
  return record.edited_at && h("span", {}, "edited ", moment(record.edited_at));
}

/** What came with a message, as links: nothing is loaded before somebody clicks. */
export function files(record) {
  return record.attachments.length > 0 && h("p.facts", {}, record.attachments.map((file) =>
    h("a.link", { href: file.url, target: "_blank", rel: "noopener noreferrer", title: file.alt },
      `${file.kind}: ${file.name}${file.size === null ? "" : ` (${Math.max(1, Math.round(file.size / 1024)).toLocaleString()} kB)`}`)));
}

const NOT_ARRIVED = ["refused", "unknown", "withheld", "expired"];

const RELATION = { replied_to: "In reply to", quoted: "Quotes", earlier: "Earlier, from" };

/** The posts around a message, the nearest first. */
function around(record) {
  return record.context.map((post) => h("p.facts.around", {}, h("b", {}, `${RELATION[post.relation]} ${post.who}: `),
    h("span", {}, post.text), post.link && h("a.link", { href: post.link }, "see it there")));
}

/** The words of a record, or why there are none. */
function wordsOf(record) {
  if (record.deleted_at) return h("p.text.muted", {}, `${record.author === "note" ? "Its author" : "The customer"} has deleted this.`);
  if (record.encrypted) return h("p.text.muted", {}, "Encrypted: it cannot be read here, but in the network's own app.");
  return h("p.text", {}, record.text);
}

/** Say who hid a message from the network's readers. */
function hidden(record) {
  return record.hidden_at && !record.deleted_at && h("span", {}, `hidden by ${record.hidden_by} `, moment(record.hidden_at));
}

/** What can be done about a line: take a text of ours back, send it again, hide a message or show it. */
function remedy(record, act) {
  if (!act) return null;
  const button = (name, text, fields = { reply: record.id }) => h("button.button.button--quiet", {
    type: "button", "data-focus": `${name}-${record.id}`, on: { click: () => act(name, fields) },
  }, text);
  if (record.author === "customer") {
    const named = { message: record.id };
    if (!record.hideable) return null;
    return record.hidden_at ? button("show", "Show again", named) : button("hide", "Hide on the network", named);
  }
  if (record.author !== "agent") return null;
  if (record.delivery === "queued") return button("undo", "Undo");
  return NOT_ARRIVED.includes(record.delivery) && button("retry", "Send again");
}

/** One line; `act(name, fields)` carries out what can be done about it. */
export function line(record, handle, act) {
  const who = { customer: `@${handle}`, bot: "Bot", agent: record.agent, note: `Note by ${record.agent}` }[record.author];
  const open = record.visibility === "public";
  return h("div.line", { "data-author": record.author },
    h("div.line__body", {},
      h("p.line__head", {}, record.author === "note" && icon("note"), h("b", {}, who),
        record.author === "note" ? h("span", {}, "stays at the desk") : h("span", {}, icon(open ? "globe" : "lock"), open ? "public" : "direct")),
      around(record),
      wordsOf(record),
      files(record),
      h("p.facts", {}, moment(record.at), changed(record), hidden(record),
        record.link && h("a.link", { href: record.link }, "where it stands"), delivery(record),
        record.by_hand && h("span.tag", { "data-kind": "warn" }, "answer by hand in the network's own app"), remedy(record, act))));
}
