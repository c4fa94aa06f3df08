"""Lease customers that are due, read all their messages at once, decide, commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.errors import StoreUnavailable, TemporaryFailure
from bot.flow.act import Ledger
from bot.flow.after import FAILED, after_burial, after_dialogue, after_failure
from bot.flow.compose import Composer
from bot.flow.control import by_wish
from bot.flow.decide import decide
from bot.flow.served import served
from bot.flow.threads import by_thread, text_of, turn_of
from bot.flow.told_later import ToldLater
from bot.flow.transcript import message_record
from bot.flow.weight import weighed
from bot.log import Log
from bot.model.effect import Converse, Decision, Turn
from bot.model.event import Outcome
from bot.model.message import DIRECT, ChannelName, Message, Visibility
from bot.model.policy import Policy
from bot.model.reading import Reading
from bot.model.reason import Reason
from bot.model.work import Broken, Buried, Commit, Lease, SendFailure, Work
from bot.ports import Answers, Channel, Dialogue, DialogueTurn, Turns, Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a worker works. `lease` must outlast the slowest batch."""

    batch: int = 64
    lease: timedelta = timedelta(seconds=30)
    max_tries: int = 5
    back_off: timedelta = timedelta(seconds=2)  # doubled with each failed try
    pause: timedelta = timedelta(seconds=5)  # while something is away that may return
    patience: timedelta = timedelta(minutes=10)  # with a dialogue that is away


class Worker:
    """Understand, decide and act for the customers that are due.

    A customer whose turn fails is tried again with back-off, alone; after `max_tries`
    the mails in hand become dead letters, of which people are told, and later ones
    go to people. The others of the batch are not held up. Whoever was in a batch that
    took its worker with it is handled alone afterwards, the least suspected first, and
    only what fails alone is counted. What fails because something is away is tried
    again for as long as that takes, and never counted.
    """

    def __init__(
        self,
        *,
        turns: Turns,
        understanding: Understanding,
        dialogue: Dialogue,
        answers: Answers,
        channels: Mapping[ChannelName, Channel],
        policy: Policy,
        clock: Clock,
        log: Log,
        pace: Pace | None = None,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        """Put it together; `begin` is called before each batch, on which it may act."""
        self._turns, self._understanding = turns, understanding
        self._dialogue, self._channels = dialogue, channels
        self._answers, self._clock, self._log = answers, clock, log
        self._pace, self._begin = pace or Pace(), begin
        self._missed: set[ChannelName] = set()  # that we lack, and have said so
        self._ends = ToldLater()
        self.follow(policy)

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy
        self._zone = ZoneInfo(policy.hours.timezone)  # "tomorrow" is a local word
        self._composer = Composer(self._answers, policy)

    async def step(self) -> int:
        """Handle one batch; return how many customers it held.

        Raises:
            StoreUnavailable: the store was away in between. Who is still in hand is
                given back once it answers again.
        """
        self._begin()
        await self._ends.catch_up()
        leases = await self._turns.lease(
            now=self._clock.now(), length=self._pace.lease, limit=self._pace.batch
        )
        try:
            await self._work_on(leases)
        except StoreUnavailable:
            for lease in leases:
                self._ends.keep(partial(self._wait, lease, pause=timedelta()))
            with suppress(StoreUnavailable):  # the next step tries again
                await self._ends.catch_up()
            raise
        return len(leases)

    async def _work_on(self, leases: Sequence[Lease]) -> None:
        if not leases:
            return
        works = await self._turns.load(leases)
        alive = [work for work in works if not await self._is_over(work)]
        readable = [work for work in alive if isinstance(work, Work)]
        await self._together([work for work in readable if not work.alone])
        suspects = [work for work in readable if work.alone]
        for work in sorted(suspects, key=lambda work: work.tries):
            # it may be the one that fails everything it is read with
            until = self._clock.now() + self._pace.lease
            if await self._turns.isolate(work.lease, until=until):
                await self._alone(work)

    async def _together(self, works: Sequence[Work]) -> None:
        """Handle customers as one batch; one at a time if the batch fails."""
        if not works:
            return
        try:
            await self._handle(works)
        except StoreUnavailable:
            raise  # all are given back, at once
        except TemporaryFailure:
            for work in works:
                await self._wait(work.lease)
        except Exception as error:  # noqa: BLE001 - one customer must not stop others
            self._log("batch_failed", size=len(works), error=type(error).__name__)
            for work in works:
                await self._alone(work)

    async def _alone(self, work: Work) -> None:
        try:
            await self._handle([work])
        except StoreUnavailable:
            raise
        except TemporaryFailure:
            await self._wait(work.lease)
        except Exception as error:  # noqa: BLE001 - one customer must not stop others
            await self._failed(work.lease, work.tries, type(error).__name__)

    async def _handle(self, works: Sequence[Work]) -> None:
        readings = await self._read(works)
        commits = [
            commit
            for work, found in zip(works, readings, strict=True)
            if (commit := await self._decide_safely(work, found)) is not None
        ]
        await self._commit(commits)

    async def _wait(self, lease: Lease, *, pause: timedelta | None = None) -> None:
        due = self._clock.now() + (self._pace.pause if pause is None else pause)
        await self._turns.give_back(lease, due=due, failed=False)

    async def _failed(self, lease: Lease, tries: int, error: str) -> None:
        self._log("turn_failed", customer=lease.customer, tries=tries + 1, error=error)
        due = self._clock.now() + self._pace.back_off * 2**tries
        await self._turns.give_back(lease, due=due, failed=True)

    async def _is_over(self, work: Work | Broken) -> bool:
        """Bury what failed too often, put off what cannot be read; tell whether."""
        if work.tries >= self._pace.max_tries:
            await self._bury(work)
            return True
        if isinstance(work, Broken):
            await self._failed(work.lease, work.tries, work.error)
            return True
        return False

    async def _bury(self, work: Work | Broken) -> None:
        mails = work.mails if isinstance(work, Broken) else len(work.mails)
        self._log("turn_buried", customer=work.lease.customer, mails=mails)
        messages = (
            [mail for mail in work.mails if isinstance(mail, Message)]
            if isinstance(work, Work)
            else []
        )
        why = Reason.TOO_MANY_TRIES
        await self._turns.bury(
            work.lease,
            mails=mails,
            records=[
                message_record(m, Outcome.DEAD, why, reading=None, withheld=None)
                for m in messages
            ],
            notice=_notice(work.lease, messages, why),
            now=self._clock.now(),
        )

    async def _read(self, works: Sequence[Work]) -> list[list[Reading]]:
        """Read the threads of all customers as one batch."""
        texts = [[text_of(group) for group in by_thread(work)] for work in works]
        flat = await self._understanding.read([text for row in texts for text in row])
        readings = iter(flat)
        return [[next(readings) for _ in row] for row in texts]

    async def _decide_safely(
        self, work: Work, readings: Sequence[Reading]
    ) -> Commit | None:
        try:
            return await self._decide(work, readings)
        except TemporaryFailure:
            await self._wait(work.lease)
            return None
        except Exception as error:  # noqa: BLE001 - one customer must not stop others
            await self._failed(work.lease, work.tries, type(error).__name__)
            return None

    async def _decide(self, work: Work, readings: Sequence[Reading]) -> Commit:
        now = self._clock.now()
        ledger = Ledger(
            work,
            policy=self._policy,
            composer=self._composer,
            channel=self._channel_of(work),
            case_id=work.new_case,
            now=now,
        )
        turns = [
            turn_of(group, weighed(reading, self._policy), self._answers)
            for group, reading in zip(by_thread(work), readings, strict=True)
        ]
        stops, others = list[Turn](), turns
        if len(work.mails) > 1:  # one alone has no order
            stops, others = by_wish(turns, work.customer, self._policy, now)
        for turn in stops:  # before anything is said of what failed
            await self._take(turn, ledger)
        for mail in work.mails:
            if isinstance(mail, SendFailure) and mail.outgoing.asks_rating:
                continue  # a question that nobody waits for
            if isinstance(mail, SendFailure):
                ledger.add_failure(mail, after_failure(mail, ledger.customer))
            elif isinstance(mail, Buried):
                ledger.add_burial(mail, after_burial(mail, ledger.customer))
            elif mail.deleted_at is not None:
                ledger.add_deleted(mail)
        for turn in others:
            await self._take(turn, ledger)
        return ledger.close(mails=len(work.mails))

    def _channel_of(self, work: Work) -> Channel:
        name = work.customer.channel
        if name not in self._channels and name not in self._missed:
            self._missed.add(name)
            self._log("channel_missing", channel=name)
        return served(self._channels, name)

    async def _take(self, turn: Turn, ledger: Ledger) -> None:
        decision = decide(turn, ledger.customer, self._policy, self._clock.now())
        decision, spoken = await self._converse(decision, turn, ledger)
        ledger.add_turn(turn, decision, spoken)

    async def _converse(
        self, decision: Decision, turn: Turn, ledger: Ledger
    ) -> tuple[Decision, DialogueTurn | None]:
        """Let the dialogue take the turn if the decision says so."""
        for effect in decision.effects:
            if isinstance(effect, Converse):
                spoken = await self._ask_dialogue(effect.intent, turn, ledger)
                decided = after_dialogue(spoken, turn, ledger.customer, self._policy)
                return decided, spoken
        return decision, None

    async def _ask_dialogue(
        self, intent: str, turn: Turn, ledger: Ledger
    ) -> DialogueTurn:
        """Return the dialogue's turn; people take over if it is away for long."""
        now = self._clock.now()
        try:
            return await self._dialogue.turn(
                text_of(turn.messages),
                label=intent,
                confidence=turn.reading.top.confidence,
                entities=turn.reading.entities,
                state=ledger.customer.dialogue,
                now=now.astimezone(self._zone),
            )
        except TemporaryFailure:
            if now - turn.messages[0].sent_at <= self._pace.patience:
                raise
            return DialogueTurn(texts=(), state=None, asked=False, handoff=FAILED)

    async def _commit(self, commits: Sequence[Commit]) -> None:
        now = self._clock.now()
        done = await self._turns.commit(commits, again_at=now + self._policy.burst)
        for commit, ok in zip(commits, done, strict=True):
            if not ok:  # an agent acted meanwhile, or another worker has the customer
                await self._turns.give_back(commit.work.lease, due=now, failed=False)


def _notice(lease: Lease, messages: Sequence[Message], reason: Reason) -> Buried:
    """Return what the next turn is told; a customer's id carries what is needed."""
    channel, _, handle = lease.customer.partition(":")
    first = messages[0] if messages else None
    return Buried(
        channel=first.channel if first else ChannelName(channel),
        handle=first.handle if first else handle,
        thread=first.thread if first else DIRECT,
        visibility=first.visibility if first else Visibility.PRIVATE,
        reason=reason,
    )
