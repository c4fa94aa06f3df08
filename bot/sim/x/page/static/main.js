// One writes as a customer on the left, and sees what the app does on the right.

import * as api from "./api.js";
import { clock, find, make } from "./dom.js";
import { showTalk, showThreads } from "./posts.js";

const TROUBLES = [
  ["Lose the next answer", { trouble: "lose_answer", endpoint: "POST /2/tweets" }],
  ["Next request: 503", { trouble: "fail" }],
  ["Next request: 429", { trouble: "limit" }],
];
const SWITCHES = [
  ["Double events", "double_events"],
  ["Events out of order", "reorder_events"],
  ["No milliseconds", "no_millis"],
];

let scene = null;
let me = new URLSearchParams(location.search).get("as") || localStorage.getItem("me");
let about = null;

const doing = {
  begin(kind, post) {
    about = { kind, post };
    const what = { reply_to: "Reply to", quoting: "Quote", edit: "Edit" }[kind];
    find("about").textContent = `${what} @${post.by}: ${post.text}`;
    find("text").value = kind === "edit" ? post.text : "";
    showWriting();
    find("text").focus();
  },
  act: (name, body) => attempt(() => api.act(name, { as: me, ...body })),
};

function showWriting() {
  find("about").hidden = find("never").hidden = !about;
  find("send").textContent = about?.kind === "edit" ? "Save" : "Post";
  find("writing").textContent = `As @${me}`;
}

async function attempt(work) {
  find("notice").hidden = true;
  try {
    await work();
    return true;
  } catch (error) {
    find("notice").textContent = error.message;
    find("notice").hidden = false;
    return false;
  }
}

function become(username) {
  me = username;
  about = null;
  localStorage.setItem("me", me);
  show();
}

function show() {
  const key = document.activeElement?.dataset.key;
  const people = scene.people.filter((person) => person.username !== scene.brand);
  if (![...people.map((p) => p.username), scene.brand].includes(me)) {
    me = people.length ? people[0].username : scene.brand;
  }
  document.querySelectorAll(".brand").forEach((one) => { one.textContent = `@${scene.brand}`; });
  find("people").replaceChildren(...scene.people.map((person) => make("li", {},
    make("button", {
      text: `@${person.username}${person.username === scene.brand ? " (the brand)" : ""}${person.suspended ? " – suspended" : ""}`,
      "aria-pressed": String(person.username === me),
      "data-key": `@${person.username}`,
      on: () => become(person.username),
    }))));
  showWriting();
  showThreads(scene, me, doing);
  showTalk(scene, me);
  showTrouble();
  showCalls();
  find("message").hidden = me === scene.brand;
  // What had the focus was made anew.
  if (key) document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

function press(text, work, more = {}) {
  return make("button", { text, "data-key": text, on: () => attempt(work), ...more });
}

function showTrouble() {
  const { queue } = scene.faults;
  const broke = scene.ledger.credit !== null && scene.ledger.credit <= 0;
  const calm = queue.length || SWITCHES.some(([, name]) => scene.faults[name]);
  find("trouble").replaceChildren(
    ...TROUBLES.map(([text, body]) => press(text, () => api.order(body))),
    ...SWITCHES.map(([text, name]) => press(
      text,
      () => api.order({ [name]: !scene.faults[name] }),
      { "aria-pressed": String(scene.faults[name]) },
    )),
    broke
      ? press("Give credit again", () => api.change({ credit: null }))
      : press("Use up the credit", () => api.change({ credit: 0 })),
    press("End the streams", () => api.change({ end_streams: true })),
    ...(calm ? [press(`End all trouble (${queue.length} waiting)`, api.calm, { class: "calm" })] : []),
  );
}

function showCalls() {
  const { ledger } = scene;
  const wrong = ledger.violations.length;
  const dollars = (ledger.micros / 1e6).toFixed(3);
  find("summary").replaceChildren(
    `${ledger.requests} requests · $${dollars} · ${ledger.streams} ${ledger.streams === 1 ? "stream" : "streams"} open · `,
    make("span", { class: wrong ? "bad" : "", text: wrong ? `${wrong} rules broken: ${ledger.violations[wrong - 1].kind}` : "no rule broken" }),
  );
  find("calls").tBodies[0].replaceChildren(...ledger.calls.slice(0, 12).map((call) => make("tr", {},
    make("td", { text: call.endpoint }),
    make("td", { class: call.status >= 400 || !call.answered ? "bad" : "", text: call.answered ? call.status || "…" : "no answer" }),
    make("td", { text: clock(call.at) }),
  )));
}

find("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const body = { text: form.text.value, picture: form.picture.checked };
  if (about) body[about.kind === "edit" ? "id" : about.kind] = about.post.id;
  if (await doing.act(about?.kind === "edit" ? "edit" : "post", body)) {
    form.reset();
    about = null;
    showWriting();
  }
});

find("never").addEventListener("click", () => {
  about = null;
  find("write").reset();
  showWriting();
});

find("message").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const kind = form.sealed.checked ? "chat" : "message";
  if (await doing.act(kind, { text: form.text.value })) form.reset();
});

find("join").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const name = form.handle.value;
  if (await attempt(() => api.act("account", { as: name }))) {
    form.reset();
    me = name;
    localStorage.setItem("me", me);
  }
});

async function follow() {
  for (;;) {
    try {
      scene = await api.scene();
      show();
      await api.changes(scene.version);
    } catch {
      await new Promise((done) => { setTimeout(done, 1000); });
    }
  }
}

follow();
