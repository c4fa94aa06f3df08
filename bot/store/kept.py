"""Posts whose words are kept, found and removed; see lua/strike_context.lua."""

from __future__ import annotations

import re
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from bot.clock import from_ms, to_ms
from bot.errors import StoreUnavailable
from bot.model.kept import KeptPost
from bot.model.message import ChannelName, CustomerId, Message, MessageId
from bot.model.record import Record
from bot.ports.kept import Round
from bot.store import keys
from bot.store.codec import dump_mail, dump_record, load, load_mail
from bot.store.fast_json import from_json, to_json
from bot.store.scripts import reporting_outages, script

if TYPE_CHECKING:
    from redis.asyncio import Redis

_PLACES: Final = ("mailbox", "history", "dead")
_KEY: Final = re.compile(r"\{s\d\d\}(mailbox|history|dead):(.+)", re.DOTALL)
_PAGE: Final = 500
_TRIES: Final = 20  # each one that fails means that somebody was faster
_ID_IN_LINK: Final = re.compile(r"/status/(\d+)")  # of those that older versions kept

_Body = dict[str, Any]  # what codec wrote, without the cost of making objects of it


@dataclass(frozen=True, slots=True)
class _Item:
    place: str
    index: str | int
    text: str


class RedisKept:
    """The `Kept` port on Redis."""

    def __init__(self, redis: Redis[str]) -> None:
        self._redis = redis
        self._strike = script(redis, "strike_context")

    async def posts(self, channel: ChannelName) -> AsyncIterator[KeptPost]:
        """Yield every post of a channel whose words are kept, wherever they are."""
        async for page in self._pages(channel):
            for holder, items in await self._read(page):
                for post in dict.fromkeys(
                    post for item in items for post in _posts_in(item, holder)
                ):
                    yield post

    async def strike(
        self, holder: CustomerId, posts: Collection[str], *, now: datetime
    ) -> int:
        """Remove posts from what surrounds the holder's messages; repeatable.

        Raises:
            StoreUnavailable: the messages are moved all the time.
        """
        gone = frozenset(posts)
        for _ in range(_TRIES):
            swaps = [
                (item, message, new)
                for _, items in await self._read([(p, holder) for p in _PLACES])
                for item in items
                for message, new in _without(item, gone)
            ]
            if not swaps:
                return 0
            payload = {
                "customer": holder,
                "now": str(to_ms(now)),
                "messages": list(dict.fromkeys(message for _, message, _ in swaps)),
                "cases": keys.in_shard(keys.shard_of(holder), "case:"),
                "swaps": [
                    {"place": i.place, "index": i.index, "old": i.text, "new": new}
                    for i, _, new in swaps
                ],
            }
            names = [keys.of_customer(holder, name) for name in (*_PLACES, "customer")]
            events = keys.in_shard(keys.shard_of(holder), "events")
            with reporting_outages():
                done = await self._strike(
                    keys=[*names, events], args=[to_json(payload)]
                )
            if done == "ok":
                return len(swaps)
        raise StoreUnavailable("messages are moved faster than they can be changed")

    async def round(self, channel: ChannelName) -> Round | None:
        """Return how far the check of a channel is; None if there was none."""
        with reporting_outages():
            due, job = await self._redis.hmget(keys.kept_check(channel), ("due", "job"))
        return Round(from_ms(int(due)), job or "") if due else None

    async def keep_round(self, channel: ChannelName, round_: Round) -> None:
        """Remember how far it is."""
        with reporting_outages():
            await self._redis.hset(
                keys.kept_check(channel),
                mapping={"due": to_ms(round_.due), "job": round_.job},
            )

    async def _pages(
        self, channel: ChannelName
    ) -> AsyncIterator[list[tuple[str, CustomerId]]]:
        """Yield what may hold words, as place and holder, some hundreds at once."""
        cursor, pattern = 0, f"{{s??}}*:{channel}:*"
        while True:
            with reporting_outages():
                cursor, names = await self._redis.scan(cursor, pattern, count=_PAGE)
            named = [found for name in names if (found := _KEY.fullmatch(name))]
            yield [(found[1], CustomerId(found[2])) for found in named]
            if not cursor:
                return

    async def _read(
        self, page: Sequence[tuple[str, CustomerId]]
    ) -> list[tuple[CustomerId, list[_Item]]]:
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                for place, holder in page:
                    key = keys.of_customer(holder, place)
                    if place == "dead":
                        pipe.hgetall(key)
                    else:
                        pipe.lrange(key, 0, -1)
                rows = await pipe.execute()
        return [
            (holder, _items(place, row))
            for (place, holder), row in zip(page, rows, strict=True)
        ]


def _items(place: str, row: Sequence[str] | Mapping[str, str]) -> list[_Item]:
    texts = row.items() if isinstance(row, Mapping) else enumerate(row)
    return [_Item(place, index, text) for index, text in texts]


def _posts_in(item: _Item, holder: CustomerId) -> Iterator[KeptPost]:
    for body in _bodies(item):
        if body.get("visibility") != "public" or body.get("deleted_at"):
            continue
        yield KeptPost(id=MessageId(body["id"]), holder=holder)
        for post in body.get("context") or ():
            if not post.get("ours") and (id_ := _id_of(post)):
                yield KeptPost(
                    id=MessageId(id_),
                    holder=holder,
                    around=True,
                    author=post.get("author") or "",
                    handle=post.get("handle") or "",
                )


def _bodies(item: _Item) -> Iterator[_Body]:
    """Yield what is a customer's message in a mail, a line or a dead letter."""
    try:
        outer = cast("_Body", from_json(item.text))
        if item.place == "dead":
            outer = cast("_Body", from_json(outer["item"]))
    except (ValueError, KeyError):
        return  # what cannot be decoded is found by its number only
    body = outer if item.place == "history" else outer.get("body")
    is_theirs = (outer.get("author") == "customer") or outer.get("kind") == "message"
    if isinstance(body, dict) and is_theirs:
        yield body


def _id_of(post: Mapping[str, Any]) -> str:
    linked = _ID_IN_LINK.search(post.get("link") or "")
    return post.get("id") or (linked[1] if linked else "")


def _without(item: _Item, gone: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the message of `item` and what is to stand there, if it holds a gone post."""
    for body in _bodies(item):
        context = body.get("context") or ()
        if any(_id_of(post) in gone for post in context):
            yield body["id"], _REWRITE[item.place](item.text, gone)


def _mail(text: str, gone: frozenset[str]) -> str:
    mail, rank = load_mail(text)
    return dump_mail(_struck(mail, gone) if isinstance(mail, Message) else mail, rank)


def _line(text: str, gone: frozenset[str]) -> str:
    return dump_record(_struck(load(text, Record), gone))


def _letter(text: str, gone: frozenset[str]) -> str:
    letter = cast("dict[str, str]", from_json(text))
    record = _line(letter["record"], gone) if letter["record"] else ""
    return to_json({**letter, "item": _mail(letter["item"], gone), "record": record})


def _struck(kept: Any, gone: frozenset[str]) -> Any:
    stays = [
        one
        for one in kept.context
        if _id_of({"id": one.id, "link": one.link}) not in gone
    ]
    return replace(kept, context=tuple(stays))


_REWRITE: Final[dict[str, Callable[[str, frozenset[str]], str]]] = {
    "mailbox": _mail,
    "history": _line,
    "dead": _letter,
}
