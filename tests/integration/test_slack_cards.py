"""Slack shows each case once and as it is, whatever goes wrong on the way there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock
from bot.desk.slack.client import open_client
from bot.model.case import AgentId, CaseId
from bot.model.message import DIRECT
from bot.ports.chat import Shown
from tests.builders import NOON
from tests.first_line import FirstLine
from tests.integration.slack_cards import (
    CARE,
    LEGAL,
    Cards,
    assert_nothing_twice,
    cards_in,
    cards_of,
    lines_of,
    pings_of,
    slack_policy,
    words_of,
)
from tests.slack_double import SlackDouble

ANNA, BEN = AgentId("anna"), AgentId("ben")
ODD = "product_question 0.9 is the kettle loud"
POST, UPDATE = "chat.postMessage", "chat.update"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def line(redis, tmp_path, clock) -> FirstLine:
    policy = slack_policy()
    channel = SimulatorChannel(
        tmp_path / "net.db", brand_handle=policy.handle, clock=clock
    )
    return FirstLine(redis, channel, clock, policy=policy)


@pytest.fixture
async def slack(clock):
    """A workspace with two channels, nothing in which is ever there twice."""
    async with SlackDouble(now=lambda: clock.now().timestamp(), paced=True) as double:
        double.add_channel(CARE)
        double.add_channel(LEGAL)
        yield double
        assert_nothing_twice(double)
        assert double.violations == []


@pytest.fixture
async def cards(line, redis, slack):
    async with cards_of(line, redis, slack) as made:
        yield made


async def write(line: FirstLine, text: str = ODD, *, who: str = "alice") -> CaseId:
    line.channel.network.direct(who, text)
    await line.settle()
    found = [case for case in await line.cases.active() if case.handle == who]
    return found[0].id


def posts(slack: SlackDouble) -> int:
    return len(slack.calls(POST, effect=True))


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


# -- what goes wrong -------------------------------------------------------------


async def test_a_lost_answer_makes_no_second_card(line, cards, slack):
    await write(line)
    slack.faults.lose_answer(POST)
    await cards.show()
    (card,) = cards_in(slack)
    assert len(lines_of(slack, card)) == 2
    assert posts(slack) == 3


async def test_a_lost_request_is_made_again(line, cards, slack):
    await write(line)
    slack.faults.lose_request(POST)
    await cards.show()
    assert len(cards_in(slack)) == 1


async def test_every_answer_is_lost_in_turn_and_each_message_is_there_once(
    line, cards, slack
):
    await write(line)
    for number in range(6):
        slack.faults.lose_answer(POST, after=number)
    await cards.show()
    await write(line, "and one more")
    await cards.show()
    (card,) = cards_in(slack)
    assert len(lines_of(slack, card)) == 3


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("after", range(3))
@pytest.mark.parametrize("moment", ["before the post", "after the post"])
async def test_a_kill_around_any_post_makes_nothing_twice(
    line, redis, slack, monkeypatch, after, moment
):
    await write(line)
    async with open_client(slack.bot_token, slack.api_url) as client:
        post, left = client.post, [after]

        async def dying(*args, **facts):
            left[0] -= 1
            if left[0] < 0 and moment == "before the post":
                raise Killed
            ts = await post(*args, **facts)
            if left[0] < 0:
                raise Killed
            return ts

        monkeypatch.setattr(client, "post", dying)
        with pytest.raises(Killed):
            await Cards(line, redis, client).show()
    async with cards_of(line, redis, slack) as another:
        await another.show()
    (card,) = cards_in(slack)
    assert len(lines_of(slack, card)) == 2
    assert posts(slack) == 3


async def test_another_process_goes_on_after_the_duty_of_a_dead_one_is_over(
    line, redis, slack, cards
):
    await write(line)
    await cards.work(1)
    async with cards_of(line, redis, slack) as another:
        assert await another.keeper.step() == 0
        await another.show()
    (card,) = cards_in(slack)
    assert len(lines_of(slack, card)) == 2


async def test_who_hung_and_lost_the_duty_posts_nothing_more(
    line, redis, slack, cards, monkeypatch
):
    await write(line)
    begin, hung, go = cards.book.begin, asyncio.Event(), asyncio.Event()

    async def hanging(*args, **facts):
        hung.set()
        await go.wait()
        return await begin(*args, **facts)

    monkeypatch.setattr(cards.book, "begin", hanging)
    await cards.feed.step()
    stepping = asyncio.create_task(cards.keeper.step())
    await hung.wait()
    line.clock.advance(30)
    async with cards_of(line, redis, slack) as another:
        await another.show()
        go.set()
        await stepping
    assert len(cards_in(slack)) == 1
    assert posts(slack) == 3


async def test_a_copy_that_came_in_while_the_post_hung_is_taken_away(
    line, redis, slack, cards, monkeypatch
):
    await write(line)
    post, hung, go = cards.client.post, asyncio.Event(), asyncio.Event()

    async def hanging(*args, **facts):
        hung.set()
        await go.wait()
        return await post(*args, **facts)

    monkeypatch.setattr(cards.client, "post", hanging)
    await cards.feed.step()
    stepping = asyncio.create_task(cards.keeper.step())
    await hung.wait()
    line.clock.advance(30)
    async with cards_of(line, redis, slack) as another:
        await another.show()
        go.set()
        await stepping
        await another.show()
    assert len(cards_in(slack)) == 1


@pytest.mark.parametrize("code", ["internal_error", "ratelimited", "invalid_blocks"])
async def test_an_update_that_fails_never_posts_a_second_card(line, cards, slack, code):
    case = await write(line)
    await cards.show()
    made = posts(slack)
    slack.faults.refuse(UPDATE, code, times=3)
    await line.relay.tag(case, ANNA, ["parcel"])
    await cards.work(5)
    assert posts(slack) == made
    slack.faults.clear()
    await cards.work(400)
    await cards.show()
    (card,) = cards_in(slack)
    assert "parcel" in words_of(card)
    assert posts(slack) == made


async def test_storms_of_429_are_waited_out(line, cards, slack):
    for number in range(5):
        await write(line, who=f"customer{number}")
    slack.faults.limit("*", times=30, retry_after_s=2)
    await cards.show()
    assert len(cards_in(slack)) == 5
    assert all(len(lines_of(slack, card)) == 2 for card in cards_in(slack))
    assert cards.told == []


async def test_retry_after_is_obeyed(line, cards, slack):
    await write(line)
    slack.faults.limit(POST, times=1, retry_after_s=20)
    await cards.work(19)
    assert len(slack.calls(POST)) == 1
    await cards.work(3)
    assert len(cards_in(slack)) == 1


async def test_look_ups_that_slack_slows_down_are_not_repeated_at_once(
    line, cards, slack
):
    for number in range(4):
        await write(line, who=f"customer{number}")
    slack.faults.lose_answer(POST, times=4)
    slack.faults.limit("conversations.history", times=3, retry_after_s=15)
    await cards.show()
    assert len(cards_in(slack)) == 4
    asked = slack.calls("conversations.history")
    assert sum(call.status == 429 for call in asked) == 3
    assert len(asked) <= 8


async def test_slacks_own_limits_are_never_reached(line, cards, slack):
    for number in range(10):
        await write(line, who=f"customer{number}")
    await cards.show()
    assert [call for call in slack.ledger.calls if call.status == 429] == []


async def test_what_slack_rejects_is_shown_as_plain_words(line, cards, slack):
    case = await write(line)
    slack.faults.refuse(POST, "invalid_blocks")
    await cards.work(1)
    (card,) = cards_in(slack)
    assert card.blocks == []
    assert case in card.text or "alice" in card.text
    assert ("slack_rejected", "invalid_blocks") in [
        (event, facts.get("code")) for event, facts in line.logged
    ]


async def test_a_case_that_cannot_be_drawn_stops_no_other(
    line, cards, slack, monkeypatch
):
    poison, fine = await write(line), await write(line, who="ben")
    view = line.relay.view

    async def broken(case):
        if case == poison:
            raise ZeroDivisionError("a defect")
        return await view(case)

    monkeypatch.setattr(line.relay, "view", broken)
    await cards.desk.show(await view(poison))
    await cards.desk.show(await view(fine))
    with monkeypatch.context() as quiet:
        quiet.setattr(cards.feed, "step", nothing)
        await cards.work(10)
    (card,) = cards_in(slack)
    assert card.our_id == f"card:{fine}:1"
    assert ("card_failed", poison) in [(e, f.get("shown")) for e, f in line.logged]
    monkeypatch.setattr(line.relay, "view", view)
    await cards.show()
    assert len(cards_in(slack)) == 2


async def nothing() -> int:
    return 0


# -- what people do to our messages ------------------------------------------------


async def test_a_deleted_card_is_made_anew_with_its_thread(line, cards, slack):
    case = await write(line)
    await cards.show()
    (card,) = cards_in(slack)
    slack.channel(CARE).messages.clear()
    await line.relay.note(case, ANNA, "a note", key="n1")
    await cards.show()
    (again,) = cards_in(slack)
    assert again.our_id == f"card:{case}:2"
    assert again.ts != card.ts
    assert len(lines_of(slack, again)) == 3


async def test_a_deleted_card_is_found_by_the_look_at_its_figures(line, cards, slack):
    case = await write(line)
    await cards.show()
    slack.channel(CARE).messages.clear()
    await cards.work(200)
    (again,) = cards_in(slack)
    assert again.our_id == f"card:{case}:2"


async def test_a_card_of_which_we_hear_that_it_is_gone_is_made_anew_at_once(
    line, cards, slack
):
    case = await write(line)
    await cards.show()
    slack.channel(CARE).messages.clear()
    await cards.book.recheck(Shown(case))
    await cards.book.mark({Shown(case): line.clock.now()})
    await cards.show()
    (again,) = cards_in(slack)
    assert again.our_id == f"card:{case}:2"


async def test_a_line_for_a_thread_that_is_gone_does_not_stand_in_the_channel(
    line, cards, slack
):
    case = await write(line)
    await cards.show()
    slack.channel(CARE).messages.clear()
    slack.faults.limit(UPDATE, times=1, retry_after_s=60)
    await write(line, "hello?")
    await cards.work(90)
    await cards.show()
    (again,) = slack.messages(CARE)
    assert again.our_id == f"card:{case}:2"
    assert len(lines_of(slack, again)) == 3


# -- tokens, channels, workspaces ---------------------------------------------------


async def test_a_revoked_token_is_told_and_a_new_one_shows_everything(
    line, redis, slack, cards
):
    await write(line)
    slack.faults.revoke_token()
    await cards.work(60)
    assert "token_revoked" in cards.told[0]
    assert "FIRSTLINE_SLACK_BOT_TOKEN" in cards.told[0]
    assert len(slack.ledger.calls) < 6  # it is not asked all the time
    assert slack.bot_token not in "".join(cards.told)
    slack.faults.clear()
    async with cards_of(line, redis, slack) as restarted:
        await restarted.show()
    assert len(cards_in(slack)) == 1


async def test_a_scope_that_is_missing_is_named(line, cards, slack):
    await write(line)
    slack.faults.miss_scope("chat:write")
    await cards.work(3)
    assert "chat:write" in cards.told[0]


async def test_a_channel_without_us_is_told_and_holds_up_no_other(line, cards, slack):
    slack.remove_bot_from(CARE)
    await write(line)
    await write(line, "legal_threat 0.95 my lawyer", who="lou")
    await cards.work(10)
    assert len(cards_in(slack, LEGAL)) == 1
    assert any(CARE in told or slack.channel(CARE).id in told for told in cards.told)
    assert "/invite" in cards.told[0]
    slack.add_bot_to(CARE)
    await cards.work(60)
    assert len(cards_in(slack)) == 1


async def test_a_channel_that_is_missing_is_told_by_its_name(line, cards, slack):
    desk = replace(line.policy.desk, channels={"care": "#nowhere"})
    cards.keeper.follow(replace(line.policy, desk=desk))
    await write(line)
    await cards.work(3)
    assert "#nowhere" in cards.told[0]
    slack.add_channel("nowhere")
    await cards.work(60)
    assert len(cards_in(slack, "nowhere")) == 1


async def test_no_channel_in_the_policy_is_told(line, cards, slack):
    desk = replace(line.policy.desk, channels={})
    cards.keeper.follow(replace(line.policy, desk=desk))
    await write(line)
    await cards.work(3)
    assert "desk.channels" in cards.told[0]


async def test_in_a_new_workspace_every_open_case_gets_a_new_card(
    line, redis, slack, cards
):
    case = await write(line)
    await cards.show()
    async with SlackDouble(
        now=lambda: line.clock.now().timestamp(), paced=True, seed=7
    ) as elsewhere:
        elsewhere.space.TEAM = "T0ELSEWHERE"
        elsewhere.add_channel(CARE)
        elsewhere.add_channel(LEGAL)
        async with cards_of(line, redis, elsewhere) as moved:
            await moved.work(120)
            (card,) = cards_in(elsewhere)
            assert card.our_id == f"card:{case}:2"
            assert len(lines_of(elsewhere, card)) == 2
        assert_nothing_twice(elsewhere)
    assert len(cards_in(slack)) == 1


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


async def pass_time(line: FirstLine, length: timedelta) -> None:
    until = line.clock.now() + length
    while (due := await line.timers.next_due()) is not None and due <= until:
        line.clock.set(due)
        await line.timekeeper.step()
        await line.settle()
    line.clock.set(until)


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
