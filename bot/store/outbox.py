"""Texts on their way: the fence, the order and the end of every send."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import to_ms
from bot.model.message import CustomerId
from bot.model.outgoing import Outgoing
from bot.model.reason import Reason
from bot.model.work import PASSING, SendFailure, SendTask
from bot.store import keys
from bot.store.codec import dump_mail, load
from bot.store.scripts import reporting_outages, script
from bot.store.turns import earliest

if TYPE_CHECKING:
    from redis.asyncio import Redis

_STATES = {  # how a failed send ends in the transcript and the events
    Reason.REPLY_REFUSED: "refused",
    Reason.REPLY_UNCERTAIN: "unknown",
    Reason.UNSAFE_TEXT: "withheld",
    Reason.BACKLOG: "withheld",
    Reason.QUIET_MODE: "withheld",
}


class RedisOutbox:
    """The outbox in Redis; see lua/begin_send.lua and lua/settle_send.lua."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._begin = script(redis, "begin_send")
        self._settle = script(redis, "settle_send")

    async def begin(
        self, *, now: datetime, lease: timedelta, limit: int
    ) -> list[SendTask]:
        """Move up to `limit` texts to *sending*, unless a claim came first."""
        with reporting_outages():
            due = await self._due(now, limit)
            async with self._redis.pipeline(transaction=False) as pipe:
                for who in due:
                    await self._begin(
                        keys=_keys(who, "queue", "customer", "delivery", "seen"),
                        args=[who, to_ms(now), lease // timedelta(milliseconds=1)],
                        client=pipe,
                    )
                answers = await pipe.execute()
        return [
            SendTask(
                outgoing=load(json.loads(entry)["body"], Outgoing),
                look_up=what == "look_up",
                tries=int(tries),
                waits=int(waits),
            )
            for what, entry, tries, waits in answers
            if what in ("send", "look_up")
        ]

    async def _due(self, now: datetime, limit: int) -> list[CustomerId]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for shard in keys.SHARDS:
                pipe.zrangebyscore(
                    keys.in_shard(shard, "outbox"), "-inf", to_ms(now), 0, limit
                )
            found = [who for row in await pipe.execute() for who in row]
        return [CustomerId(who) for who in found[:limit]]

    async def sent(
        self, outgoing: Outgoing, *, channel_id: str, at: datetime, now: datetime
    ) -> None:
        """Record that it went out."""
        await self._end(outgoing, "sent", at=at, now=now, channel_id=channel_id)

    async def again(
        self, outgoing: Outgoing, *, code: str, due: datetime, look_up: bool
    ) -> None:
        """Try again at `due`: to look where it is, or to send it.

        A code in PASSING counts as a wait, everything else as a try.
        """
        state = "look_up" if look_up else "wait" if code in PASSING else "again"
        await self._end(outgoing, state, at=due, now=due, problem=code)

    async def failed(self, failure: SendFailure, *, now: datetime) -> None:
        """End the sending; the failure is mail for the customer's next turn."""
        await self._end(
            failure.outgoing,
            _STATES[failure.reason],
            at=now,
            now=now,
            problem=failure.code,
            mail=dump_mail(failure),
        )

    async def next_due(self) -> datetime | None:
        """Return when the earliest text is due; None if all are out."""
        with reporting_outages():
            return await earliest(self._redis, ("outbox",))

    async def _end(
        self,
        outgoing: Outgoing,
        state: str,
        *,
        at: datetime,
        now: datetime,
        problem: str = "",
        channel_id: str = "",
        mail: str = "",
    ) -> None:
        payload = {
            "customer": outgoing.customer,
            "key": outgoing.key,
            "thread": outgoing.thread,
            "speaker": outgoing.speaker.value,
            "case": outgoing.case or "",
            "state": state,
            "problem": problem,
            "now": str(to_ms(now)),
            "at": str(to_ms(at)),
            "due": str(to_ms(at)),
            "channel_id": channel_id,
            "mail": mail,
        }
        who = outgoing.customer
        shard = keys.shard_of(who)
        with reporting_outages():
            await self._settle(
                keys=[
                    *_keys(who, "queue", "customer", "delivery"),
                    keys.of_customer(who, "mailbox"),
                    keys.in_shard(shard, "ready"),
                    keys.in_shard(shard, "leased"),
                ],
                args=[json.dumps(payload, ensure_ascii=False)],
            )


def _keys(who: CustomerId, *names: str) -> list[str]:
    """Return outbox, the customer's named keys, and events: the scripts' order."""
    shard = keys.shard_of(who)
    return [
        keys.in_shard(shard, "outbox"),
        *(keys.of_customer(who, name) for name in names),
        keys.in_shard(shard, "events"),
    ]
