"""What the promises of a channel are told with."""

from __future__ import annotations

from bot.model.message import Message, MessageId, Visibility
from bot.model.outgoing import (
    Outgoing,
    Speaker,
)
from bot.ports import Channel
from tests.contract.harness import ChannelHarness

ODD_TEXTS = {
    "empty": "",
    "only emoji": "😡😡😡",
    "right to left": "أين طلبي؟",
    "several lines": "hello\n\nwhere is it?\r\n",
    "control characters": "a\x00b\x07c",
    "as long as is stored": "where is it? " * 769,
    "quotes and markup": "'; DROP TABLE posts; -- <b>\"&amp;\\u0000",
}


async def read(channel: Channel, after: str | None = None):
    return [pair async for pair in channel.messages(after=after)]


async def ids(channel: Channel, after: str | None = None) -> list[str]:
    return [message.id for _, message in await read(channel, after)]


async def post_and_read(network: ChannelHarness, account="ada", text="hi") -> Message:
    posted = network.customer_posts(account, text)
    return await newest(network, posted)


async def direct_and_read(network: ChannelHarness, account="ada", text="hi") -> Message:
    posted = network.customer_directs(account, text)
    return await newest(network, posted)


async def newest(network: ChannelHarness, posted: MessageId) -> Message:
    _, message = (await read(network.channel))[-1]
    assert isinstance(message, Message)
    assert message.id == posted
    return message


def answer_to(message: Message, text: str, network: ChannelHarness) -> Outgoing:
    """Return an answer that is queued now."""
    public = message.visibility is Visibility.PUBLIC
    return Outgoing(
        key=f"answer:{message.key}",
        channel=message.channel,
        customer=message.customer,
        handle=message.handle,
        thread=message.thread,
        visibility=message.visibility,
        text=text,
        speaker=Speaker.BOT,
        queued_at=network.clock.now(),
        reply_to=message.id if public else None,
    )
