"""The forms' validation: from Rasa's tracker to a step of gathering, and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.gathering import (
    ORDER_NUMBER,
    SECOND_FACT,
    Gathered,
    Gatherer,
    Heard,
    learned,
)
from actions.source import orders, today
from bot.knowledge.orders import Orders

Events = list[dict[str, object]]
_MAX_LOOSE_CODE: Final = 10  # characters of a foreign postcode


class FormValidation(Action, ABC):  # type: ignore[misc]  # rasa_sdk is untyped
    """Validates all slots of a form at once, for they are only right together.

    Rasa's `FormValidationAction` asks slot by slot, which would tell the customer
    which of the two facts was wrong. What is to be asked next goes into
    `requested_slot`, as Rasa's forms allow; None ends the form.
    """

    wants_wish = False

    @abstractmethod
    def name(self) -> str:
        """Return the name by which Rasa's form finds its validation."""

    def run(
        self,
        dispatcher: CollectingDispatcher,  # noqa: ARG002 - the forms' responses speak
        tracker: Tracker,
        domain: Mapping[str, object],  # noqa: ARG002 - Rasa passes it
    ) -> Events:
        """Take the customer's message and set the slots anew.

        Raises:
            TemporaryFailure: the order system cannot be asked now.
        """
        source = orders()
        before = remembered(tracker)
        gatherer = Gatherer(
            orders=source, today=today(tracker), wants_wish=self.wants_wish
        )
        return as_slots(gatherer.step(before, heard(tracker, source, before)))


class ValidateOrderForm(FormValidation):
    """For the question where an order is."""

    def name(self) -> str:
        return "validate_order_form"


class ValidateRefundForm(FormValidation):
    """For the question where a refund is."""

    def name(self) -> str:
        return "validate_refund_form"


class ValidateDeliveryForm(FormValidation):
    """For a change of the delivery, which people make."""

    wants_wish = True

    def name(self) -> str:
        return "validate_delivery_form"


def remembered(tracker: Tracker) -> Gathered:
    """Return what the slots hold. A slot that was never set is at its default."""
    slots = tracker.slots
    return Gathered(
        order_number=slots.get("order_number"),
        second_fact=tuple(slots.get("second_fact") or ()),
        verified=bool(slots.get("verified")),
        wish=slots.get("wish"),
        tries=int(slots.get("tries") or 0),
        turns=int(slots.get("turns") or 0),
        problem=slots.get("problem"),
        requested_slot=slots.get("requested_slot"),
        handoff=slots.get("handoff"),
        given=tuple(slots.get("given") or ()),
    )


def as_slots(gathered: Gathered) -> Events:
    """Return the events that store `gathered`, and `learned` once people take over."""
    values: dict[str, object] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(gathered).items()
    }
    if gathered.handoff:
        values["learned"] = list(learned(gathered))
    return [SlotSet(name, value) for name, value in values.items()]


def heard(tracker: Tracker, source: Orders, before: Gathered) -> Heard:
    """Return what the latest message brings, given the question it answers.

    Asked for a number, people write six digits; asked for a postcode, something
    that is none in this country. After a failed pair they may send either.
    """
    message = tracker.latest_message
    text = message.get("text") or ""
    entities = message.get("entities") or []
    number = next(_values(entities, "order_number"), None)
    if number is None and before.requested_slot == ORDER_NUMBER:
        number = source.number_in(_without(entities, text))
    facts = tuple(
        fact
        for kind in ("email", "postcode")
        if (fact := next(_values(entities, kind), None))
    )
    wants_fact = before.requested_slot == SECOND_FACT or before.has_failed_pair
    if not facts and wants_fact and number is None:
        facts = _loose_code(text)
    return Heard(
        text=text,
        intent=(message.get("intent") or {}).get("name") or "",
        number=number,
        facts=facts,
        dated=any(_values(entities, "date")),
    )


def _values(entities: Iterable[Mapping[str, object]], kind: str) -> Iterator[str]:
    return (str(found["value"]) for found in entities if found["entity"] == kind)


def _without(entities: Iterable[Mapping[str, int]], text: str) -> str:
    """Blank the entities out, so that a phone's digits are no order number."""
    for found in entities:
        start, end = found["start"], found["end"]
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _loose_code(text: str) -> tuple[str, ...]:
    """Return a short answer with a digit as the postcode of another country."""
    code = "".join(sign for sign in text if sign.isalnum()).upper()
    is_code = 3 <= len(code) <= _MAX_LOOSE_CODE and any(map(str.isdigit, code))
    return (code,) if is_code else ()
