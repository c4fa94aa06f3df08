"""Removes what was deleted on a network that does not tell of it by itself."""

from __future__ import annotations

from collections.abc import AsyncIterable, Set
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import PermanentFailure, TemporaryFailure
from bot.flow.duty import Duty
from bot.log import Log
from bot.model.kept import KeptPost
from bot.model.message import ChannelName, Deleted, MessageId
from bot.model.policy import Policy
from bot.ports import Inbox
from bot.ports.kept import Kept, PostCheck, Round

CHECK_DUTY: Final = "kept_check"
LOOK_EVERY: Final = timedelta(minutes=1)  # for an answer, and whose duty it is
AFTER_FAILURE: Final = timedelta(hours=1)
PATIENCE: Final = timedelta(hours=3)  # with a network that does not get ready


class KeptCheck:
    """Asks, once in so long, what became of every post that is kept.

    One process at a time does this. What is asked for is noted in the store, so that
    after a crash the answer is still fetched, by whoever has the duty then.
    """

    def __init__(
        self,
        check: PostCheck,
        kept: Kept,
        inbox: Inbox,
        duty: Duty,
        *,
        channel: ChannelName,
        policy: Policy,
        clock: Clock,
        log: Log,
    ) -> None:
        """Ask `check` for what `channel` showed us, as often as the policy says."""
        self._check, self._kept, self._inbox = check, kept, inbox
        self._duty, self._channel, self._policy = duty, channel, policy
        self._clock, self._log = clock, log
        self._next: datetime | None = None

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def step(self) -> int:
        """Go on with the check if it is time; return how many posts were removed.

        Raises:
            TemporaryFailure: network or store are away; it is done later.
        """
        now = self._clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + LOOK_EVERY
        if await self._duty.hold(now) is None:
            return 0
        round_ = await self._kept.round(self._channel)
        if round_ is not None and now < round_.due:
            return 0
        try:
            return await self._go_on_in_time(round_)
        except TemporaryFailure:
            self._next = now + 5 * LOOK_EVERY
            raise
        except PermanentFailure:
            self._log("kept_check_lost", channel=self._channel)
            await self._keep(AFTER_FAILURE)
            return 0

    async def _go_on_in_time(self, round_: Round | None) -> int:
        """Go on as usual, or at once if the network has not been ready for hours."""
        job = round_.job if round_ else ""
        late = round_ is not None and self._clock.now() > round_.due + PATIENCE
        if late and job:
            self._log("kept_check_stuck", channel=self._channel)
            return await self._go_on("", at_once=True)
        try:
            return await self._go_on(job)
        except TemporaryFailure:
            if not late:
                raise
            return await self._go_on("", at_once=True)

    async def _go_on(self, job: str, *, at_once: bool = False) -> int:
        if not job and (ids := await self._ids()):
            job = await self._check.begin(ids, at_once=at_once)
            await self._keep(timedelta(0), job)
            self._log("kept_posts_asked_for", count=len(ids))
        gone = await self._check.result(job, self._ids) if job else frozenset[str]()
        if gone is None:
            return 0
        removed = await self._remove(gone) if gone else 0
        self._log("kept_posts_checked", removed=removed)
        await self._keep(self._policy.x.check_kept_every)
        return removed

    async def _ids(self) -> set[MessageId]:
        return {one.id async for one in self._kept.posts(self._channel)}

    async def _keep(self, wait: timedelta, job: str = "") -> None:
        due = self._clock.now() + wait
        await self._kept.keep_round(self._channel, Round(due, job))

    async def _remove(self, gone: Set[str]) -> int:
        kept = self._kept.posts(self._channel)
        theirs = [one async for one in kept if one.id in gone]
        notices = [self._notice(one) for one in theirs if not one.around]
        await self._inbox.amend(notices, now=self._clock.now())
        for holder in dict.fromkeys(one.holder for one in theirs if one.around):
            await self._kept.strike(holder, gone, now=self._clock.now())
        return len({one.id for one in theirs})

    def _notice(self, post: KeptPost) -> Deleted:
        return Deleted(
            channel=self._channel,
            id=MessageId(post.id),
            customer=post.holder,
            at=self._clock.now(),
        )


async def written_by(
    posts: AsyncIterable[KeptPost], *, author: str, handle: str
) -> list[KeptPost]:
    """Return the posts around others' messages that this account wrote.

    Older ones name only the handle.
    """
    return [
        one
        async for one in posts
        if one.around
        and (one.author == author or (not one.author and _is(one.handle, handle)))
    ]


def _is(one: str, other: str) -> bool:
    return bool(one) and one.casefold() == other.casefold()
