// Building and keeping the page's elements. Text always goes in as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element: h("p.muted", {title: "…"}, "text", child).
 * Attributes that are false, null or undefined are left out; `on` holds listeners.
 */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter((c) => c || c === 0));
  return element;
}

export function icon(name, label = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

const kept = new WeakMap();

/**
 * Make the children of `container` show `items`, in order, touching only what changed,
 * so that focus, scrolling and half-done clicks survive an update.
 */
export function keep(container, items, keyOf, build) {
  const before = kept.get(container);
  const now = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const signature = JSON.stringify(item);
    const old = before?.get(key);
    now.set(key, old?.signature === signature ? old : built(item, signature, old, before, build));
  }
  const nodes = [...now.values()].map((one) => one.node);
  for (const node of [...container.children]) if (!nodes.includes(node)) node.remove();
  nodes.forEach((node, at) => {
    if (container.children[at] !== node) container.insertBefore(node, container.children[at] ?? null);
  });
  kept.set(container, now);
}

function built(item, signature, old, before, build) {
  const node = build(item);
  if (before && !old) arrive(node);
  if (old) replaceKeepingFocus(old.node, node);
  return { signature, node };
}

/** Let a new node come in once, not each time its column is shown again. */
function arrive(node) {
  node.classList.add("is-new");
  node.addEventListener("animationend", () => node.classList.remove("is-new"), { once: true });
}

function replaceKeepingFocus(old, node) {
  const name = old.contains(document.activeElement) && document.activeElement.dataset.focus;
  old.replaceWith(node);
  if (!name) return;
  const target = node.dataset.focus === name ? node : node.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  target?.focus({ preventScroll: true });
}

/** Show what `container` should hold when there is nothing to show. */
export function empty(title, text) {
  return h("div.empty", {}, h("p.empty__title", {}, title), h("p", {}, text));
}

/** Two letters and a steady colour for a name. */
export function dressAvatar(element, name) {
  const words = name.split(/[\s_]+/).filter(Boolean);
  const letters = words.length > 1 ? words[0][0] + words[1][0] : name.slice(0, 2);
  let hash = 0;
  for (const c of name) hash = (hash * 31 + c.codePointAt(0)) % 360;
  element.textContent = letters.toUpperCase();
  element.style.setProperty("--hue", hash);
  return element;
}

export const avatar = (name) => dressAvatar(h("span.avatar", { "aria-hidden": "true" }), name);
