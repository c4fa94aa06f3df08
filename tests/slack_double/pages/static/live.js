// Keeps the page true while the workspace changes, and sends what menus and
// inputs tell at once. Without it the page works, and shows changes when loaded.

const PAUSE_MS = 350;
let version = Number(document.body.dataset.version);
let typing = 0; // a pending dispatch; what is being typed is not redrawn

function toEnd() {
  for (const pane of document.querySelectorAll(".pane__scroll:not(.pane__scroll--home)")) {
    pane.scrollTop = pane.scrollHeight;
  }
}

function remember() {
  const scrolls = new Map();
  for (const one of document.querySelectorAll("[data-scroll]")) {
    const atEnd = one.scrollHeight - one.scrollTop - one.clientHeight < 40;
    scrolls.set(one.dataset.scroll, atEnd && !one.closest(".modal") ? Infinity : one.scrollTop);
  }
  const typed = new Map();
  for (const one of document.querySelectorAll("textarea[id], input.field[id]:not([type=file])")) typed.set(one.id, one.value);
  const now = document.activeElement;
  const focus = now?.id ? { id: now.id, start: now.selectionStart, end: now.selectionEnd } : null;
  return { scrolls, typed, focus, modal: document.querySelector("#modal")?.dataset.view };
}

function restore(before) {
  const same = document.querySelector("#modal")?.dataset.view === before.modal;
  for (const [id, value] of before.typed) {
    const one = document.getElementById(id);
    if (one && (same || !one.closest("#modal"))) one.value = value;
  }
  for (const one of document.querySelectorAll("[data-scroll]")) {
    const top = before.scrolls.get(one.dataset.scroll) ?? (one.closest(".modal, .pane__scroll--home") ? 0 : Infinity);
    one.scrollTop = top === Infinity ? one.scrollHeight : top;
  }
  const one = before.focus && document.getElementById(before.focus.id);
  if (one) {
    one.focus({ preventScroll: true });
    if (before.focus.start != null) one.setSelectionRange?.(before.focus.start, before.focus.end);
  }
}

async function redraw() {
  const address = new URL(location);
  if (address.pathname === "/home") address.searchParams.set("again", "1");
  const fresh = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
  const before = remember();
  document.body.replaceWith(fresh.body);
  version = Math.max(version, Number(document.body.dataset.version));
  restore(before);
}

async function follow() {
  for (;;) {
    try {
      const said = await (await fetch(`/changes?since=${version}`)).json();
      if (said.version === version) continue;
      version = said.version;
      if (!typing && !document.querySelector("details[open]")) await redraw();
    } catch {
      await new Promise((wake) => setTimeout(wake, 1000));
    }
  }
}

async function post(act, form, fields = {}) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  await fetch(`/do/${act}`, { method: "POST", body, redirect: "manual" });
}

const dispatch = (form, which) => post("dispatch", form, { which });

document.addEventListener("input", (event) => {
  const which = event.target.dataset?.types;
  if (!which) return;
  clearTimeout(typing);
  const form = event.target.form;
  typing = setTimeout(async () => {
    typing = 0;
    await dispatch(form, which);
    await redraw();
  }, PAUSE_MS);
});

document.addEventListener("change", (event) => {
  const one = event.target;
  if ("go" in one.dataset || "send" in one.dataset) one.form.requestSubmit();
  if (one.type === "file" && one.form.id === "modal") post("fill", one.form).then(redraw);
  const which = one.closest("[data-sends]")?.dataset.sends;
  if (!which) return;
  if (one.form.classList.contains("view") || one.form.id === "modal") dispatch(one.form, which).then(redraw);
  else one.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-confirm]");
  if (asked && !confirm(asked.dataset.confirm)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && "enter" in (event.target.dataset ?? {})) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

toEnd();
follow();
