"""The outbox, and what its promise needs: to notice that the store went back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from bot.model.message import ChannelName, Visibility
from bot.model.outgoing import Outgoing, Purpose
from bot.model.work import SendFailure, SendTask


class Outbox(Protocol):
    """Texts on their way, in order for each customer, at their channel's pace.

    People's words go before answers, and answers before acknowledgements. A text
    that has expired is not sent.
    """

    async def begin(
        self, *, now: datetime, lease: timedelta, limit: int
    ) -> list[SendTask]:
        """Move up to `limit` texts to *sending*, unless a claim came first."""
        ...

    async def sent(
        self,
        outgoing: Outgoing,
        *,
        channel_id: str,
        at: datetime,
        now: datetime,
        until: datetime,
        code: str = "",
    ) -> None:
        """Record that it went out; `at` is the channel's time of it.

        `until` is the task's, here and below: an older holder changes nothing.

        `code` says how we know, if the channel did not tell when it was sent.
        """
        ...

    async def again(
        self,
        outgoing: Outgoing,
        *,
        code: str,
        now: datetime,
        due: datetime,
        until: datetime,
        look_up: bool,
    ) -> None:
        """Try again at `due`: to look where it is (`look_up`), else to send.

        With the code SAME_WORDS or STORE_AWAY nothing went out: it counts for no
        allowance.
        """
        ...

    async def failed(
        self, failure: SendFailure, *, now: datetime, until: datetime
    ) -> None:
        """End the sending; the failure is mail for the customer's next turn."""
        ...

    async def wait(
        self,
        channel: ChannelName,
        visibility: Visibility,
        purpose: Purpose,
        *,
        now: datetime,
    ) -> timedelta:
        """Return about how long a text queued now waits for the network's pace.

        What goes before it is counted; what comes later and is more urgent is not.
        """
        ...

    async def next_due(self) -> datetime | None:
        """Return when the earliest text is to be dealt with; None if all are out."""
        ...


class Generation(Protocol):
    """Notices that another server answers, whose past may be shorter than ours."""

    @property
    def number(self) -> int:
        """Rises with each change: what is kept in memory is to be read anew then."""
        ...
