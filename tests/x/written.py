"""Texts of ours for X, and what came of them."""

from __future__ import annotations

from datetime import timedelta

from bot.model.message import (
    DIRECT,
    ChannelName,
    CustomerId,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.outgoing import (
    Outgoing,
    Speaker,
)

POST = "POST /2/tweets"
SECOND = timedelta(seconds=1)
LONG = "We have looked at it, and it is on its way to you now. " * 12


def reply(x, post, text="On its way.", *, speaker=Speaker.BOT, files=(), key="k"):
    person = x.core.world.accounts[post.author_id]
    return Outgoing(
        key=key,
        channel=ChannelName("x"),
        customer=CustomerId(f"x:{person.id}"),
        handle=person.username,
        thread=ThreadId(post.conversation_id),
        visibility=Visibility.PUBLIC,
        text=text,
        speaker=speaker,
        queued_at=x.core.clock.now(),
        reply_to=MessageId(post.id),
        files=files,
    )


def direct(x, person, text="On its way.", *, files=()):
    return Outgoing(
        key="d",
        channel=ChannelName("x"),
        customer=CustomerId(f"x:{person.id}"),
        handle=person.username,
        thread=DIRECT,
        visibility=Visibility.PRIVATE,
        text=text,
        speaker=Speaker.AGENT,
        queued_at=x.core.clock.now(),
        files=files,
    )


def said(x):
    return [post.text for post in x.posts()]
