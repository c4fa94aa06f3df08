"""Send what the outbox holds, and find out what became of what got no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.flow.may_reply import may_reply, speech_of_text
from bot.flow.public_check import problems_of_outgoing
from bot.flow.purse import Purse, affordable, opened_purse
from bot.flow.send_ends import SendEnds
from bot.flow.told_later import End
from bot.log import Log
from bot.model.customer import same_words
from bot.model.message import ChannelName, Visibility
from bot.model.outgoing import (
    CannotTell,
    Found,
    NotThere,
    Outgoing,
    Refused,
    SendResult,
    Sent,
    Speaker,
    Unknown,
    Unreachable,
)
from bot.model.policy import Policy
from bot.model.reason import Reason
from bot.model.spending import Budget
from bot.model.work import NOT_SAID, PASSING, SAME_WORDS, SendTask
from bot.ports import Cases, Channel, Outbox, QuietMode, Spending
from bot.ports.wordings import Wordings

LEASE = timedelta(seconds=30)  # of a sender on a text
CALL = timedelta(seconds=15)  # of a lease, kept for the slowest channel's answer
LOOK_UP_AFTER = timedelta(seconds=2)  # a network may show a post a moment late
BACK_OFF = timedelta(seconds=5)  # doubled with each try
MAX_TRIES = 6
MAX_WAIT = timedelta(seconds=60)  # between two tries while a network is away
WAIT_LIMIT = timedelta(hours=24)  # of agents' words, or look-ups, for a network
BATCH = 100


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
        quiet: QuietMode | None = None,
        spending: Spending | None = None,
        wordings: Wordings | None = None,
    ) -> None:
        """Send what is due.

        Without `quiet` only the policy can silence the bot; without `spending` the
        budget is as the policy knows it; without `wordings` the same words go out
        right after each other.
        """
        self._wordings = wordings
        self._outbox, self._cases, self._channels = outbox, cases, channels
        self._quiet, self._spending = quiet, spending
        self._policy, self._clock, self._log = policy, clock, log
        self._ends = SendEnds(outbox, clock=clock, log=log)

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def step(self) -> int:
        """Send what is due; return how many texts were in hand.

        Raises:
            StoreUnavailable: the store was away in between. It is told what became of
                the texts in hand once it answers again; of a text whose begin it kept
                from us, the lease runs out, and then it is looked up.
        """
        await self._ends.catch_up()
        tasks = await self._outbox.begin(
            now=self._clock.now(), lease=LEASE, limit=BATCH
        )
        try:
            policy = await self._policy_with_pauses(tasks)
            purse = await self._opened_purse(tasks, policy)
        except StoreUnavailable:
            for task in tasks:
                self._ends.put_back_later(task)
            raise
        ends = await asyncio.gather(
            *(self._try(task, policy, purse) for task in tasks), return_exceptions=True
        )
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        return len(tasks)

    async def _opened_purse(self, tasks: Sequence[SendTask], policy: Policy) -> Purse:
        return await opened_purse(
            self._spending,
            [task.outgoing for task in tasks],
            self._channels,
            policy=policy,
            now=self._clock.now(),
        )

    async def _policy_with_pauses(self, tasks: Sequence[SendTask]) -> Policy:
        """Ask anew for what is in hand: whoever paused the bot expects silence now."""
        speaks = any(task.outgoing.speaker is Speaker.BOT for task in tasks)
        if self._quiet is None or not speaks:
            return self._policy
        pauses = await self._quiet.quiet()
        return replace(self._policy, paused=frozenset(one.scope for one in pauses))

    async def _try(self, task: SendTask, policy: Policy, purse: Purse) -> None:
        """Send or look up one text, whose defect must not stop the others."""
        try:
            if task.look_up:
                await self._look_up(task)
            else:
                await self._send(task, policy, purse)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one text must not stop others
            self._log(
                "send_raised",
                key=task.outgoing.key,
                tries=task.tries + 1,
                error=type(error).__name__,
            )
            await self._after_defect(task)

    async def _after_defect(self, task: SendTask) -> None:
        """It may have gone out before the defect: look, and in the end ask a person."""
        if task.tries >= MAX_TRIES:
            await self._ends.failed(task, Reason.REPLY_UNCERTAIN, "defect")
            return
        wait = BACK_OFF * 2**task.tries
        await self._ends.again(task, "defect", after=wait, look_up=True)

    async def _send(self, task: SendTask, policy: Policy, purse: Purse) -> None:
        budget = purse.budget(task.outgoing)
        outgoing = affordable(task.outgoing, budget)
        channel = self._channels[outgoing.channel]
        try:
            instead = await self._instead(task, outgoing, channel, policy, budget)
        except StoreUnavailable:
            self._ends.put_back_later(task)
            raise
        if instead is not None:
            await instead()
        elif self._clock.now() > task.until - CALL:
            # another sender looks it up and may be sending it now
            self._log("send_overslept", key=outgoing.key)
        else:
            await self._after_send(task, await _result(channel, outgoing))

    async def _instead(
        self,
        task: SendTask,
        outgoing: Outgoing,
        channel: Channel,
        policy: Policy,
        budget: Budget,
    ) -> End | None:
        """Return what becomes of a text that may not go out now; None if it may."""
        forbids = may_reply(
            speech_of_text(outgoing, budget),
            speaker=outgoing.speaker,
            policy=policy,
            now=self._clock.now(),
            rules=channel.rules,
        )
        if forbids is not None:
            return partial(self._ends.failed, task, forbids, forbids.value)
        problem = await self._problem(outgoing, channel)
        if problem is not None:
            return partial(self._ends.failed, task, Reason.UNSAFE_TEXT, problem)
        if wait := await self._apart(outgoing, channel):
            again = partial(self._ends.again, task, SAME_WORDS)
            return partial(again, after=wait, look_up=False)
        return None

    async def _apart(self, outgoing: Outgoing, channel: Channel) -> timedelta:
        """Return how long our account waits before it posts these words again."""
        refuses = channel.rules.same_words_after is not None
        public = outgoing.visibility is Visibility.PUBLIC
        if self._wordings is None or not refuses or not public:
            return timedelta(0)
        return await self._wordings.take(
            outgoing.channel,
            same_words(outgoing.text),
            key=outgoing.key,
            apart=self._policy.x.same_words_after,
            now=self._clock.now(),
        )

    async def _after_send(self, task: SendTask, result: SendResult) -> None:
        if isinstance(result, Sent):
            await self._ends.sent(task, result)
        elif isinstance(result, Unknown):
            await self._ends.again(task, "no_answer", after=LOOK_UP_AFTER, look_up=True)
        else:
            await self._refused(task, result)

    def _age(self, outgoing: Outgoing) -> timedelta:
        return self._clock.now() - outgoing.queued_at

    async def _problem(self, outgoing: Outgoing, channel: Channel) -> str | None:
        """Look at the text once more, with what is known of the customer by now."""
        public = outgoing.visibility is Visibility.PUBLIC  # a private one may hold all
        facts = await self._cases.private_facts(outgoing.customer) if public else ()
        problems = problems_of_outgoing(outgoing, facts, channel, self._policy.public)
        return problems[0].code if problems else None

    async def _refused(self, task: SendTask, refused: Refused) -> None:
        if refused.code in PASSING and not refused.permanent:
            await self._wait(task, refused.code, look_up=False)
            return
        if refused.permanent or task.tries >= MAX_TRIES:
            await self._ends.failed(task, Reason.REPLY_REFUSED, refused.code)
            return
        wait = BACK_OFF * 2**task.tries
        await self._ends.again(task, refused.code, after=wait, look_up=False)

    async def _wait(self, task: SendTask, code: str, *, look_up: bool) -> None:
        """Only age ends this. The bot's texts grow too old in `may_reply`."""
        agent = task.outgoing.speaker is Speaker.AGENT
        if (agent or look_up) and self._age(task.outgoing) > WAIT_LIMIT:
            reason = Reason.REPLY_UNCERTAIN if look_up else Reason.REPLY_REFUSED
            await self._ends.failed(task, reason, code)
            return
        doublings = min(task.waits, 10)  # far beyond MAX_WAIT, and small enough
        wait = min(BACK_OFF * 2**doublings, MAX_WAIT)
        await self._ends.again(task, code, after=wait, look_up=look_up)

    async def _look_up(self, task: SendTask) -> None:
        """It may have gone out already: only what is surely not there is sent."""
        # the bot may word it differently now; an agent's words are what they are
        any_words = task.any_words and task.outgoing.speaker is Speaker.BOT
        channel = self._channels.get(task.outgoing.channel)
        found: Found = Unreachable()  # from here, if it is not set up
        if channel is not None:
            try:
                found = await channel.find_sent(
                    task.outgoing, known=task.known, any_words=any_words
                )
            except StoreUnavailable:
                self._ends.put_back_later(task)
                raise
        if isinstance(found, Sent):
            await self._ends.sent(task, found, code="said_before" * any_words)
        elif isinstance(found, Unreachable):
            await self._wait(task, "unreachable", look_up=True)
        elif isinstance(found, NotThere) and task.any_words:
            await self._ends.again(task, NOT_SAID, after=timedelta(0), look_up=False)
        else:
            await self._not_found(task, found)

    async def _not_found(self, task: SendTask, found: NotThere | CannotTell) -> None:
        """Send again what is not there; in the end a person decides."""
        if isinstance(found, NotThere) and task.tries < MAX_TRIES:
            # no try has failed yet if its sender died, or never heard that it had it
            wait = BACK_OFF * 2 ** (task.tries - 1) if task.tries else timedelta(0)
            await self._ends.again(task, "not_there", after=wait, look_up=False)
        elif isinstance(found, NotThere):
            await self._ends.failed(task, Reason.REPLY_REFUSED, "no_answer")
        elif task.tries < MAX_TRIES:
            await self._ends.again(
                task, "cannot_tell", after=BACK_OFF * 2**task.tries, look_up=True
            )
        else:
            await self._ends.failed(task, Reason.REPLY_UNCERTAIN, "cannot_tell")


async def _result(channel: Channel, outgoing: Outgoing) -> SendResult:
    """Send; a channel that could not ask the store meanwhile leaves it unknown."""
    try:
        return await channel.send(outgoing)
    except StoreUnavailable:
        return Unknown()
