"""Customers as actors: lease, load, commit. See the scripts of the same names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.clock import from_ms, to_ms
from bot.model.case import CaseId, case_id
from bot.model.customer import Customer
from bot.model.message import CustomerId, Message
from bot.model.record import Record
from bot.model.work import Broken, Buried, Commit, Lease, Mail, Work
from bot.store import keys
from bot.store.codec import (
    case_from_hash,
    customer_from_hash,
    dump,
    dump_mail,
    load_mail,
)
from bot.store.payload import commit_payload
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

MAILS_AT_ONCE = 50  # a turn reads no more; the rest waits for the next one


class RedisTurns:
    """Who is due, what is known of them, and the one atomic step that ends a turn."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._lease = script(redis, "lease")
        self._commit = script(redis, "commit")
        self._give_back = script(redis, "give_back")
        self._bury = script(redis, "bury")
        self._next_shard = 0

    async def lease(
        self, *, now: datetime, length: timedelta, limit: int
    ) -> list[Lease]:
        """Take up to `limit` customers, the shards in turn so that none starves."""
        leases: list[Lease] = []
        start, self._next_shard = self._next_shard, self._next_shard + 1
        for offset in range(len(keys.SHARDS)):
            shard = keys.SHARDS[(start + offset) % len(keys.SHARDS)]
            leases += await self._lease_from(
                shard, now=now, length=length, limit=limit - len(leases)
            )
            if len(leases) >= limit:
                break
        return leases

    async def _lease_from(
        self, shard: str, *, now: datetime, length: timedelta, limit: int
    ) -> list[Lease]:
        names = ("ready", "leased", "tokens")
        with reporting_outages():
            found = await self._lease(
                keys=[keys.in_shard(shard, name) for name in names],
                args=[
                    to_ms(now),
                    length // timedelta(milliseconds=1),
                    limit,
                    keys.in_shard(shard, "customer:"),
                ],
            )
        pairs = zip(found[::2], found[1::2], strict=True)
        return [Lease(CustomerId(who), str(token)) for who, token in pairs]

    async def load(self, leases: Sequence[Lease]) -> list[Work | Broken]:
        """Read customers, their mail and their newest case, in two round trips.

        What cannot be read concerns its own customer only.
        """
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for lease in leases:
                    who = lease.customer
                    pipe.hgetall(keys.of_customer(who, "customer"))
                    pipe.lrange(keys.of_customer(who, "mailbox"), 0, MAILS_AT_ONCE - 1)
                answers = await pipe.execute()
            fields, mails = answers[::2], answers[1::2]
            cases = await self._cases([CaseId(f.get("case", "")) for f in fields])
        return [
            _work(*parts) for parts in zip(leases, fields, mails, cases, strict=True)
        ]

    async def _cases(self, ids: Sequence[CaseId]) -> list[dict[str, str] | None]:
        wanted = [case for case in ids if case]
        async with self._redis.pipeline(transaction=False) as pipe:
            for case in wanted:
                pipe.hgetall(keys.of_case(case))
            found = dict(zip(wanted, await pipe.execute(), strict=True))
        return [found[case] if case else None for case in ids]

    async def new_case_id(self, customer: CustomerId) -> CaseId:
        """Return an unused id. A turn that is not committed leaves a gap, no harm."""
        shard = keys.shard_of(customer)
        with reporting_outages():
            count = await self._redis.incr(keys.in_shard(shard, "case_count"))
        return case_id(keys.case_number(shard, count))

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
                        args=[commit_payload(commit, again_at=again_at)],
                        client=pipe,
                    )
                return [answer == "ok" for answer in await pipe.execute()]

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
        lines = {record.id: dump(record) for record in records}
        of_shard = ("tokens", "leased", "ready", "events", "dead_customers")
        of_customer = ("customer", "mailbox", "seen", "history", "dead")
        with reporting_outages():
            await self._bury(
                keys=[
                    *(keys.in_shard(shard, name) for name in of_shard),
                    *(keys.of_customer(who, name) for name in of_customer),
                ],
                args=[
                    who,
                    lease.token,
                    to_ms(now),
                    notice.reason.value,
                    mails,
                    json.dumps(lines, ensure_ascii=False),
                    dump_mail(notice),
                ],
            )

    async def next_due(self) -> datetime | None:
        """Return when the earliest waiting or leased customer is due."""
        with reporting_outages():
            return await earliest(self._redis, ("ready", "leased"))


async def earliest(redis: Redis[str], names: Sequence[str]) -> datetime | None:
    """Return the lowest score in these sorted sets of all shards, as a moment."""
    async with redis.pipeline(transaction=False) as pipe:
        for shard in keys.SHARDS:
            for name in names:
                pipe.zrange(keys.in_shard(shard, name), 0, 0, withscores=True)
        found = [score for rows in await pipe.execute() for _, score in rows]
    return from_ms(int(min(found))) if found else None


def _work(
    lease: Lease,
    fields: dict[str, str],
    mails: list[str],
    case: Mapping[str, str] | None,
) -> Work | Broken:
    tries = int(fields.get("tries", 0))
    loaded: list[Mail] = []
    try:
        loaded.extend(map(load_mail, mails))  # up to the one that cannot be read
    except Exception as error:  # noqa: BLE001 - whatever an alien mail does to us
        if not loaded:
            name = type(error).__name__
            return Broken(lease=lease, mails=1, tries=tries, error=name)
        # what came before it is handled first, as if it were not there yet
    try:
        customer = _customer(lease, fields, loaded, case)
    except Exception as error:  # noqa: BLE001 - one state must not stop the others
        name = type(error).__name__
        return Broken(lease=lease, mails=len(loaded), tries=tries, error=name)
    return Work(
        lease=lease,
        customer=customer,
        mails=tuple(loaded),
        version=fields.get("version", "0"),
        tries=tries,
    )


def _customer(
    lease: Lease,
    fields: dict[str, str],
    mails: Sequence[Mail],
    case: Mapping[str, str] | None,
) -> Customer:
    if "state" in fields:
        return customer_from_hash(fields, case_from_hash(case) if case else None)
    first = next((m for m in mails if isinstance(m, (Message, Buried))), None)
    if first is None:
        raise ValueError(f"{lease.customer} has neither state nor messages")
    return Customer(
        id=lease.customer,
        channel=first.channel,
        handle=first.handle,
        earlier_dead=fields.get("parked") == "1",
    )


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
        *(keys.of_customer(who, name) for name in ("queue", "done")),
        case,
        keys.in_shard(shard, "active"),
    ]
