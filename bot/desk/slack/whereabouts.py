"""Which workspace we are in, and which of its channels are ours."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from bot.clock import Clock
from bot.desk.slack.client import SlackClient, Workspace
from bot.desk.slack.failures import ChannelClosed
from bot.desk.slack.routes import Directory
from bot.model.policy import Policy


class Whereabouts:
    """Asks Slack when it is needed for the first time: it may be away at the start."""

    def __init__(
        self, client: SlackClient, policy: Callable[[], Policy], *, clock: Clock
    ) -> None:
        self._client, self._policy, self._clock = client, policy, clock
        self._directory = Directory(client)
        self._workspace: Workspace | None = None

    async def workspace(self) -> Workspace:
        """Return whom the token belongs to. Raises as bot.desk.slack.failures says."""
        if self._workspace is None:
            self._workspace = await self._client.who_am_i()
        return self._workspace

    async def channels(self) -> list[str]:
        """Return the ids of the teams' channels.

        What cannot be found is left out: whoever shows cards there says so.
        """
        desk, now = self._policy().desk, self._clock.now()
        found: list[str] = []
        for name in dict.fromkeys([*desk.channels.values(), *desk.intents.values()]):
            with suppress(ChannelClosed):  # see above
                found.append(await self._directory.id_of(name, now))
        return found
