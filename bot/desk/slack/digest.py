"""The daily digest in the channel of the team that gets all else, once a day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.desk.slack.blocks import Health, Rendered, Scene, render_digest
from bot.desk.slack.client import SlackClient
from bot.desk.slack.failures import Slowed
from bot.desk.slack.ids import digest_id
from bot.desk.slack.lookup import SETTLED
from bot.desk.slack.routes import Directory
from bot.model.drift import Shift
from bot.model.policy import DEFAULT_TEAM, Policy
from bot.ports import Figures
from bot.ports.chat import OwnId

LATEST = timedelta(hours=3)  # after its time nobody reads it any more
# So long may take what starts together with us; it would be told as missing.
_STARTING = timedelta(minutes=2)
_LAST_MOMENT = timedelta(microseconds=1)


LookAtDrift = Callable[[datetime], Awaitable[Sequence[Shift]]]


class Holder(Protocol):
    """The duty of whoever posts it; see bot.flow.duty."""

    async def hold(self, now: datetime) -> int | None: ...


class Digest:
    """Tells each morning what the day before came to, and what is left of it.

    Before it is posted Slack is asked whether it is there: after a crash or a lost
    answer, too, it stands there once.
    """

    def __init__(
        self,
        client: SlackClient,
        figures: Figures,
        health: Callable[[], Awaitable[list[Health]]],
        drift: LookAtDrift,
        *,
        duty: Holder,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._client, self._figures, self._health = client, figures, health
        self._drift = drift
        self._directory = Directory(client)
        self._duty, self._policy, self._clock = duty, policy, clock
        self._done: date | None = None
        self._again_at = clock.now() + _STARTING

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def step(self) -> int:
        """Post it if it is due and not there; return how many were posted.

        Raises:
            TemporaryFailure: Slack or the store are away; it comes a little later.
        """
        now = self._clock.now()
        day = self._due(now)
        if day is None or day == self._done or await self._duty.hold(now) is None:
            return 0
        self._again_at = now + SETTLED
        try:
            posted = await self._post(day, now)
        except Slowed as slowed:
            self._again_at = now + max(slowed.after, SETTLED)
            return 0
        self._done = day
        return posted

    def _due(self, now: datetime) -> date | None:
        """Return the day whose digest is due."""
        at = self._policy.desk.digest_at
        if at is None or now < self._again_at:
            return None
        local = now.astimezone(self._zone)
        due = datetime.combine(local.date(), at, tzinfo=self._zone)
        return local.date() if due <= local < due + LATEST else None

    async def _post(self, day: date, now: datetime) -> int:
        name = self._policy.desk.channel_of(DEFAULT_TEAM, "")
        if name is None:
            return 0  # the cards tell that no channel is named
        channel, id_ = await self._directory.id_of(name, now), OwnId(digest_id(day))
        midnight = datetime.combine(day, time(), tzinfo=self._zone)
        there = await self._client.history(channel, since=midnight)
        if any(one.id == id_ for one in there):
            return 0
        message = await self._drawn(midnight - _LAST_MOMENT, now)
        await self._client.post(channel, message.payload, facts={"id": id_})
        return 1

    async def _drawn(self, yesterday: datetime, now: datetime) -> Rendered:
        figures = await self._figures.today(yesterday)
        queue, health = await self._figures.queue(), await self._health()
        scene = Scene(policy=self._policy, now=now)
        return render_digest(
            figures,
            queue,
            scene,
            health=tuple(health),
            drift=await self._drift(now),
        )

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._policy.hours.timezone)
