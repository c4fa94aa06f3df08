"""Which timers a case has in each state, and what each of them makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.flow.case_changes import MAX_LATER_ANSWERS, acted_case, rung_case
from bot.flow.caseload import joined_case, unheard_case
from bot.model.case import (
    ACTIVE,
    TIMED_TRANSITIONS,
    Act,
    AgentId,
    CaseStatus,
    IncidentId,
    Priority,
)
from bot.model.effect import JoinCase
from bot.model.message import Visibility
from bot.model.outgoing import Outgoing, Speaker
from bot.model.timer import EVENTS, TimerKind, first_answer_due, timers_of
from tests.builders import ALICE, CHANNEL, NOON, POLICY, THREAD, case

ANN, BEN = AgentId("ann"), AgentId("ben")
SERVICE = POLICY.service
OPEN, CLAIMED = CaseStatus.OPEN, CaseStatus.CLAIMED
WAITING, RESOLVED = CaseStatus.WAITING, CaseStatus.RESOLVED
LATER = NOON + timedelta(hours=1)
I_23 = IncidentId("I-23")


def begun(status: CaseStatus = OPEN, **changes):
    """Return a case of which nothing but its status is known, begun at noon."""
    times = {"opened_at": NOON, "changed_at": NOON, "silent_since": NOON}
    return case(status, **{**times, "resolved_at": NOON, **changes})


def dues(found) -> dict[str, timedelta]:
    timers = timers_of(found, POLICY)
    assert len({timer.kind for timer in timers}) == len(timers)
    return {timer.kind.value: timer.due - NOON for timer in timers}


PROMISE = {
    "sla_near": SERVICE.first_answer[Priority.NORMAL] - SERVICE.remind_before,
    "sla_missed": SERVICE.first_answer[Priority.NORMAL],
}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (begun(OPEN), {**PROMISE, "unclaimed": SERVICE.unclaimed}),
        (begun(OPEN, unclaimed_at=NOON), PROMISE),
        (
            begun(OPEN, sla_near_at=NOON, unclaimed_at=NOON),
            {"sla_missed": PROMISE["sla_missed"]},
        ),
        (begun(OPEN, sla_missed_at=NOON), {"unclaimed": SERVICE.unclaimed}),
        (begun(CLAIMED), {**PROMISE, "claim_silence": SERVICE.claim_silence}),
        (begun(CLAIMED, answered_at=NOON), {"claim_silence": SERVICE.claim_silence}),
        (begun(WAITING, answered_at=NOON), {"follow_up": SERVICE.follow_up}),
        (begun(WAITING, answered_at=NOON, followed_up_at=NOON), {}),
        (begun(RESOLVED), {"reopen": POLICY.reopen_within}),
        (begun(RESOLVED, closed_at=NOON), {}),
        (begun(OPEN, snoozed_until=LATER), {**PROMISE, "snooze": LATER - NOON}),
        (begun(CLAIMED, snoozed_until=LATER), {**PROMISE, "snooze": LATER - NOON}),
        (begun(OPEN, incident=I_23), PROMISE),
        (
            begun(CLAIMED, incident=I_23),
            {**PROMISE, "claim_silence": SERVICE.claim_silence},
        ),
        (begun(WAITING, answered_at=NOON, incident=I_23), {}),
    ],
)
def test_each_state_has_its_timers(found, expected):
    assert dues(found) == expected


@pytest.mark.parametrize("priority", Priority)
def test_the_first_answer_is_due_by_the_priority(priority):
    due = first_answer_due(begun(priority=priority), SERVICE)
    assert due == NOON + SERVICE.first_answer[priority]


def test_a_graver_message_brings_the_first_answer_forward():
    joining = JoinCase(case().id, priority=Priority.URGENT)
    joined = joined_case(begun(), joining, now=LATER)
    assert dues(joined)["sla_missed"] == SERVICE.first_answer[Priority.URGENT]


def test_handing_over_and_lapsing_move_no_promise_but_begin_the_wait_for_a_claim():
    handed = acted_case(begun(CLAIMED), Act.HAND_OVER, ANN, now=LATER)
    lapsed = rung_case(begun(CLAIMED), TimerKind.CLAIM_SILENCE, now=LATER)
    for found in (handed, lapsed):
        assert dues(found) == {
            **PROMISE,
            "unclaimed": LATER - NOON + SERVICE.unclaimed,
        }
        assert (found.status, found.assignee) == (OPEN, None)
    assert (lapsed.lapsed_from, lapsed.lapsed_at) == (ANN, LATER)


def test_an_act_of_the_assignee_is_a_sign_of_life_and_one_of_others_is_none():
    by_ann = acted_case(begun(CLAIMED), Act.NOTE, ANN, now=LATER)
    by_ben = acted_case(begun(CLAIMED), Act.NOTE, BEN, now=LATER)
    silence = SERVICE.claim_silence
    assert dues(by_ann)["claim_silence"] == LATER - NOON + silence
    assert dues(by_ben)["claim_silence"] == silence


def test_a_second_reply_begins_the_wait_for_the_customer_anew_and_a_note_does_not():
    waiting = begun(WAITING, answered_at=NOON, followed_up_at=NOON)
    replied = acted_case(waiting, Act.REPLY, ANN, now=LATER)
    noted = acted_case(waiting, Act.NOTE, ANN, now=LATER)
    assert dues(replied) == {"follow_up": LATER - NOON + SERVICE.follow_up}
    assert dues(noted) == {}
    assert replied.answered_at == NOON  # the first one counts


def test_the_customers_answer_makes_it_the_assignees_turn():
    joined = joined_case(
        begun(WAITING, answered_at=NOON), JoinCase(case().id), now=LATER
    )
    assert dues(joined) == {"claim_silence": LATER - NOON + SERVICE.claim_silence}


def test_another_message_of_the_customer_gives_nobody_more_time():
    for status in (OPEN, CLAIMED):
        joined = joined_case(begun(status), JoinCase(case().id), now=LATER)
        assert dues(joined) == dues(begun(status))


def test_a_message_of_the_customer_wakes_a_snoozed_case():
    snoozed = begun(snoozed_until=LATER + timedelta(days=1))
    joined = joined_case(snoozed, JoinCase(case().id), now=LATER)
    assert joined.snoozed_until is None
    assert dues(joined)["unclaimed"] == LATER - NOON + SERVICE.unclaimed


@pytest.mark.parametrize("act", [Act.CLAIM, Act.RELEASE, Act.REPLY, Act.RESOLVE])
def test_an_act_that_moves_the_case_ends_a_snooze(act):
    found = begun(OPEN if act is Act.CLAIM else CLAIMED, snoozed_until=LATER)
    assert acted_case(found, act, ANN, now=LATER).snoozed_until is None


@pytest.mark.parametrize("status", CaseStatus)
def test_a_timer_that_rang_is_not_set_again_for_the_past(status):
    found = begun(status)
    for timer in timers_of(found, POLICY):
        rung = rung_case(found, timer.kind, now=timer.due)
        assert rung is not None
        again = [t for t in timers_of(rung, POLICY) if t.kind is timer.kind]
        assert all(t.due > timer.due for t in again)


@pytest.mark.parametrize("kind", TimerKind)
@pytest.mark.parametrize("status", CaseStatus)
def test_timers_do_what_the_table_of_transitions_allows(kind, status):
    rule = TIMED_TRANSITIONS[EVENTS[kind]]
    rung = rung_case(begun(status), kind, now=LATER)
    if status not in rule.allowed_from:
        assert rung is None
    else:
        assert rung.status is (rule.to or status)
        assert rung.assignee == (
            None if rule.clears_assignee else begun(status).assignee
        )


def test_every_kind_of_timer_belongs_to_some_state():
    states = [begun(status) for status in CaseStatus]
    states.append(begun(snoozed_until=LATER))
    found = {timer.kind for state in states for timer in timers_of(state, POLICY)}
    assert found == set(TimerKind)


def test_an_answer_that_did_not_arrive_was_none():
    text = written(NOON)
    answered = begun(CLAIMED, answered_at=NOON, acknowledged=True)
    assert unheard_case(answered, text).answered_at is None
    assert unheard_case(answered, replace(text, queued_at=LATER)) == answered
    by_bot = unheard_case(answered, replace(text, speaker=Speaker.BOT))
    assert (by_bot.acknowledged, by_bot.answered_at) == (False, NOON)


@pytest.mark.parametrize("act", [Act.NOTE, Act.REPLY])
def test_an_act_that_took_long_does_not_end_a_later_stretch_early(act):
    """The process hung, and the customer wrote meanwhile: nothing goes back."""
    wrote = begun(CLAIMED, silent_since=LATER, changed_at=LATER)
    acted = acted_case(wrote, act, ANN, now=NOON)
    assert (acted.silent_since, acted.changed_at) == (LATER, LATER)


def test_the_answer_after_one_that_did_not_arrive_is_the_first():
    """Two are on their way, and whichever fails, the other one is an answer."""
    once = acted_case(begun(CLAIMED), Act.REPLY, ANN, now=NOON)
    twice = acted_case(once, Act.REPLY, ANN, now=LATER)
    first, second = written(NOON), written(LATER)
    assert unheard_case(twice, first).answered_at == LATER
    assert unheard_case(twice, second).answered_at == NOON
    for one, other in ((first, second), (second, first)):
        unheard = unheard_case(unheard_case(twice, one), other)
        assert (unheard.answered_at, unheard.later_answers) == (None, ())
    assert "sla_missed" not in dues(unheard_case(twice, first))


def test_a_case_of_many_answers_stays_small():
    many = begun(CLAIMED)
    for seconds in range(100):
        now = NOON + timedelta(seconds=seconds)
        many = acted_case(many, Act.REPLY, ANN, now=now)
    assert (many.answered_at, len(many.later_answers)) == (NOON, MAX_LATER_ANSWERS)


def written(queued_at: datetime) -> Outgoing:
    """Return a text of an agent's."""
    return Outgoing(
        key="k",
        channel=CHANNEL,
        customer=ALICE,
        handle="alice",
        thread=THREAD,
        visibility=Visibility.PUBLIC,
        text="words",
        speaker=Speaker.AGENT,
        queued_at=queued_at,
    )


def test_a_case_that_was_resolved_without_an_answer_owes_none():
    assert all(first_answer_due(begun(s), SERVICE) for s in ACTIVE)
    assert first_answer_due(begun(RESOLVED), SERVICE) is None
