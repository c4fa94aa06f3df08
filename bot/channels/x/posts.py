"""Public posts: from X's form to messages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.x.includes import Includes, Person
from bot.channels.x.raw import (
    Fields,
    UndecodableError,
    id_in,
    items_of,
    moment_in,
    text_in,
    texts_of,
    within,
)
from bot.channels.x.snowflake import moment_of
from bot.channels.x.texts import written_text
from bot.model.message import (
    MAX_CONTEXT_TEXT,
    ChannelName,
    ContextPost,
    CustomerId,
    Edited,
    Inbound,
    Malformed,
    Message,
    MessageId,
    Nature,
    Relation,
    ThreadId,
    Visibility,
)

_NEAR = timedelta(seconds=1)  # X's dates may be without milliseconds


@dataclass(frozen=True, slots=True)
class Us:
    """Our account and the channel that it is."""

    channel: ChannelName
    id: str
    handle: str

    def customer(self, account: str) -> CustomerId:
        return CustomerId(f"{self.channel}:{account}")


def read_post(post: Fields, beside: Includes, us: Us) -> list[Inbound]:
    """Read a post: the message, and that it was edited if it was.

    An edit makes another post. The message is named by the first version, whichever
    we see; the notice comes in front, so that nobody answers the old words.
    """

    def read() -> list[Inbound]:
        message = _message(post, beside, us)
        if message.edited_at is None:
            return [message]
        notice = Edited(
            channel=us.channel,
            id=message.id,
            customer=message.customer,
            text=message.text,
            at=message.edited_at,
        )
        return [notice, message]

    return decoded(post, read, us)


def decoded(
    raw: Fields, read: Callable[[], list[Inbound]], us: Us, *, id_: str | None = None
) -> list[Inbound]:
    """Return what `read` makes of `raw`; what it cannot read comes as Malformed."""
    try:
        return read()
    except UndecodableError as error:
        problem = str(error)
    except (ValueError, RecursionError, OverflowError) as error:
        problem = f"cannot be read ({type(error).__name__})"
    whole = json.dumps(raw, ensure_ascii=True, sort_keys=True)
    named = id_ or text_in(raw, "id") or _fingerprint(whole)
    return [
        Malformed(channel=us.channel, id=MessageId(named), problem=problem, raw=whole)
    ]


def context_of(
    relation: Relation, post: Fields, beside: Includes, us: Us
) -> ContextPost:
    """Return a post as what surrounds a message."""
    author = beside.person(text_in(post, "author_id") or "")
    id_ = text_in(post, "id") or ""
    return ContextPost(
        relation=relation,
        handle=author.handle,
        text=written_text(post)[:MAX_CONTEXT_TEXT],
        at=sent_at(id_, post) if id_.isdecimal() else None,
        link=link_to(author, id_),
        ours=author.id == us.id,
        id=id_,
        author=us.customer(author.id) if author.id else "",
    )


def references(post: Fields) -> dict[str, str]:
    """Return the posts that a post speaks of: its kind -> the other's id."""
    listed = items_of(post.get("referenced_tweets"))
    listed = listed or items_of(post.get("referenced_posts"))
    found: dict[str, str] = {}
    for one in listed:
        kind, id_ = text_in(one, "type") or "quoted", text_in(one, "id")
        if id_ and id_.isdecimal():  # direct messages name no type
            found[kind] = id_
    return found


def versions(post: Fields) -> list[str]:
    """Return the ids of all versions of a post, the first one first."""
    history = texts_of(post.get("edit_history_tweet_ids"))
    history = history or texts_of(post.get("edit_history_post_ids"))
    ids = {id_ for id_ in history if id_.isdecimal()} | {id_in(post)}
    return sorted(ids, key=int)


def sent_at(id_: str, fields: Fields) -> datetime:
    """Return when it was written, to the millisecond if the id tells."""
    by_id, said = moment_of(id_), moment_in(fields, "created_at")
    return by_id if said is None or abs(by_id - said) <= _NEAR else said


def link_to(author: Person, id_: str) -> str:
    """Return where a post can be looked at."""
    return f"https://x.com/{author.handle or 'i'}/status/{id_}"


def _message(post: Fields, beside: Includes, us: Us) -> Message:
    ids = versions(post)
    author = beside.person(id_in(post, "author_id"))
    others = references(post)
    if "text" not in post:
        raise UndecodableError("field 'text' is missing")
    return Message(
        channel=us.channel,
        id=MessageId(ids[0]),
        customer=us.customer(author.id),
        thread=ThreadId(text_in(post, "conversation_id") or ids[0]),
        text=written_text(post),
        visibility=Visibility.PUBLIC,
        sent_at=_written_at(ids, post),
        handle=author.handle or author.id,
        summoned=_addresses(post, beside, us),
        in_reply_to=MessageId(others["replied_to"]) if "replied_to" in others else None,
        profile=author.profile,
        link=link_to(author, ids[-1]),
        attachments=beside.files(within(post, "attachments").get("media_keys")),
        edited_at=sent_at(ids[-1], post) if len(ids) > 1 else None,
        nature=_nature(author, others, us),
    )


def _written_at(ids: list[str], post: Fields) -> datetime:
    return moment_of(ids[0]) if len(ids) > 1 else sent_at(ids[0], post)


def _nature(author: Person, others: dict[str, str], us: Us) -> Nature:
    if author.id == us.id:
        return Nature.OWN
    if "retweeted" in others:
        return Nature.REPOST
    return Nature.MACHINE if author.automated else Nature.WRITTEN


def _addresses(post: Fields, beside: Includes, us: Us) -> bool:
    """Tell whether the author named, answered or quoted us.

    The names that X puts before a reply are not the author's: who answers somebody
    else in a thread where we were named has not addressed us.
    """
    if text_in(post, "in_reply_to_user_id") == us.id:
        return True
    quoted = beside.posts.get(references(post).get("quoted", ""))
    if quoted is not None and text_in(quoted, "author_id") == us.id:
        return True
    return _names_us(post, us)


def _names_us(post: Fields, us: Us) -> bool:
    shown = post.get("display_text_range")
    start = shown[0] if isinstance(shown, list) and shown else 0
    start = start if isinstance(start, int) and start > 0 else 0
    long = within(post, "note_tweet") or within(post, "note_post")
    mentions = [
        *items_of(within(post, "entities").get("mentions")),
        *items_of(within(long, "entities").get("mentions")),
    ]
    return any(
        (text_in(one, "username") or "").lower() == us.handle.lower()
        and isinstance(at := one.get("start"), int)
        and at >= start
        for one in mentions
    )


def _fingerprint(raw: str) -> str:
    return f"unreadable-{hashlib.sha256(raw.encode()).hexdigest()[:16]}"
