"""The local X as a network of the contract suite, in a thread of its own.

The real channel and the real tweepy call it over HTTP. What goes wrong goes wrong
there, or on the way back.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import requests

from bot.channels.x import Session, UserKeys, XChannel
from bot.channels.x.session import XAdapter
from bot.clock import ManualClock
from bot.model.message import ChannelName, CustomerId, MessageId
from bot.model.spending import BudgetRule, Spent
from bot.model.x_policy import PRICED, XPolicy
from bot.replay.networks import Unmetered
from bot.sim.x import LocalX, Person
from bot.sim.x.rules import NOT_SUMMONED
from bot.sim.x.things import Post

T = TypeVar("T")
POLICY = XPolicy(
    prices=dict.fromkeys(PRICED, 1_000),
    links_cost=True,
    budget=BudgetRule(daily=None, for_links=1.0),
    poll_every=timedelta(0),
    overlap=timedelta(minutes=10),
    first_start=timedelta(hours=24),
    deep_link=False,
    listen="",
    privacy_link="",
    generated_approved=False,
    same_words_after=timedelta(seconds=10),
    check_kept_every=timedelta(hours=12),
    check_kept_at_most=200,
)
FAR = timedelta(days=365)


class Purse:
    """Adds up what was spent, in units by item."""

    def __init__(self) -> None:
        self.units: dict[str, int] = {}
        self.is_empty = False

    async def spend(
        self,
        channel: ChannelName,
        item: str,
        *,
        units: int,
        micros: int,
        now: datetime,
    ) -> None:
        self.units[item] = self.units.get(item, 0) + units
        self.is_empty = False

    async def pay_read(
        self,
        channel: ChannelName,
        item: str,
        ids: Collection[str],
        *,
        micros: int,
        now: datetime,
    ) -> int:
        self.units[item] = self.units.get(item, 0) + len(ids)
        return len(ids)

    async def run_out(self, channel: ChannelName, *, now: datetime) -> None:
        self.is_empty = True

    async def spent(self, channel: ChannelName, *, now: datetime) -> Spent:
        return Spent(today=self.units, month=self.units)


class RunningX:
    """A local X that runs in a thread while tests of one thread look at it."""

    def __init__(self, **options: object) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.x = self.do(lambda: LocalX(**options))
        self._wait(self.x.__aenter__())

    def do(self, act: Callable[[], T]) -> T:
        """Do something in its thread, and return what comes of it."""

        async def acted() -> T:
            return act()

        return self._wait(acted())

    def close(self) -> None:
        self._wait(self.x.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)


class OnTheWay(XAdapter):
    """What answers go through before we see them."""

    def __init__(self, base_url: str, change: Callable[[list[dict]], None]) -> None:
        super().__init__(base_url)
        self._change = change

    def send(self, request, **options) -> requests.Response:
        response = super().send(request, **options)
        if request.method == "GET" and response.ok and b'"data"' in response.content:
            body = json.loads(response.content)
            if isinstance(body["data"], list):
                self._change(body["data"])
            response._content = json.dumps(body).encode()
        return response


class XHarness:
    """X as customers and the weather have it."""

    counts: Mapping[str, int] = {
        "日本語": 6,
        "👩🏽‍🚀": 2,
        "see https://example.com/help/orders/where-is-my-parcel": 27,
        "cafe\u0301": 4,
    }

    def __init__(self, directory: Path) -> None:
        self.clock = ManualClock(datetime.fromisoformat("2026-11-02T12:00:00+00:00"))
        self._running = RunningX(brand="fernhollow", clock=self.clock, limited=False)
        self._x, self._do = self._running.x, self._running.do
        self._next: str | None = None
        self._garbled, self._twice = set[str](), set[str]()
        self._late: str | None = None
        self.session = session_of(self._x)
        adapter = OnTheWay(self._x.url, self._change)
        self.session.plain().mount("https://", adapter)
        self.purse = Purse()
        self.channel = XChannel(
            self.session,
            POLICY,
            quota=Unmetered(),
            spending=self.purse,
            clock=self.clock,
            log=lambda event, **fields: None,
            directs_every=timedelta(0),
        )

    def close(self) -> None:
        self.channel.close()
        self._running.close()

    def customer(self, account: str) -> CustomerId:
        return CustomerId(f"x:{self._person(account).id}")

    def shown(self, text: str) -> str:
        """Return a text as X shows it: without space around it."""
        return text.strip()

    def customer_posts(self, account: str, text: str) -> MessageId:
        """Answer a post of the brand's, which addresses it without naming it."""
        person = self._person(account)

        def post() -> str:
            ours = self._x.brand.post("We are here.")
            kept = text.strip() or "."
            made = person.post(kept, reply_to=ours)
            if not text.strip():
                made.text = ""
            return self._fated(made.id)

        return MessageId(self._do(post))

    def customer_answers_us(self, account: str, text: str) -> MessageId:
        return self.customer_posts(account, text)

    def is_hidden(self, message: MessageId) -> bool:
        return self._do(lambda: self._x.core.world.posts[message].hidden)

    def customer_directs(self, account: str, text: str) -> MessageId:
        person = self._person(account)

        def direct() -> str:
            made = person.message(self._x.brand, text.strip() or ".")
            if not text.strip():
                made.text = ""
            return self._fated(made.id)

        return MessageId(self._do(direct))

    def garble_the_next_message(self) -> None:
        self._next = "garbled"

    def show_the_next_message_twice(self) -> None:
        self._next = "twice"

    def show_the_next_message_late(self) -> None:
        self._next = "late"

    def lose_the_next_answer(self) -> None:
        self._do(lambda: self._x.faults.lose_answer("*"))

    def drop_the_next_request(self) -> None:
        self._do(lambda: self._x.faults.lose_request("*"))

    def refuse_the_next_send(self, code: str, *, permanent: bool) -> str:
        faults = self._x.faults
        if permanent:
            self._do(lambda: faults.refuse("*", NOT_SUMMONED))
            return "not_summoned"
        self._do(lambda: faults.limit("*"))
        return "rate_limited"

    def break_the_next_lookup(self) -> None:
        self._do(lambda: self._x.faults.refuse("*", "Not at the moment."))

    def take_the_network_down(self) -> None:
        self._do(lambda: self._x.faults.fail("*", times=None))

    def bring_the_network_back(self) -> None:
        self._do(self._x.faults.clear)

    def received(self, account: str) -> list[str]:
        person = self._person(account)

        def look() -> list[str]:
            posts: list[Post] = []
            for one in self._x.posts():  # more of one text stands below its beginning
                above = {post.id for post in posts}
                if one.in_reply_to_user_id == person.id or one.replied_to in above:
                    posts.append(one)
            directs = self._x.sent_directs()
            directs = [one for one in directs if one.recipient_id == person.id]
            both = sorted([*posts, *directs], key=lambda one: int(one.id))
            return [one.text for one in both]

        return self._do(look)

    def _person(self, account: str) -> Person:
        return self._do(lambda: self._x.person(account))

    def _fated(self, id_: str) -> str:
        fate, self._next = self._next, None
        if fate == "garbled":
            self._garbled.add(id_)
        elif fate == "twice":
            self._twice.add(id_)
        elif fate == "late":
            self._late = id_
            self._x.core.world.posts[id_].shown_from = self.clock.now() + FAR
        return id_

    def _change(self, data: list[dict]) -> None:
        for one in [one for one in data if one["id"] in self._twice]:
            data.insert(0, dict(one))
        for one in data:
            if one["id"] in self._garbled:
                del one["author_id"]
        if self._late and any(int(one["id"]) > int(self._late) for one in data):
            self._do(self._show_late)

    def _show_late(self) -> None:
        self._x.core.world.posts[self._late or ""].shown_from = None


def session_of(x: LocalX) -> Session:
    """Return a session of the local X's own account, with keys of OAuth 1.0a."""
    keys = x.credentials
    return Session(
        UserKeys(
            consumer_key=keys.consumer_key,
            consumer_secret=keys.consumer_secret,
            access_token=keys.access_token,
            access_token_secret=keys.access_token_secret,
        ),
        base_url=x.url,
    )
