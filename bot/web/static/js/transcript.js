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

/** What can still be done about an agent's text: take it back, or send it again. */
function remedy(record, act) {
  if (record.author !== "agent" || !act) return null;
  const button = (name, text) => h("button.button.button--quiet", {
    type: "button", "data-focus": `${name}-${record.id}`, on: { click: () => act(name, { reply: record.id }) },
  }, text);
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
      record.deleted_at ? h("p.text.muted", {}, `${record.author === "note" ? "Its author" : "The customer"} has deleted this.`) : h("p.text", {}, record.text),
      files(record),
      h("p.facts", {}, moment(record.at), changed(record),
        record.link && h("a.link", { href: record.link }, "where it stands"), delivery(record), remedy(record, act))));
}
