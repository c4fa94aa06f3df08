"""Who is who: Slack's users and the policy's agents."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clock import Clock
from bot.desk.slack.blocks import Person, Scene
from bot.desk.slack.blocks.mrkdwn import is_user
from bot.desk.slack.reading import text
from bot.desk.slack.talk import Talk
from bot.errors import FirstlineError
from bot.model.agent import agent_of_slack
from bot.model.case import AgentId
from bot.model.policy import Policy

_KEPT_FOR: Final = timedelta(hours=1)  # names and time zones change, but not often
_MOST_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    zone: str
    until: datetime


class People:
    """Names and time zones of who works in Slack, looked up when they are needed."""

    def __init__(
        self, talk: Talk, policy: Callable[[], Policy], *, clock: Clock
    ) -> None:
        self._talk, self._policy, self._clock = talk, policy, clock
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def agent(self, user: str) -> AgentId:
        """Return who a Slack user is at every desk."""
        return agent_of_slack(self._policy().agents, user)

    def scene(self) -> Scene:
        """Return what a rendering needs to know at this moment."""
        policy = self._policy()
        people = {
            id_: Person(agent.name, agent.slack or "")
            for id_, agent in policy.agents.items()
        }
        return Scene(policy=policy, now=self._clock.now(), people=people)

    async def scene_of(self, *agents: AgentId | str | None) -> Scene:
        """Return the scene with the names of these agents in it, whoever they are."""
        scene = self.scene()
        unknown = [one for one in agents if one and one not in scene.people]
        users = [AgentId(one) for one in unknown if is_user(one)]
        found = {user: Person((await self._look_up(user)).name, user) for user in users}
        named = {user: person for user, person in found.items() if person.name}
        return replace(scene, people={**scene.people, **named})

    async def zone(self, user: str) -> ZoneInfo:
        """Return somebody's time zone; the brand's if Slack does not tell."""
        known = await self._look_up(user)
        try:
            return ZoneInfo(known.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo(self._policy().hours.timezone)

    async def _look_up(self, user: str) -> _Known:
        now, known = self._clock.now(), self._known.get(user)
        if known is not None and known.until > now:
            return known
        try:
            found = await self._talk.person(user)
        except FirstlineError:  # an old name is better than none
            return known or _Known("", "", now)
        name = text(found, "profile", "display_name") or text(found, "real_name")
        self._known[user] = _Known(name, text(found, "tz"), now + _KEPT_FOR)
        self._known.move_to_end(user)
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)
        return self._known[user]
