"""The judge of a bench finds what it is there to find."""

from __future__ import annotations

import pytest

from bot.bench.judge import Reply, judge
from bot.bench.load import Arrival
from bot.model.event import Event, EventType
from bot.model.message import CustomerId
from tests.builders import NOON


def arrival(id_: str, account: str = "nell") -> Arrival:
    return Arrival(after_s=0.0, id=id_, account=account, text="hello", private=True)


def event(kind: EventType, **facts: str) -> Event:
    return Event(
        id="1-0", type=kind, at=NOON, customer=CustomerId("bench:nell"), facts=facts
    )


def handled(id_: str, outcome: str) -> Event:
    return event(EventType.MESSAGE_HANDLED, message=id_, outcome=outcome)


def queued(id_: str) -> Event:
    return event(EventType.REPLY_QUEUED, key=f"bench:{id_}:say")


def reply(id_: str, account: str = "nell") -> Reply:
    return Reply(key=f"bench:{id_}:say", account=account, at=1.0)


@pytest.mark.parametrize(
    ("outcome", "replies"),
    [("answered", 1), ("asked", 1), ("ignored", 0), ("coalesced", 0), ("dead", 0)],
)
def test_what_the_outcome_tells_is_what_the_customer_got(outcome, replies):
    verdict = judge([arrival("m")], [handled("m", outcome)], [reply("m")] * replies)
    assert verdict.problems == ()
    assert verdict.outcomes == {outcome: 1}


@pytest.mark.parametrize("outcome", ["handed_off", "joined"])
def test_an_acknowledgement_that_was_queued_must_arrive(outcome):
    events = [handled("m", outcome), queued("m")]
    assert judge([arrival("m")], events, [reply("m")]).problems == ()
    assert judge([arrival("m")], events, []).problems == ("1 without their reply: m",)


def test_a_message_without_an_outcome_is_found():
    assert judge([arrival("m")], [], []).problems == ("1 without an outcome: m",)


def test_a_reply_that_came_twice_is_found():
    verdict = judge([arrival("m")], [handled("m", "answered")], [reply("m")] * 2)
    assert verdict.problems == ("1 with a reply too many: m",)


def test_a_reply_to_somebody_else_is_found():
    verdict = judge(
        [arrival("m")], [handled("m", "answered")], [reply("m", account="tom")]
    )
    assert len(verdict.problems) == 1
    assert "somebody else" in verdict.problems[0]


def test_a_reply_to_a_message_that_nobody_wrote_is_found():
    verdict = judge([arrival("m")], [handled("m", "ignored")], [reply("ghost")])
    assert len(verdict.problems) == 1


def test_the_last_outcome_counts():
    events = [handled("m", "answered"), handled("m", "joined")]
    assert judge([arrival("m")], events, []).problems == ()
