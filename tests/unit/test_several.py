"""Messages that ask for several things: what weighs most, and who answers."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import pytest

from bot.flow.decide import decide
from bot.flow.weight import weighed
from bot.model.case import CaseStatus, Priority
from bot.model.customer import Customer
from bot.model.effect import (
    Converse,
    Decision,
    EndDialogue,
    JoinCase,
    Turn,
)
from bot.model.event import Outcome
from bot.model.reading import Request
from bot.model.reason import Reason
from tests.builders import NOON, POLICY, customer, turn
from tests.unit.decisions import opened, said

PUBLIC, PRIVATE = False, True
SURE = 0.97
OPEN, CLAIMED = CaseStatus.OPEN, CaseStatus.CLAIMED


def asking(*labels: str, private: bool = True, sure: float = SURE, **signals) -> Turn:
    """Return a turn that asks for all of `labels`, weighed as the worker does."""
    signals.setdefault("asks", True)
    one = turn(labels[0], sure, private=private, **signals)
    requests = tuple(
        Request(intent, sure, faq or None)
        for intent, _, faq in (label.partition("/") for label in labels)
    )
    read = weighed(replace(one.reading, requests=requests), POLICY)
    return replace(one, reading=read)


def decided(asked: Turn, who: Customer | None = None) -> Decision:
    return decide(asked, who or customer(), POLICY, NOON)


# fmt: off
TABLE = [
    # what is asked                                       private  outcome             reason                    what the bot says
    (("faq/delivery_cost", "faq/delivery_areas"),         PRIVATE, Outcome.ANSWERED,   Reason.STANDARD_ANSWER,   ("faq/delivery_cost", "faq/delivery_areas")),
    (("faq/delivery_cost", "faq/delivery_areas"),         PUBLIC,  Outcome.ANSWERED,   Reason.STANDARD_ANSWER,   ("faq/delivery_cost", "faq/delivery_areas")),
    (("faq/stores", "faq/warranty", "faq/gift_cards"),    PRIVATE, Outcome.ANSWERED,   Reason.STANDARD_ANSWER,   ("faq/stores", "faq/warranty", "faq/gift_cards")),
    (("faq/stores", "suggestion"),                        PRIVATE, Outcome.ANSWERED,   Reason.STANDARD_ANSWER,   ("faq/stores", "suggestion")),
    (("bot_challenge", "faq/stores"),                     PRIVATE, Outcome.ANSWERED,   Reason.STANDARD_ANSWER,   ("faq/stores", "bot_challenge")),
    (("faq/refund_time", "return_request"),               PRIVATE, Outcome.HANDED_OFF, Reason.PEOPLE_ONLY,       ("acknowledge",)),
    (("faq/refund_time", "return_request"),               PUBLIC,  Outcome.HANDED_OFF, Reason.PEOPLE_ONLY,       ("acknowledge", "invite_to_direct")),
    (("order_status", "faq/return_policy"),               PRIVATE, Outcome.HANDED_OFF, Reason.SEVERAL_REQUESTS,  ("acknowledge",)),
    (("faq/return_policy", "order_status"),               PUBLIC,  Outcome.HANDED_OFF, Reason.SEVERAL_REQUESTS,  ("acknowledge", "invite_to_direct")),
    (("order_status", "refund_status"),                   PRIVATE, Outcome.HANDED_OFF, Reason.SEVERAL_REQUESTS,  ("acknowledge",)),
    (("complaint_service", "faq/contact_hours"),          PUBLIC,  Outcome.HANDED_OFF, Reason.PEOPLE_ONLY,       ("acknowledge_upset",)),
    (("faq/payment_methods", "payment_problem"),          PRIVATE, Outcome.HANDED_OFF, Reason.PEOPLE_ONLY,       ("acknowledge",)),
    (("product_question", "faq/delivery_times"),          PUBLIC,  Outcome.HANDED_OFF, Reason.PEOPLE_ONLY,       ("acknowledge",)),
    (("faq/warranty", "human_request"),                   PRIVATE, Outcome.HANDED_OFF, Reason.ASKED_FOR_HUMAN,   ("acknowledge",)),
    (("refund_request", "safety_issue"),                  PUBLIC,  Outcome.HANDED_OFF, Reason.SAFETY,            ("acknowledge_safety",)),
    (("faq/return_how", "legal_threat"),                  PRIVATE, Outcome.HANDED_OFF, Reason.LEGAL_THREAT,      ("acknowledge_legal",)),
    (("account_close", "opt_out"),                        PRIVATE, Outcome.HANDED_OFF, Reason.PEOPLE_ONLY,       ("acknowledge",)),
    (("faq/newsletter", "opt_out"),                       PRIVATE, Outcome.HANDED_OFF, Reason.SEVERAL_REQUESTS,  ("acknowledge",)),
]
# fmt: on


@pytest.mark.parametrize(("labels", "private", "outcome", "reason", "says"), TABLE)
def test_who_answers_several_requests(labels, private, outcome, reason, says):
    decision = decided(asking(*labels, private=private))
    assert (decision.outcome, decision.reason) == (outcome, reason)
    assert said(decision) == says


@pytest.mark.parametrize(
    ("labels", "first"),
    [
        (("faq/return_how", "refund_request"), "refund_request"),
        (("complaint_service", "delivery_late"), "delivery_late"),
        (("delivery_late", "order_cancel"), "order_cancel"),
        (("order_cancel", "account_compromised"), "account_compromised"),
        (("account_compromised", "legal_threat"), "legal_threat"),
        (("legal_threat", "safety_issue"), "safety_issue"),
        (("suggestion", "stock_question"), "stock_question"),
        (("suggestion", "faq/stores"), "faq/stores"),
    ],
)
def test_what_a_good_agent_would_act_on_first_weighs_most(labels, first):
    for order in permutations(labels):
        assert asking(*order).reading.top.label == first


def test_equal_weights_stay_in_the_order_of_reading():
    for order in permutations(("return_request", "refund_request", "wrong_item")):
        read = asking(*order).reading
        assert tuple(one.intent for one in read.requests) == order


@pytest.mark.parametrize("other", ["faq/stores", "praise", "damaged_item"])
@pytest.mark.parametrize("grave", ["safety_issue", "legal_threat"])
def test_a_grave_request_counts_wherever_it_stands(grave, other):
    for order in permutations((grave, other)):
        decision = decided(asking(*order, private=PUBLIC))
        assert decision.reason is POLICY.rule(grave).reason
        case = opened(decision)
        assert (case.team, case.priority) == ("trust", Priority.URGENT)


def test_the_most_pressing_request_gives_the_case_its_priority():
    decision = decided(asking("delivery_late", "complaint_service"))
    assert opened(decision).priority is Priority.HIGH
    together = decided(asking("faq/stores", "order_status", "complaint_service"))
    assert opened(together).priority is Priority.HIGH


@pytest.mark.parametrize(
    "signals", [{"angry": True}, {"asks": False, "sure": 0.94}, {"sure": 0.89}]
)
def test_several_answers_need_to_be_as_sure_as_one(signals):
    decision = decided(asking("faq/stores", "faq/warranty", **signals))
    assert decision.outcome is Outcome.HANDED_OFF
    assert decision.reason is Reason.SEVERAL_REQUESTS


def test_more_than_three_answers_are_left_to_people():
    four = ("faq/stores", "faq/warranty", "faq/gift_cards", "faq/reviews")
    assert decided(asking(*four)).reason is Reason.SEVERAL_REQUESTS


def test_a_dialogue_does_not_swallow_what_else_was_asked():
    running = customer(dialogue="{}", dialogue_at=NOON)
    decision = decided(asking("order_status", "faq/return_policy"), running)
    assert decision.outcome is Outcome.HANDED_OFF
    assert EndDialogue() in decision.effects


def test_an_invitation_does_not_swallow_what_else_was_asked():
    invited = customer(invited_for="order_status", invited_at=NOON)
    decision = decided(asking("order_status", "invoice_request"), invited)
    assert not any(isinstance(e, Converse) for e in decision.effects)
    assert opened(decision) is not None


LABELS = ("faq/stores", "order_status", "refund_request", "safety_issue", "suggestion")


@pytest.mark.parametrize("labels", list(permutations(LABELS, 2)))
def test_several_requests_in_every_state_keep_the_promises(labels):
    for private, status, opted_out, sure in product(
        (PUBLIC, PRIVATE), (None, OPEN, CLAIMED), (False, True), (0.92, 0.99)
    ):
        who = customer(status, opted_out=opted_out)
        decision = decided(asking(*labels, private=private, sure=sure), who)
        state = (labels, private, status, opted_out, sure, decision)
        if opted_out or status is CLAIMED:
            assert not said(decision), state
        if status is not None and decision.outcome is not Outcome.ANSWERED:
            assert any(isinstance(e, JoinCase) for e in decision.effects), state
        if decision.outcome is Outcome.ANSWERED:
            covered = {"faq/stores", "suggestion"}
            assert set(labels) <= covered, state
            assert set(said(decision)) == set(labels), state
        if status is None and decision.outcome is not Outcome.ANSWERED:
            assert opened(decision), state
