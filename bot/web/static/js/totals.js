// The strip over all outcomes, which always adds up to what was seen.

import { byId, h, keep } from "./dom.js";
import { OUTCOMES } from "./words.js";

export function showTotals(totals, ratings) {
  const seen = Object.values(totals).reduce((sum, count) => sum + count, 0);
  keep(byId("totals"), [{ id: "totals", totals, ratings }], (one) => one.id, () => strip(totals, seen, ratings));
}

function strip(totals, seen, ratings) {
  const some = Object.entries(totals).filter(([, count]) => count > 0);
  const bar = h("div.totals__bar", { "aria-hidden": "true" }, some.map(([outcome, count]) => {
    const part = h("span", { "data-outcome": outcome });
    part.style.setProperty("--share", count);
    return part;
  }));
  return h("div", {}, bar,
    h("p.totals__words", {}, h("b", {}, `${seen.toLocaleString()} seen`),
      some.map(([outcome, count]) => h("span", { "data-outcome": outcome }, `${count.toLocaleString()} ${OUTCOMES[outcome]}`)),
      rated(ratings)));
}

/** The average of all ratings, with its formula. */
function rated({ count, stars }) {
  return count > 0 && h("span", {}, `${(stars / count).toFixed(1)} ★ (${stars.toLocaleString()} stars ÷ ${count.toLocaleString()} ${count === 1 ? "rating" : "ratings"})`);
}
