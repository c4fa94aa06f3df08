"""Promises about the desk: in the end it shows every case and incident as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.model.case import CaseStatus, Priority
from bot.model.incident import Trend
from bot.ports import CaseView, IncidentView
from tests.faults.simulation.evidence import Complaint, Evidence


def every_card_shows_its_case_as_it_is(evidence: Evidence) -> Iterator[Complaint]:
    cards = evidence.world.board.cards
    for case, view in evidence.views.items():
        who = view.case.customer
        if _stands_on_another_card(view):
            continue
        if case not in cards:
            yield Complaint(who, f"{case} was never shown")
        elif not _equal(cards[case], view):
            yield Complaint(
                who, f"{case} is not as its card: {_differ(cards[case], view)}"
            )


def no_case_of_an_incident_has_two_cards(evidence: Evidence) -> Iterator[Complaint]:
    for case, view in evidence.views.items():
        if view.case.folded and case in evidence.world.board.cards:
            says = f"{case} has a card beside that of {view.case.incident}"
            yield Complaint(view.case.customer, says)


def every_incident_is_shown_as_it_is(evidence: Evidence) -> Iterator[Complaint]:
    for incident, view in evidence.incidents.items():
        shown = evidence.world.board.incidents.get(incident)
        if shown is None:
            yield Complaint(view.incident.customer, f"{incident} was never shown")
        elif _lasting(shown) != _lasting(view):
            yield Complaint(view.incident.customer, f"{incident} is not as its card")


def _equal(shown: CaseView, view: CaseView) -> bool:
    """What a customer says after a case was resolved changes nothing of that case."""
    over = view.case.status is CaseStatus.RESOLVED
    return shown.case == view.case if over else shown == view


def _stands_on_another_card(view: CaseView) -> bool:
    """Whether the card of its incident counts it; urgent ones have their own."""
    case = view.case
    done = case.status is CaseStatus.RESOLVED and case.incident is not None
    return case.folded or (done and case.priority is not Priority.URGENT)


def _differ(shown: CaseView, view: CaseView) -> str:
    """Name what differs: codes only, as events do."""
    if shown.case != view.case:
        return f"{shown.case.status.value}, and it is {view.case.status.value}"
    old = {line.id: line for line in shown.records}
    return ", ".join(line.id for line in view.records if old.get(line.id) != line)


def _lasting(view: IncidentView) -> IncidentView:
    """Leave out what time alone changes, and what concerned one showing.

    What is said after an incident ended changes nothing of it: its examples are found
    in transcripts that go on.
    """
    summary = replace(view.summary, per_minute=0.0, trend=Trend.STEADY)
    if view.incident.ended_at is not None:
        view = replace(view, title="", examples=())
    return replace(view, summary=summary, stands_for=())


DESK_CHECKS = (
    every_card_shows_its_case_as_it_is,
    no_case_of_an_incident_has_two_cards,
    every_incident_is_shown_as_it_is,
)
