"""Texts that are put into the outbox by hand, and what the network got of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model.allowance import Allowance
from bot.model.message import DIRECT, CustomerId, MessageId, Visibility
from bot.model.outgoing import Outgoing, Speaker
from bot.store import keys
from bot.store.payload import queue_entry, queued_event
from bot.store.scripts import source
from tests.builders import POLICY
from tests.first_line import FirstLine

TEN_A_MINUTE = Allowance("posts", 10, timedelta(minutes=1))
ENQUEUE = """-- uses queue
enqueue(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3], ARGV[4])
"""


def sent(line: FirstLine, account: str | None = None):
    return [entry for entry in line.channel.network.ledger(account) if entry.received]


async def queue(line: FirstLine, redis, account: str, text: str, **changes) -> Outgoing:
    """Put one text into the outbox, as commit and change_case do."""
    post = line.channel.network.post(account, f"@{POLICY.handle} hello")
    outgoing = replace(
        Outgoing(
            key=f"{account}:{text}",
            channel=line.channel.name,
            customer=CustomerId(f"{line.channel.name}:{account}"),
            handle=account,
            thread=DIRECT,
            visibility=Visibility.PUBLIC,
            text=text,
            speaker=Speaker.BOT,
            queued_at=line.clock.now(),
            reply_to=MessageId(post),
        ),
        **changes,
    )
    await push(line, redis, outgoing)
    return outgoing


async def push(line: FirstLine, redis, outgoing: Outgoing) -> None:
    who = outgoing.customer
    script = redis.register_script(ENQUEUE.replace("-- uses queue", source("queue")))
    await script(
        keys=[
            keys.in_shard(keys.shard_of(who), "outbox"),
            keys.of_customer(who, "queue"),
            keys.of_customer(who, "customer"),
        ],
        args=[
            who,
            queue_entry(outgoing, epoch=0),
            outgoing.thread,
            int(line.clock.now().timestamp() * 1000),
        ],
    )
    event = queued_event(outgoing)
    facts = dict(zip(event[::2], event[1::2], strict=True))
    await redis.xadd(keys.in_shard(keys.shard_of(who), "events"), facts)
