// The list of intents: find, sort, and the map.

import { Refusal, patient, read } from "/static/js/api.js";
import { byId } from "/static/js/dom.js";
import { drawMap } from "./map.js";

const table = byId("intents");
const body = table?.tBodies[0];
let drawn = false;

if (table) {
  byId("find").addEventListener("input", find);
  for (const button of table.querySelectorAll("[data-sort]")) button.addEventListener("click", () => sort(button));
  for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => show(button.dataset.view));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea")) return;
    event.preventDefault();
    byId("find").focus();
  });
  if (location.hash === "#map") show("map");
}

function find() {
  const wanted = byId("find").value.trim().toLowerCase();
  let left = 0;
  for (const row of body.rows) {
    row.hidden = !row.dataset.name.includes(wanted);
    left += !row.hidden;
  }
  byId("none").hidden = left > 0;
  byId("map").dispatchEvent(new CustomEvent("find", { detail: wanted }));
}

function sort(button) {
  const head = button.closest("th");
  const way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", way);
  const by = button.dataset.sort;
  const sign = way === "ascending" ? 1 : -1;
  const order = (a, b) => (by === "name" ? a.dataset.name.localeCompare(b.dataset.name) : a.dataset[by] - b.dataset[by]);
  body.append(...[...body.rows].sort((a, b) => sign * order(a, b)));
}

async function show(view) {
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  byId("view-list").hidden = view !== "list";
  byId("view-map").hidden = view !== "map";
  history.replaceState(null, "", view === "map" ? "#map" : location.pathname);
  if (view !== "map" || drawn) return;
  const state = byId("map-state");
  try {
    const { labels } = await read("/api/train/map", patient());
    drawMap(byId("map"), labels);
    drawn = true;
    state.textContent = "Intents that use the same words lie near each other: that is where one is taken for another. The larger a dot, the more examples; point at it to see what it is mistaken for.";
    find();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    state.textContent = error.message;
  }
}
