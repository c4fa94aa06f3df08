"""What our account said lately: to find out whether a text went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.channels.x.client import XClient
from bot.channels.x.fields import DIRECT_FIELDS, OWN_POST_FIELDS
from bot.channels.x.limits import DM_READ_ONE, OWN_POSTS
from bot.channels.x.posts import references
from bot.channels.x.raw import Fields, items_of, text_in, within
from bot.channels.x.snowflake import just_before, moment_of
from bot.channels.x.texts import direct_text, said, written_text
from bot.model.message import MessageId

PAGE = 100
SMALL_PAGE = 20  # of direct messages, each of which is paid for
MOST_PAGES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A post or direct message of ours."""

    id: MessageId
    text: str  # as `texts.said` makes it
    has_files: bool
    reply_to: str | None = None
    conversation: str | None = None
    to: str | None = None  # the account that it answers

    @property
    def at(self) -> datetime:
        return moment_of(self.id)


class Unclear(Exception):
    """X answers, and its answer proves nothing."""


class Sayings:
    """Reads our own timeline, and our direct messages with one customer."""

    def __init__(self, client: XClient) -> None:
        self._client = client

    async def posts(self, account: str, since: datetime) -> list[Said]:
        """Return our posts since then, oldest first.

        Raises:
            XError: X does not answer, or refuses.
            Unclear: there are more than X shows.
        """
        found: list[Said] = []
        page: str | None = None
        for _ in range(MOST_PAGES):
            body = await self._posts_page(account, since, page)
            posts = _data(body)
            await self._pay("post_read", posts)
            found += [_said_post(one) for one in posts if text_in(one, "id")]
            page = text_in(within(body, "meta"), "next_token")
            if not page:
                return sorted(found, key=lambda one: int(one.id))
        raise Unclear("too many posts")

    async def directs(self, us: str, customer: str, since: datetime) -> list[Said]:
        """Return our direct messages to a customer since then, oldest first.

        Raises:
            XError, Unclear: as for posts.
        """
        oldest, page = int(just_before(since)), None
        found: list[Said] = []
        for _ in range(MOST_PAGES):
            body = await self._directs_page(customer, page)
            events = [one for one in _data(body) if text_in(one, "id")]
            await self._pay("dm_read", events)
            new = [one for one in events if int(str(one["id"])) > oldest]
            found += [_said_direct(one) for one in new if one.get("sender_id") == us]
            page = text_in(within(body, "meta"), "next_token")
            if len(new) < len(events) or not page:
                return sorted(found, key=lambda one: int(one.id))
        raise Unclear("too many direct messages")

    async def _posts_page(
        self, account: str, since: datetime, page: str | None
    ) -> Fields:
        return await self._client.ask(
            OWN_POSTS,
            lambda x, signed: x.get_users_tweets(
                account,
                since_id=just_before(since),
                max_results=PAGE,
                pagination_token=page,
                user_auth=signed,
                **OWN_POST_FIELDS,
            ),
        )

    async def _directs_page(self, customer: str, page: str | None) -> Fields:
        return await self._client.ask(
            DM_READ_ONE,
            lambda x, signed: x.get_direct_message_events(
                participant_id=customer,
                event_types="MessageCreate",
                max_results=PAGE if page else SMALL_PAGE,
                pagination_token=page,
                user_auth=signed,
                **DIRECT_FIELDS,
            ),
        )

    async def _pay(self, item: str, things: list[Fields]) -> None:
        ids = [text_in(one, "id") or "" for one in things]
        await self._client.ledger.pay_read(item, ids)


def _data(body: Fields) -> list[Fields]:
    """Return what was found; an answer that only holds errors proves nothing."""
    if "data" not in body and "meta" not in body:
        raise Unclear("no data")
    return list(items_of(body.get("data")))


def _said_post(post: Fields) -> Said:
    return Said(
        id=MessageId(text_in(post, "id") or ""),
        text=said(written_text(post)),
        has_files=bool(within(post, "attachments")),
        reply_to=references(post).get("replied_to"),
        conversation=text_in(post, "conversation_id"),
        to=text_in(post, "in_reply_to_user_id"),
    )


def _said_direct(event: Fields) -> Said:
    return Said(
        id=MessageId(text_in(event, "id") or ""),
        text=said(direct_text(event)),
        has_files=bool(within(event, "attachments")),
    )
