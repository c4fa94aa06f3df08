"""One act on all cases of an incident, carried out case by case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256

from bot.model.case import AgentId, CaseId, IncidentId


class ErrandResult(str, Enum):
    """What became of one case."""

    DONE = "done"
    HELD = "held"  # by somebody else, who goes on with it
    CLOSED = "closed"  # resolved meanwhile, or gone
    UNSAFE = "unsafe"  # the text must not go to this customer: it is looked at alone
    URGENT = "urgent"  # it is not one of many: a person answers it alone
    NOWHERE = "nowhere"  # there is no message to reply to


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What an agent wants done with every case that was part of an incident then.

    With `wordings` each customer gets one of them as the agent's reply; with
    `resolution` the cases are resolved. `key` was made by the page: the same key is
    the same errand.
    """

    key: str
    incident: IncidentId
    agent: AgentId
    at: datetime
    wordings: tuple[str, ...] = ()
    resolution: str | None = None
    ended: bool = False  # its texts are forgotten by then

    def wording_for(self, case: CaseId, handle: str) -> str:
        """Return this customer's text: steady, so that a repetition is the same."""
        return filled(self.wordings[_pick(f"{self.key}:{case}", self.wordings)], handle)


_LEFT_OUT = {
    ErrandResult.HELD: "left to whoever holds them",
    ErrandResult.URGENT: "urgent: please answer them one by one",
    ErrandResult.UNSAFE: "stopped by the check",
    ErrandResult.NOWHERE: "with nothing to reply to",
    ErrandResult.CLOSED: "resolved meanwhile",
}


def told(errand: Errand, results: Mapping[ErrandResult, int]) -> list[str]:
    """Return what came of an errand so far, as agents read it: "12 replies written"."""
    done = "replies written" if errand.resolution is None else "resolved"
    says = {ErrandResult.DONE: done, **_LEFT_OUT}
    return [f"{count:,} {says[result]}" for result, count in results.items()]


HANDLE = "{handle}"


def filled(wording: str, handle: str) -> str:
    """Return `wording` with the customer's handle where it asks for it."""
    return wording.replace(HANDLE, f"@{handle}")


def _pick(seed: str, choices: Sequence[str]) -> int:
    digest = sha256(seed.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % len(choices)
