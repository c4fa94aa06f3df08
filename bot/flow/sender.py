"""Send what the outbox holds, and find out what became of what got no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from bot.clock import Clock
from bot.flow.public_check import problems_of
from bot.log import Log
from bot.model.message import ChannelName
from bot.model.outgoing import NotThere, Outgoing, Refused, Sent, Unknown
from bot.model.policy import Policy
from bot.model.reason import Reason
from bot.model.work import SendFailure, SendTask
from bot.ports import Cases, Channel, Outbox

LEASE = timedelta(seconds=30)  # must outlast the slowest channel's answer
LOOK_UP_AFTER = timedelta(seconds=2)  # a network may show a post a moment late
BACK_OFF = timedelta(seconds=5)  # doubled with each try
MAX_TRIES = 6
BATCH = 50


class Sender:
    """Moves texts from the outbox to their channels, each exactly once."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        cases: Cases,
        channels: Mapping[ChannelName, Channel],
        policy: Policy,
        clock: Clock,
        log: Log,
    ) -> None:
        self._outbox, self._cases, self._channels = outbox, cases, channels
        self._policy, self._clock, self._log = policy, clock, log

    async def step(self) -> int:
        """Send what is due; return how many texts were in hand."""
        tasks = await self._outbox.begin(
            now=self._clock.now(), lease=LEASE, limit=BATCH
        )
        ends = await asyncio.gather(
            *(self._look_up(t) if t.look_up else self._send(t) for t in tasks),
            return_exceptions=True,
        )
        for end in ends:
            if isinstance(end, BaseException):
                raise end  # its lease runs out, then it is looked up
        return len(tasks)

    async def _send(self, task: SendTask) -> None:
        outgoing = task.outgoing
        channel = self._channels[outgoing.channel]
        problem = await self._problem(outgoing, channel)
        if problem is not None:
            await self._fail(outgoing, Reason.UNSAFE_TEXT, problem)
            return
        result = await channel.send(outgoing)
        if isinstance(result, Sent):
            await self._sent(outgoing, result)
        elif isinstance(result, Unknown):
            await self._again(task, "no_answer", after=LOOK_UP_AFTER, look_up=True)
        else:
            await self._refused(task, result)

    async def _problem(self, outgoing: Outgoing, channel: Channel) -> str | None:
        """Look at the text once more, with what is known of the customer by now."""
        problems = problems_of(
            outgoing.text,
            outgoing.visibility,
            facts=await self._cases.private_facts(outgoing.customer),
            rules=self._policy.public,
            length=channel.length,
            limit=channel.limit(outgoing.visibility),
        )
        return problems[0].code if problems else None

    async def _refused(self, task: SendTask, refused: Refused) -> None:
        if refused.permanent or task.tries >= MAX_TRIES:
            await self._fail(task.outgoing, Reason.REPLY_REFUSED, refused.code)
            return
        wait = BACK_OFF * 2**task.tries
        await self._again(task, refused.code, after=wait, look_up=False)

    async def _look_up(self, task: SendTask) -> None:
        """An earlier send has no known end: only what is surely not there is sent."""
        found = await self._channels[task.outgoing.channel].find_sent(task.outgoing)
        if isinstance(found, Sent):
            await self._sent(task.outgoing, found)
        elif isinstance(found, NotThere):
            await self._again(task, "not_there", after=timedelta(0), look_up=False)
        elif task.tries < MAX_TRIES:
            await self._again(
                task, "cannot_tell", after=BACK_OFF * 2**task.tries, look_up=True
            )
        else:
            await self._fail(task.outgoing, Reason.REPLY_UNCERTAIN, "cannot_tell")

    async def _sent(self, outgoing: Outgoing, sent: Sent) -> None:
        await self._outbox.sent(
            outgoing, channel_id=sent.id, at=sent.at, now=self._clock.now()
        )

    async def _again(
        self, task: SendTask, code: str, *, after: timedelta, look_up: bool
    ) -> None:
        self._log("send_delayed", key=task.outgoing.key, code=code, tries=task.tries)
        due = self._clock.now() + after
        await self._outbox.again(task.outgoing, code=code, due=due, look_up=look_up)

    async def _fail(self, outgoing: Outgoing, reason: Reason, code: str) -> None:
        self._log("send_failed", key=outgoing.key, reason=reason.value, code=code)
        await self._outbox.failed(
            SendFailure(outgoing, reason, code), now=self._clock.now()
        )
