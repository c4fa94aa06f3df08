"""How incidents, their cases and their events look in Redis."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.clock import from_ms, to_ms
from bot.model.case import AgentId, CaseId, CaseStatus, IncidentId, Priority
from bot.model.event import EventType, Outcome
from bot.model.incident import Incident, Member, Opening
from bot.model.message import CustomerId, Visibility
from bot.model.record import Author
from bot.store.payload import event_fields

# The fields of a case that are read, in this order.
OPENING = ("customer", "opened_at", "status", "incident")
MEMBER = (
    "incident",
    "status",
    "priority",
    "visibility",
    "team",
    "opened_at",
    "acknowledged",
    "assignee",
)


def opening_from(case: CaseId, row: Sequence[str], lines: Sequence[str]) -> Opening:
    """Build an opening from a case's fields and the end of its transcript."""
    customer, opened_at, status, incident = row
    records: list[Mapping[str, object]] = [json.loads(line) for line in lines]
    written = [
        one
        for one in records
        if one.get("author") == Author.CUSTOMER.value and not one.get("deleted_at")
    ]
    return Opening(
        case=case,
        customer=CustomerId(customer),
        opened_at=from_ms(int(opened_at)),
        status=CaseStatus(status),
        text=_opening_text(written),
        incident=IncidentId(incident) if incident else None,
        latest=str(written[-1].get("text", "")) if written else "",
    )


def _opening_text(written: Sequence[Mapping[str, object]]) -> str:
    """Return the last message that went to people, or else the last at all.

    Records are not built whole: that would cost more than all the rest of it.
    """
    handed = [one for one in written if one.get("outcome") == Outcome.HANDED_OFF.value]
    return next((str(one.get("text", "")) for one in reversed(handed or written)), "")


def opened_incident(
    id_: IncidentId,
    founder: Opening,
    examples: Sequence[CaseId],
    now: datetime,
    holding: int,
) -> str:
    opened = event_fields(
        EventType.INCIDENT_OPENED, at=now, customer=founder.customer, incident=id_
    )
    return json.dumps(
        {
            "holding": holding,
            "id": id_,
            "opened_at": str(to_ms(founder.opened_at)),
            "fields": {
                "id": id_,
                "founder": founder.case,
                "customer": founder.customer,
                "examples": json.dumps(list(examples)),
                "opened_at": str(to_ms(founder.opened_at)),
                "ended_at": "",
            },
            "opened": opened,
            "joined": joined_event(id_, founder, now),
        }
    )


def joined_event(incident: IncidentId, case: Opening, now: datetime) -> list[str]:
    return member_event(EventType.INCIDENT_JOINED, incident, case, now)


def member_event(
    kind: EventType, incident: IncidentId, case: Opening, now: datetime
) -> list[str]:
    """Return an event about one case of an incident."""
    return event_fields(
        kind,
        at=now,
        customer=case.customer,
        case=case.case,
        incident=incident,
    )


def incident_from_hash(fields: Mapping[str, str], *, last_ms: int) -> Incident:
    ended = fields["ended_at"]
    return Incident(
        id=IncidentId(fields["id"]),
        founder=CaseId(fields["founder"]),
        customer=CustomerId(fields["customer"]),
        examples=tuple(CaseId(case) for case in json.loads(fields["examples"])),
        opened_at=from_ms(int(fields["opened_at"])),
        last_at=from_ms(last_ms),
        ended_at=from_ms(int(ended)) if ended else None,
    )


def member_from_row(case: CaseId, row: str) -> Member:
    status, priority, visibility, team, opened_at, acknowledged, assignee = row.split(
        "|", 6
    )
    return Member(
        case=case,
        status=CaseStatus(status),
        priority=Priority(int(priority)),
        visibility=Visibility(visibility),
        team=team,
        opened_at=from_ms(int(opened_at)),
        assignee=AgentId(assignee) if assignee else None,
        acknowledged=acknowledged == "true",
    )
