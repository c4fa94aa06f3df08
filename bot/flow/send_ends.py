"""What became of a text in hand, told to the store through its outages."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import Clock
from bot.flow.told_later import ToldLater
from bot.log import Log
from bot.model.outgoing import Sent
from bot.model.reason import Reason
from bot.model.work import STORE_AWAY, SendFailure, SendTask
from bot.ports import Outbox


class SendEnds:
    """Ends a sender's leases on texts. Where the store is away, it raises and keeps."""

    def __init__(self, outbox: Outbox, *, clock: Clock, log: Log) -> None:
        self._outbox, self._clock, self._log = outbox, clock, log
        self._kept = ToldLater()

    async def catch_up(self) -> None:
        """Tell the store what it could not be told; see ToldLater."""
        await self._kept.catch_up()

    async def sent(self, task: SendTask, sent: Sent, *, code: str = "") -> None:
        """It went out; `code` says how we know, if it had to be looked up."""

        async def end() -> None:
            await self._outbox.sent(
                task.outgoing,
                channel_id=sent.id,
                at=sent.at,
                now=self._clock.now(),
                until=task.until,
                code=code,
            )

        await self._kept.tell(end)

    async def again(
        self, task: SendTask, code: str, *, after: timedelta, look_up: bool
    ) -> None:
        """It is sent, or looked for, once more."""
        if after:  # else it goes out at once, having been looked up
            self._log(
                "send_delayed", key=task.outgoing.key, code=code, tries=task.tries
            )
        due = self._clock.now() + after

        async def end() -> None:
            await self._outbox.again(
                task.outgoing,
                code=code,
                now=self._clock.now(),
                due=due,
                until=task.until,
                look_up=look_up,
            )

        await self._kept.tell(end)

    def put_back_later(self, task: SendTask) -> None:
        """Nothing was done about it: as if it had not been begun, once that can be told."""

        async def end() -> None:
            now = self._clock.now()
            await self._outbox.again(
                task.outgoing,
                code=STORE_AWAY,
                now=now,
                due=now,
                until=task.until,
                look_up=task.look_up,
            )

        self._kept.keep(end)

    async def failed(self, task: SendTask, reason: Reason, code: str) -> None:
        """It did not and will not go out, or nobody can tell: people are asked."""
        outgoing = task.outgoing
        self._log("send_failed", key=outgoing.key, reason=reason.value, code=code)
        failure = SendFailure(outgoing, reason, code)

        async def end() -> None:
            await self._outbox.failed(failure, now=self._clock.now(), until=task.until)

        await self._kept.tell(end)
