"""Texts on their way: the pace, the fence, the order and the end of every send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import to_ms
from bot.model.message import ChannelName, CustomerId, Visibility
from bot.model.outgoing import Outgoing, Purpose
from bot.model.reason import Reason
from bot.model.work import SAME_WORDS, STORE_AWAY, SendFailure, SendTask
from bot.store import keys
from bot.store.bells import Bell
from bot.store.codec import dump_mail
from bot.store.lanes import Kind, Lanes, kinds_of
from bot.store.pace import Buckets, Pace
from bot.store.payload import FAILED_STATES, end_payload
from bot.store.scripts import reporting_outages, script
from bot.store.tasks import BrokenTask, task_of
from bot.store.together import Together

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.ports import Channel

SKEW = timedelta(seconds=60)  # how far a network's clock may be from ours
READ_AGAIN = timedelta(minutes=1)  # what this process cannot read
READS = 5  # as long as a rolling restart takes
SHOWN_AFTER = timedelta(seconds=2)  # a network may show what it took a moment late
_MS = timedelta(milliseconds=1)


class RedisOutbox:
    """The outbox in Redis; see lua/queue.lua and the scripts that use it."""

    def __init__(
        self,
        redis: Redis[str],
        channels: Mapping[ChannelName, Channel],
        bell: Bell | None = None,
    ) -> None:
        """Send on `channels`, each at the pace that it allows.

        A text for a channel that is not among them waits until it is. Texts are looked
        for where `bell` rings; everywhere, if nobody rings it.
        """
        self._bell = bell or Bell()
        self._redis = redis
        self._begin = script(redis, "begin_send")
        self._settle = script(redis, "settle_send")
        self._together = Together(redis)  # sends end at the same moments
        self._buckets = Buckets(redis)
        self._kinds = {
            kind: _pace(kind, channels[kind.channel]) for kind in kinds_of(channels)
        }
        self._lanes = Lanes(redis, list(self._kinds))

    async def begin(
        self, *, now: datetime, lease: timedelta, limit: int
    ) -> list[SendTask]:
        """Move up to `limit` texts to *sending*, unless a claim came first.

        What has expired ends here as well, whether or not there are tokens.
        """
        shards = self._bell.look(now)
        if not shards:
            return []
        with reporting_outages():
            kinds = self._open(now)
            due = await self._lanes.due(kinds, now=now, limit=limit, within=shards)
            look_ups = due.look_ups[: max(1, limit // 2)]
            nobody_else = dict.fromkeys((*look_ups, *due.expiring), "")
            tasks = await self._move(nobody_else, now=now, lease=lease)
            sends = list(due.sends.items())[: limit - len(tasks)]
            for kind in self._kinds:
                wanted = [who for who, of in sends if of == kind]
                tasks += await self._send(kind, wanted, now=now, lease=lease)
        taken = due.whole and len(look_ups) == len(due.look_ups)
        if not taken or len(tasks) >= limit or len(self._open(now)) < len(self._kinds):
            self._bell.leave()  # it may be better than what is rung for
        return tasks

    def _open(self, now: datetime) -> list[Kind]:
        """Return the kinds that may have a token."""
        return [
            kind
            for kind, pace in self._kinds.items()
            if pace is None or not self._buckets.is_empty(pace, now=now)
        ]

    async def _send(
        self, kind: Kind, who: Sequence[CustomerId], *, now: datetime, lease: timedelta
    ) -> list[SendTask]:
        """Move as many as there are tokens for; give the unused ones back."""
        pace = self._kinds[kind]
        if not who:
            return []
        taken = len(who)
        if pace is not None:
            taken = await self._buckets.take(pace, len(who), now=now)
        moved = dict.fromkeys(who[:taken], kind.name)
        tasks = await self._move(moved, now=now, lease=lease)
        if pace is not None:
            used = sum(not task.look_up for task in tasks)
            await self._buckets.give_back(pace, taken - used, now=now)
        return tasks

    async def _move(
        self, customers: Mapping[CustomerId, str], *, now: datetime, lease: timedelta
    ) -> list[SendTask]:
        """Run begin_send for each customer, with the kind that there is a token for."""
        times = (to_ms(now), lease // _MS)
        async with self._redis.pipeline(transaction=False) as pipe:
            for who, kind in customers.items():
                shard = keys.shard_of(who)
                cases = keys.in_shard(shard, "case:")
                await self._begin(
                    keys=[
                        *_keys(who, "queue", "customer", "delivery", "seen"),
                        keys.in_shard(shard, "generation"),
                        *_mail_keys(who),
                        keys.of_customer(who, "seen_old"),
                    ],
                    args=[who, *times, kind, cases, SKEW // _MS, SHOWN_AFTER // _MS],
                    client=pipe,
                )
            answers = await pipe.execute()
        tasks = [
            task_of(who, answer)
            for who, answer in zip(customers, answers, strict=True)
            if answer[0] in ("send", "look_up", "look_back")
        ]
        for task in tasks:
            if isinstance(task, BrokenTask):
                await self._put_off(task, now=now)
        return [task for task in tasks if isinstance(task, SendTask)]

    async def _put_off(self, task: BrokenTask, *, now: datetime) -> None:
        """Leave it to a process of another version; if none can read it, to people."""
        if task.tries < READS:
            await self.again(
                task.outgoing,
                code="unreadable",
                now=now,
                due=now + READ_AGAIN,
                until=task.until,
                look_up=task.started,
            )
        else:
            failure = SendFailure(task.outgoing, Reason.REPLY_UNCERTAIN, "unreadable")
            await self.failed(failure, now=now, until=task.until)

    async def sent(
        self,
        outgoing: Outgoing,
        *,
        channel_id: str,
        at: datetime,
        now: datetime,
        until: datetime,
        code: str = "",
    ) -> None:
        """Record that it went out."""
        await self._end(
            outgoing,
            "sent",
            at=at,
            now=now,
            until=until,
            problem=code,
            channel_id=channel_id,
        )

    async def again(
        self,
        outgoing: Outgoing,
        *,
        code: str,
        now: datetime,
        due: datetime,
        until: datetime,
        look_up: bool,
    ) -> None:
        """Try again at `due`: to look where it is, or to send it.

        A code in PASSING counts as a wait, STORE_AWAY as nothing, the others as a try.
        """
        state = "look_up" if look_up else "again"
        ours = await self._end(
            outgoing, state, at=due, now=now, until=until, problem=code
        )
        if ours and not look_up and code in (SAME_WORDS, STORE_AWAY):
            await self._give_back(outgoing, now=now)

    async def _give_back(self, outgoing: Outgoing, *, now: datetime) -> None:
        """Give back the token of a text that was held back before it went out."""
        pace = self._kinds[Kind(outgoing.channel, outgoing.visibility)]
        if pace is not None:
            with reporting_outages():
                await self._buckets.give_back(pace, 1, now=now)

    async def failed(
        self, failure: SendFailure, *, now: datetime, until: datetime
    ) -> None:
        """End the sending; the failure is mail for the customer's next turn."""
        await self._end(
            failure.outgoing,
            FAILED_STATES[failure.reason],
            at=now,
            now=now,
            until=until,
            problem=failure.code,
            mail=dump_mail(failure),
        )

    async def wait(
        self,
        channel: ChannelName,
        visibility: Visibility,
        purpose: Purpose,
        *,
        now: datetime,
    ) -> timedelta:
        """Return about how long a text queued now waits for the network's pace."""
        kind = Kind(channel, visibility)
        pace = self._kinds.get(kind)
        if pace is None:
            return timedelta(0)
        with reporting_outages():
            before = await self._lanes.count(kind, purpose)
            due = await self._buckets.when(pace, before + 1, now=now)
        return max(due - now, timedelta(0))

    async def next_due(self) -> datetime | None:
        """Return when a text is to be dealt with, tokens considered; None if none."""
        paced = {kind: p for kind, p in self._kinds.items() if p is not None}
        with reporting_outages():
            tokens = await self._buckets.next_token(list(paced.values()))
            return await self._lanes.next_due(dict(zip(paced, tokens, strict=True)))

    async def _end(
        self,
        outgoing: Outgoing,
        state: str,
        *,
        at: datetime,
        now: datetime,
        until: datetime,
        problem: str = "",
        channel_id: str = "",
        mail: str = "",
    ) -> bool:
        """Return whether it was this sender's still."""
        payload = end_payload(
            outgoing,
            state,
            at=at,
            now=now,
            until=until,
            problem=problem,
            channel_id=channel_id,
            mail=mail,
        )
        who = outgoing.customer
        with reporting_outages():
            done = await self._together.answer(
                lambda pipe: self._settle(
                    keys=[
                        *_keys(who, "queue", "customer", "delivery"),
                        *_mail_keys(who),
                    ],
                    args=[payload],
                    client=pipe,
                )
            )
        return done == 1


def _pace(kind: Kind, channel: Channel) -> Pace | None:
    """Return what paces texts of this kind; None if nothing does."""
    allowances = channel.allowances(kind.visibility)
    return Pace(kind.channel, allowances) if allowances else None


def _mail_keys(who: CustomerId) -> list[str]:
    """Return what a mail to the customer's next turn needs."""
    shard = keys.shard_of(who)
    return [
        keys.of_customer(who, "mailbox"),
        keys.in_shard(shard, "ready"),
        keys.in_shard(shard, "leased"),
    ]


def _keys(who: CustomerId, *names: str) -> list[str]:
    """Return outbox, the customer's named keys, and events: the scripts' order."""
    shard = keys.shard_of(who)
    return [
        keys.in_shard(shard, "outbox"),
        *(keys.of_customer(who, name) for name in names),
        keys.in_shard(shard, "events"),
    ]
