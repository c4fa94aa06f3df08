"""The part of the policy about agents: who they are, and how their desks behave."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time

from bot.model.agent import Agent, Signature
from bot.model.case import AgentId
from bot.model.policy import DEFAULT_TEAM, DeskPolicy
from bot.policy_service import clock_time
from bot.yaml_reader import Node

_SIGNATURES = {style.value: style for style in Signature}
_LONGEST_UNDO_S = 300
_SLACK_CHANNEL = r"#[^\s#,]{1,80}|[CG][A-Z0-9]{6,20}"
_SLACK_USER = r"[UW][A-Z0-9]{5,20}"
_AGENT_ID = r"[^\s:|]{1,40}"


def read_agents(node: Node, teams: Collection[str]) -> dict[AgentId, Agent]:
    agents = {
        AgentId(id_): _agent(AgentId(id_), entry, teams)
        for id_, entry in node.mapping().items()
    }
    _each_slack_user_once(node)
    return agents


def _agent(id_: AgentId, node: Node, teams: Collection[str]) -> Agent:
    Node(id_, f"{node.name}: its id", node.line, node.problems).matching(
        _AGENT_ID, expected="a short word without spaces"
    )
    keys = node.fields(("name",), ("initials", "slack", "teams"))
    name, initials, slack = keys["name"].text(), keys["initials"], keys["slack"]
    expected = "a member id like U012AB34CD"
    return Agent(
        id=id_,
        name=name or id_,
        initials=initials.text() if initials.given else _initials(name),
        slack=slack.matching(_SLACK_USER, expected=expected) if slack.given else None,
        teams=_their_teams(keys["teams"], teams),
    )


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()).upper()


def _their_teams(node: Node, teams: Collection[str]) -> tuple[str, ...]:
    if not node.given:
        return ()
    known = {team: team for team in teams}
    return tuple(item.choice(known, otherwise=DEFAULT_TEAM) for item in node.items())


def _each_slack_user_once(agents: Node) -> None:
    seen: set[str] = set()
    for entry in agents.mapping().values():
        slack = entry.mapping().get("slack") if isinstance(entry.value, dict) else None
        if slack is None:
            continue
        if str(slack.value) in seen:
            slack.wrong(f"repeats {slack.shown}", expected="each person once")
        seen.add(str(slack.value))


def read_desk(
    node: Node, teams: Collection[str], intents: Collection[str]
) -> DeskPolicy:
    keys = node.fields(
        ("channels", "intents", "undo", "signature", "digest_at"), ("rating",)
    )
    undo = keys["undo"].duration()
    if undo.total_seconds() > _LONGEST_UNDO_S:
        keys["undo"].wrong("is too long", expected="five minutes at the most")
    return DeskPolicy(
        channels=_channels(keys["channels"], teams),
        intents=_by_intent(keys["intents"], intents),
        undo=undo,
        signature=keys["signature"].choice(_SIGNATURES, otherwise=Signature.NONE),
        digest_at=_digest_at(keys["digest_at"]),
        rating=_rating(keys["rating"]),
    )


def _channels(node: Node, teams: Collection[str]) -> dict[str, str]:
    channels = _slack_channels(node.fields((), list(teams)))
    if channels and DEFAULT_TEAM not in channels:
        expected = f"{DEFAULT_TEAM}: and a channel, for teams that are left out"
        node.wrong(f"lacks the key {DEFAULT_TEAM}", expected=expected)
    return channels


def _by_intent(node: Node, intents: Collection[str]) -> dict[str, str]:
    """Return the channels by intent or standard answer ("faq/returns")."""
    entries = node.mapping()
    known = {intent: intent for intent in intents}
    for label, entry in entries.items():
        intent = label.partition("/")[0]
        Node(intent, f"{entry.name}: its intent", entry.line, entry.problems).choice(
            known, otherwise=intent
        )
    return _slack_channels(entries)


def _slack_channels(entries: dict[str, Node]) -> dict[str, str]:
    expected = 'a channel like "#firstline-care" or C012AB34CD'
    return {
        key: entry.matching(_SLACK_CHANNEL, expected=expected)
        for key, entry in entries.items()
        if entry.given
    }


def _rating(node: Node) -> str:
    """Return the question; "" for off, which YAML may read as false."""
    if not node.given or node.value in (False, "off"):
        return ""
    return node.text()


def _digest_at(node: Node) -> time | None:
    """Return the time of day; None for off, which YAML may read as false."""
    if not node.given or node.value in (False, "off"):
        return None
    try:
        return clock_time(str(node.value))
    except ValueError:
        node.wrong(f"is {node.shown}", expected='a time like "08:30", or off')
        return None
