"""Posts whose words are kept, found and removed; see lua/strike_context.lua."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
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

    async def posts(self, channel: ChannelName) -> list[KeptPost]:
        """Return every post of a channel whose words are kept, wherever they are."""
        found: dict[KeptPost, None] = {}
        async for holder in self._holders(channel):
            for item in await self._items(holder):
                found |= dict.fromkeys(_posts_in(item, holder))
        return list(found)

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
                for item in await self._items(holder)
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

    async def _holders(self, channel: ChannelName) -> AsyncIterator[CustomerId]:
        """Yield who has anything that may hold words; some more than once."""
        pattern = f"{{s??}}*:{channel}:*"
        with reporting_outages():
            async for key in self._redis.scan_iter(pattern, count=_PAGE):
                named = _KEY.fullmatch(key)
                if named:
                    yield CustomerId(named[2])

    async def _items(self, holder: CustomerId) -> list[_Item]:
        mailbox, history, dead = (keys.of_customer(holder, name) for name in _PLACES)
        with reporting_outages():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.lrange(mailbox, 0, -1)
                pipe.lrange(history, 0, -1)
                pipe.hgetall(dead)
                mails, lines, letters = await pipe.execute()
        return [
            *(_Item("mailbox", n, text) for n, text in enumerate(mails)),
            *(_Item("history", n, text) for n, text in enumerate(lines)),
            *(_Item("dead", number, text) for number, text in letters.items()),
        ]


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
