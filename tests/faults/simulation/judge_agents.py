"""Promises to agents: what they wrote arrives, what the desk confirmed lasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.model.case import Act
from bot.model.errand import ErrandResult
from bot.model.record import Record
from tests.faults.simulation.agents import NAMES, Commission
from tests.faults.simulation.evidence import Complaint, Evidence

FLAGGED = ("refused", "unknown", "withheld")


def agents_words_arrive_once_or_are_flagged(evidence: Evidence) -> Iterator[Complaint]:
    got, undone = evidence.arrived, {c.reply for c in evidence.clicks(Act.UNDO)}
    for click in evidence.clicks(Act.REPLY):
        lines = _lines(evidence, click.case, click.text_key)
        state = lines[0].delivery.value if lines and lines[0].delivery else "missing"
        allowed = {0, 1} if click.confirmed is None else {1}
        if state in FLAGGED:
            allowed |= {0}
        if state == "withdrawn" and click.text_key in undone:
            allowed = {0}
        if click.refused is not None and not click.reply:
            allowed = {0}  # what one agent may not send again another one may
        if got[click.text_key] not in allowed and not (click.refused and click.reply):
            says = f"{click} arrived {got[click.text_key]} times and is {state}"
            yield Complaint(click.customer, says)
        if len(lines) > 1 or (click.confirmed is not None and not lines):
            yield Complaint(click.customer, f"{click} stands {len(lines)} times")


def what_was_taken_back_never_arrives(evidence: Evidence) -> Iterator[Complaint]:
    for click in evidence.clicks(Act.UNDO):
        if click.confirmed is not None and evidence.arrived[click.reply]:
            yield Complaint(click.customer, f"{click}: {click.reply} arrived")


def what_is_wanted_for_all_reaches_each_case(
    evidence: Evidence,
) -> Iterator[Complaint]:
    """Every case that the errand counts as done has the reply, once, on its card."""
    for wish in evidence.commissions:
        view = evidence.incidents.get(wish.incident)
        if wish.confirmed is None or view is None:
            continue
        mine = [one for one in view.errands if one.errand.key == wish.key]
        if len(mine) != 1:
            yield Complaint(view.incident.customer, f"{wish} is kept {len(mine)} times")
        elif mine[0].left:
            says = f"{wish}: {mine[0].left} cases are left"
            yield Complaint(view.incident.customer, says)
        elif wish.text:
            yield from _replies_of(wish, mine[0].results, evidence)


def _replies_of(
    wish: Commission, results: Mapping[ErrandResult, int], evidence: Evidence
) -> Iterator[Complaint]:
    stand = [
        case
        for case in evidence.views
        if len(_lines(evidence, case, f"{case}:{wish.key}")) == 1
    ]
    if len(stand) < results.get(ErrandResult.DONE, 0):
        says = f"{wish}: {len(stand)} replies for {dict(results)}"
        yield Complaint("-", says)


def _lines(evidence: Evidence, case: str, key: str) -> list[Record]:
    view = evidence.views.get(case)
    return [line for line in view.records if line.id == key] if view else []


def what_the_desk_confirmed_lasts(evidence: Evidence) -> Iterator[Complaint]:
    """Somebody did it: of two who want the same the second is told that it is so."""
    acts = {
        (event["case"], event["act"], event["agent"])
        for event in evidence.happened("case_changed")
    }
    for click in evidence.clicks():
        if click.confirmed is None:
            continue
        ways = {(click.case, click.act.value, click.agent)}
        if click.act in (Act.CLAIM, Act.ASSIGN) or click.reply:
            ways = {
                (click.case, act, agent)
                for act in {click.act.value, "claim", "assign"}
                for agent in NAMES
            }
        if not ways & acts:
            yield Complaint(click.customer, f"{click} was confirmed, and is not there")
        if click.act is Act.NOTE:
            view = evidence.views.get(click.case)
            notes = [r for r in view.records if r.text == click.text] if view else []
            if len(notes) != 1:
                says = f"{click} stands {len(notes)} times on the card"
                yield Complaint(click.customer, says)


AGENT_CHECKS = (
    agents_words_arrive_once_or_are_flagged,
    what_was_taken_back_never_arrives,
    what_is_wanted_for_all_reaches_each_case,
    what_the_desk_confirmed_lasts,
)
