"""What load.lua read, as work for a turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.model.case import CaseId
from bot.model.customer import Customer
from bot.model.message import Message
from bot.model.rank import Rank
from bot.model.work import Broken, Buried, Lease, Mail, Work
from bot.store.codec import (
    case_from_hash,
    customer_from_hash,
    forgotten_fields,
    load_mail,
)


def work_of(
    lease: Lease,
    fields_flat: list[str],
    mails: list[str],
    case_flat: list[str],
    *,
    new_case: CaseId,
) -> Work | Broken:
    """Return the work, or what tells that a mail or the state cannot be read."""
    fields, case = _hash(fields_flat), _hash(case_flat)
    tries = int(fields.get("tries", 0))
    loaded: list[tuple[Mail, Rank]] = []
    try:
        loaded.extend(map(load_mail, mails))  # up to the one that cannot be read
    except Exception as error:  # noqa: BLE001 - whatever an alien mail does to us
        if not loaded:
            name = type(error).__name__
            return Broken(lease=lease, mails=1, tries=tries, error=name)
        # what came before it is handled first, as if it were not there yet
    mine = [mail for mail, _ in loaded]
    try:
        customer = _customer(lease, fields, mine, case)
    except Exception as error:  # noqa: BLE001 - one state must not stop the others
        name = type(error).__name__
        return Broken(lease=lease, mails=len(mine), tries=tries, error=name)
    return Work(
        lease=lease,
        customer=customer,
        mails=tuple(mine),
        ranks=tuple(rank for mail, rank in loaded if isinstance(mail, Message)),
        version=fields.get("version", "0"),
        tries=tries,
        suspect="suspect" in fields,
        new_case=new_case,
        forgotten=forgotten_fields(fields, customer),
    )


def _hash(flat: list[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _customer(
    lease: Lease,
    fields: dict[str, str],
    mails: Sequence[Mail],
    case: Mapping[str, str],
) -> Customer:
    if "state" in fields:
        return customer_from_hash(fields, case_from_hash(case) if case else None)
    first = next((m for m in mails if isinstance(m, (Message, Buried))), None)
    if first is None:
        raise ValueError(f"{lease.customer} has neither state nor messages")
    return Customer(
        id=lease.customer,
        channel=first.channel,
        handle=first.handle,
        earlier_dead=fields.get("parked") == "1",
    )
