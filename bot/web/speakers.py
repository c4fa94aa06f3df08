"""Who of us wrote a post: the network only knows that it was the brand's account."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from bot.model.record import Author, Record
from bot.web.network import Post
from bot.web.page import Page

REMEMBERED = 5000  # posts; what was written by whom never changes


class Speakers:
    """Finds the bot's and the agents' posts again by the transcripts of customers."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._known: dict[str, str] = {}

    async def of(self, posts: Sequence[Post]) -> Mapping[str, str]:
        """Return post id → customer, bot, agent, or brand for posts made elsewhere.

        Raises:
            TemporaryFailure: the store is away.
        """
        unknown = [p for p in posts if p.by_brand and p.id not in self._known]
        await self._learn(unknown)
        return {
            post.id: self._known.get(post.id, "brand") if post.by_brand else "customer"
            for post in posts
        }

    async def _learn(self, posts: Iterable[Post]) -> None:
        by_customer: dict[str, list[Post]] = {}
        for post in posts:
            by_customer.setdefault(post.customer or "", []).append(post)
        by_customer.pop("", None)
        found = await asyncio.gather(
            *(
                self._page.cases.records(self._page.customer_of(account))
                for account in by_customer
            )
        )
        for theirs, records in zip(by_customer.values(), found, strict=True):
            self._match(theirs, records)
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

    def _match(self, posts: Iterable[Post], records: Iterable[Record]) -> None:
        ours = {
            (record.thread, record.text.strip()): record.author.value
            for record in records
            if record.author in (Author.BOT, Author.AGENT)
        }
        for post in posts:
            author = ours.get((post.thread, post.text.strip()))
            if author:
                self._known[post.id] = author
