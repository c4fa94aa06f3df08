"""What happens when a form is done: the answer, or the way to people. Reads only."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import Events, remembered
from actions.gathering import COMPLETE, FAILED, GOODBYE, Gathered, learned
from actions.reports import Line, Report, order_report, refund_report
from actions.source import orders, today
from bot.knowledge.orders import OrderRecord


class Ending(Action, ABC):  # type: ignore[misc]  # rasa_sdk is untyped
    """Speaks once its form is done.

    The slot `handoff` ("failed", "complete") says that people take over, and
    `learned` what they should know; without it the matter is closed.
    """

    @abstractmethod
    def name(self) -> str:
        """Return the name by which the rules call the action."""

    @abstractmethod
    def report(self, gathered: Gathered, day: date) -> Report:
        """Return what is said to a customer who proved to own the order.

        Raises:
            TemporaryFailure: the order system cannot be asked now.
        """

    def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Mapping[str, object],  # noqa: ARG002 - Rasa passes it
    ) -> Events:
        """Say what the form led to, and hand over if people must look."""
        gathered = remembered(tracker)
        if gathered.problem == GOODBYE:
            return _say(dispatcher, Line("utter_dialogue_goodbye", {}))
        if gathered.handoff == FAILED or not gathered.verified:
            return _say(dispatcher, Line("utter_dialogue_failed", {}))
        report = self.report(gathered, today(tracker))
        _say(dispatcher, *report.lines)
        if report.concern is None:
            return []
        known = [*learned(gathered), report.concern]
        return [SlotSet("handoff", COMPLETE), SlotSet("learned", known)]


class ActionOrderStatus(Ending):
    """Tells where the order is."""

    def name(self) -> str:
        return "action_order_status"

    def report(self, gathered: Gathered, day: date) -> Report:
        """See `order_report`."""
        order = _order(gathered, day)
        return order_report(order, day) if order else _gone()


class ActionRefundStatus(Ending):
    """Tells where the refund is."""

    def name(self) -> str:
        return "action_refund_status"

    def report(self, gathered: Gathered, day: date) -> Report:
        """See `refund_report`."""
        order = _order(gathered, day)
        return refund_report(order, day) if order else _gone()


class ActionDeliveryChange(Ending):
    """Passes the wish on; only people change a delivery."""

    def name(self) -> str:
        return "action_delivery_change"

    def report(self, gathered: Gathered, day: date) -> Report:
        """Add to what was gathered how far the order is: it decides what is possible."""
        order = _order(gathered, day)
        line = Line(
            "utter_delivery_noted", {"order_number": f"{gathered.order_number}"}
        )
        return Report(
            (line,), f"order is {order.state.value}" if order else "order gone"
        )


def _order(gathered: Gathered, day: date) -> OrderRecord | None:
    """Look the order up again: what the form saw is not kept between turns."""
    number = gathered.order_number
    return orders().find(number, today=day) if number else None


def _gone() -> Report:
    """The order went away between the check and the answer."""
    return Report((Line("utter_dialogue_failed", {}),), "order gone")


def _say(dispatcher: CollectingDispatcher, *lines: Line) -> Events:
    for line in lines:
        dispatcher.utter_message(response=line.response, **line.slots)
    return []
