"""Whose text goes out next: people's before answers before acknowledgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from bot.clock import from_ms, to_ms
from bot.model.message import ChannelName, CustomerId, Visibility
from bot.model.outgoing import Purpose
from bot.store import keys
from bot.store.scripts import script

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.ports import Channel

PURPOSES = tuple(sorted(Purpose))


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """What one channel paces by itself: its public posts, or its direct messages."""

    channel: ChannelName
    visibility: Visibility

    @property
    def name(self) -> str:
        """The name in the scripts, and the beginning of the kind's lanes."""
        return f"{self.channel}:{self.visibility.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Who is due: to be looked up, to lose an expired text, and to be sent to."""

    look_ups: list[CustomerId]
    expiring: list[CustomerId]
    sends: dict[CustomerId, Kind]  # the best first
    whole: bool  # nobody else is due in the shards that were looked at


class _Place(NamedTuple):
    """A customer's place among all that wait: lower goes first."""

    purpose: int
    due: float
    customer: CustomerId


class Lanes:
    """Selects across all shards as if there were one queue, and reads little of it.

    A shard gives no more than the best few of each kind. What stands behind the last
    of a shard that gave all it may is left for the next time, since that shard may
    hold something better: so an agent's text is never behind an acknowledgement.
    """

    def __init__(self, redis: Redis[str], kinds: Sequence[Kind]) -> None:
        self._redis, self._kinds = redis, kinds
        self._due = script(redis, "due_sends")

    async def due(
        self,
        kinds: Sequence[Kind],
        *,
        now: datetime,
        limit: int,
        within: Sequence[str] = keys.SHARDS,
    ) -> Due:
        """Return at most about `limit` customers of each sort, for `kinds` only.

        Looks at the shards `within`: at all of them, unless nothing better can wait in
        the others.
        """
        each = max(4, limit // 4)
        async with self._redis.pipeline(transaction=False) as pipe:
            for shard in within:
                await self._due(
                    keys=_names(shard, kinds),
                    args=[to_ms(now), each, len(PURPOSES)],
                    client=pipe,
                )
            shards = await pipe.execute()
        best = sorted(
            (place, kind)
            for number, kind in enumerate(kinds)
            for place in _best(shards, 2 + len(PURPOSES) * number, each)
        )
        return Due(
            look_ups=_longest_due([shard[0] for shard in shards])[:limit],
            expiring=_longest_due([shard[1] for shard in shards])[:limit],
            sends={place.customer: kind for place, kind in best[:limit]},
            whole=len(best) <= limit and all(_is_whole(s, each) for s in shards),
        )

    async def count(self, kind: Kind, purpose: Purpose) -> int:
        """Return how many customers' texts go before one more with this purpose."""
        before = [one for one in PURPOSES if one <= purpose]
        async with self._redis.pipeline(transaction=False) as pipe:
            for shard in keys.SHARDS:
                for one in before:
                    pipe.zcard(_lane(keys.in_shard(shard, "outbox"), kind, one))
            return sum(await pipe.execute())

    async def next_due(self, empty_until: Mapping[Kind, datetime]) -> datetime | None:
        """Return when something is to be done, tokens considered; None if nothing."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for shard in keys.SHARDS:
                for name in _names(shard, self._kinds):
                    pipe.zrange(name, 0, 0, withscores=True)
            rows = await pipe.execute()
        owners: list[Kind | None] = [None, None]
        owners += [kind for kind in self._kinds for _ in PURPOSES]
        dues = [
            max(from_ms(int(score)), empty_until.get(owner, from_ms(0)))
            if owner
            else from_ms(int(score))
            for owner, row in zip(owners * len(keys.SHARDS), rows, strict=True)
            for _, score in row
        ]
        return min(dues, default=None)


def kinds_of(channels: Mapping[ChannelName, Channel]) -> list[Kind]:
    """Return every kind of text that can go out."""
    return [Kind(name, visibility) for name in channels for visibility in Visibility]


def _names(shard: str, kinds: Sequence[Kind]) -> list[str]:
    base = keys.in_shard(shard, "outbox")
    lanes = [_lane(base, kind, purpose) for kind in kinds for purpose in PURPOSES]
    return [f"{base}:sending", f"{base}:expiring", *lanes]


def _lane(base: str, kind: Kind, purpose: Purpose) -> str:
    return f"{base}:lane:{kind.name}:{purpose.value}"


def _is_whole(shard: Sequence[Sequence[str]], each: int) -> bool:
    """Tell whether a shard's answer has all that is due: no group gave all it may."""
    width = len(PURPOSES)
    lanes = [shard[at : at + width] for at in range(2, len(shard), width)]
    groups = [shard[:1], shard[1:2], *lanes]
    return all(sum(len(row) for row in group) < 2 * each for group in groups)


def _longest_due(rows: Sequence[Sequence[str]]) -> list[CustomerId]:
    return [place.customer for place in sorted(p for row in rows for p in _read(row))]


def _best(
    shards: Sequence[Sequence[Sequence[str]]], first: int, each: int
) -> list[_Place]:
    """Return the best of one kind, whose lanes begin at `first` in a shard's answer."""
    found: list[_Place] = []
    bounds: list[_Place] = []
    for shard in shards:
        lanes = shard[first : first + len(PURPOSES)]
        of_shard = [
            place
            for purpose, row in zip(PURPOSES, lanes, strict=True)
            for place in _read(row, purpose)
        ]
        if len(of_shard) >= each:
            bounds.append(of_shard[-1])
        found += of_shard
    bound = min(bounds, default=None)
    return [place for place in found if bound is None or place <= bound]


def _read(row: Sequence[str], purpose: int = 0) -> list[_Place]:
    pairs = zip(row[::2], row[1::2], strict=True)
    return [_Place(purpose, float(due), CustomerId(who)) for who, due in pairs]
