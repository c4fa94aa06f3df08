// The queue: look at each, act by keys or by buttons, take it back.

import { Refusal, write } from "/static/js/api.js";
import { toast } from "/static/js/dialogs.js";
import { byId } from "/static/js/dom.js";
import { author } from "./frame.js";
import { idsOf } from "./editor.js";

const list = byId("queue");
const gone = []; // what was closed here, the last at the end

list?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) act(button.dataset.act, button.closest(".item"));
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  const keys = { j: () => move(1), k: () => move(-1), r: () => act("right", here()), x: () => act("dismiss", here()), u: undo, Enter: () => open(event) };
  if (!list || !keys[event.key]) return;
  if (event.key !== "Enter") event.preventDefault();
  keys[event.key]();
});

const here = () => document.activeElement.closest?.(".item");

function move(by) {
  const items = [...list.children];
  const at = items.indexOf(here());
  items[Math.min(Math.max(at + by, 0), items.length - 1)]?.focus();
}

function open(event) {
  if (event.target.matches(".item")) location.href = `/train/queue/${event.target.dataset.item}`;
}

async function act(name, item) {
  if (!item) return;
  try {
    await author();
    const { faster } = await write(`/api/train/queue/${name}`, { items: idsOf(item.dataset.items), label: item.dataset.label });
    const next = item.nextElementSibling ?? item.previousElementSibling;
    gone.push({ item, before: item.nextElementSibling });
    item.remove();
    next?.focus();
    toast(faster.length ? `${faster.join(", ")} was faster with this one.` : name === "right" ? "Settled: it was read right. u takes it back." : "Put aside. u takes it back.");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.message, "problem");
  }
}

async function undo() {
  const last = gone.pop();
  if (!last) return;
  try {
    await write("/api/train/queue/reopen", { items: idsOf(last.item.dataset.items) });
    list.insertBefore(last.item, last.before?.isConnected ? last.before : null);
    last.item.focus();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    gone.push(last);
    toast(error.message, "problem");
  }
}
