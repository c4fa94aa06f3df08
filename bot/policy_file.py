"""Load policy.yml: what a manager decides, checked as a whole before it counts."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from pathlib import Path

from bot.model.case import Priority
from bot.model.policy import (
    DEFAULT_TEAM,
    GateRules,
    Handling,
    IntentRule,
    Policy,
    PublicRules,
    Thresholds,
    Voice,
    Watch,
)
from bot.model.reason import Reason
from bot.policy_desk import read_agents, read_desk
from bot.policy_service import (
    PRIORITIES,
    read_count,
    read_hours,
    read_incidents,
    read_learning,
    read_service,
)
from bot.policy_x import read_x
from bot.yaml_reader import Node, read_yaml

_HANDLINGS = {handling.value: handling for handling in Handling}
_REASONS = {reason.value: reason for reason in Reason}


def load_policy(path: Path) -> Policy:
    """Return the policy in the file at `path`.

    Raises:
        ConfigError: naming every mistake with file, line and what is expected.
    """
    root = read_yaml(path)
    policy = _policy(root)
    root.problems.raise_any()
    return policy


def _policy(root: Node) -> Policy:
    named = {field.name for field in dataclasses.fields(Policy)} - {
        "paused",
        "conditions",
        "learning",
        "gate",
    }
    top = root.fields(sorted(named), ["learning", "gate"])
    teams = _teams(top["teams"])
    intents = _intents(top["intents"], teams)
    burst, burst_at_most = _bursts(top["burst"], top["burst_at_most"])
    return Policy(
        brand=top["brand"].text(),
        handle=top["handle"].matching(r"[^@\s]+", expected="a name without @"),
        languages=_languages(top["languages"]),
        intents=intents,
        thresholds=_thresholds(top["thresholds"]),
        teams=teams,
        hours=read_hours(top["hours"]),
        public=_public(top["public"]),
        voice=_voice(top["voice"]),
        watchwords=_watchwords(top["watchwords"], teams),
        opt_out_words=_folded(top["opt_out_words"]),
        opt_in_words=_folded(top["opt_in_words"]),
        burst=burst,
        burst_at_most=burst_at_most,
        backlog_limit=top["backlog_limit"].duration(),
        reopen_within=top["reopen_within"].duration(),
        dialogue_timeout=top["dialogue_timeout"].duration(),
        acknowledge_within=top["acknowledge_within"].duration(),
        service=read_service(top["service"]),
        incidents=read_incidents(top["incidents"]),
        quiet=top["quiet"].flag(),
        agents=read_agents(top["agents"], teams),
        desk=read_desk(top["desk"], teams, intents),
        tags=top["tags"].texts(),
        resolutions=_at_least_one(top["resolutions"]),
        x=read_x(top["x"]),
        learning=read_learning(top["learning"]),
        gate=_gate(top["gate"], intents),
    )


def _gate(node: Node, intents: dict[str, IntentRule]) -> GateRules:
    """Return what a new model must not make worse; the usual if nothing is said."""
    usual = GateRules()
    if not node.given:
        return usual
    keys = node.fields((), [field.name for field in dataclasses.fields(GateRules)])
    protected, at_least = keys["protected"], keys["at_least"]
    return GateRules(
        protected=_known(protected, intents) if protected.given else usual.protected,
        chance=_share_or(keys["chance"], usual.chance),
        chance_protected=_share_or(keys["chance_protected"], usual.chance_protected),
        at_least=read_count(at_least) if at_least.given else usual.at_least,
    )


def _known(node: Node, intents: dict[str, IntentRule]) -> tuple[str, ...]:
    """Return names of intents that there are."""
    names = {name: name for name in intents}
    for item in node.items():
        item.choice(names, otherwise="")
    return node.texts()


def _share_or(node: Node, usual: float) -> float:
    return node.number(low=0, high=1) if node.given else usual


def _at_least_one(node: Node) -> tuple[str, ...]:
    texts = node.texts()
    if isinstance(node.value, list) and not texts:
        node.wrong("is empty", expected="at least one entry")
    return texts


def _languages(node: Node) -> frozenset[str]:
    _at_least_one(node)
    expected = "a two-letter code like en"
    return frozenset(n.matching("[a-z]{2}", expected=expected) for n in node.items())


def _folded(node: Node) -> frozenset[str]:
    """Return the entries as messages are compared with them.

    That is without case and signs. "don't" counts as "don t", which is what
    becomes of it then, and as "dont", which people write.
    """
    texts = [text.replace("’", "'") for text in _at_least_one(node)]
    texts += [text.replace("'", "") for text in texts]
    return frozenset(filter(None, map(_letters, texts)))


def _letters(text: str) -> str:
    kept = "".join(c.casefold() if c.isalnum() else " " for c in text)
    return " ".join(kept.split())


def _bursts(quiet: Node, at_most: Node) -> tuple[timedelta, timedelta]:
    spans = quiet.duration(), at_most.duration()
    if at_most.given and spans[1] < spans[0]:
        at_most.wrong("is shorter than burst", expected="burst or more")
    return spans


def _teams(node: Node) -> dict[str, str]:
    teams = {key: name.text() for key, name in node.mapping().items()}
    if node.given and DEFAULT_TEAM not in teams:
        expected = f"{DEFAULT_TEAM}: and a name, for whatever no rule names a team for"
        node.wrong(f"lacks the key {DEFAULT_TEAM}", expected=expected)
    return teams


# Intents


def _intents(node: Node, teams: dict[str, str]) -> dict[str, IntentRule]:
    ids = {team: team for team in teams}
    return {name: _rule(rule, ids) for name, rule in node.mapping().items()}


def _rule(node: Node, teams: dict[str, str]) -> IntentRule:
    keys = node.fields(
        ("handling", "reason"), ("team", "priority", "personal", "at_least")
    )
    return IntentRule(
        handling=keys["handling"].choice(_HANDLINGS, otherwise=Handling.HAND_OFF),
        reason=keys["reason"].choice(_REASONS, otherwise=Reason.PEOPLE_ONLY),
        team=keys["team"].choice(teams, otherwise=DEFAULT_TEAM),
        priority=keys["priority"].choice(PRIORITIES, otherwise=Priority.NORMAL),
        personal=keys["personal"].flag(),
        at_least=_at_least(keys["at_least"]),
    )


def _at_least(node: Node) -> float | None:
    return node.number(low=0, high=1) if node.given else None


def _watchwords(node: Node, teams: dict[str, str]) -> tuple[Watch, ...]:
    return tuple(_watch(entry, teams) for entry in node.items())


def _watch(node: Node, teams: dict[str, str]) -> Watch:
    keys = node.fields(("words", "reason", "team", "priority"))
    return Watch(
        words=_folded(keys["words"]),
        reason=keys["reason"].choice(_REASONS, otherwise=Reason.PEOPLE_ONLY),
        team=keys["team"].choice(
            {team: team for team in teams}, otherwise=DEFAULT_TEAM
        ),
        priority=keys["priority"].choice(PRIORITIES, otherwise=Priority.NORMAL),
    )


def _thresholds(node: Node) -> Thresholds:
    names = [field.name for field in dataclasses.fields(Thresholds)]
    keys = node.fields(names)
    return Thresholds(**{name: keys[name].number(low=0, high=1) for name in names})


# Words


def _public(node: Node) -> PublicRules:
    keys = node.fields(
        ("confirming", "general", "order_number", "postcode", "allowed_domains")
    )
    for name in ("order_number", "postcode"):
        _check_pattern(keys[name])
    domain, expected = r"[a-z0-9-]+(\.[a-z0-9-]+)+", "a domain like example.com"
    domains = (
        item.matching(domain, expected=expected)
        for item in keys["allowed_domains"].items()
    )
    return PublicRules(
        confirming=_patterns(keys["confirming"]),
        general=_patterns(keys["general"]),
        order_number=keys["order_number"].text(),
        postcode=keys["postcode"].text(),
        allowed_domains=frozenset(domains),
    )


def _patterns(node: Node) -> tuple[str, ...]:
    for item in node.items():
        _check_pattern(item)
    return node.texts()


def _check_pattern(node: Node) -> None:
    """Report an expression that is broken, or that would stop every text."""
    expected = "a regular expression"
    try:
        everything = re.search(node.text(), "", re.IGNORECASE) is not None
    except re.error as error:
        node.wrong(f"is broken: {error}", expected=expected)
        return
    if everything and node.value:
        node.wrong("matches every text", expected=expected)


def _voice(node: Node) -> Voice:
    keys = node.fields(("banned_words", "max_exclamation_marks", "max_emoji"))
    return Voice(
        banned_words=keys["banned_words"].texts(),
        max_exclamation_marks=read_count(keys["max_exclamation_marks"]),
        max_emoji=read_count(keys["max_emoji"]),
    )
