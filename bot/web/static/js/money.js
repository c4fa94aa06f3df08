// What the network charges, and what the day's budget stops.

import { read, refresher } from "./api.js";
import { byId, h } from "./dom.js";

const LOOK_EVERY_MS = 15_000;

export function startMoney() {
  refreshMoney();
  setInterval(refreshMoney, LOOK_EVERY_MS);
}

const refreshMoney = refresher(async () => render(await read("/api/money")));

function render({ figures, warnings }) {
  const place = byId("money");
  place.hidden = figures.length === 0;
  place.replaceChildren(...warnings.map((says) => h("p.money__warning", {}, h("span.tag", { "data-kind": "warn" }, "budget"), says)),
    ...(figures.length ? [h("p.totals__words", {}, h("b", {}, "Spent"), figures.map((says) => h("span.money__figure", {}, says)))] : []));
}
