"""Takes out of Slack what the store has forgotten: deleted messages, and customers.

Cards and lines that the book knows are drawn anew by their keeper. This is for all that
it does not know any more: the threads of cases that are over, and of earlier cards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol

from bot.clock import Clock
from bot.desk.slack.client import SlackClient
from bot.desk.slack.failures import ChannelClosed, MessageGone, Rejected
from bot.log import Log
from bot.model.case import Case, CaseId
from bot.model.event import Event, EventType
from bot.model.message import CustomerId
from bot.ports import Cases, Events, Generation
from bot.ports.chat import CardBook, Place, Shown

DELETED: Final = ":wastebasket: (deleted)"
READER: Final = "slack:sweep"
SWEPT: Final = frozenset({EventType.CUSTOMER_FORGOTTEN, EventType.MESSAGE_DELETED})
_FOLLOWED: Final = SWEPT | {EventType.CONTEXT_REMOVED}


class Holder(Protocol):
    """The duty of whoever clears; see bot.flow.duty."""

    async def hold(self, now: datetime) -> int | None: ...


class Journal(Protocol):
    """Where it is noted that it was done."""

    async def note_desk(
        self, customer: CustomerId, *, rewritten: int, left: int, now: datetime
    ) -> None: ...


class _DutyLost(Exception):
    """Another process clears: it begins at the bookmark."""


class Sweeper:
    """Follows the events; one process at a time does this, and repeats what it must."""

    def __init__(
        self,
        client: SlackClient,
        book: CardBook,
        *,
        events: Events,
        cases: Cases,
        journal: Journal,
        duty: Holder,
        clock: Clock,
        log: Log,
        generation: Generation | None = None,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Call `then` when a customer was forgotten, for what names them elsewhere."""
        self._client, self._book = client, book
        self._events, self._cases, self._journal = events, cases, journal
        self._duty, self._clock, self._log, self._then = duty, clock, log, then
        self._generation, self._number = generation, 0
        self._cursors: dict[str, str] | None = None

    async def step(self) -> int:
        """Clear what was forgotten since the last step; return how often.

        Raises:
            TemporaryFailure: store or Slack are away; it is done again.
        """
        try:
            return await self._step()
        except _DutyLost:
            self._cursors = None
            return 0

    async def _step(self) -> int:
        await self._stay_on_duty()
        number = self._generation.number if self._generation else 0
        if self._cursors is None or number != self._number:
            self._cursors = await self._events.bookmark(READER)
            self._number = number
        events, cursors = await self._events.since(self._cursors)
        forgotten = [event for event in events if event.type in _FOLLOWED]
        for event in forgotten:
            await self._sweep(event)
        if cursors != self._cursors:
            await self._events.keep_bookmark(READER, cursors)
            self._cursors = cursors
        return len(forgotten)

    async def _stay_on_duty(self) -> None:
        if await self._duty.hold(self._clock.now()) is None:
            raise _DutyLost

    async def _sweep(self, event: Event) -> None:
        who = event.customer
        if event.type is EventType.MESSAGE_DELETED:
            cases = await self._cases.earlier(who)
            await self._clear_all(cases, only=event.facts.get("message", ""))
            return
        if event.type is EventType.CONTEXT_REMOVED:
            # The lines of others are drawn anew, without it.
            over = [one for one in await self._cases.earlier(who) if one.closed_at]
            await self._clear_all(over, only=event.facts.get("message", ""))
            return
        named = event.facts.get("cases", "").split()
        cases = await self._cases.some([CaseId(case) for case in named])
        rewritten, left = await self._clear_all(cases, only="")
        self._then()
        now = self._clock.now()
        await self._journal.note_desk(who, rewritten=rewritten, left=left, now=now)

    async def _clear_all(self, cases: Iterable[Case], *, only: str) -> tuple[int, int]:
        """Clear the threads of some cases, of one message or of all.

        Returns how many messages were rewritten and how many only people can delete.
        """
        rewritten = left = 0
        for case in cases:
            shown = Shown(case.id)
            page = await self._book.page(shown)
            for place in _places(page.card, page.earlier):
                some = await self._clear(shown, place, only=only)
                rewritten, left = rewritten + some[0], left + some[1]
            if page.card is not None:
                await self._book.blank(shown)
            await self._mark(case)
        return rewritten, left

    async def _mark(self, case: Case) -> None:
        """Have everything drawn anew that shows the case."""
        names = [case.id, *([case.incident] if case.incident else [])]
        await self._book.mark({Shown(name): self._clock.now() for name in names})

    async def _clear(self, shown: Shown, card: Place, *, only: str) -> tuple[int, int]:
        rewritten = left = 0
        try:
            for seen in await self._client.thread(card.channel, card.ts):
                if not seen.id:
                    left += not only
                elif seen.text != DELETED and _is_meant(seen.id, only):
                    await self._stay_on_duty()
                    place = Place(card.workspace, card.channel, seen.ts)
                    says = {"text": DELETED, "blocks": []}
                    await self._client.update(place, says, facts=None)
                    rewritten += 1
        except MessageGone:
            pass  # somebody deleted it
        except (ChannelClosed, Rejected) as failure:
            self._log("forgetting_blocked", shown=shown, error=type(failure).__name__)
            left += 1
        return rewritten, left


def _places(card: Place | None, earlier: Sequence[Place]) -> list[Place]:
    return [*([card] if card else []), *earlier]


def _is_meant(id_: str, only: str) -> bool:
    """Tell whether a message of ours shows message `only`, or anything at all if ""."""
    return not only or (id_.startswith("line:") and id_.endswith(f":{only}"))
