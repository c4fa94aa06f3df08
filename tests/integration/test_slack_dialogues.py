"""What agents do with cards and dialogues, from the click to the case."""

from __future__ import annotations

import asyncio

import pytest

from bot.model.case import AgentId, CaseStatus
from bot.model.record import Author
from tests.builders import POLICY
from tests.slack_line import CHANNEL


async def now(desk, case):
    return (await desk.relay.view(case.id)).case


async def claimed(desk, customer="carol"):
    case, card = await desk.case(customer)
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    return case, await again(desk, case)


async def again(desk, case):
    """Show the card as it is now; the keeper of cards would do that."""
    return await desk.show(await desk.relay.view(case.id))


async def opened(desk, card, action, option=None, *, who=None):
    who = who or desk.slack.anna
    await who.click(card, action, option)
    await desk.done()
    return await who.view()


async def test_a_claim_is_told_to_nobody_but_the_card(desk):
    case, _ = await claimed(desk)
    assert (await now(desk, case)).assignee == AgentId(desk.slack.anna.id)
    assert desk.slack.ephemerals(desk.slack.anna) == []


async def test_who_comes_second_learns_privately_who_has_it_and_since_when(desk):
    case, card = await desk.case()
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    desk.clock.advance(20)
    await desk.slack.ben.click(card, "case_claim")
    await desk.done()
    (told,) = desk.slack.ephemerals(desk.slack.ben)
    assert told.text == "anna took it 20 seconds ago."
    assert desk.slack.ephemerals(desk.slack.anna) == []
    assert (await now(desk, case)).assignee == AgentId(desk.slack.anna.id)


@pytest.mark.parametrize("code", ["user_not_in_channel", "channel_not_found"])
async def test_who_left_the_channel_is_told_directly(desk, code):
    _, card = await claimed(desk)
    desk.slack.faults.refuse("chat.postEphemeral", code)
    await desk.slack.ben.click(card, "case_release")
    await desk.done()
    assert desk.slack.ephemerals(desk.slack.ben) == []
    direct = desk.slack.space.direct(desk.slack.ben.id)
    (told,) = direct.messages.values()
    assert "anna holds this case" in told.text


async def test_two_who_claim_at_once_are_one_winner_and_one_private_notice(
    desk, proof, findings
):
    races = 1000 if proof else 60
    people = (desk.slack.anna, desk.slack.ben)
    cards = [await desk.case(f"c{number}") for number in range(10)]
    for number in range(races):
        case, card = cards[number % len(cards)]
        before = [len(desk.slack.ephemerals(who)) for who in people]
        acks = await asyncio.gather(*(who.click(card, "case_claim") for who in people))
        assert all(ack.acknowledged for ack in acks)
        await desk.done()
        after = [len(desk.slack.ephemerals(who)) for who in people]
        told = [b - a for a, b in zip(before, after, strict=True)]
        assert sorted(told) == [0, 1]
        winner = people[told.index(0)]
        assert (await now(desk, case)).assignee == AgentId(winner.id)
        await desk.relay.release(case.id, AgentId(winner.id))
    findings.tell(f"Slack: {races} races of two claims, one winner and one notice each")


async def test_the_composer_opens_shows_the_count_and_sends_once(desk):
    case, card = await claimed(desk)
    before = desk.ledger()
    view = await opened(desk, card, "case_reply")
    assert view.callback_id == "compose"
    await desk.slack.anna.click(view, "text", "It is in stock.")
    await desk.done()
    view = await desk.slack.anna.view()
    assert "15 of" in str(view.body)
    assert await desk.slack.anna.submit({"text": "It is in stock."}) == {}
    assert not desk.slack.anna.has_view()
    await desk.done()
    await desk.sent()
    assert desk.ledger()[len(before) :] == ["It is in stock."]
    assert (await now(desk, case)).status is CaseStatus.WAITING


async def test_letters_typed_in_the_composer_are_not_stored(desk, redis):
    _, card = await claimed(desk)
    view = await opened(desk, card, "case_reply")
    known = await redis.zcard("{deliveries}known")
    for length in range(1, 8):
        await desk.slack.anna.click(view, "text", "letters"[:length])
    await desk.done()
    assert await redis.zcard("{deliveries}known") == known


async def test_a_text_that_must_not_go_out_is_refused_in_the_composer(desk):
    desk.channel.network.post("dora", f"@{POLICY.handle} product_question 0.9")
    await desk.line.settle()
    (view,) = (await desk.relay.open_cases()).views
    card = await desk.show(view)
    before = desk.ledger("dora")
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    await opened(desk, await again(desk, view.case), "case_reply")
    errors = await desk.slack.anna.submit({"text": "Write to dora@example.com"})
    assert list(errors) == ["text"]
    assert desk.slack.anna.has_view()
    assert await desk.slack.anna.submit({"text": "Please send us a message."}) == {}
    await desk.done()
    await desk.sent()
    assert len(desk.ledger("dora")) == len(before) + 1


async def test_a_draft_that_answers_an_old_text_is_flagged_before_it_goes(desk):
    case, card = await claimed(desk)
    await opened(desk, card, "case_reply")
    desk.channel.network.direct("carol", "product_question 0.9 and in blue?")
    await desk.line.settle()
    before = desk.ledger()
    await desk.slack.anna.submit({"text": "Yes, in red."})
    view = await desk.slack.anna.view()
    assert "has written since" in str(view.body)
    assert "in blue?" in str(view.body)
    assert desk.ledger() == before
    assert await desk.slack.anna.submit({"text": "Yes, both."}) == {}
    await desk.done()
    await desk.sent()
    assert desk.ledger()[len(before) :] == ["Yes, both."]
    assert (await now(desk, case)).status is CaseStatus.WAITING


async def test_a_dialogue_submitted_twice_is_one_reply(desk):
    _, card = await claimed(desk)
    before = desk.ledger()
    view = await opened(desk, card, "case_reply")
    doing = desk.slack.anna._doing
    desk.slack.anna.fill({"text": "Once."})
    await asyncio.gather(*(doing.submit(desk.slack.anna.user, view) for _ in range(3)))
    await desk.done()
    await desk.sent()
    assert desk.ledger()[len(before) :] == ["Once."]


async def test_who_does_not_hold_the_case_is_asked_before_they_write(desk):
    case, card = await claimed(desk)
    view = await opened(desk, card, "case_reply", who=desk.slack.ben)
    assert view.callback_id == "not_yours"
    await desk.slack.ben.click(view, "take_over")
    await desk.done()
    view = await desk.slack.ben.view()
    assert view.callback_id == "compose"
    assert (await now(desk, case)).assignee == AgentId(desk.slack.ben.id)


async def test_a_note_from_that_dialogue_stays_at_the_desk(desk):
    case, card = await claimed(desk)
    before = desk.ledger()
    await opened(desk, card, "case_reply", who=desk.slack.ben)
    assert await desk.slack.ben.submit({"note": "ask me"}) == {}
    await desk.done()
    await desk.sent()
    records = (await desk.relay.view(case.id)).records
    assert [r.text for r in records if r.author is Author.NOTE] == ["ask me"]
    assert desk.ledger() == before


async def test_resolve_asks_for_a_reason(desk):
    case, card = await claimed(desk)
    view = await opened(desk, card, "case_resolve")
    assert view.callback_id == "resolve"
    reason = POLICY.resolutions[0]
    assert await desk.slack.anna.submit({"reason": reason, "note": "sent a link"}) == {}
    await desk.done()
    found = await now(desk, case)
    assert (found.status, found.resolution) == (CaseStatus.RESOLVED, reason)


async def test_a_conflict_is_said_in_the_dialogue(desk):
    _case, card = await claimed(desk)
    await opened(desk, card, "case_resolve")
    await desk.slack.anna.click(card, "case_release")
    await desk.done()
    reason = POLICY.resolutions[0]
    errors = await desk.slack.anna.submit({"reason": reason})
    assert "claim it first" in "".join(errors.values())


MENU = {
    "assign": {"agent": None},
    "hand_over": {"team": "legal"},
    "tags": {"tags": ["delivery"], "own_tags": "vip, blue"},
    "give_back": {},
    "block": {},
    "wrong_intent": {"label": "refund_request"},
}


@pytest.mark.parametrize("choice", MENU)
async def test_what_the_menu_offers_is_done(desk, choice):
    case, card = await claimed(desk)
    values = dict(MENU[choice])
    if choice == "assign":
        values["agent"] = desk.slack.ben.id
    if choice == "hand_over":
        values["team"] = next(t for t in POLICY.teams if t != case.team)
    view = await opened(desk, card, "case_more", choice)
    assert view.callback_id == choice
    assert await desk.slack.anna.submit(values) == {}
    await desk.done()
    assert desk.slack.ephemerals(desk.slack.anna) == []
    found = await now(desk, case)
    shown = {
        "assign": found.assignee,
        "hand_over": found.team,
        "tags": found.tags,
        "give_back": found.status,
        "block": found.status,
        "wrong_intent": found.corrected_label,
    }[choice]
    expected = {
        "assign": AgentId(desk.slack.ben.id),
        "hand_over": values.get("team"),
        "tags": ("delivery", "vip", "blue"),
        "give_back": CaseStatus.RESOLVED,
        "block": CaseStatus.CLAIMED,
        "wrong_intent": "refund_request",
    }[choice]
    assert shown == expected


async def test_a_case_is_put_aside_until_a_time_of_ones_own_zone(desk):
    ines = desk.slack.add_user("ines", tz="America/New_York")
    case, card = await desk.case()
    view = await opened(desk, card, "case_more", "snooze", who=ines)
    shown = str(view.body)
    assert "When we open, tomorrow at 03:00" in shown
    options = [
        option["value"]
        for block in view.blocks
        for option in block.get("element", {}).get("options", [])
    ]
    tomorrow = options[-2]
    assert await ines.submit({"until": tomorrow}) == {}
    await desk.done()
    until = (await now(desk, case)).snoozed_until
    assert until.timestamp() == int(tomorrow)
    assert until.hour == 8  # when we open in London; three in New York


async def test_a_suggested_answer_goes_into_the_composer_with_one_click(desk):
    case, card = await desk.case("eve")
    desk.channel.network.direct("eve", "faq/delivery_times 0.4")
    await desk.line.settle()
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    suggested = await desk.relay.suggestions(case.id)
    view = await opened(desk, card, "case_more", "suggestions")
    await desk.slack.anna.click(view, "suggestion_use:1")
    await desk.done()
    view = await desk.slack.anna.view()
    assert view.callback_id == "compose"
    assert suggested[0].text.splitlines()[0] in str(view.body)


async def test_where_no_answer_fits_the_dialogue_says_so(desk):
    _, card = await claimed(desk)
    view = await opened(desk, card, "case_more", "suggestions")
    assert "no answer that fits" in str(view.body)


async def test_the_history_shows_what_was_written(desk):
    _, card = await claimed(desk)
    view = await opened(desk, card, "case_more", "history")
    assert "product_question 0.9" in str(view.body)


async def test_a_dialogue_that_was_asked_for_too_late_says_so_privately(desk):
    _, card = await claimed(desk)
    desk.slack.faults.refuse("views.open", "expired_trigger_id")
    await desk.slack.anna.click(card, "case_resolve")
    await desk.done()
    (told,) = desk.slack.ephemerals(desk.slack.anna)
    assert told.text == "That took too long. Please click again."


async def test_what_slack_does_not_wait_for_any_more_is_said_privately(
    desk, monkeypatch
):
    monkeypatch.setattr("bot.desk.slack.inbox.ANSWER_WITHIN_S", 0.0)
    desk.channel.network.post("dora", f"@{POLICY.handle} product_question 0.9")
    await desk.line.settle()
    (view,) = (await desk.relay.open_cases()).views
    card = await desk.show(view)
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    await opened(desk, await again(desk, view.case), "case_reply")
    await desk.slack.anna.submit({"text": "Write to dora@example.com"})
    await desk.done()
    (told,) = desk.slack.ephemerals(desk.slack.anna)
    assert told.text


async def test_undo_takes_a_reply_back(desk):
    case, card = await claimed(desk)
    before = desk.ledger()
    await desk.slack.anna.type(CHANNEL, "reply: Oops", thread_ts=card.ts)
    await desk.done()
    (record,) = [
        r for r in (await desk.relay.view(case.id)).records if r.author is Author.AGENT
    ]
    from bot.desk.slack.blocks import render_line

    line = render_line(record, await now(desk, case), desk.people.scene())
    channel = desk.slack.channel(CHANNEL)
    ts = await desk.talk.post(
        channel.id, line.payload, facts={"id": "line"}, thread=card.ts
    )
    posted = channel.messages[ts]
    await desk.slack.anna.click(posted, "reply_undo")
    await desk.done()
    await desk.sent()
    assert desk.ledger() == before
    await desk.slack.anna.click(posted, "reply_undo")
    await desk.done()
    assert desk.ledger() == before
