// Public posts as threads, and the direct messages of whoever one is.

import { clock, find, make } from "./dom.js";

export function showThreads(scene, me, doing) {
  const threads = new Map();
  for (const post of scene.posts) {
    if (!threads.has(post.conversation)) threads.set(post.conversation, []);
    threads.get(post.conversation).push(post);
  }
  const byId = new Map(scene.posts.map((post) => [post.id, post]));
  const newest = [...threads.values()].sort((a, b) => last(b) - last(a));
  find("threads").replaceChildren(
    ...(newest.length ? [] : [make("p", { class: "empty", text: `Nobody has posted yet. Write to @${scene.brand}.` })]),
    ...newest.map((posts) => make("article", { class: "thread" }, ...posts.map((post) => card(post, byId, me, doing)))),
  );
}

const last = (posts) => Number(BigInt(posts[posts.length - 1].id) >> 22n);

function card(post, byId, me, doing) {
  const facts = [clock(post.at)];
  if (post.edited) facts.push("edited");
  if (post.hidden) facts.push("hidden by the brand");
  if (!post.indexed) facts.push("not indexed");
  const mine = post.by === me;
  return make("div", { class: post.reply_to ? "post below" : "post", id: `p${post.id}` },
    make("span", { class: "by", text: `@${post.by}` }),
    post.by_api ? make("span", { class: "tag", text: "by the app" }) : null,
    make("p", { text: post.text }),
    ...post.media.map(() => make("p", { class: "facts", text: "a picture" })),
    quoted(post, byId),
    make("div", { class: "facts" },
      link("Reply", post, () => doing.begin("reply_to", post)),
      link("Quote", post, () => doing.begin("quoting", post)),
      mine ? null : link("Repost", post, () => doing.act("repost", { id: post.id })),
      mine ? link("Edit", post, () => doing.begin("edit", post)) : null,
      mine ? link("Delete", post, () => doing.act("delete", { id: post.id })) : null,
      make("span", { text: facts.join(" · ") }),
    ),
  );
}

function link(text, post, on) {
  return make("button", { class: "link", text, on, "data-key": `${text} ${post.id}` });
}

function quoted(post, byId) {
  if (!post.quoting) return null;
  const other = byId.get(post.quoting);
  return make("blockquote", { text: other ? `@${other.by}: ${other.text}` : "This post is not there any more." });
}

export function showTalk(scene, me) {
  const talk = scene.directs.filter((direct) => [direct.by, direct.to].includes(me));
  const own = me === scene.brand;
  find("talkers").textContent = own ? "Direct messages" : `Direct messages of @${me}`;
  find("talk").replaceChildren(
    ...(talk.length ? [] : [make("p", { class: "empty", text: own ? "The brand answers by hand in its own app." : "Nothing yet." })]),
    ...talk.map((direct) => make("div", { class: direct.by === scene.brand ? "bubble ours" : "bubble" },
      make("span", { class: "facts", text: `@${direct.by}${own && direct.by === me ? ` to @${direct.to}` : ""} · ${clock(direct.at)}` }),
      make("p", { text: direct.text || "a picture" }),
    )),
  );
}
