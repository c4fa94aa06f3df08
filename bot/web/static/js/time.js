// Times as people say them, kept current while the page is open.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

import { h } from "./dom.js";

/** The moment, as short as it can be understood. */
export function moment(iso) {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const text = today ? CLOCK.format(at) : `${DAY.format(at)}, ${CLOCK.format(at)}`;
  return h("time.time", { datetime: iso, title: at.toLocaleString() }, text);
}

/** How long ago `iso` was; stays current. */
export function since(iso, prefix = "") {
  return h("time", { datetime: iso, "data-since": iso, "data-prefix": prefix }, prefix + span(iso));
}

/** In how long `iso` will be; stays current, and says "now" from then on. */
export function until(iso) {
  return h("time", { datetime: iso, "data-until": iso, title: new Date(iso).toLocaleString() }, ahead(iso));
}

const ahead = (iso) => (new Date(iso) <= Date.now() ? "now" : `in ${words((new Date(iso) - Date.now()) / 1000)}`);
const span = (iso) => words((Date.now() - new Date(iso)) / 1000);

function words(exact) {
  const seconds = Math.max(0, Math.round(exact));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  const hours = Math.floor(seconds / 3600);
  if (hours < 48) return `${hours} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** Keep all spans on the page current. */
export function startClock() {
  setInterval(() => {
    for (const element of document.querySelectorAll("[data-since]")) {
      const text = element.dataset.prefix + span(element.dataset.since);
      if (element.textContent !== text) element.textContent = text;
    }
    for (const element of document.querySelectorAll("[data-until]")) {
      const text = ahead(element.dataset.until);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
}
