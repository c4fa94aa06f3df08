"""What a text shows beside its intent decides, too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow.decide import decide
from bot.model.case import Priority
from bot.model.event import Outcome
from bot.model.reason import Reason
from bot.model.sign import Cue, Sign, SignKind
from tests.builders import NOON, POLICY, customer, turn
from tests.unit.decisions import opened

DANGER = Sign(SignKind.SAFETY, 0.9, Cue.WORDS)
LAW = Sign(SignKind.LEGAL, 0.9, Cue.WORDS)
LEAVING = Sign(SignKind.CHURN, 0.9, Cue.WORDS)


@pytest.mark.parametrize(
    ("sign", "reason"),
    [(DANGER, Reason.SAFETY), (LAW, Reason.LEGAL_THREAT)],
    ids=["danger", "law"],
)
@pytest.mark.parametrize("label", ["faq/returns", "thanks", "chatter", "order_status"])
def test_danger_and_law_go_to_people_at_once_whatever_the_text_is_about(
    label, sign, reason
):
    decision = decide(turn(label, signs=(sign,)), customer(), POLICY, NOON)
    assert (decision.outcome, decision.reason) == (Outcome.HANDED_OFF, reason)
    assert opened(decision).priority is Priority.URGENT
    assert opened(decision).team == "trust"


def test_a_faint_sign_of_danger_changes_nothing():
    faint = replace(DANGER, score=POLICY.thresholds.grave - 0.01)
    decision = decide(turn("chatter", signs=(faint,)), customer(), POLICY, NOON)
    assert decision.outcome is Outcome.IGNORED


def test_who_may_leave_us_goes_before_others_and_the_card_says_why():
    staying = decide(turn("refund_status"), customer(), POLICY, NOON)
    leaving = decide(turn("refund_request", signs=(LEAVING,)), customer(), POLICY, NOON)
    assert opened(staying) is None or "may leave us" not in (
        opened(staying).priority_reasons
    )
    assert "may leave us" in opened(leaving).priority_reasons


def test_who_may_leave_us_gets_no_standard_answer_that_is_not_quite_sure():
    confidence = POLICY.thresholds.answer + 0.01
    ours = turn("faq/account_close_how", confidence, signs=(LEAVING,))
    assert decide(ours, customer(), POLICY, NOON).reason is Reason.LOW_CONFIDENCE


def test_a_foreign_language_is_named_on_the_card():
    decision = decide(turn("refund_status", language="es"), customer(), POLICY, NOON)
    assert opened(decision).priority_reasons[0] == "written in Spanish"
