"""Promises about cases: where they stand, whose they are, and how they are rated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.model.case import ACTIVE, Act, CaseStatus
from tests.faults.simulation.evidence import Complaint, Evidence


def only_people_resolve(evidence: Evidence) -> Iterator[Complaint]:
    tried = {c.case for c in evidence.clicks(Act.RESOLVE, Act.GIVE_BACK)}
    for_all = {c.incident for c in evidence.commissions if not c.text}
    joined = evidence.happened("incident_joined")
    tried |= {event["case"] for event in joined if event["incident"] in for_all}
    for case, view in evidence.views.items():
        active = view.case.status in ACTIVE
        if active is not (case in evidence.open_ids):
            says = f"{case} is {view.case.status.value} and on the wrong list"
            yield Complaint(view.case.customer, says)
        if not active and case not in tried:
            yield Complaint(view.case.customer, f"nobody resolved {case}")


def cases_stand_where_the_last_act_left_them(
    evidence: Evidence,
) -> Iterator[Complaint]:
    """What an agent did is not undone by a turn that had not seen it."""
    status: dict[str, str] = {}
    for event in evidence.events:
        case = event.get("case", "")
        if event["type"] in ("case_opened", "case_reopened", "case_lapsed"):
            status[case] = "open"
        elif event["type"] == "case_joined" and status.get(case) == "waiting":
            status[case] = "claimed"
        elif event["type"] == "case_changed":
            before = status.get(case, "")
            undone = event["act"] == "undo" and before == "waiting"
            after = _LEADS_TO.get(event["act"], before)
            status[case] = "claimed" if undone else after
    for case, view in evidence.views.items():
        if view.case.status.value != status.get(case):
            says = f"{case} is {view.case.status.value}, not {status.get(case)}"
            yield Complaint(view.case.customer, says)


_LEADS_TO = {
    "claim": "claimed",
    "release": "open",
    "hand_over": "open",
    "reply": "waiting",
    "resolve": "resolved",
    "assign": "claimed",
    "give_back": "resolved",
}


def a_customer_has_one_open_case(evidence: Evidence) -> Iterator[Complaint]:
    opened = [evidence.views[c] for c in evidence.open_ids if c in evidence.views]
    for customer, count in Counter(view.case.customer for view in opened).items():
        if count > 1:
            yield Complaint(customer, f"{count} cases are open")


def acts_follow_the_rules(evidence: Evidence) -> Iterator[Complaint]:
    """Only the holder replies, releases and resolves; nobody takes a held case."""
    holder: dict[str, str] = {}
    for event in evidence.events:
        case, act = event.get("case", ""), event.get("act")
        if event["type"] in ("case_opened", "case_reopened", "case_lapsed"):
            holder.pop(case, None)
        if event["type"] != "case_changed":
            continue
        held, agent = holder.get(case, ""), event["agent"]
        if act == "claim" and held:
            yield Complaint(event["customer"], f"{agent} took {case} from {held}")
        if act in ("reply", "release", "resolve") and held != agent:
            says = f"{agent} did {act} on {case}, held by {held or 'nobody'}"
            yield Complaint(event["customer"], says)
        if act in ("claim", "assign"):
            holder[case] = event.get("to", agent)
        elif act in ("release", "hand_over", "resolve", "give_back"):
            holder.pop(case, None)


def ratings_are_kept_with_what_was_done(evidence: Evidence) -> Iterator[Complaint]:
    """A tap counts once, and only while what it is about is resolved."""
    tapped: Counter[str] = Counter()
    for question, rated in evidence.world.network.ratings:
        tapped[f"{rated.customer} {rated.stars}"] += 1
        case = question.outgoing.key.partition(":")[0]
        found = evidence.views[case].case
        stands = question.outgoing.key == f"{case}:rating:{found.reopened}"
        resolved = found.status is CaseStatus.RESOLVED
        if stands and resolved and _is_newest(evidence, case) and not found.rating:
            yield Complaint(found.customer, f"{case} was rated, and does not say so")
    counted: Counter[str] = Counter()
    for event in evidence.happened("case_rated"):
        counted[f"{event['customer']} {event['rating']}"] += 1
    for what in counted - tapped:
        yield Complaint(what.partition(" ")[0], f"{what} stars were never tapped")


def _is_newest(evidence: Evidence, case: str) -> bool:
    who = evidence.views[case].case.customer
    theirs = [v.case for v in evidence.views.values() if v.case.customer == who]
    return max(theirs, key=lambda one: one.opened_at).id == case


AFTER_A_FAILOVER_TOO = (
    only_people_resolve,
    cases_stand_where_the_last_act_left_them,
    a_customer_has_one_open_case,
    acts_follow_the_rules,
)
CASE_CHECKS = (*AFTER_A_FAILOVER_TOO, ratings_are_kept_with_what_was_done)
