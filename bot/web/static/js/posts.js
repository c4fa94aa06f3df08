// Posts and direct messages, as the network shows them.

import { write } from "./api.js";
import { ask } from "./dialogs.js";
import { avatar, empty, h, icon, keep } from "./dom.js";
import { set, state } from "./state.js";
import { moment } from "./time.js";
import { files } from "./transcript.js";

const VOICES = { bot: ["bot", "Bot"], agent: ["person", "Agent"], brand: ["globe", "Elsewhere"] };

/** Show conversations, the liveliest first, with their posts beneath each other. */
export function showTimeline(container, posts, { answer, more }) {
  if (!posts.length) {
    keep(container, [{ id: "empty" }], (o) => o.id, () => empty("Nobody has posted yet",
      "Pick something above, or write a first post. What customers post in public stands here, with the replies beneath it."));
    return;
  }
  const groups = new Map();
  for (const post of posts) {
    const group = groups.get(post.conversation) ?? [];
    groups.delete(post.conversation);
    groups.set(post.conversation, [...group, post]); // the last to speak comes last
  }
  const shown = [...groups].reverse().map(([id, group]) => ({ id, group, me: state.account }));
  if (more) shown.push({ id: "more" });
  keep(container, shown, (one) => one.id, (one) => {
    if (one.id === "more") return h("button.button.more", { type: "button", on: { click: more } }, "Show more");
    return h("article.thread", { "aria-label": `Conversation begun by @${one.group[0].name}` },
      one.group.map((post) => publicPost(post, answer)));
  });
}

function publicPost(post, answer) {
  const mine = post.account === state.account;
  return h("div.post", { id: `post-${post.id}`, "data-by": post.by },
    avatar(post.name),
    h("div.post__body", {},
      h("p.post__head", {}, h("b", {}, `@${post.name}`), voice(post.by), moment(post.at)),
      h("p.text", {}, post.text),
      files(post),
      h("p.post__acts", {},
        h("button.link", { type: "button", "data-focus": `reply-${post.id}`, on: { click: () => answer(post) } },
          icon("reply"), "Reply"),
        mine && [trace(post), ...own(post)])));
}

/** Show the private exchange of one customer with the brand. */
export function showDirect(container, posts) {
  if (!posts.length) {
    keep(container, [{ id: "empty" }], (o) => o.id, () => empty("No direct messages yet",
      "What is written here is private. Order numbers and addresses belong here, never in public."));
    return;
  }
  keep(container, posts, (post) => post.id, (post) =>
    h("div.bubble-row", { "data-by": post.by },
      h("div.bubble", {}, h("p.text", {}, post.text), files(post), post.asks_rating && stars(post),
        h("p.bubble__foot", {}, voice(post.by), moment(post.at), post.by === "customer" && [trace(post), ...own(post)]))));
}

/** One to five stars to tap, or those that were. */
function stars(post) {
  if (post.stars) return h("p.facts", {}, "★".repeat(post.stars) + "☆".repeat(5 - post.stars));
  const rate = (count) => write("/api/ratings", { account: state.account, stars: String(count) });
  return h("p.facts", {}, [1, 2, 3, 4, 5].map((count) => h("button.link", {
    type: "button", "aria-label": `${count} of 5 stars`, "data-focus": `stars-${post.id}-${count}`, on: { click: () => rate(count) },
  }, "☆")));
}

/** What one can do with what one has written. */
function own(post) {
  const link = (name, click) => h("button.link", { type: "button", "data-focus": `${name}-${post.id}`, on: { click } }, name);
  return [link("Edit", () => askEdit(post)), link("Delete", () => askDelete(post))];
}

const change = (post, what, fields = {}) =>
  write(`/api/written/${what}`, { account: post.account, id: post.id, ...fields });

function askEdit(post) {
  const field = h("textarea", { id: "edit-text", name: "text", rows: "4", required: true, autofocus: true }, post.text);
  ask({
    title: "Edit what you wrote",
    body: h("p", {}, h("label", { for: "edit-text" }, "Text"), field),
    action: "Save",
    confirm: (fields) => change(post, "edit", { text: fields.get("text") }),
  });
}

function askDelete(post) {
  ask({
    title: "Delete what you wrote?",
    body: h("p", {}, post.text),
    action: "Delete",
    confirm: () => change(post, "delete"),
  });
}

function trace(post) {
  const chosen = () => {
    set({ message: post.id });
    document.body.dataset.column = "trace";
  };
  return post.addressed
    ? h("button.link", { type: "button", "data-focus": `trace-${post.id}`, on: { click: chosen } }, "What the bot made of it")
    : h("span.muted", {}, "not addressed to the brand");
}

function voice(by) {
  if (by === "customer") return null;
  const [name, text] = VOICES[by];
  return h("span.voice", { "data-by": by }, icon(name), text);
}
