"""The live model knows a standard question that the texts here do not answer.

Models travel through the store and answers with the project, so a machine may have
the one before the other; and who takes an answer out has no new model yet.
"""

from __future__ import annotations

import pytest

from tests.first_line import FirstLine
from tests.ledger import only_view, post, received

UNTOLD = "faq/helipad"  # nothing in domain.yml answers it
TOLD = "faq/delivery_times"
GONE = f"{UNTOLD} 0.97"


def failures(line: FirstLine) -> list[str]:
    return [event for event, _ in line.logged if event == "turn_failed"]


async def case_of(line: FirstLine) -> tuple[str, str, bool]:
    view = await only_view(line)
    return view.case.reason, view.case.label, view.case.acknowledged


@pytest.mark.parametrize("text", [GONE, f"{TOLD} 0.97 + {GONE}"])
async def test_a_question_without_an_answer_goes_to_people_and_nothing_fails(
    line, text
):
    line.channel.network.direct("alice", text)
    await line.settle()
    reason, label, acknowledged = await case_of(line)
    assert reason == "no_answer"
    assert label in (UNTOLD, TOLD)
    assert acknowledged
    assert not failures(line)


async def test_in_public_it_goes_to_people_as_well(line):
    post(line, GONE)
    await line.settle()
    assert await case_of(line) == ("no_answer", UNTOLD, True)
    assert not failures(line)


async def test_while_a_case_is_open_the_question_joins_it(line):
    line.channel.network.direct("alice", "please help me with this")
    await line.settle()
    line.channel.network.direct("alice", GONE)
    await line.settle()
    view = await only_view(line)
    assert view.case.reason == "low_confidence"
    assert not failures(line)


async def test_an_answer_that_is_there_is_given(line):
    line.channel.network.direct("alice", f"{TOLD} 0.97")
    await line.settle()
    heard = received(line)
    assert "working days" in heard[0]
    assert (await line.relay.open_cases()).views == ()
