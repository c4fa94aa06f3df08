"""Posts: written, deleted, hidden."""

from __future__ import annotations

from bot.sim.x.core import Core
from bot.sim.x.endpoint import Answer, Ask, Endpoint
from bot.sim.x.limits import DAY, Limit, Limits
from bot.sim.x.refusals import forbidden, invalid
from bot.sim.x.rules import gone
from bot.sim.x.shapes.answers import data
from bot.sim.x.shapes.bodies import HIDING, NEW_POST
from bot.sim.x.shapes.check import ID, TEXT, a_list, a_truth
from bot.sim.x.text import links_in
from bot.sim.x.things import Account, Post

_SCOPES = ("tweet.read", "tweet.write", "users.read")


def create(core: Core, ask: Ask) -> Answer:
    """Post, reply or quote, if the rules let it pass."""
    author, text = ask.who.user, str(ask.body.get("text", ""))
    reply = ask.body.get("reply", {})
    parent = _visible(core, author, reply.get("in_reply_to_tweet_id"))
    quoted = _visible(core, author, ask.body.get("quote_tweet_id"))
    keys = _media(core, author, ask)
    if not text.strip() and not keys:
        raise invalid("$.text: must not be empty", name="text", value=text)
    now = core.clock.now()
    core.rules.check_post(
        author,
        text,
        reply_to=parent,
        quoting=quoted,
        has_media=bool(keys),
        now=now,
    )
    left_out = [
        core.world.accounts[i].username
        for i in reply.get("exclude_reply_user_ids", [])
        if i in core.world.accounts
    ]
    post = core.world.publish(
        author,
        text,
        reply_to=parent,
        quoting=quoted,
        media_keys=keys,
        leave_out=left_out,
        by_api=True,
    )
    core.changes.tell()
    shown = core.render.post(post, ())
    return Answer(
        {"data": shown},
        201,
        ((_price(core, author, post, parent), post.id),),
        effect=post.id,
        broken=tuple(core.rules.broken_by(post, parent)),
    )


def _visible(core: Core, viewer: Account, post_id: str | None) -> Post | None:
    if not post_id:
        return None
    post = core.world.posts.get(post_id)
    if post is None or not core.includes.may_see(post, viewer):
        raise gone()
    return post


def _media(core: Core, owner: Account, ask: Ask) -> tuple[str, ...]:
    """Return the keys of the pictures that were uploaded for this post."""
    keys = []
    for media_id in ask.body.get("media", {}).get("media_ids", []):
        upload = core.uploads.get(media_id)
        if upload is None or not upload.done or upload.media.owner_id != owner.id:
            says = "Your media IDs are invalid."
            raise invalid(says, name="media.media_ids", value=media_id)
        keys.append(upload.media.key)
    return tuple(keys)


def _price(core: Core, author: Account, post: Post, parent: Post | None) -> str:
    if links_in(post.text) and (core.credit.links_cost or parent is None):
        return "post_with_url"
    if parent and parent.author_id != author.id:
        return "summoned_reply"
    return "post"


def delete(core: Core, ask: Ask) -> Answer:
    post = core.world.posts.get(ask.path["id"])
    if post is None:
        return Answer({"data": {"deleted": False}})
    if post.author_id != ask.who.user.id:
        says = "You are not authorized to delete this Tweet."
        raise forbidden("not_yours", says)
    core.world.delete(post)
    core.changes.tell()
    return Answer({"data": {"deleted": True}}, effect=post.id)


def hide(core: Core, ask: Ask) -> Answer:
    """Hide a reply in a conversation that we began, or show it again."""
    post = core.world.posts.get(ask.path["tweet_id"])
    if post is None:
        raise gone()
    first = core.world.posts.get(post.conversation_id)
    if first is None or first.author_id != ask.who.user.id:
        says = "You are not allowed to hide replies in this conversation."
        raise forbidden("not_your_conversation", says)
    post.hidden = bool(ask.body["hidden"])
    core.changes.tell()
    return Answer({"data": {"hidden": post.hidden}}, effect=post.id)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/2/tweets",
        create,
        Limits("tweets.create", (Limit(100), Limit(10_000, DAY, "app"))),
        data({"id": ID, "text": TEXT, "edit_history_tweet_ids": a_list(ID, least=1)}),
        scopes=_SCOPES,
        body=NEW_POST,
    ),
    Endpoint(
        "DELETE",
        "/2/tweets/{id}",
        delete,
        Limits("tweets.delete", (Limit(50),)),
        data({"deleted": a_truth}),
        scopes=_SCOPES,
    ),
    Endpoint(
        "PUT",
        "/2/tweets/{tweet_id}/hidden",
        hide,
        Limits("tweets.hide", (Limit(50),)),
        data({"hidden": a_truth}),
        scopes=("tweet.read", "tweet.moderate.write", "users.read"),
        body=HIDING,
    ),
)
