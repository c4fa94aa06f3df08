"""The trainers' review queue in Redis; see lua/add_review.lua.

All of a customer's items are in the customer's shard: whatever removes their words,
lua/forget.lua and lua/amend.lua, removes them here in the same step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields as fields_of
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from bot.clock import to_ms
from bot.errors import InputError
from bot.model.event import EventType
from bot.model.message import CustomerId, MessageId
from bot.model.record import Record
from bot.model.review import Finding, ReviewId, ReviewItem, Settlement, review_id
from bot.store import keys
from bot.store.codec import load, structure
from bot.store.fast_json import from_json, to_json
from bot.store.payload import event_fields
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis
    from redis.commands.core import AsyncScript

_LINES: Final = 60  # of a transcript's end: what happened lately stands there
_CHUNK: Final = 500  # items that are read in one go
_ID: Final = re.compile(r"R-(s\d\d)-[0-9a-f]{12}")
_FINDING: Final = "finding "
_BODY: Final = tuple(
    field.name
    for field in fields_of(ReviewItem)
    if field.name not in ("findings", "settlement")
)


class RedisReviews:
    """The `Reviews` port on Redis."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._add = script(redis, "add_review")
        self._close = script(redis, "close_review")
        self._reopen = script(redis, "reopen_review")
        self._drop = script(redis, "drop_review")

    def id_of(self, customer: CustomerId, message: MessageId) -> ReviewId:
        """Return the id that a message's item has, or would have."""
        return review_id(keys.shard_of(customer), customer, message)

    async def transcript(self, customer: CustomerId) -> tuple[list[Record], str]:
        """Return the end of a customer's transcript and the version that it has."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                # first: what changes in between makes it the version of older words
                pipe.hget(keys.of_customer(customer, "customer"), "version")
                pipe.lrange(keys.of_customer(customer, "history"), -_LINES, -1)
                version, lines = await pipe.execute()
        return [load(line, Record) for line in lines], version or "0"

    async def add(self, item: ReviewItem, *, version: str) -> bool:
        """Keep an open item, or add its findings to the one that is there."""
        who = item.customer
        findings = {f"{_FINDING}{one.cause.value}": one for one in item.findings}
        with reporting_outages():
            outcome = await self._add(
                keys=[
                    keys.of_customer(who, "customer"),
                    keys.of_review(item.id),
                    keys.of_customer(who, "reviews"),
                    keys.in_shard(keys.shard_of(who), "reviews"),
                ],
                args=[
                    version,
                    item.id,
                    who,
                    to_ms(item.added_at),
                    to_json({name: getattr(item, name) for name in _BODY}),
                    to_json([item.message, *item.burst]),
                    *(
                        part
                        for field, finding in findings.items()
                        for part in (field, to_json(finding))
                    ),
                ],
            )
        return bool(outcome != "changed")

    async def of_customer(self, customer: CustomerId) -> list[ReviewItem]:
        """Return the customer's items that have a text, open or not."""
        rows = await self._rows(await self._ids(customer))
        return [item for row in rows if (item := _item(row)) is not None]

    async def edited(
        self, customer: CustomerId
    ) -> Mapping[MessageId, tuple[Finding, ...]]:
        """Return the messages of which an edit took the text, with their findings."""
        rows = await self._rows(await self._ids(customer))
        return {
            MessageId(json.loads(row["messages"])[0]): tuple(
                structure(one, Finding) for one in _findings(row)
            )
            for row in rows
            if row and "body" not in row
        }

    async def _ids(self, customer: CustomerId) -> list[ReviewId]:
        with reporting_outages():
            own = await self._redis.hvals(keys.of_customer(customer, "reviews"))
        return [ReviewId(id_) for id_ in dict.fromkeys(own)]

    async def open(self) -> list[ReviewItem]:
        """Return all open items, the oldest first, but for those that lost their text."""
        found = [_item(row) for row in await self._rows(await self.listed())]
        return [item for item in found if item is not None and item.settlement is None]

    async def get(self, item: ReviewId) -> ReviewItem:
        """Return one item, open or not. Raises InputError if it is not there."""
        (found,) = map(_item, await self._rows([_checked(item)]))
        if found is None:
            raise InputError(f"There is no {item} in the review queue any more.")
        return found

    async def close(
        self, items: Sequence[ReviewId], settlement: Settlement
    ) -> list[ReviewItem]:
        """Close those that are open; return all that are there as they are now."""
        facts = {"state": settlement.state.value, "by": settlement.by}
        if settlement.label:
            facts["label"] = settlement.label
        await self._change(
            self._close,
            items,
            EventType.REVIEW_CLOSED,
            at=settlement.at,
            args=[to_json(settlement)],
            facts=facts,
        )
        return await self._there(items)

    async def reopen(
        self, items: Sequence[ReviewId], *, by: str, now: datetime
    ) -> list[ReviewItem]:
        """Open closed ones again; return all that are there as they are now."""
        await self._change(
            self._reopen, items, EventType.REVIEW_REOPENED, at=now, facts={"by": by}
        )
        return await self._there(items)

    async def _change(
        self,
        change: AsyncScript,
        items: Sequence[ReviewId],
        event: EventType,
        *,
        at: datetime,
        facts: Mapping[str, str],
        args: Sequence[str] = (),
    ) -> None:
        found = await self._there(items)
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for one in found:
                    told = {"message": str(one.message), "review": str(one.id), **facts}
                    fields = event_fields(event, at=at, customer=one.customer, **told)
                    events = keys.in_shard(keys.shard_of(one.customer), "events")
                    await change(
                        keys=[keys.of_review(one.id), events],
                        args=[*args, *fields],
                        client=pipe,
                    )
                await pipe.execute()

    async def drop(self, items: Collection[ReviewId]) -> None:
        """Keep nothing of these any more."""
        for item in items:
            shard = keys.shard_of_review(_checked(item))
            with reporting_outages():
                customer = await self._redis.hget(keys.of_review(item), "customer")
                who = CustomerId(customer or "")
                await self._drop(
                    keys=[
                        keys.of_review(item),
                        keys.in_shard(shard, f"reviews:{who}"),
                        keys.in_shard(shard, "reviews"),
                    ],
                    args=[item],
                )

    async def listed(self, *, before: datetime | None = None) -> list[ReviewId]:
        """Return all that are kept, open or not, the oldest first."""
        most = f"({to_ms(before)}" if before else "+inf"
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    name = keys.in_shard(shard, "reviews")
                    pipe.zrangebyscore(name, "-inf", most, withscores=True)
                rows = [pair for row in await pipe.execute() for pair in row]
        rows.sort(key=lambda pair: (pair[1], pair[0]))
        return [ReviewId(id_) for id_, _ in rows]

    async def _there(self, items: Sequence[ReviewId]) -> list[ReviewItem]:
        rows = await self._rows([_checked(item) for item in items])
        return [item for row in rows if (item := _item(row)) is not None]

    async def _rows(self, items: Sequence[ReviewId]) -> list[Mapping[str, str]]:
        found: list[Mapping[str, str]] = []
        for start in range(0, len(items), _CHUNK):
            with reporting_outages():
                async with self._redis.pipeline(transaction=False) as pipe:
                    for item in items[start : start + _CHUNK]:
                        pipe.hgetall(keys.of_review(item))
                    found += await pipe.execute()
        return found


def _plain(text: str) -> dict[str, object]:
    return cast("dict[str, object]", from_json(text))


def _checked(item: ReviewId) -> ReviewId:
    """Return the id if it is one. Raises InputError: people hand ids in."""
    found = _ID.fullmatch(item)
    if found is None or found[1] not in keys.SHARDS:
        raise InputError(f"“{item}” is no id of the review queue, such as R-s03-….")
    return item


def _item(row: Mapping[str, str]) -> ReviewItem | None:
    """Build an item; None if it is gone, or waits for its edited text."""
    if "body" not in row:
        return None
    body = _plain(row["body"])
    body["findings"] = _findings(row)
    body["settlement"] = _plain(row["closed"]) if "closed" in row else None
    return structure(body, ReviewItem)


def _findings(row: Mapping[str, str]) -> list[dict[str, object]]:
    found = [_plain(row[name]) for name in row if name.startswith(_FINDING)]
    return sorted(found, key=lambda one: (str(one["at"]), str(one["cause"])))
