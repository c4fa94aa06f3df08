"""Quiet mode at run time: people stop the bot, wholly or in part, and let it go on."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.model.case import AgentId
from bot.model.quiet import Quiet


class QuietMode(Protocol):
    """What the bot is to be silent about, on every machine.

    It counts for what is decided later and for texts of the bot that have not gone to
    their network yet; these are withheld and their messages go to people. People's
    own words always go. Events say who did it and when.
    """

    async def quiet(self) -> tuple[Quiet, ...]:
        """Return the pauses that are in force, the oldest first."""
        ...

    async def pause(self, scope: str, by: AgentId, *, now: datetime) -> bool:
        """Let the bot say nothing within `scope`; False if that was so already.

        `scope` is "everything", a channel's name, or an intent.
        """
        ...

    async def resume(self, scope: str, by: AgentId, *, now: datetime) -> bool:
        """End the pause of exactly this scope; False if there was none."""
        ...
