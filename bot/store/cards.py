"""The `CardBook` port on Redis. What belongs to a case is in the case's shard."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zlib import crc32

from bot.clock import from_ms, to_ms
from bot.model.case import CaseId, IncidentId
from bot.ports.chat import Dirty, OwnId, Page, Place, Posted, Posting, Shown, card_of
from bot.store import keys
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

# beginnings of a page's fields
_LINE, _PING, _LEFT, _WAS = "line ", "ping ", "left ", "was "


class RedisCardBook:
    """The book of one chat. See lua/mark_card.lua, begin_post.lua and keep_post.lua."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._mark, self._clean = (
            script(redis, "mark_card"),
            script(redis, "clean_card"),
        )
        self._begin, self._keep = (
            script(redis, "begin_post"),
            script(redis, "keep_post"),
        )
        self._give_up = script(redis, "give_up_post")
        self._replace = script(redis, "replace_card")
        self._close, self._blank = (
            script(redis, "close_page"),
            script(redis, "blank_page"),
        )

    # -- what is not up to date --------------------------------------------------

    async def mark(self, shown: Mapping[Shown, datetime]) -> None:
        """Note that these have changed; the earlier of two moments counts."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for one, moment in shown.items():
                    await self._mark(
                        keys=[_dirty(_shard(one)), _page(one)],
                        args=[one, to_ms(moment)],
                        client=pipe,
                    )
                await pipe.execute()

    async def dirty(self, *, limit: int) -> list[Dirty]:
        """Return what is marked, the most pressing first."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.zrange(_dirty(shard), 0, limit - 1, withscores=True)
                rows = [pair for row in await pipe.execute() for pair in row]
            rows.sort(key=lambda pair: pair[1])
            names = [Shown(name) for name, _ in rows[:limit]]
            async with self._redis.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.hmget(_page(name), ("mark", "card"))
                pages = await pipe.execute()
        return [
            Dirty(name, int(mark or 0), card is None)
            for name, (mark, card) in zip(names, pages, strict=True)
        ]

    async def clean(self, shown: Shown, mark: int) -> bool:
        """Say that it was shown as it was at `mark`; False if it changed meanwhile."""
        with reporting_outages():
            places = [_dirty(_shard(shown)), _page(shown)]
            return bool(await self._clean(keys=places, args=[shown, mark]))

    async def recheck(self, shown: Shown) -> None:
        """Forget what its card says, so that it is compared with the chat again."""
        with reporting_outages():
            await self._redis.hdel(_page(shown), "digest")

    async def blank(self, shown: Shown) -> None:
        """Forget what its card and its lines say: they are written anew."""
        with reporting_outages():
            await self._blank(keys=[_page(shown)])

    # -- what is known -----------------------------------------------------------

    async def page(self, shown: Shown) -> Page:
        """Return what is known; an empty page if nothing is."""
        generation = keys.in_shard(_shard(shown), "generation")
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hgetall(_page(shown))
                pipe.hget(generation, "replaced_at")
                fields, replaced_at = await pipe.execute()
        return _page_from(fields, int(replaced_at or 0))

    async def at(self, place: Place) -> Shown | None:
        """Return for what a card stands or stood, by the place of the card."""
        with reporting_outages():
            found = await self._redis.hget(_places(place), _packed(place))
        return Shown(found) if found else None

    # -- what is posted ----------------------------------------------------------

    async def fence(self, holding: int) -> None:
        """Let nobody with an older holding begin anything any more."""
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for shard in keys.SHARDS:
                    pipe.set(keys.in_shard(shard, "cards:fence"), holding)
                await pipe.execute()

    async def begin(self, shown: Shown, posting: Posting, *, holding: int) -> bool:
        """Note what is to be posted, before it is. False if the holding is over."""
        with reporting_outages():
            begun = await self._begin(
                keys=[keys.in_shard(_shard(shown), "cards:fence"), _page(shown)],
                args=[holding, posting.id, _posting_row(posting)],
            )
        return bool(begun)

    async def give_up(self, shown: Shown, posting: Posting) -> None:
        """Say that it was surely not posted."""
        with reporting_outages():
            args = [posting.id, _posting_row(posting)]
            await self._give_up(keys=[_page(shown)], args=args)

    async def keep_card(
        self,
        shown: Shown,
        number: int,
        place: Place,
        digest: str,
        *,
        begins: datetime,
        now: datetime,
        told: str = "",
    ) -> bool:
        """Note where a card is. False if another place is noted for that number."""
        rest = f"{place.channel} {place.workspace}"
        more = ["number", str(number), "digest", digest, "told", told]
        more += ["begins", str(to_ms(begins))]
        args = [str(number), card_of(shown, number), "card", place.ts, rest, *more]
        with reporting_outages():
            await self._redis.hset(_places(place), _packed(place), shown)
            await self._redis.hsetnx(_page(shown), "since", str(to_ms(now)))
            return bool(await self._keep(keys=[_page(shown)], args=args))

    async def keep_line(
        self, shown: Shown, number: int, line: OwnId, posted: Posted
    ) -> bool:
        """Note a line of the thread of card `number`. False if another is noted."""
        args = [str(number), line, _LINE + line, posted.ts, posted.digest]
        with reporting_outages():
            return bool(await self._keep(keys=[_page(shown)], args=args))

    async def keep_ping(
        self, shown: Shown, number: int, ping: OwnId, ts: str, *, told: str = ""
    ) -> bool:
        """Note what was said. False if it is noted that it was said elsewhere, too."""
        more = ["told", told] if told else []
        with reporting_outages():
            args = [str(number), ping, _PING + ping, ts, "", *more]
            return bool(await self._keep(keys=[_page(shown)], args=args))

    async def redraw_card(self, shown: Shown, digest: str) -> None:
        """Note what the card says now."""
        with reporting_outages():
            await self._redis.hset(_page(shown), "digest", digest)

    async def replace(self, shown: Shown, number: int, *, gone: bool) -> None:
        """Begin the page of the card after `number`, with a thread of its own."""
        with reporting_outages():
            await self._replace(keys=[_page(shown)], args=[number, int(gone)])

    async def forget_line(self, shown: Shown, line: OwnId) -> None:
        """Say that a line is not there any more."""
        with reporting_outages():
            await self._redis.hdel(_page(shown), _LINE + line)

    async def forget_left(self, shown: Shown, place: Place) -> None:
        """Say that an earlier card tells that it was replaced."""
        with reporting_outages():
            await self._redis.hdel(_page(shown), _LEFT + _packed(place))

    async def close(self, shown: Shown, number: int, *, now: datetime) -> None:
        """Forget the lines of a case that is over; later ones are still shown."""
        with reporting_outages():
            await self._close(keys=[_page(shown)], args=[number, to_ms(now)])

    async def looked(self, shown: Shown, doubt: datetime) -> None:
        """Say that the chat was looked into because of `doubt`."""
        with reporting_outages():
            await self._redis.hset(_page(shown), "looked", to_ms(doubt))


def _shard(shown: Shown) -> str:
    if shown.startswith("I-"):
        return keys.shard_of_incident(IncidentId(shown))
    return keys.shard_of_case(CaseId(shown))


def _page(shown: Shown) -> str:
    return keys.in_shard(_shard(shown), f"page:{shown}")


def _dirty(shard: str) -> str:
    return keys.in_shard(shard, "cards:dirty")


def _places(place: Place) -> str:
    """Return the key under which it is found for what the card at `place` stands."""
    number = crc32(place.ts.encode()) % len(keys.SHARDS)
    return keys.in_shard(keys.SHARDS[number], "cards:places")


def _packed(place: Place) -> str:
    return f"{place.ts} {place.channel} {place.workspace}"


def _place_from(packed: str) -> Place:
    ts, channel, workspace = packed.split(" ")
    return Place(workspace, channel, ts)


def _posting_row(posting: Posting) -> str:
    return json.dumps(
        [posting.channel, posting.thread, posting.digest, to_ms(posting.since)]
    )


def _posting_from(id_: str, row: str) -> Posting:
    channel, thread, digest, since = json.loads(row)
    return Posting(OwnId(id_), channel, thread, digest, from_ms(since))


def _page_from(fields: Mapping[str, str], replaced_ms: int) -> Page:
    looked, begins = int(fields.get("looked", 0)), fields.get("begins")
    posting_id, card = fields.get("posting_id"), fields.get("card")
    since = fields.get("since")
    return Page(
        number=int(fields.get("number", 1)),
        card=_place_from(card) if card else None,
        digest=fields.get("digest", ""),
        lines={OwnId(name): _posted(row) for name, row in _named(fields, _LINE)},
        pings=frozenset(OwnId(name) for name, _ in _named(fields, _PING)),
        begins=from_ms(int(begins)) if begins else None,
        since=from_ms(int(since)) if since else None,
        told=fields.get("told", ""),
        left=tuple(_place_from(name) for name, _ in _named(fields, _LEFT)),
        earlier=tuple(_place_from(name) for name, _ in _named(fields, _WAS)),
        posting=_posting_from(posting_id, fields["posting"]) if posting_id else None,
        mark=int(fields.get("mark", 0)),
        doubt=from_ms(replaced_ms) if replaced_ms > looked else None,
    )


def _named(fields: Mapping[str, str], beginning: str) -> list[tuple[str, str]]:
    return [
        (name.removeprefix(beginning), value)
        for name, value in fields.items()
        if name.startswith(beginning)
    ]


def _posted(row: str) -> Posted:
    ts, _, digest = row.partition(" ")
    return Posted(ts, digest)
