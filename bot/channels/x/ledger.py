"""What calls to X use up: the limits, the money, and what went wrong last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import requests

from bot.channels.x.errors import ErrorKind, XError, resets_at
from bot.channels.x.limits import Endpoint
from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.log import Log
from bot.model.message import ChannelName
from bot.model.x_policy import XPolicy, item_of_text
from bot.ports.quota import Quota
from bot.ports.spending import Spending

# What keeps every call from being made: one that is made ends it.
_OF_ALL = frozenset({ErrorKind.TOKEN, ErrorKind.SUSPENDED, ErrorKind.CREDIT})
_REMEMBERED = 20_000  # things read today, which are charged once


@dataclass(frozen=True, slots=True)
class Trouble:
    """The last failure of a kind, for those who look after the service."""

    at: datetime
    endpoint: str
    status: int | None


class Ledger:
    """Where calls are counted, for all processes together.

    Attributes:
        troubles: the failures since calls to the same endpoint last went well.
    """

    def __init__(
        self,
        channel: ChannelName,
        policy: XPolicy,
        *,
        quota: Quota,
        spending: Spending,
        clock: Clock,
        log: Log,
    ) -> None:
        self.policy, self.clock = policy, clock
        self.troubles: dict[ErrorKind, Trouble] = {}
        self._channel, self._quota, self._spending = channel, quota, spending
        self._log = log
        self._paid: OrderedDict[tuple[str, str], date] = OrderedDict()

    async def wait(self, endpoint: Endpoint) -> timedelta | None:
        """Take one call from the limits; return how long to wait if none is left.

        Raises:
            StoreUnavailable: nobody knows.
        """
        now = self.clock.now()
        return await self._quota.take(self._channel, endpoint.windows, now=now)

    async def pay_read(self, item: str, ids: Collection[str]) -> None:
        """Note what was read. X charges a thing once a day, in UTC.

        The store knows what any process paid for; what this one knows is not asked.
        """
        today = self.clock.now().date()
        new = [id_ for id_ in ids if self._paid.get((item, id_)) != today]
        for id_ in new:
            self._paid[item, id_] = today
            self._paid.move_to_end((item, id_))
        while len(self._paid) > _REMEMBERED:
            self._paid.popitem(last=False)
        if not new:
            return
        price, now = self.policy.price(item), self.clock.now()
        try:
            await self._spending.pay_read(
                self._channel, item, new, micros=price, now=now
            )
        except StoreUnavailable:  # the call was made: its result counts more
            self._log("spending_not_counted", item=item, units=len(new))

    async def pay_text(self, *, private: bool, reply: bool, link: bool) -> None:
        """Note that a text was sent."""
        item = item_of_text(self.policy, private=private, reply=reply, link=link)
        await self._spend(item, 1)

    async def heed(self, endpoint: Endpoint, response: requests.Response) -> None:
        """Keep what an answer's headers say of its limit, if they say it."""
        left, until = (
            response.headers.get("x-rate-limit-remaining"),
            resets_at(response),
        )
        if left is not None and left.isdecimal() and until is not None:
            await self._left(endpoint, int(left), until)

    async def exhausted(self, endpoint: Endpoint, until: datetime | None) -> None:
        """Keep that X takes no more of these calls until then."""
        window = endpoint.windows[0]
        await self._left(endpoint, 0, until or self.clock.now() + window.per)

    async def failed(self, error: XError) -> None:
        """Keep what went wrong; that there is no credit, for everybody to know."""
        now = self.clock.now()
        self.troubles[error.kind] = Trouble(now, error.endpoint, error.status)
        if error.kind is ErrorKind.CREDIT:
            with suppress(StoreUnavailable):  # the next call says it again
                await self._spending.run_out(self._channel, now=now)

    def heard_of_app_token(self, endpoint: str, *, taken: bool) -> None:
        """Keep whether X takes the app's own token."""
        if taken:
            self.troubles.pop(ErrorKind.APP_TOKEN, None)
        else:
            self.troubles[ErrorKind.APP_TOKEN] = Trouble(
                self.clock.now(), endpoint, 401
            )

    async def went_well(self, endpoint: Endpoint, *, as_app: bool = False) -> None:
        """Forget the troubles of an endpoint that answers again.

        A call with the app's own token, `as_app`, says nothing of our account's.
        """
        of_all = frozenset({ErrorKind.APP_TOKEN}) if as_app else _OF_ALL
        for kind, trouble in list(self.troubles.items()):
            if kind in of_all or trouble.endpoint == endpoint.name:
                del self.troubles[kind]
                if kind is ErrorKind.CREDIT:
                    await self._spend("user_read", 0)

    async def _spend(self, item: str, units: int) -> None:
        micros, now = self.policy.price(item, units), self.clock.now()
        try:
            await self._spending.spend(
                self._channel, item, units=units, micros=micros, now=now
            )
        except StoreUnavailable:  # the call was made: its result counts more
            self._log("spending_not_counted", item=item, units=units)

    async def _left(self, endpoint: Endpoint, left: int, until: datetime) -> None:
        name, now = endpoint.windows[0].name, self.clock.now()
        try:
            await self._quota.observe(
                self._channel, name, remaining=left, resets_at=until, now=now
            )
        except StoreUnavailable:
            self._log("quota_not_observed", endpoint=endpoint.name)
