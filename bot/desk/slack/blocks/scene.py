"""What every rendering needs beside what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.desk.slack.blocks.mrkdwn import Mrkdwn, is_user, mention, plain
from bot.model.case import AgentId
from bot.model.policy import Policy


@dataclass(frozen=True, slots=True)
class Person:
    """An agent as colleagues know them; `slack` is their user id there, if known."""

    name: str
    slack: str = ""


People = Mapping[AgentId, Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The brand's policy, who is who, and the moment at which it is shown."""

    policy: Policy
    now: datetime
    people: People = field(default_factory=dict)

    def called(self, agent: AgentId | str | None) -> Mrkdwn:
        """Return an agent's name. It does not tap them on the shoulder."""
        if not agent:
            return Mrkdwn("nobody")
        person = self.people.get(AgentId(agent))
        if person is not None:
            return plain(person.name, limit=60)
        return mention(agent) if is_user(agent) else plain(agent, limit=60)

    def summoned(self, agent: AgentId) -> Mrkdwn:
        """Return a mention of the agent, for pings; their name if they have none."""
        person = self.people.get(agent)
        user = person.slack if person else agent
        return mention(user) if is_user(user) else self.called(agent)

    def team(self, team: str) -> Mrkdwn:
        return plain(self.policy.teams.get(team, team), limit=60)
