"""Read what is new on X: mentions, direct messages, and what is listened for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.x.client import XClient
from bot.channels.x.cursor import Cursor, Source
from bot.channels.x.errors import ErrorKind, XError
from bot.channels.x.fields import DIRECT_FIELDS, POST_FIELDS
from bot.channels.x.includes import Includes, includes_of
from bot.channels.x.limits import DM_READ, MENTIONS, SEARCH
from bot.channels.x.posts import Us
from bot.channels.x.raw import Fields, items_of, text_in, within
from bot.channels.x.snowflake import just_before

PAGE = 100  # the most that X hands over at once
SMALL_PAGE = 20  # of direct messages, each of which is paid for
SEARCHED_PAGES = 20  # of what is listened for, which may be any number of posts
MENTIONS_SHOWN = 750  # X ends its list of mentions near 800, however many there are
SEARCHABLE = timedelta(days=7) - timedelta(minutes=5)  # X refuses what begins earlier
NO_ID = "0"
_LONGEST_ID = 19  # digits


@dataclass(frozen=True, slots=True)
class Item:
    """Something that was read, in X's form, with what lay beside it."""

    source: Source
    raw: Fields
    beside: Includes

    @property
    def id(self) -> str:
        """Its id, NO_ID if it has none that can be read."""
        id_ = text_in(self.raw, "id") or ""
        is_id = id_.isascii() and id_.isdecimal() and len(id_) <= _LONGEST_ID
        return id_ if is_id else NO_ID


@dataclass(frozen=True, slots=True)
class Page:
    """Items with the newest first, and how to ask for those before them."""

    items: Sequence[Item]
    next: str | None


class Descent:
    """Goes page by page from the newest down to what is known.

    If a limit stops it, it goes on from there when it is asked again: a page costs
    one of fifteen calls, and what lies below it would never be reached otherwise.
    """

    def __init__(
        self,
        page: Callable[[str, str | None], Awaitable[Page]],
        *,
        at_most: int | None = None,
    ) -> None:
        """Take pages from `page`, which is given the oldest id and a page's name.

        What lies below `at_most` pages is left out.
        """
        self._page, self._at_most = page, at_most
        self._found: list[Item] = []
        self._next: str | None = None
        self._pages = 0

    async def down_to(self, oldest: str) -> list[Item]:
        """Return everything newer than `oldest`: as far as it may go, or nothing.

        Raises:
            XError: it cannot be read to the end now.
        """
        while True:
            page = await self._turn(oldest)
            self._found += [one for one in page.items if _newer(one, oldest)]
            reached = any(not _newer(one, oldest) for one in page.items)
            stands = page.next == self._next  # it would be the same page for ever
            self._next, self._pages = page.next, self._pages + 1
            if reached or stands or not self._next or self._pages == self._at_most:
                return self._end()

    async def _turn(self, oldest: str) -> Page:
        try:
            return await self._page(oldest, self._next)
        except XError as error:
            if error.kind not in (ErrorKind.RATE, ErrorKind.TRANSIENT):
                self._end()  # the name of the page may be what X does not take
            raise

    def _end(self) -> list[Item]:
        found, self._found, self._next, self._pages = self._found, [], None, 0
        return found


class Reader:
    """Reads everything that is newer than a cursor."""

    def __init__(self, client: XClient, us: Callable[[], Awaitable[Us]]) -> None:
        self._client, self._us = client, us
        self._directs = Descent(self._direct_page)
        self._mentions = Descent(self._mention_page)
        self._found = Descent(self._search_page, at_most=SEARCHED_PAGES)

    async def read(
        self, source: Source, cursor: Cursor, overlap: timedelta
    ) -> list[Item]:
        """Return what `source` shows behind the cursor, in any order.

        It begins a while before the newest, so what was seen is among it.

        Raises:
            XError: it cannot be read now; nothing is lost by that.
        """
        descents = {
            Source.MENTIONS: self._mentions,
            Source.DIRECTS: self._directs,
            Source.SEARCH: self._found,
        }
        oldest = cursor.places[source].since(overlap)
        found = await descents[source].down_to(oldest)
        if source is Source.MENTIONS and len(found) >= MENTIONS_SHOWN:
            found += await self._unlisted(found, oldest)
        return found

    async def _unlisted(self, listed: Sequence[Item], oldest: str) -> list[Item]:
        """Search for the mentions below the last one that X's list holds.

        If it is interrupted it begins anew, since the list begins anew as well.
        """
        lowest = min((one.id for one in listed if one.id != NO_ID), key=int)
        query = f"@{(await self._us()).handle}"

        async def turn(oldest: str, page: str | None) -> Page:
            body = await self._search(query, oldest, page, until_id=lowest)
            return await self._paid(Source.MENTIONS, body, "post_read")

        return await Descent(turn).down_to(oldest)

    async def _mention_page(self, oldest: str, page: str | None) -> Page:
        account = (await self._us()).id
        body = await self._client.ask(
            MENTIONS,
            lambda x, signed: x.get_users_mentions(
                account,
                since_id=oldest,
                max_results=PAGE,
                pagination_token=page,
                user_auth=signed,
                **POST_FIELDS,
            ),
        )
        return await self._paid(Source.MENTIONS, body, "mention_read")

    async def _direct_page(self, oldest: str, page: str | None) -> Page:
        del oldest  # X cannot be asked for what is newer
        body = await self._client.ask(
            DM_READ,
            lambda x, signed: x.get_direct_message_events(
                event_types="MessageCreate",
                max_results=PAGE if page else SMALL_PAGE,
                pagination_token=page,
                user_auth=signed,
                **DIRECT_FIELDS,
            ),
        )
        return await self._paid(Source.DIRECTS, body, "dm_read")

    async def _search_page(self, oldest: str, page: str | None) -> Page:
        query = self._client.ledger.policy.listen
        body = await self._search(query, oldest, page)
        return await self._paid(Source.SEARCH, body, "post_read")

    async def _search(
        self, query: str, oldest: str, page: str | None, *, until_id: str | None = None
    ) -> Fields:
        first = just_before(self._client.ledger.clock.now() - SEARCHABLE)
        return await self._client.ask(
            SEARCH,
            lambda x, signed: x.search_recent_tweets(
                query,
                since_id=max(oldest, first, key=int),
                until_id=until_id,
                max_results=PAGE,
                next_token=page,
                user_auth=signed,
                **POST_FIELDS,
            ),
        )

    async def _paid(self, source: Source, body: Fields, item: str) -> Page:
        page = _page(source, body)
        await self._client.ledger.pay_read(item, [one.id for one in page.items])
        return page


def _page(source: Source, body: Fields) -> Page:
    beside = includes_of(body)
    items = [Item(source, raw, beside) for raw in items_of(body.get("data"))]
    return Page(items, text_in(within(body, "meta"), "next_token"))


def _newer(item: Item, oldest: str) -> bool:
    """Tell whether it is new; what has no id that can be read is."""
    return item.id == NO_ID or int(item.id) > int(oldest)
