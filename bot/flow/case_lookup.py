"""What agents see of cases: the half of the CaseWork port that changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from bot.model.case import AgentId, Case, CaseId
from bot.model.event import Outcome
from bot.model.message import CustomerId
from bot.model.policy import Policy
from bot.model.reading import FAQ, Reading, Request
from bot.model.record import Author, Record
from bot.ports import Answers, Cases, CaseView, OpenCases, Suggestion
from bot.ports.case_work import MOST_FOUND
from bot.ports.desk import MOST_SHOWN

MOST_SUGGESTED = 3


class CaseLookup:
    """Finds cases, and what helps to answer them."""

    def __init__(self, cases: Cases, policy: Policy, *, answers: Answers) -> None:
        self._cases, self._policy, self._answers = cases, policy, answers

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def open_cases(self, *, limit: int = MOST_SHOWN) -> OpenCases:
        """Return the most pressing cases that are not resolved.

        Those for which the card of their incident stands are not among them.
        """
        cases, total = await self._cases.most_pressing(limit=limit)
        views = await asyncio.gather(*(self._view_of(case) for case in cases))
        return OpenCases(views=tuple(views), total=total)

    async def cases(self, cases: Sequence[CaseId]) -> list[Case]:
        """Return these cases without their transcripts; those gone are left out."""
        return await self._cases.some(cases)

    async def newest_of(self, customers: Sequence[CustomerId]) -> list[CaseId]:
        """Return the newest case of each of these customers who ever had one."""
        return await self._cases.newest_of(customers)

    async def view(self, case: CaseId) -> CaseView:
        """Return one case with its transcript."""
        return await self._view_of(await self._cases.get(case))

    async def _view_of(self, case: Case) -> CaseView:
        records, profile, opted_out = await asyncio.gather(
            self._cases.records(case.customer),
            self._cases.profile(case.customer),
            self._cases.opted_out(case.customer),
        )
        read = [record.reading for record in records if record.reading is not None]
        return CaseView(
            case=case,
            records=tuple(records),
            earlier_contacts=_earlier(records, case),
            alternatives=read[-1].alternatives if read else (),
            profile=profile,
            opted_out=opted_out,
        )

    async def next(self, agent: AgentId) -> CaseView | None:
        """Return the most pressing unclaimed case of the agent's teams, if any."""
        known = self._policy.agents.get(agent)
        case = await self._cases.unclaimed(known.teams if known else ())
        return await self._view_of(case) if case else None

    async def mine(self, agent: AgentId) -> list[Case]:
        """Return the cases that the agent holds, the most pressing first."""
        return await self._cases.held_by(agent)

    async def search(self, words: str, *, limit: int = MOST_FOUND) -> list[Case]:
        """Return cases that have every word, unresolved ones first, and that of an id."""
        return await self._cases.search(words.split(), limit=limit)

    async def earlier_cases(self, customer: CustomerId) -> list[Case]:
        """Return the customer's cases, the newest first."""
        return await self._cases.earlier(customer)

    async def suggestions(self, case: CaseId) -> tuple[Suggestion, ...]:
        """Return up to three standard answers that fit what the customer last wrote."""
        found = await self._cases.get(case)
        records = await self._cases.records(found.customer)
        read = [record.reading for record in records if record.reading is not None]
        fitting = dict(standard_answers(found, read[-1] if read else None))
        known = [
            label for label in fitting if self._answers.has(label, found.visibility)
        ]
        return tuple(
            Suggestion(
                label=label,
                text=self._answers.text(label, found.visibility, seed=case),
                source=label,
                confidence=fitting[label],
            )
            for label in known[:MOST_SUGGESTED]
        )


def standard_answers(
    case: Case, reading: Reading | None
) -> Iterator[tuple[str, float]]:
    """Yield labels of standard answers with their confidence, the best first.

    What an agent said that it was goes before what the model made of it.
    """
    requests: tuple[Request, ...] = ()
    if reading is not None:
        requests = (*reading.requests, *reading.alternatives)
    if case.corrected_label and case.corrected_label.startswith(f"{FAQ}/"):
        yield case.corrected_label, 1.0
        requests = tuple(r for r in requests if r.label != case.corrected_label)
    for request in sorted(requests, key=lambda one: -one.confidence):
        if request.faq is not None:
            yield request.label, request.confidence


def _earlier(records: Sequence[Record], case: Case) -> int:
    """Return how many turns the customer had before the one that opened the case."""
    turns = [
        record
        for record in records
        if record.author is Author.CUSTOMER
        and record.outcome is not Outcome.COALESCED
        and record.at <= case.opened_at
    ]
    return max(0, len(turns) - 1)
