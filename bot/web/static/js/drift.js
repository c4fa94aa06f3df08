// What has moved in how messages are read, against the weeks before.

import { read, refresher } from "./api.js";
import { byId, h } from "./dom.js";

const LOOK_EVERY_MS = 60_000;

export function startDrift() {
  refreshDrift();
  setInterval(refreshDrift, LOOK_EVERY_MS);
}

const refreshDrift = refresher(async () => render(await read("/api/drift")));

function render({ shifts }) {
  const place = byId("drift");
  place.hidden = shifts.length === 0;
  place.replaceChildren(...shifts.map(line));
}

function line({ says, leads_to: leadsTo, messages }) {
  const told = messages.length ? `Lately: ${messages.join(", ")}` : false;
  return h("p.money__warning", { title: told }, h("span.tag", { "data-kind": "warn" }, "drift"),
    h("span", {}, says, leadsTo ? [" ", h("a", { href: leadsTo }, "Look")] : []));
}
