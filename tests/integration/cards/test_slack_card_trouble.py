"""Whatever goes wrong on the way to Slack: each case is shown once, and as it is."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.desk.slack.client import open_client
from bot.model.case import AgentId
from bot.ports.chat import Shown
from tests.integration.slack_cards import (
    CARE,
    LEGAL,
    POST,
    UPDATE,
    Cards,
    assert_nothing_twice,
    cards_in,
    cards_of,
    lines_of,
    posts,
    words_of,
    write,
)
from tests.slack_double import SlackDouble

ANNA, BEN = AgentId("anna"), AgentId("ben")


# -- posts and updates ------------------------------------------------------------


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


@asynccontextmanager
async def hung(cards, monkeypatch, owner, name):
    """Let a process hang in one call until its duty is over; then it can go on."""
    call, reached, go = getattr(owner, name), asyncio.Event(), asyncio.Event()

    async def hanging(*args, **facts):
        reached.set()
        await go.wait()
        return await call(*args, **facts)

    monkeypatch.setattr(owner, name, hanging)
    await cards.feed.step()
    stepping = asyncio.create_task(cards.keeper.step())
    await reached.wait()
    cards.line.clock.advance(30)

    async def go_on() -> None:
        go.set()
        await stepping

    yield go_on


async def test_who_hung_and_lost_the_duty_posts_nothing_more(
    line, redis, slack, cards, monkeypatch
):
    await write(line)
    async with (
        hung(cards, monkeypatch, cards.book, "begin") as go_on,
        cards_of(line, redis, slack) as another,
    ):
        await another.show()
        await go_on()
    assert len(cards_in(slack)) == 1
    assert posts(slack) == 3


async def test_a_copy_that_came_in_while_the_post_hung_is_taken_away(
    line, redis, slack, cards, monkeypatch
):
    await write(line)
    async with (
        hung(cards, monkeypatch, cards.client, "post") as go_on,
        cards_of(line, redis, slack) as another,
    ):
        await another.show()
        await go_on()
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
