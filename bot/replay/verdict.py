"""What the network's own ledger says of our public replies: the judge is not us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.channels.simulator import LedgerEntry
from bot.flow.public_check import problems_of
from bot.model.message import Visibility
from bot.model.policy import Policy
from bot.ports import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Figures over public replies; `broken` names what ought never to happen."""

    public: int
    private: int
    longest: int
    limit: int
    broken: tuple[str, ...]


def judge(
    ledger: Iterable[LedgerEntry], *, channel: Channel, policy: Policy
) -> Verdict:
    """Hold every text that customers received against the rules.

    Two public replies to one message are two in one interaction.
    """
    received = [entry for entry in ledger if entry.received]
    public = [e for e in received if e.visibility is Visibility.PUBLIC]
    limit = channel.limit(Visibility.PUBLIC)
    answers = Counter((e.account, e.in_reply_to) for e in public)
    twice = [
        f"message {message} has {count} automatic public replies"
        for (_, message), count in answers.items()
        if count > 1
    ]
    unsafe = [
        f"public reply {entry.id}: {problem.code}"
        for entry in public
        for problem in problems_of(
            entry.text,
            entry.visibility,
            facts=(),
            rules=policy.public,
            length=channel.length,
            limit=limit,
        )
    ]
    return Verdict(
        public=len(public),
        private=len(received) - len(public),
        longest=max((channel.length(e.text) for e in public), default=0),
        limit=limit,
        broken=(*twice, *unsafe),
    )
