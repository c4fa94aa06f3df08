"""What stands on the network: posts, direct messages, and the ledger over them."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_ms
from bot.model.attachment import Attachment, attachment_of
from bot.model.message import Profile, ThreadId, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """A public post of a customer that is about to be written.

    `at` None means now. `id` None lets the network choose one. `conversation` is
    the id of the first post of the public conversation; None derives it from
    `in_reply_to`. `addressed` None lets the network's rules say whether the post
    addresses the brand; a bool is the author's own choice of recipients, which
    networks show above a reply and not in its text.
    """

    account: str
    text: str
    in_reply_to: str | None = None
    at: datetime | None = None
    id: str | None = None
    conversation: str | None = None
    addressed: bool | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A public post, or a direct message if `visibility` is private.

    `customer` is the account in whose exchange with the brand it stands: its
    author, or the one whom the brand answered; None for what the brand posted to
    everybody. `conversation` is the id of the first post above it. `change` is
    the position in the order in which posts appeared. `via_api` marks what the
    program sent, as against what people wrote in the network's own app.
    `addressed` says that its author speaks to the brand. `hidden`: the brand keeps its
    readers from seeing it.
    """

    id: str
    account: str
    name: str
    text: str
    at: datetime
    in_reply_to: str | None
    conversation: str
    thread: ThreadId
    customer: str | None
    visibility: Visibility
    by_brand: bool
    via_api: bool
    addressed: bool
    change: int
    profile: Profile | None = None  # of its author, if they show one
    attachments: tuple[Attachment, ...] = ()
    asks_rating: bool = False
    stars: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One thing that a customer wrote, or received from the program."""

    id: str
    account: str
    received: bool
    text: str
    thread: ThreadId
    visibility: Visibility
    in_reply_to: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """The posts that appeared after a change number, and the number to ask with next."""

    latest: int
    posts: tuple[Post, ...]


def public_thread(conversation: str, account: str) -> ThreadId:
    """Name the part of a public conversation that belongs to one customer.

    Two customers under one post have separate threads with us.
    """
    return ThreadId(f"{conversation}:{account}")


def post_from(row: sqlite3.Row) -> Post:
    """Turn a row of `posts`, joined with its author's `name`, into a Post."""
    return Post(
        id=row["id"],
        account=row["account"],
        name=row["name"],
        text=row["text"],
        at=from_ms(row["at_ms"]),
        in_reply_to=row["in_reply_to"],
        conversation=row["conversation"],
        thread=ThreadId(row["thread"]),
        customer=row["customer"],
        visibility=Visibility(row["visibility"]),
        by_brand=bool(row["by_brand"]),
        via_api=bool(row["via_api"]),
        addressed=bool(row["addressed"]),
        change=row["seq"],
        profile=_profile(row),
        attachments=attachments_from(json.loads(row["files"])),
        asks_rating=row["asks"] is not None,
        stars=row["stars"],
        hidden=bool(row["hidden"]),
    )


def attachments_from(files: object) -> tuple[Attachment, ...]:
    """Return the files that have a safe link, of whatever the network says."""
    if not isinstance(files, list):
        return ()
    named = [
        {name: file.get(name) for name in ("kind", "name", "url", "size", "alt")}
        for file in files
        if isinstance(file, dict)
    ]
    return tuple(one for file in named if (one := attachment_of(**file)))


def _profile(row: sqlite3.Row) -> Profile | None:
    if row["display_name"] is None:
        return None
    return Profile(name=row["display_name"], followers=row["followers"])


def ledger_entry_from(row: sqlite3.Row) -> LedgerEntry:
    """Turn a row of `posts` that stands in a customer's exchange into an entry."""
    return LedgerEntry(
        id=row["id"],
        account=row["customer"],
        received=bool(row["by_brand"]),
        text=row["text"],
        thread=ThreadId(row["thread"]),
        visibility=Visibility(row["visibility"]),
        in_reply_to=row["in_reply_to"],
        at=from_ms(row["at_ms"]),
    )
