// The customer's column: who writes, where, and what stands there.

import { read, refresher, write } from "./api.js";
import { composer } from "./composer.js";
import { ask } from "./dialogs.js";
import { byId, dressAvatar, h, icon } from "./dom.js";
import { recall, recallList, remember, rememberList } from "./memory.js";
import { showDirect, showTimeline } from "./posts.js";
import { on, set, state } from "./state.js";

const LIMITS = { public: 280, direct: 10000 };

let where = "public";
let replyTo = null;
let customers = [];
let newest = 150;
let linked = ""; // the post to which the page has gone already

const clearReply = h("button.button.button--quiet.composer__clear", {
  type: "button", hidden: true, on: { click: () => answer(null) },
}, icon("close"), "New post instead");
const write_ = composer({ id: "customer-text", send, above: [clearReply] });

export function startCustomer() {
  byId("customer-composer").append(write_.element);
  byId("who").addEventListener("change", (event) => become(event.target.value));
  byId("new-customer").addEventListener("click", askNew);
  for (const tab of ["public", "direct"]) byId(`tab-${tab}`).addEventListener("click", () => show(tab));
  document.querySelector(".tabs").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    show(where === "public" ? "direct" : "public");
    byId(`tab-${where}`).focus();
  });
  byId("try").open = recall("try") !== "closed";
  byId("try").addEventListener("toggle", () => remember("try", byId("try").open ? "" : "closed"));
  byId("try-chips").append(...state.facts.try_first.messages.map(chip));
  addEventListener("hashchange", lookAtLinked);
  on("account", () => {
    listCustomers();
    answer(null);
    refreshCustomer();
    refreshTimeline();
  });
  const ready = state.facts.try_first.customers;
  become(recall("account") || ready[0]);
}

function chip(suggestion) {
  return h("button.chip", { type: "button", on: { click: () => tryOut(suggestion) } },
    icon(suggestion.private ? "lock" : "globe"), suggestion.title);
}

function tryOut(suggestion) {
  // Each story has its own customer, but nobody who made up one is taken out of the role.
  const readyMade = state.facts.try_first.customers.includes(state.account);
  if (readyMade && suggestion.as !== state.account) become(suggestion.as);
  answer(null);
  show(suggestion.private ? "direct" : "public");
  write_.fill(suggestion.text);
}

// -- who ---------------------------------------------------------------------

function become(account) {
  remember("account", account);
  set({ account, message: null });
}

function names() {
  const ready = [...state.facts.try_first.customers, ...recallList("customers"), state.account];
  const known = new Map(ready.map((handle) => [handle, `@${handle}`]));
  for (const { account, name } of customers) known.set(account, `@${name}`);
  return known;
}

function listCustomers() {
  const options = [...names()].map(([value, text]) => h("option", { value }, text));
  byId("who").replaceChildren(...options);
  byId("who").value = state.account;
  dressAvatar(byId("who-avatar"), state.account);
}

function askNew() {
  const field = h("input", {
    id: "new-handle", name: "handle", required: true, maxlength: "31", autocomplete: "off", autofocus: true,
  });
  ask({
    title: "A new customer",
    body: h("p", {}, h("label", { for: "new-handle" }, "Handle"), field,
      h("small.muted", {}, "Letters, digits and underscores, such as hanna_73.")),
    action: "Create",
    confirm: async (fields) => {
      const made = await write("/api/customers", { handle: fields.get("handle") });
      rememberList("customers", [...new Set([...recallList("customers"), made.account])]);
      become(made.account);
    },
  });
}

// -- where -------------------------------------------------------------------

export function show(tab) {
  where = tab;
  for (const one of ["public", "direct"]) {
    byId(`tab-${one}`).setAttribute("aria-selected", String(one === tab));
    byId(`tab-${one}`).tabIndex = one === tab ? 0 : -1;
    byId(`panel-${one}`).hidden = one !== tab;
  }
  aim();
  if (tab === "direct") toEnd(byId("panel-direct"));
}

/** Answer a post in its thread; null writes a new one. */
export function answer(post) {
  replyTo = post;
  if (post) show("public");
  clearReply.hidden = !post;
  aim();
  if (post) write_.focus();
}

export function newPost() {
  answer(null);
  show("public");
  write_.focus();
}

function aim() {
  const { handle, brand } = state.facts;
  const direct = where === "direct";
  const place = direct ? "direct" : replyTo ? `reply:${replyTo.id}` : "post";
  const label = direct ? `Direct message to ${brand}` : replyTo ? `Reply to @${replyTo.name}` : "Public post";
  clearReply.hidden = direct || !replyTo;
  write_.aim({
    draft: `${state.account}:${place}`,
    label,
    limit: LIMITS[where],
    prefill: direct || replyTo ? "" : `@${handle} `,
    placeholder: direct ? `Only you and ${brand} can read this` : "",
    hint: direct || replyTo ? "" : `Name @${handle} so that it reaches ${brand}.`,
    action: direct ? "Send" : replyTo ? "Reply" : "Post",
  });
}

async function send(text, key) {
  const account = state.account;
  if (where === "direct") await write("/api/direct", { account, text }, key);
  else await write("/api/posts", { account, text, in_reply_to: replyTo?.id }, key);
  answer(null);
  set({ message: null });
}

// -- what stands there ---------------------------------------------------------

export const refreshTimeline = refresher(async () => {
  const { posts } = await read(`/api/timeline?newest=${newest}`);
  showTimeline(byId("panel-public"), posts, { answer, more: posts.length >= newest && showMore });
  lookAtLinked();
});

/** Bring the post into view that the address names, once: links of records lead here. */
function lookAtLinked() {
  if (linked === location.hash) return;
  linked = location.hash;
  const post = linked.startsWith("#post-") && byId(linked.slice(1));
  if (!post) return;
  document.body.dataset.column = "customer";
  show("public");
  post.scrollIntoView({ block: "center" });
}

function showMore() {
  newest *= 2;
  refreshTimeline();
}

export const refreshCustomer = refresher(async () => {
  const account = state.account;
  const customer = await read(`/api/customers/${encodeURIComponent(account)}`);
  if (account !== state.account) return; // another was chosen meanwhile
  const panel = byId("panel-direct");
  const atEnd = panel.scrollHeight - panel.scrollTop - panel.clientHeight < 80;
  showDirect(panel, customer.direct);
  if (atEnd) toEnd(panel);
  byId("direct-count").textContent = customer.direct.length;
  byId("direct-count").hidden = !customer.direct.length;
  set({ customer });
});

export const refreshCustomers = refresher(async () => {
  ({ customers } = await read("/api/customers"));
  if (document.activeElement !== byId("who")) listCustomers();
});

function toEnd(panel) {
  requestAnimationFrame(() => panel.scrollTo({ top: panel.scrollHeight }));
}
