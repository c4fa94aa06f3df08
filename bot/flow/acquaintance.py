"""What a turn tells us of its customer. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.model.customer import Customer
from bot.model.effect import Turn
from bot.model.message import Nature, Visibility

_BY_CUSTOMERS = frozenset({Nature.WRITTEN, Nature.ENCRYPTED})


def met(customer: Customer, turn: Turn) -> Customer:
    """Count the contact; keep private facts, so that none is said in public."""
    last = turn.last
    if last.nature not in _BY_CUSTOMERS:
        return customer
    customer = replace(
        customer,
        contacts=customer.contacts + 1,
        handle=last.handle,
        profile=last.profile or customer.profile,
    )
    if last.visibility is not Visibility.PRIVATE:
        return customer
    kinds = turn.reading.signals.personal_data
    values = (e.value for e in turn.reading.entities if e.kind in kinds)
    return customer.with_facts(tuple(values))
