// The intents on a plane, as SVG: dots that are links, names where there is room.

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, EDGE] = [1120, 760, 46];
const LETTER = 6.7; // the width of one in a name, about
const LINE = 13;

export function drawMap(place, labels) {
  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "map", role: "group", "aria-label": "Map of the intents" });
  const dots = labels.map((one) => ({ ...one, cx: EDGE + one.x * (WIDTH - 2 * EDGE), cy: EDGE + one.y * (HEIGHT - 2 * EDGE), r: 4 + Math.sqrt(one.count) / 4 }));
  const byLabel = new Map(dots.map((dot) => [dot.label, dot]));
  const lines = element("g", { class: "map__lines", "aria-hidden": "true" });
  for (const dot of dots) {
    for (const other of dot.confused.map((name) => byLabel.get(name)).filter(Boolean)) {
      lines.append(element("line", { x1: dot.cx, y1: dot.cy, x2: other.cx, y2: other.cy, "data-of": dot.label }));
    }
  }
  svg.append(lines);
  const taken = dots.map((dot) => box(dot.cx - dot.r, dot.cy - dot.r, 2 * dot.r, 2 * dot.r));
  const order = [...dots].sort((a, b) => b.count - a.count);
  for (const dot of order) svg.append(drawn(dot, taken));
  svg.append(element("text", { class: "map__pointed", "aria-hidden": "true" })); // above all
  place.replaceChildren(svg, legend(dots.some((dot) => dot.recall !== null)));
  place.addEventListener("find", (event) => {
    for (const node of svg.querySelectorAll("a")) node.classList.toggle("is-dim", Boolean(event.detail) && !node.dataset.label.includes(event.detail));
  });
}

function drawn(dot, taken) {
  const link = element("a", { href: `/train/intents/${dot.label}`, class: "map__dot", "data-label": dot.label, "data-quality": quality(dot.recall) });
  const said = `${dot.label}: ${dot.count} examples${dot.recall === null ? "" : `, recognised ${Math.floor(dot.recall * 100)} %`}${dot.confused.length ? `, mistaken for ${dot.confused.join(", ")}` : ""}`;
  link.setAttribute("aria-label", said);
  const title = element("title");
  title.textContent = said;
  const name = element("text", { "aria-hidden": "true" });
  name.textContent = dot.label.replace(/^faq\//, "");
  if (dot.label.startsWith("faq/")) name.classList.add("map__answered");
  link.append(title, element("circle", { cx: dot.cx, cy: dot.cy, r: dot.r }), name);
  const at = spot(dot, name.textContent.length * LETTER, taken);
  name.setAttribute("x", at.x);
  name.setAttribute("y", at.y);
  if (at.free) taken.push(at.box);
  else name.classList.add("map__crowded"); // shown when one points at it
  for (const event of ["mouseenter", "focus"]) link.addEventListener(event, () => point(link, dot, name));
  for (const event of ["mouseleave", "blur"]) link.addEventListener(event, () => point(link, dot, null));
  return link;
}

/** Write a dot's name above everything else, and show what it is mistaken for. */
function point(link, dot, name) {
  const svg = link.ownerSVGElement;
  for (const line of svg.querySelectorAll(".map__lines line")) line.classList.toggle("is-on", Boolean(name) && line.dataset.of === dot.label);
  const above = svg.querySelector(".map__pointed");
  above.textContent = name ? name.textContent : "";
  if (name) for (const at of ["x", "y"]) above.setAttribute(at, name.getAttribute(at));
}

/** Find a place for a name beside its dot where nothing else is written. */
function spot(dot, width, taken) {
  const right = dot.cx + dot.r + 3;
  const left = dot.cx - dot.r - 3 - width;
  const middle = dot.cx - width / 2;
  const places = [[right, dot.cy + 4], [left, dot.cy + 4], [middle, dot.cy - dot.r - 4], [middle, dot.cy + dot.r + LINE - 2], [right, dot.cy - 7], [right, dot.cy + 15], [left, dot.cy - 7], [left, dot.cy + 15]];
  for (const [x, y] of places) {
    const mine = box(x, y - LINE + 3, width, LINE);
    if (x > 2 && x + width < WIDTH - 2 && !taken.some((other) => overlap(mine, other))) return { x, y, box: mine, free: true };
  }
  return { x: Math.min(Math.max(2, middle), WIDTH - width), y: dot.cy - dot.r - 4, free: false };
}

const box = (x, y, w, h) => ({ x, y, w, h });
const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const quality = (recall) => (recall === null ? "unknown" : recall >= 0.9 ? "good" : recall >= 0.75 ? "fair" : "poor");

function legend(measured) {
  const list = document.createElement("ul");
  list.className = "map__legend";
  const rows = measured ? [["good", "recognised 90 % or more"], ["fair", "75 to 89 %"], ["poor", "less than 75 %"], ["unknown", "not measured"]] : [["unknown", "How well each is read is shown once a model was compared."]];
  rows.push(["text", "slanted: the bot answers it by a standard text"]);
  for (const [kind, says] of rows) {
    const row = document.createElement("li");
    if (kind !== "text") row.dataset.quality = kind;
    row.textContent = says;
    list.append(row);
  }
  return list;
}

function element(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
