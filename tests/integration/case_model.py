"""A plain model of one case, against which the scripts are held. It knows no Redis.

Written down a second time on purpose, from the tables in docs/agents.md: what the
program's own functions say must not decide what is right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.builders import POLICY

MINUTE = 60_000
AGENTS = ("ann", "ben", "cleo")


def ms(length) -> int:
    return round(length.total_seconds() * 1000)


FIRST_ANSWER = {p.name.lower(): ms(t) for p, t in POLICY.service.first_answer.items()}
REMIND = ms(POLICY.service.remind_before)
UNCLAIMED = ms(POLICY.service.unclaimed)
SILENCE = ms(POLICY.service.claim_silence)
FOLLOW_UP = ms(POLICY.service.follow_up)
REOPEN = ms(POLICY.reopen_within)


def next_to(agent: str) -> str:
    """Return to whom `agent` gives a case."""
    return AGENTS[(AGENTS.index(agent) + 1) % len(AGENTS)]


@dataclass(frozen=True)
class CaseModel:
    """A case as people think of it; times in ms. `id` 0 is the first one, and so on."""

    id: int
    opened: int
    priority: str
    status: str = "open"
    holder: str = ""
    turn_since: int = 0  # of whoever is to do something
    last: str = ""  # who last moved the status, and how
    resolved: int = 0
    answered: bool = False
    noted: frozenset[str] = frozenset()  # near, missed, unclaimed, follow_up, closed
    snoozed: int = 0
    lapsed_from: str = ""
    claims: int = 0

    # -- what agents do ---------------------------------------------------------

    def act(self, act: str, agent: str, now: int) -> tuple[CaseModel, str]:
        """Return the case afterwards, and how it went: "", "repeated" or a code."""
        refused = self._refusal(act, agent)
        if refused:
            return self, refused
        return getattr(self, f"_{act}")(agent, now), ""

    def _refusal(self, act: str, agent: str) -> str:
        if act in ("note", "tag", "block"):
            return ""
        if act == "claim" and self.status != "resolved":
            return "" if not self.holder else self._taken_by(agent)
        if self.status == "resolved":
            ends = act in ("resolve", "give_back")
            again = ends and self.last == f"{act}|{agent}"
            return "repeated" if again else "closed"
        if act == "assign":
            return "repeated" if self.holder == next_to(agent) else ""
        if self.status == "open" and act in ("release", "reply", "resolve"):
            again = act == "release" and self.last == f"release|{agent}"
            return "repeated" if again else "not_claimed"
        return "not_yours" if self.holder not in ("", agent) else ""

    def _taken_by(self, agent: str) -> str:
        return "repeated" if self.holder == agent else "held"

    def _fresh(self, act: str, agent: str, now: int, **changes) -> CaseModel:
        kept = self.noted - {"unclaimed", "follow_up"}
        last = f"{act}|{agent}"
        fresh = replace(self, noted=kept, snoozed=0, lapsed_from="", last=last)
        return replace(fresh, turn_since=now, **changes)

    def _claim(self, agent: str, now: int) -> CaseModel:
        claims = self.claims + 1
        return self._fresh(
            "claim", agent, now, status="claimed", holder=agent, claims=claims
        )

    def _release(self, agent: str, now: int) -> CaseModel:
        return self._fresh("release", agent, now, status="open", holder="")

    def _hand_over(self, agent: str, now: int) -> CaseModel:
        return self._fresh("hand_over", agent, now, status="open", holder="")

    def _reply(self, agent: str, now: int) -> CaseModel:
        return self._fresh("reply", agent, now, status="waiting", answered=True)

    def _resolve(self, agent: str, now: int) -> CaseModel:
        return self._fresh("resolve", agent, now, status="resolved", resolved=now)

    def _assign(self, agent: str, now: int) -> CaseModel:
        claims, to = self.claims + 1, next_to(agent)
        return self._fresh(
            "assign", agent, now, status="claimed", holder=to, claims=claims
        )

    def _give_back(self, agent: str, now: int) -> CaseModel:
        given = self._fresh("give_back", agent, now, status="resolved", resolved=now)
        return replace(given, noted=given.noted | {"closed"})

    def _block(self, agent: str, now: int) -> CaseModel:
        """What the bot wanted to say is fenced, as by a claim."""
        return replace(self._note(agent, now), claims=self.claims + 1)

    def _note(self, agent: str, now: int) -> CaseModel:
        alive = self.status == "claimed" and agent == self.holder
        return replace(self, turn_since=now) if alive else self

    _tag = _note

    # -- what customers do --------------------------------------------------------

    def joined(self, priority: str, now: int) -> CaseModel:
        """The customer writes while the case is not resolved."""
        case = self
        if case.status == "waiting":
            noted = case.noted - {"follow_up"}
            case = replace(case, status="claimed", turn_since=now, noted=noted)
        if case.snoozed:
            case = replace(case, snoozed=0, turn_since=now)
        graver = FIRST_ANSWER[priority] < FIRST_ANSWER[case.priority]
        return replace(case, priority=priority) if graver else case

    # -- what time does -------------------------------------------------------------

    def timers(self) -> dict[str, int]:
        found: dict[str, int] = {}
        if self.status == "resolved":
            if "closed" not in self.noted:
                found["reopen"] = self.resolved + REOPEN
            return found
        due = self.opened + FIRST_ANSWER[self.priority]
        if not self.answered and "missed" not in self.noted:
            found["sla_missed"] = due
            if "near" not in self.noted:
                found["sla_near"] = due - REMIND
        if self.snoozed:
            found["snooze"] = self.snoozed
        elif self.status == "open" and "unclaimed" not in self.noted:
            found["unclaimed"] = self.turn_since + UNCLAIMED
        elif self.status == "claimed":
            found["claim_silence"] = self.turn_since + SILENCE
        elif self.status == "waiting" and "follow_up" not in self.noted:
            found["follow_up"] = self.turn_since + FOLLOW_UP
        return found

    def after(self, now: int) -> CaseModel:
        """Let everything happen that is due."""
        due = [(at, kind) for kind, at in self.timers().items() if at <= now]
        return self.rung(min(due)[1], now).after(now) if due else self

    def rung(self, kind: str, now: int) -> CaseModel:
        if kind == "claim_silence":
            lapsed = self._fresh("", "", now, status="open", holder="")
            return replace(lapsed, last="", lapsed_from=self.holder)
        if kind == "snooze":
            return replace(self, snoozed=0, turn_since=now)
        name = {
            "sla_near": "near",
            "sla_missed": "missed",
            "unclaimed": "unclaimed",
            "follow_up": "follow_up",
            "reopen": "closed",
        }[kind]
        return replace(self, noted=self.noted | {name})
