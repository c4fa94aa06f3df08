"""Whether the parts of a store fit together: what no single script's test can see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.store import keys

if TYPE_CHECKING:
    from redis.asyncio import Redis


async def misfits(redis: Redis[str]) -> list[str]:
    """Return what does not fit, a line each. Nothing may be under way meanwhile."""
    found: list[str] = []
    for shard in keys.SHARDS:
        found += await _mail_misfits(redis, shard)
        found += await _text_misfits(redis, shard)
    return found


async def _mail_misfits(redis: Redis[str], shard: str) -> list[str]:
    """Whoever has mail waits for a turn in one place; the pending ones have mail."""
    found: list[str] = []
    sets = [f"{{{shard}}}{name}" for name in (*keys.READY.values(), "leased")]
    pending = 0
    for who in await _owners(redis, shard, "mailbox"):
        mails = await redis.lrange(f"{{{shard}}}mailbox:{who}", 0, -1)
        pending += sum('"kind":"message"' in mail.replace(" ", "") for mail in mails)
        places = [name for name in sets if await redis.zscore(name, who) is not None]
        if len(places) != 1:
            found.append(f"{who} has {len(mails)} mails and waits in {places}")
    counted = sum(map(int, await redis.hvals(f"{{{shard}}}pending")))
    if counted != pending:
        found.append(f"{shard} counts {counted} pending messages and has {pending}")
    return found


async def _text_misfits(redis: Redis[str], shard: str) -> list[str]:
    """Whoever has texts is in one lane or in sending; nobody else is."""
    found: list[str] = []
    base = f"{{{shard}}}outbox"
    placed: dict[str, list[str]] = {}
    names = [f"{base}:sending", *await _keys(redis, f"{base}:lane:*")]
    for name in names:
        for who in await redis.zrange(name, 0, -1):
            placed.setdefault(who, []).append(name)
    waiting = await _owners(redis, shard, "queue")
    for who in sorted({*placed, *waiting}):
        count = await redis.llen(f"{{{shard}}}queue:{who}")
        places = placed.get(who, [])
        if len(places) != (1 if count else 0):
            found.append(f"{who} has {count} texts and is in {places}")
    for who in await _owners(redis, shard, "customer"):
        found += await _count_misfits(redis, shard, who)
    return found


async def _count_misfits(redis: Redis[str], shard: str, who: str) -> list[str]:
    fields = await redis.hgetall(f"{{{shard}}}customer:{who}")
    texts = map(json.loads, await redis.lrange(f"{{{shard}}}queue:{who}", 0, -1))
    there: dict[str, int] = {}
    for text in texts:
        there[text["thread"]] = there.get(text["thread"], 0) + 1
    counted = {
        name.removeprefix("unsent:"): int(count)
        for name, count in fields.items()
        if name.startswith("unsent:")
    }
    if counted == there:
        return []
    return [f"{who} counts {counted} unsent texts and has {there}"]


async def _owners(redis: Redis[str], shard: str, name: str) -> list[str]:
    prefix = f"{{{shard}}}{name}:"
    return [key.removeprefix(prefix) for key in await _keys(redis, f"{prefix}*")]


async def _keys(redis: Redis[str], pattern: str) -> list[str]:
    return sorted([key async for key in redis.scan_iter(pattern, count=1000)])
