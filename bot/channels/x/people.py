"""Accounts on X: our own, and those whose names an event leaves out."""

from __future__ import annotations

from collections import OrderedDict

from bot.channels.x.client import XClient
from bot.channels.x.errors import ErrorKind, XError
from bot.channels.x.includes import person_in
from bot.channels.x.limits import ME, USERS
from bot.channels.x.posts import Us
from bot.channels.x.raw import within
from bot.model.message import ChannelName

_REMEMBERED = 5_000


class People:
    """Knows who we are, and looks up a handle once."""

    def __init__(
        self, client: XClient, channel: ChannelName, us: Us | None = None
    ) -> None:
        self._client, self._channel, self._us = client, channel, us
        self._handles: OrderedDict[str, str] = OrderedDict()

    async def us(self) -> Us:
        """Return our account; X is asked once.

        Raises:
            XError: X does not say who we are.
        """
        if self._us is None:
            body = await self._client.ask(
                ME, lambda x, signed: x.get_me(user_auth=signed)
            )
            person = person_in(within(body, "data"))
            if person is None or not person.handle:
                raise XError(ErrorKind.UNKNOWN, ME.name, status=200)
            await self._client.ledger.pay_read("user_read", [person.id])
            self._us = Us(self._channel, person.id, person.handle)
        return self._us

    async def handle(self, account: str) -> str:
        """Return an account's handle; "" if X does not tell it now."""
        if account not in self._handles:
            try:
                body = await self._client.ask(
                    USERS, lambda x, signed: x.get_user(id=account, user_auth=signed)
                )
            except XError:
                return ""
            person = person_in(within(body, "data"))
            await self._client.ledger.pay_read("user_read", [account])
            self._handles[account] = person.handle if person else ""
            while len(self._handles) > _REMEMBERED:
                self._handles.popitem(last=False)
        return self._handles[account]
