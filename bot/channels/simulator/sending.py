"""The network's rules for what our account sends, modelled on X's.

A refusal's code is stable: the flow and the reports key on it.

code             permanent  why
unreachable      no         the network is down
rate_limited     no         too many requests
empty_text       yes        nothing to post
file_not_taken   yes        a file is no image
file_unreadable  either     a file is gone, or its place is away at the moment
too_long         yes        over the limit in the network's own count
reply_not_found  yes        the post to answer does not exist
not_summoned     yes        a bot answers only posts whose author addressed us
duplicate_text   yes        the same public text to the same customer again, soon
dm_not_opened    yes        a customer writes the first direct message
"""

from __future__ import annotations

import sqlite3
from collections.abc import Set
from dataclasses import replace
from datetime import timedelta

from bot.channels.counting import LIMITS, weighted_length, whole
from bot.channels.simulator.database import CommitUnclear, Database
from bot.channels.simulator.faults import Fault, Faults
from bot.channels.simulator.posts import NewPost, Post
from bot.channels.simulator.writing import Writing
from bot.clock import Clock, from_ms, to_ms
from bot.errors import TemporaryFailure
from bot.model.attachment import AttachmentKind
from bot.model.message import MessageId, Visibility
from bot.model.outgoing import (
    CannotTell,
    Found,
    NotThere,
    Outgoing,
    Refused,
    SendResult,
    Sent,
    Speaker,
    Unknown,
    Unreachable,
)
from bot.model.posts import cut_into_posts

TAKES = frozenset({AttachmentKind.IMAGE})
DUPLICATE_WINDOW = timedelta(minutes=15)
UNREACHABLE = Refused("unreachable", permanent=False)


class Sending:
    """Takes our texts, or refuses them. Like X, it knows no idempotency key."""

    def __init__(
        self, database: Database, faults: Faults, writing: Writing, *, clock: Clock
    ) -> None:
        self._database, self._faults = database, faults
        self._writing, self._clock = writing, clock

    def attempt(self, outgoing: Outgoing, *, account: str) -> SendResult:
        """Post one text, or direct it to `account` if it is private."""
        try:
            with self._database.transaction():
                stopped = self._stopped_on_the_way()
                result = stopped or self._take(outgoing, account)
                lost = not stopped and self._faults.take(Fault.LOSE_ANSWER)
        except CommitUnclear:
            return Unknown()
        except TemporaryFailure:
            return UNREACHABLE  # before the commit: nothing was changed
        return Unknown() if lost else result

    def find(
        self,
        outgoing: Outgoing,
        *,
        account: str,
        known: Set[MessageId],
        any_words: bool,
    ) -> Found:
        """Look for our text among our replies to the post, or our direct messages.

        With `any_words` for whatever we said in that thread; see Channel.find_sent.
        """
        try:
            if self._faults.take(Fault.NETWORK_DOWN):
                return Unreachable()
            if self._faults.take(Fault.LOOKUP_FAILS):
                return CannotTell()
            rows = self._said(outgoing, account, any_words=any_words)
        except TemporaryFailure:
            return Unreachable()
        new = (row for row in rows if row["id"] not in known)
        row = next(new, None)
        return Sent(MessageId(row["id"]), from_ms(row["at_ms"])) if row else NotThere()

    def _stopped_on_the_way(self) -> Refused | Unknown | None:
        take = self._faults.take
        if take(Fault.NETWORK_DOWN):
            return UNREACHABLE
        if take(Fault.DROP_REQUEST):
            return Unknown()
        if take(Fault.RATE_LIMITED):
            return Refused("rate_limited", permanent=False)
        armed = take(Fault.REFUSE)
        return Refused(armed.code, armed.permanent) if armed else None

    def _take(self, outgoing: Outgoing, account: str) -> SendResult:
        text = whole(outgoing.text)
        if not text.strip():
            return Refused("empty_text", permanent=True)
        if any(file.kind not in TAKES for file in outgoing.files):
            return Refused("file_not_taken", permanent=True)
        posts = posts_of(text, outgoing.visibility, outgoing.speaker)
        if any(weighted_length(one) > LIMITS[outgoing.visibility] for one in posts):
            return Refused("too_long", permanent=True)
        if outgoing.visibility is Visibility.PRIVATE:
            return self._direct(text, account, outgoing)
        return self._reply(posts, outgoing)

    def _direct(self, text: str, account: str, outgoing: Outgoing) -> SendResult:
        opened = self._database.row(
            "SELECT 1 FROM posts WHERE customer = ? AND visibility = 'private' LIMIT 1",
            account,
        )
        if not opened:
            return Refused("dm_not_opened", permanent=True)
        new = replace(self._post(text), attachments=outgoing.files)
        post = self._writing.direct(new, customer=account, via_api=True)
        if outgoing.asks_rating:
            self._writing.ask_rating(post)
        return _sent(post)

    def _reply(self, posts: tuple[str, ...], outgoing: Outgoing) -> SendResult:
        """Post each below the one before it: all, or none."""
        above = self._writing.public_post(outgoing.reply_to)
        addressed = above is not None and above.addressed
        if outgoing.speaker is Speaker.BOT and not addressed:
            return Refused("not_summoned", permanent=True)
        if above is None:
            return Refused("reply_not_found", permanent=True)
        if any(self._said_just_now(text, above.customer) for text in posts):
            return Refused("duplicate_text", permanent=True)
        first, *others = posts
        new = replace(self._post(first, above), attachments=outgoing.files)
        last = written = self._writing.public(new, via_api=True)
        for text in others:
            last = self._writing.public(self._post(text, last), via_api=True)
        return _sent(written)

    def _said_just_now(self, text: str, customer: str | None) -> bool:
        since_ms = to_ms(self._clock.now() - DUPLICATE_WINDOW)
        again = self._database.row(
            "SELECT 1 FROM posts WHERE customer IS ? AND visibility = 'public'"
            " AND by_brand AND text = ? AND at_ms > ? LIMIT 1",
            *(customer, text, since_ms),
        )
        return again is not None

    def _post(self, text: str, above: Post | None = None) -> NewPost:
        return NewPost(
            account=self._writing.brand,
            text=text,
            in_reply_to=above.id if above else None,
        )

    def _said(
        self, outgoing: Outgoing, account: str, *, any_words: bool
    ) -> list[sqlite3.Row]:
        """Return what we posted there since the text was caused, oldest first."""
        private = outgoing.visibility is Visibility.PRIVATE
        text, speaker = whole(outgoing.text), outgoing.speaker
        first = posts_of(text, outgoing.visibility, speaker)[0]  # then all are there
        where, target = (
            ("customer = ? AND visibility = 'private'", account)
            if private
            else ("thread = ? AND visibility = 'public'", outgoing.thread)
            if any_words
            else ("in_reply_to = ? AND visibility = 'public'", outgoing.reply_to)
        )
        return self._database.rows(
            f"SELECT id, at_ms FROM posts WHERE {where} AND by_brand"  # noqa: S608 - all are ours
            " AND (? OR text = ?) AND at_ms >= ? ORDER BY seq",
            *(target, int(any_words), first),
            to_ms(outgoing.caused_at or outgoing.queued_at),
        )


def posts_of(text: str, visibility: Visibility, speaker: Speaker) -> tuple[str, ...]:
    """Return the posts that a text of ours takes; only an agent's public one has more."""
    if visibility is Visibility.PRIVATE or speaker is Speaker.BOT:
        return (text,)
    return cut_into_posts(text, limit=LIMITS[visibility], length=weighted_length)


def _sent(post: Post) -> Sent:
    return Sent(MessageId(post.id), post.at)
