"""Who works at the desks. A person who uses several of them is one agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from bot.model.case import AgentId


class Signature(str, Enum):
    """What customers read below an agent's public words."""

    NONE = "none"
    FIRST_NAME = "first_name"  # ^Anna
    INITIALS = "initials"  # ^AB


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person whom the policy names.

    `slack` is their Slack user id. Without `teams` they take cases of every team.
    """

    id: AgentId
    name: str
    initials: str
    slack: str | None = None
    teams: tuple[str, ...] = ()

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    def signature(self, style: Signature) -> str:
        """Return what stands below their public texts; "" for nothing."""
        words = {
            Signature.FIRST_NAME: self.first_name,
            Signature.INITIALS: self.initials,
        }
        return f"^{words[style]}" if style in words else ""


def agent_of_slack(agents: Mapping[AgentId, Agent], user: str) -> AgentId:
    """Return who a Slack user is at every desk: themselves, if no agent is mapped."""
    for agent in agents.values():
        if agent.slack == user:
            return agent.id
    return AgentId(user)
