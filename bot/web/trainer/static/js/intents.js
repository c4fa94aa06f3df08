// The list of intents: find, sort, and the map.

import { Refusal, patient, read } from "/static/js/api.js";
import { byId, h } from "/static/js/dom.js";
import { drawMap } from "./map.js";

const DOING = { drawing: "The map is being drawn", measuring: "The map is drawn; how well each intent is read is being looked up" };
const UNREACHABLE = "The program does not answer, so there is no map yet.";
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
  if (view === "map" && !drawn) await draw();
}

/** Draw the map, once; who looks at the list meanwhile does not begin it anew. */
async function draw() {
  drawn = true;
  const state = byId("map-state");
  state.textContent = "Drawing the map…";
  try {
    drawMap(byId("map"), await places(state));
    state.textContent = "Intents that use the same words lie near each other: that is where one is taken for another. The larger a dot, the more examples; point at it to see what it is mistaken for.";
    find();
  } catch (error) {
    drawn = false;
    if (!(error instanceof Refusal)) throw error;
    state.replaceChildren(error.status ? error.message : UNREACHABLE, " ", h("button", { type: "button", on: { click: draw } }, "Try again"));
  }
}

async function places(state) {
  for (;;) {
    const { labels, doing, for_s: seconds } = await read("/api/train/map", patient());
    if (labels) return labels;
    state.textContent = `${DOING[doing]}, for ${seconds} seconds so far. You may go on with the list meanwhile.`;
  }
}
