"""Customers as actors: lease, load, commit. See the scripts of the same names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.model.message import CustomerId
from bot.model.rank import Rank
from bot.model.record import Record
from bot.model.work import Broken, Buried, Commit, Lease, Work
from bot.store import keys
from bot.store.bells import Bell
from bot.store.case_ids import CaseIds, to_reserve
from bot.store.codec import dump_mail, dump_record
from bot.store.dead import trim_dead
from bot.store.loading import work_of
from bot.store.payload import MAILS_AT_ONCE, commit_arguments
from bot.store.scripts import reporting_outages, script
from bot.store.shares import Due, Share, shares_of
from bot.store.wakes import SENDERS, wake

if TYPE_CHECKING:
    from redis.asyncio import Redis


class RedisTurns:
    """Who is due, what is known of them, and the one atomic step that ends a turn."""

    def __init__(self, redis: Redis[str], bell: Bell | None = None) -> None:
        """Look for who is due where `bell` rings; everywhere, if nobody rings it."""
        self._redis, self._bell = redis, bell or Bell()
        self._peek, self._lease = script(redis, "peek"), script(redis, "lease")
        self._load, self._isolate = script(redis, "load"), script(redis, "isolate")
        self._commit = script(redis, "commit")
        self._give_back = script(redis, "give_back")
        self._bury, self._trim_dead = script(redis, "bury"), script(redis, "trim_dead")
        self._case_ids = CaseIds()

    async def lease(
        self, *, now: datetime, length: timedelta, limit: int
    ) -> list[Lease]:
        """Take up to `limit` customers, better ranks first, in two round trips."""
        shards = self._bell.look(now)
        dues = await self._due(shards, now)
        shares = shares_of(dues, limit)
        pairs = zip(shards, shares, strict=True)
        wanted = [(shard, share) for shard, share in pairs if share.total]
        if not wanted:
            return []
        if sum(share.total for share in shares) < sum(due.total for due in dues):
            self._bell.leave()
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard, share in wanted:
                    await self._lease_from(pipe, shard, share, now=now, length=length)
                found = [part for row in await pipe.execute() for part in row]
        taken = zip(found[::2], found[1::2], strict=True)
        return [Lease(CustomerId(who), str(token)) for who, token in taken]

    async def _due(self, shards: Sequence[str], now: datetime) -> list[Due]:
        if not shards:
            return []
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in shards:
                    names = [keys.in_shard(shard, name) for name in ("ready", "leased")]
                    await self._peek(keys=names, args=[to_ms(now)], client=pipe)
                rows = await pipe.execute()
        return [
            Due(
                expired=row[0],
                count=dict(zip(Rank, row[1::2], strict=True)),
                since={
                    rank: int(at)
                    for rank, at in zip(Rank, row[2::2], strict=True)
                    if at
                },
            )
            for row in rows
        ]

    async def _lease_from(
        self,
        pipe: Redis[str],
        shard: str,
        share: Share,
        *,
        now: datetime,
        length: timedelta,
    ) -> None:
        names = ("ready", "leased", "tokens")
        await self._lease(
            keys=[keys.in_shard(shard, name) for name in names],
            args=[
                to_ms(now),
                length // timedelta(milliseconds=1),
                keys.in_shard(shard, "customer:"),
                share.expired,
                *(share.count[rank] for rank in Rank),
            ],
            client=pipe,
        )

    async def isolate(self, lease: Lease, *, until: datetime) -> bool:
        """Say that this customer alone is in hand now; False if the lease was lost."""
        who = lease.customer
        shard = keys.shard_of(who)
        names = [keys.in_shard(shard, name) for name in ("tokens", "leased")]
        with reporting_outages():
            answer = await self._isolate(
                keys=[*names, keys.of_customer(who, "customer")],
                args=[who, lease.token, to_ms(until)],
            )
        return bool(answer == 1)

    async def load(self, leases: Sequence[Lease]) -> list[Work | Broken]:
        """Read customers, their mail and their newest case, in one round trip.

        What cannot be read concerns its own customer only.
        """
        shards = [keys.shard_of(lease.customer) for lease in leases]
        taken = self._case_ids.take(shards)
        short = to_reserve(shards, taken)
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for lease, shard in zip(leases, shards, strict=True):
                    names = ("customer", "mailbox")
                    await self._load(
                        keys=[keys.of_customer(lease.customer, n) for n in names],
                        args=[keys.in_shard(shard, "case:"), MAILS_AT_ONCE],
                        client=pipe,
                    )
                for shard, count in short.items():
                    pipe.incrby(keys.in_shard(shard, "case_count"), count)
                answers = await pipe.execute()
        counts = answers[len(leases) :]
        for (shard, count), newest in zip(short.items(), counts, strict=True):
            self._case_ids.add(shard, newest=newest, count=count)
        new_cases = self._case_ids.fill(shards, taken)
        return [
            work_of(lease, *answer, new_case=new_case)
            for lease, new_case, answer in zip(
                leases, new_cases, answers[: len(leases)], strict=True
            )
        ]

    async def commit(
        self, commits: Sequence[Commit], *, again_at: datetime
    ) -> list[bool]:
        """Write each commit whole or not at all; False if lease or state was lost."""
        if not commits:
            return []
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for commit in commits:
                    await self._commit(
                        keys=_commit_keys(commit),
                        args=commit_arguments(commit, again_at=again_at),
                        client=pipe,
                    )
                if any(commit.texts for commit in commits):
                    shards = [keys.shard_of(c.customer.id) for c in commits if c.texts]
                    await wake(pipe, SENDERS, commits[0].at, shards)
                answers = (await pipe.execute())[: len(commits)]
                done = [answer == "ok" for answer in answers]
        for commit, ok in zip(commits, done, strict=True):
            if ok:
                self._case_ids.give_back(commit)
        return done

    async def give_back(self, lease: Lease, *, due: datetime, failed: bool) -> None:
        """End a lease without a commit; count a failure."""
        who, names = lease.customer, ("tokens", "leased", "ready")
        shard = keys.shard_of(who)
        with reporting_outages():
            await self._give_back(
                keys=[
                    *(keys.in_shard(shard, name) for name in names),
                    keys.of_customer(who, "customer"),
                ],
                args=[who, lease.token, to_ms(due), int(failed)],
            )
        self._bell.ring({shard})  # perhaps at once

    async def bury(
        self,
        lease: Lease,
        *,
        mails: int,
        records: Sequence[Record],
        notice: Buried,
        now: datetime,
    ) -> None:
        """Park the first `mails` mails as dead letters, and tell the next turn."""
        who = lease.customer
        shard = keys.shard_of(who)
        lines = {record.id: dump_record(record) for record in records}
        args = [
            who,
            lease.token,
            to_ms(now),
            notice.reason.value,
            mails,
            json.dumps(lines, ensure_ascii=False),
            dump_mail(notice),
        ]
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                await self._bury(keys=_bury_keys(who), args=args, client=pipe)
                await trim_dead(self._trim_dead, pipe, shard, now=now)
                await pipe.execute()

    async def next_due(self) -> datetime | None:
        """Return when the earliest waiting or leased customer is due."""
        with reporting_outages():
            return await earliest(self._redis, (*keys.READY.values(), "leased"))


async def earliest(redis: Redis[str], names: Sequence[str]) -> datetime | None:
    """Return the lowest score in these sorted sets of all shards, as a moment."""
    async with redis.pipeline(transaction=False) as pipe:
        for shard in keys.SHARDS:
            for name in names:
                pipe.zrange(keys.in_shard(shard, name), 0, 0, withscores=True)
        found = [score for rows in await pipe.execute() for _, score in rows]
    return from_ms(int(min(found))) if found else None


def _commit_keys(commit: Commit) -> list[str]:
    who = commit.customer.id
    shard = keys.shard_of(who)
    case = keys.of_case(commit.case.id) if commit.case else keys.in_shard(shard, "none")
    return [
        *(keys.in_shard(shard, name) for name in ("tokens", "leased", "ready")),
        *(
            keys.of_customer(who, name)
            for name in ("customer", "mailbox", "seen", "history")
        ),
        *(keys.in_shard(shard, name) for name in ("events", "outbox")),
        *(keys.of_customer(who, name) for name in ("queue", "effects")),
        case,
        *(keys.in_shard(shard, name) for name in ("active", "pending")),
        keys.of_customer(who, "delivery"),
        keys.in_shard(shard, "timers"),
    ]


def _bury_keys(who: CustomerId) -> list[str]:
    shard = keys.shard_of(who)
    lease = ("tokens", "leased", "ready", "pending")
    dead = ("dead_letters", "dead_count", "events")
    own = ("customer", "mailbox", "seen", "seen_old", "history", "dead")
    return [
        *(keys.in_shard(shard, name) for name in (*lease, *dead)),
        *(keys.of_customer(who, name) for name in own),
    ]
