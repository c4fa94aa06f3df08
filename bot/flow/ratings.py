"""The question how well people helped, after a case was resolved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.flow.served import served
from bot.model.case import Case
from bot.model.message import DIRECT, ChannelName, MessageId
from bot.model.outgoing import Outgoing, Purpose, Speaker
from bot.model.policy import Policy
from bot.model.record import Author
from bot.ports import Cases, Channel

WITHIN = timedelta(hours=1)  # later the question would come out of the blue


class Ratings:
    """Asks once each time that a case is resolved, where it fits."""

    def __init__(self, cases: Cases, channels: Mapping[ChannelName, Channel]) -> None:
        self._cases, self._channels = cases, channels

    async def question(
        self, case: Case, policy: Policy, *, now: datetime
    ) -> Outgoing | None:
        """Return the question for the customer of `case`, which is being resolved.

        None if the policy asks nothing, no person has answered, the customer did not
        write in private last or wants no automatic message, or the channel cannot.
        """
        if not policy.desk.rating or case.answered_at is None:
            return None
        written = [
            record
            for record in await self._cases.records(case.customer)
            if record.author is Author.CUSTOMER
        ]
        if not written or written[-1].thread != DIRECT:
            return None
        last, channel = written[-1], served(self._channels, case.channel)
        if not channel.can_ask_rating(last.visibility):
            return None
        if await self._cases.opted_out(case.customer):
            return None
        return Outgoing(
            key=f"{case.id}:rating:{case.reopened}",
            channel=case.channel,
            customer=case.customer,
            handle=case.handle,
            thread=last.thread,
            visibility=last.visibility,
            text=policy.desk.rating,
            speaker=Speaker.BOT,
            queued_at=now,
            caused_at=last.at,
            reply_to=MessageId(last.id),
            purpose=Purpose.ACKNOWLEDGEMENT,
            expires_at=now + WITHIN,
            asks_rating=True,
        )
