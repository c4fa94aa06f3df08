"""What agents do with the keyboard alone, in the thread of a card."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model.case import AgentId, CaseStatus
from tests.slack_line import CHANNEL


async def written(desk, card, words: str, *, who=None) -> list[str]:
    """Let somebody write in the thread; return what they alone are told for it."""
    who = who or desk.slack.anna
    before = len(desk.slack.ephemerals(who))
    await who.type(CHANNEL, words, thread_ts=card.ts)
    await desk.done()
    return [one.text for one in desk.slack.ephemerals(who)[before:]]


async def now(desk, case):
    (found,) = await desk.relay.cases([case.id])
    return found


async def test_a_case_is_claimed_tagged_and_resolved_without_the_mouse(desk):
    case, card = await desk.case()
    before = desk.ledger()
    for words in ("claim:", "Tag: Refund, courier", "tag: courier, loud kettle"):
        assert await written(desk, card, words) == []
    held = await now(desk, case)
    assert (held.status, held.assignee) == (CaseStatus.CLAIMED, desk.slack.anna.id)
    assert set(held.tags) == {"refund", "courier", "loud kettle"}
    assert await written(desk, card, "resolve: PUT right") == []
    ended = await now(desk, case)
    assert (ended.status, ended.resolution) == (CaseStatus.RESOLVED, "put right")
    assert await desk.notes(case) == []
    assert desk.ledger() == before  # nothing of it reached the customer


async def test_what_is_released_is_everybodys_again(desk):
    case, card = await desk.case()
    await written(desk, card, "claim:")
    assert await written(desk, card, "release:") == []
    assert (await now(desk, case)).status is CaseStatus.OPEN


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("snooze: 30m", timedelta(minutes=30)),
        ("snooze: 2 hours", timedelta(hours=2)),
        ("snooze:1d", timedelta(days=1)),
        ("snooze: open", timedelta(hours=20)),  # from noon until eight in the morning
    ],
)
async def test_a_case_is_put_aside_for_a_while_or_until_we_open(desk, words, length):
    case, card = await desk.case()
    assert await written(desk, card, words) == []
    left = (await now(desk, case)).snoozed_until - desk.clock.now()
    assert abs(left - length) < timedelta(minutes=1)


async def test_a_case_goes_to_the_team_whose_name_begins_so(desk):
    case, card = await desk.case()
    assert await written(desk, card, "team: press") == []
    assert (await now(desk, case)).team == "press"
    assert await written(desk, card, "team: trust and") == []
    assert (await now(desk, case)).team == "trust"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("resolve:", "answered, put right"),
        ("resolve: re", "Write one of these"),  # refunded, or replaced
        ("snooze: a while", "snooze: 2h"),
        ("snooze: 2 months", "snooze: 2h"),
        ("team: please look at this", "Press office"),
        ("claim: I will do it tomorrow", "Nothing may stand behind"),
        ("tag: ,", "tag: refund"),
    ],
)
async def test_what_cannot_be_read_is_a_note_and_its_writer_learns_how_it_is_written(
    desk, words, told
):
    case, card = await desk.case()
    before = await now(desk, case)
    (says,) = await written(desk, card, words)
    assert told in says
    assert "kept as an internal note" in says
    assert await desk.notes(case) == [words]
    after = await now(desk, case)
    assert (after.status, after.team) == (before.status, before.team)


async def test_several_lines_are_a_note_whatever_they_begin_with(desk):
    case, card = await desk.case()
    assert await written(desk, card, "claim:\nnot me, but somebody should") == []
    assert (await now(desk, case)).status is CaseStatus.OPEN
    assert len(await desk.notes(case)) == 1


async def test_who_is_second_learns_privately_who_has_it(desk):
    case, card = await desk.case()
    await written(desk, card, "claim:")
    (says,) = await written(desk, card, "claim:", who=desk.slack.ben)
    assert "anna" in says
    assert (await now(desk, case)).assignee == AgentId(desk.slack.anna.id)
    assert await desk.notes(case) == []


async def test_what_reaches_us_late_is_not_done(desk):
    case, card = await desk.case()
    await desk.hear_late(card, "claim:")
    assert (await now(desk, case)).status is CaseStatus.OPEN
    assert "only now" in desk.slack.ephemerals(desk.slack.anna)[-1].text
