"""What processes do for X; light, so that who is not on X starts as quickly as ever."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.clock import Clock
from bot.errors import TemporaryFailure
from bot.flow.duty import Duty
from bot.flow.intake import Intake
from bot.flow.kept_check import CHECK_DUTY, KeptCheck
from bot.log import Log
from bot.model.policy import Policy
from bot.settings_x import X
from bot.store.whole import Store

if TYPE_CHECKING:
    from bot.channels.x import XChannel

# Kinds of errors that concern one text or one post: its case says so, and nobody else
# has to know.
_OF_ONE_TEXT: Final = frozenset({"duplicate", "not_summoned", "gone"})


def x_parts(
    channel: XChannel,
    store: Store,
    settings: X | None,
    policy: Policy,
    *,
    clock: Clock,
    log: Log,
) -> XParts:
    """Put together what processes do for our account `channel`."""
    kept_check = KeptCheck(
        channel.kept,
        store.kept,
        store.inbox,
        Duty(store.duties, CHECK_DUTY),
        channel=channel.name,
        policy=policy,
        clock=clock,
        log=log,
    )
    return XParts(
        channel,
        Intake(channel, store.inbox, policy, clock=clock, log=log),
        kept_check,
        settings.bearer_token if settings else "",
    )


@dataclass(frozen=True, slots=True)
class XParts:
    """Our account on X, what brings in what is written there, and what removes it."""

    channel: XChannel
    intake: Intake
    kept_check: KeptCheck
    bearer_token: str

    async def health(self) -> int:
        """Say what is wrong with X, for the health page, in words for people.

        Raises:
            TemporaryFailure: something is.
        """
        kinds = [k for k in self.channel.troubles if k.value not in _OF_ONE_TEXT]
        if kinds:
            raise TemporaryFailure("; ".join(kind.says for kind in kinds))
        return 0

    async def listen(self, stop: asyncio.Event) -> None:
        """Hear at once of what comes, if the app's own token is known."""
        if self.bearer_token:
            await self.channel.listen(stop, token=self.bearer_token)
        await stop.wait()
