"""Whether a draft still answers what the customer has written."""

from __future__ import annotations

from bot.errors import CaseConflict
from bot.model.case import Case
from bot.model.record import written_since
from bot.ports import Cases


async def refuse_old_draft(
    cases: Cases, case: Case, seen: str | None, *, key: str
) -> None:
    """Check a reply that was written on what `seen` stands for; None: on everything.

    Raises:
        CaseConflict: "newer", unless the reply `key` has been taken already.
    """
    if seen is None:
        return
    records = await cases.records(case.customer)
    newer = tuple(one.id for one in written_since(records, seen))
    if newer and not any(one.id == key for one in records):
        raise CaseConflict(case.id, code="newer", newer=newer)
