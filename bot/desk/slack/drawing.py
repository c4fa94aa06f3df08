"""What our messages look like: the renderings of `blocks`, with what they need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.desk.slack import blocks
from bot.desk.slack.blocks import Person, Rendered, Scene
from bot.desk.slack.client import Workspace
from bot.desk.slack.pings import Ping, PingKind
from bot.model.case import Case
from bot.model.policy import Policy
from bot.model.record import Record
from bot.ports import CaseView, IncidentView


@dataclass(frozen=True, slots=True)
class Drawing:
    """A message as Slack takes it, and a digest that changes with what it shows."""

    message: Mapping[str, object]
    digest: str

    @property
    def bare(self) -> Drawing:
        """Return the words alone, for when Slack does not take the rest."""
        return replace(self, message={"text": self.message["text"], "blocks": []})


_PINGS: Final = {
    PingKind.UNCLAIMED: blocks.render_unclaimed,
    PingKind.LAPSED: blocks.render_lapsed,
    PingKind.SLA_NEAR: blocks.render_sla_near,
    PingKind.SLA_MISSED: blocks.render_sla_missed,
    PingKind.FOLLOW_UP: blocks.render_follow_up,
}


@dataclass(frozen=True, slots=True)
class Pencil:
    """Draws for one workspace, under one policy, at one moment."""

    workspace: Workspace
    policy: Policy
    now: datetime

    @property
    def scene(self) -> Scene:
        """Return what the renderings need to know."""
        people = {
            agent.id: Person(agent.name, agent.slack or "")
            for agent in self.policy.agents.values()
        }
        return Scene(policy=self.policy, now=self.now, people=people)

    def card(self, view: CaseView) -> Drawing:
        return _drawn(blocks.render_card(view, self.scene))

    def incident(self, view: IncidentView) -> Drawing:
        return _drawn(blocks.render_incident(view, self.scene))

    def moved(self, case: Case, url: str) -> Drawing:
        """Draw what is left of a card that has another one in its place."""
        return _drawn(blocks.render_moved(case, self.scene, url=url))

    def folded(self, case: Case) -> Drawing:
        """Draw what is left of a card while that of its incident stands for it."""
        return _drawn(blocks.render_folded(case))

    def line(self, case: Case, record: Record) -> Drawing:
        return _drawn(blocks.render_line(record, case, self.scene))

    def state(self, case: Case) -> Drawing:
        return _drawn(blocks.render_state(case, self.scene))

    def ping(self, case: Case, ping: Ping) -> Drawing:
        """Draw a call to whom `ping` names, or to everybody who is there."""
        if ping.kind is PingKind.REOPENED:
            return _drawn(blocks.render_reopened(case, self.scene, agent=ping.agent))
        if ping.agent is None:  # whoever has it is away
            case = replace(case, assignee=None)
        return _drawn(_PINGS[ping.kind](case, self.scene))


def _drawn(made: Rendered) -> Drawing:
    return Drawing(made.payload, made.fingerprint)
