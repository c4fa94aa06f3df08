"""Slack shows each case once and as it is, through all that happens to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.case import AgentId
from bot.model.message import DIRECT
from bot.ports.chat import Shown
from tests.integration.slack_cards import (
    CARE,
    LEGAL,
    POST,
    UPDATE,
    cards_in,
    cards_of,
    lines_of,
    pings_of,
    words_of,
    write,
)
from tests.ledger import pass_time

ANNA, BEN = AgentId("anna"), AgentId("ben")


# -- a case ----------------------------------------------------------------------


async def test_a_case_is_one_card_with_the_transcript_in_its_thread(line, cards, slack):
    case = await write(line)
    await cards.show()
    (card,) = cards_in(slack)
    assert card.our_id == f"card:{case}:1"
    assert "alice" in words_of(card)
    customer, bot = lines_of(slack, card)
    assert "is the kettle loud" in words_of(customer)
    assert words_of(bot)
    assert cards_in(slack, LEGAL) == []


async def test_what_the_customer_writes_next_is_in_the_thread_within_seconds(
    line, cards, slack
):
    await write(line)
    await cards.show()
    await write(line, "hello, anybody there?")
    began = line.clock.now()
    await cards.show()
    (card,) = cards_in(slack)
    assert "anybody there" in words_of(lines_of(slack, card)[-1])
    assert line.clock.now() - began <= timedelta(seconds=2)


async def test_each_step_of_an_agents_work_shows_on_the_card_and_in_the_thread(
    line, cards, slack
):
    case = await write(line)
    await cards.show()
    (card,) = cards_in(slack)
    before = words_of(card)
    await line.relay.claim(case, ANNA)
    await cards.show()
    assert words_of(card) != before
    assert "anna" in words_of(card)
    await line.relay.reply(case, ANNA, "It is not.", thread=DIRECT, key="r1")
    await line.settle()
    await cards.show()
    last = lines_of(slack, card)[-1]
    assert "It is not." in words_of(last)
    assert "white_check_mark" in words_of(last)
    await line.relay.resolve(case, ANNA, line.policy.resolutions[0])
    await cards.show()
    assert cards_in(slack) == [card]


async def test_showing_what_is_shown_asks_nothing_of_slack(line, cards, slack):
    case = await write(line)
    await cards.show()
    calls = len(slack.ledger.calls)
    await cards.desk.show(await line.relay.view(case))
    await cards.show()
    assert len(slack.ledger.calls) == calls


async def test_200_changes_of_one_card_are_one_update(line, cards, slack):
    case = await write(line)
    await cards.show()
    (card,) = cards_in(slack)
    updates = len(slack.calls(UPDATE, effect=True))
    for number in range(200):
        await line.relay.tag(case, ANNA, [f"tag {number}"])
    await cards.show()
    assert "tag 199" in words_of(card)
    assert len(slack.calls(UPDATE, effect=True)) == updates + 1


async def test_a_case_that_was_resolved_before_slack_was_there_gets_no_card(
    line, cards, slack
):
    case = await write(line)
    await line.relay.claim(case, ANNA)
    await line.relay.resolve(case, ANNA, line.policy.resolutions[0])
    await cards.show()
    assert cards_in(slack) == []


async def test_thanks_for_a_resolved_case_stand_in_its_thread_and_reopen_nothing(
    line, cards, slack
):
    case = await write(line)
    await cards.show()
    await line.relay.claim(case, ANNA)
    await line.relay.resolve(case, ANNA, line.policy.resolutions[0])
    await cards.show()
    (card,) = cards_in(slack)
    line.channel.network.direct("alice", "thanks 0.99 that was quick")
    await line.settle()
    await cards.show()
    assert "that was quick" in words_of(lines_of(slack, card)[-2])  # then the bot
    assert "case_reply" not in card.action_ids


async def test_urgent_cases_come_first_and_no_channel_waits_for_another(
    line, cards, slack
):
    for number in range(6):
        await write(line, who=f"customer{number}")
    urgent = await write(line, "legal_threat 0.95 my lawyer", who="lou")
    await cards.work(3)
    (first,) = cards_in(slack, LEGAL)
    assert first.our_id == f"card:{urgent}:1"
    assert 2 <= len(cards_in(slack)) <= 4  # about one a second
    await cards.show()
    assert len(cards_in(slack)) == 6


async def test_an_open_card_keeps_saying_how_long_its_customer_waits(
    line, cards, slack
):
    await write(line)
    await cards.show()
    (card,) = cards_in(slack)
    before = words_of(card)
    await cards.work(200)
    assert words_of(card) != before
    assert "3 min" in words_of(card)


async def test_figures_take_only_a_part_of_what_slack_lets_us_write(line, cards, slack):
    for number in range(30):
        await write(line, who=f"customer{number}")
    await cards.show()
    await cards.work(60)
    updates = len(slack.calls(UPDATE))
    await cards.work(120)
    assert 30 <= len(slack.calls(UPDATE)) - updates <= 45


async def test_many_cards_whose_figures_stand_hold_up_no_card_whose_change(
    line, cards, slack
):
    for number in range(40):
        await write(line, who=f"customer{number}")
    line.clock.advance(2 * 3600)  # from now on they change twice in an hour
    await cards.work(150)
    await write(line, who="dora")
    await cards.show()
    (new,) = (card for card in cards_in(slack) if "dora" in words_of(card))
    for minutes in (1, 2, 3, 4):
        await cards.work(62)
        assert f"waiting {minutes} min" in words_of(new)


async def test_cards_whose_channel_is_not_there_hold_up_no_others_figures(
    line, cards, slack
):
    others = [await write(line, who=f"customer{number}") for number in range(12)]
    line.clock.advance(60)
    await write(line, who="dora")
    await cards.show()
    policy = line.policy
    other = next(team for team in policy.teams if team != "care")
    nowhere = replace(policy.desk, channels={**policy.desk.channels, other: "#gone"})
    cards.keeper.follow(replace(policy, desk=nowhere))
    await cards.work(5)
    for case in others:
        await line.relay.hand_over(case, ANNA, other)
    await cards.work(240)
    (standing,) = (card for card in cards_in(slack) if "dora" in words_of(card))
    assert "waiting 3 min" in words_of(standing)  # not a minute behind


# -- handing over ------------------------------------------------------------------


async def test_another_teams_channel_gets_a_new_card_and_the_old_one_tells(
    line, cards, slack
):
    case = await write(line)
    await cards.show()
    (old,) = cards_in(slack)
    other = next(team for team in line.policy.teams if team != "care")
    await line.relay.hand_over(case, ANNA, other)
    await cards.show()
    (card,) = cards_in(slack, LEGAL)
    assert card.our_id == f"card:{case}:2"
    assert len(lines_of(slack, card)) == 2
    link = f"{slack.channel(LEGAL).id}/p{card.ts.replace('.', '')}"
    assert link in old.says()
    assert old.action_ids == []
    assert await cards.book.at(card_place(slack, old)) == case


async def test_a_crash_in_the_middle_of_a_hand_over_is_finished_later(
    line, redis, slack, cards
):
    case = await write(line)
    await cards.show()
    (old,) = cards_in(slack)
    other = next(team for team in line.policy.teams if team != "care")
    await line.relay.hand_over(case, ANNA, other)
    slack.faults.lose_answer(POST)
    await cards.work(2)
    async with cards_of(line, redis, slack) as another:
        await another.show()
    (card,) = cards_in(slack, LEGAL)
    assert card.ts.replace(".", "") in old.says()


def card_place(slack, card):
    from bot.ports.chat import Place

    return Place(slack.space.TEAM, card.channel, card.ts)


# -- calls --------------------------------------------------------------------------


async def test_nobody_claims_and_everybody_is_called_once(line, cards, slack):
    await write(line)
    await cards.show()
    await pass_time(line, line.policy.service.unclaimed)
    await cards.show()
    await cards.work(120)
    (card, ping) = slack.messages(CARE)  # it shows in the channel, too
    assert pings_of(slack, card).count("unclaimed") == 1
    assert ping.broadcast
    assert "<!here>" in ping.text


async def test_a_silent_assignee_loses_the_case_and_all_are_told(line, cards, slack):
    case = await write(line)
    await line.relay.claim(case, ANNA)
    await cards.show()
    await pass_time(line, line.policy.service.claim_silence)
    await cards.show()
    (card,) = cards_in(slack)
    assert pings_of(slack, card).count("lapsed") == 1


async def test_a_case_that_was_overdue_before_slack_was_there_calls_nobody(
    line, cards, slack
):
    await write(line)
    await pass_time(line, line.policy.service.unclaimed + timedelta(minutes=30))
    await cards.show()
    (card,) = cards_in(slack)
    assert "unclaimed" not in pings_of(slack, card)


@pytest.mark.parametrize("present", [True, False])
async def test_a_customer_who_comes_back_calls_their_agent_or_if_away_the_channel(
    line, cards, slack, present
):
    anna = slack.add_user("anna")
    slack.space.users[anna.id].presence = "active" if present else "away"
    agent = AgentId(anna.id)
    case = await write(line)
    await line.relay.claim(case, agent)
    await line.relay.reply(case, agent, "It is quiet.", thread=DIRECT, key="r1")
    await line.settle()
    await line.relay.resolve(case, agent, line.policy.resolutions[0])
    await cards.show()
    line.clock.advance(60)
    await write(line, "it is loud after all")
    await cards.show()
    (card,) = cards_in(slack)
    (ping,) = [m for m in slack.thread(CARE, card.ts) if ":reopened:" in m.our_id]
    called = f"<@{anna.id}>" if present else "<!here>"
    assert called in ping.text
    assert ping.broadcast is not present


async def test_a_case_that_is_closed_is_forgotten_but_for_its_place(line, cards, slack):
    case = await write(line)
    await cards.show()
    await line.relay.claim(case, ANNA)
    await line.relay.resolve(case, ANNA, line.policy.resolutions[0])
    await cards.show()
    (card,) = cards_in(slack)
    lines = lines_of(slack, card)
    await pass_time(line, line.policy.reopen_within)
    await cards.show()
    assert (await cards.book.page(Shown(case))).lines == {}
    line.clock.advance(1)
    await line.relay.note(case, ANNA, "for the trainers", key="n1")
    await cards.show()
    assert lines_of(slack, card)[: len(lines)] == lines
    assert "for the trainers" in words_of(lines_of(slack, card)[-1])
    assert len(lines_of(slack, card)) == len(lines) + 1


# -- what is kept --------------------------------------------------------------------


async def test_the_book_holds_no_words_and_no_names(line, redis, cards, slack):
    case = await write(line)
    await line.relay.claim(case, ANNA)
    await line.relay.note(case, ANNA, "a secret note", key="n1")
    await cards.show()
    kept: list[str] = []
    for key in await redis.keys("*"):
        if ":page:" in f":{key.partition('}')[2]}" or "cards:" in key:
            kind = await redis.type(key)
            kept += [
                key,
                str(
                    await (
                        redis.hgetall(key)
                        if kind == "hash"
                        else _rest(redis, key, kind)
                    )
                ),
            ]
    text = " ".join(kept)
    assert f"page:{case}" in text
    for secret in ("kettle", "secret note", "alice"):
        assert secret not in text


async def _rest(redis, key, kind):
    return await (redis.zrange(key, 0, -1) if kind == "zset" else redis.get(key))
