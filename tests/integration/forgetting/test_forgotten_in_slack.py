"""What is forgotten is no longer said in Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.slack.sweeping import DELETED, Sweeper
from bot.errors import TemporaryFailure
from bot.flow.duty import Duty
from bot.log import json_log
from bot.model.event import EventType
from bot.model.message import (
    ContextPost,
    Relation,
)
from bot.store.forgetting import NOBODY, RedisForgetting
from bot.store.kept import RedisKept
from tests.builders import ALICE, message
from tests.first_line import FirstLine
from tests.integration.forgetting.planted import (
    ANN,
    ODD,
    a_case,
    accept,
    forget,
    history,
    is_clean,
    said_in,
)
from tests.integration.slack_cards import CARE, cards_of

# -- in Slack --------------------------------------------------------------------------


def sweeper_of(line: FirstLine, cards, forgetting) -> Sweeper:
    return Sweeper(
        cards.client,
        cards.book,
        events=line.events,
        cases=line.cases,
        journal=forgetting,
        duty=Duty(line.duties, "slack_sweep"),
        clock=line.clock,
        log=json_log,
    )


async def test_slack_says_nothing_of_a_forgotten_customer_any_more(
    line, redis, forgetting, slack
):
    async with cards_of(line, redis, slack) as cards:
        case = await a_case(line, "Wolkenschaf")
        await cards.show()
        await line.relay.hand_over(case, ANN, "press")  # another channel, another card
        await cards.show()
        await line.relay.claim(case, ANN)
        await line.relay.note(case, ANN, "Zaunkoenig", key="n1")
        await line.relay.resolve(case, ANN, resolution="answered")
        await cards.show()
        line.clock.advance(timedelta(days=30).total_seconds())
        await line.settle()  # nothing reopens it: the book forgets its lines
        await cards.show()
        assert "Wolkenschaf" in said_in(slack)
        assert "Zaunkoenig" in said_in(slack)
        await forget(line, forgetting)
        assert await sweeper_of(line, cards, forgetting).step() == 1
        await cards.show()
        assert not {"Wolkenschaf", "Zaunkoenig", "alice"} & set(
            said_in(slack).replace("@", " ").split()
        )
        assert "Wolkenschaf" not in said_in(slack)
        assert DELETED in said_in(slack)
        done = [e for e in await history(line) if e.type is EventType.DESK_FORGOTTEN]
        assert [e.facts["left"] for e in done] == ["0"]
        assert await is_clean(line)


async def test_an_open_case_keeps_a_card_that_works(line, redis, forgetting, slack):
    async with cards_of(line, redis, slack) as cards:
        await a_case(line, "Wolkenschaf")
        await cards.show()
        await forget(line, forgetting)
        await sweeper_of(line, cards, forgetting).step()
        await cards.show()
        (card,) = [m for m in slack.messages(CARE) if m.action_ids]
        assert NOBODY in card.says()
        assert "Wolkenschaf" not in said_in(slack)


async def test_a_deleted_message_leaves_the_thread_of_a_case_that_is_over(
    line, redis, forgetting, slack
):
    async with cards_of(line, redis, slack) as cards:
        case = await a_case(line, "Wolkenschaf")
        line.channel.network.post("alice", f"@{line.policy.handle} {ODD} Zaunkoenig")
        await line.settle()
        await cards.show()
        await line.relay.resolve(case, ANN, resolution="answered")
        await cards.show()
        line.clock.advance(timedelta(days=30).total_seconds())
        await line.settle()
        await cards.show()
        gone = next(
            post.id
            for post in line.channel.network.timeline()
            if "Wolkenschaf" in post.text
        )
        line.channel.network.delete(gone)
        await line.settle()
        await sweeper_of(line, cards, forgetting).step()
        await cards.show()
        assert "Wolkenschaf" not in said_in(slack)
        assert "Zaunkoenig" in said_in(slack)


async def test_what_surrounded_a_message_leaves_slack_where_its_case_goes_on_and_where_it_is_over(
    line, redis, slack
):
    around = ContextPost(
        relation=Relation.QUOTED, handle="carl", text="Wolkenschaf", id="7"
    )
    async with cards_of(line, redis, slack) as cards:
        for number in (1, 2):
            mention = message(f"{ODD} Zaunkoenig", id=f"m{number}", at=line.clock.now())
            await accept(line, replace(mention, handle="alice", context=(around,)))
            await line.settle()
            await cards.show()
            assert "Wolkenschaf" in said_in(slack)
            if number == 1:
                (view,) = (await line.relay.open_cases()).views
                await line.relay.claim(view.case.id, ANN)
                await line.relay.resolve(view.case.id, ANN, resolution="answered")
                await cards.show()
                line.clock.advance(timedelta(days=30).total_seconds())
                await line.settle()
                await cards.show()
        kept = RedisKept(redis)
        assert await kept.strike(ALICE, {"7"}, now=line.clock.now()) == 2
        await sweeper_of(line, cards, RedisForgetting(redis)).step()
        await cards.show()
        assert "Wolkenschaf" not in said_in(slack)
        assert "Zaunkoenig" in said_in(slack)


async def test_what_people_wrote_in_the_thread_is_counted_for_them_to_delete(
    line, redis, forgetting, slack
):
    async with cards_of(line, redis, slack) as cards:
        await a_case(line, "Wolkenschaf")
        await cards.show()
        (card,) = slack.messages(CARE)
        anna = slack.add_user("anna")
        await anna.type(CARE, "I called her: Eisvogel", thread_ts=card.ts)
        await forget(line, forgetting)
        await sweeper_of(line, cards, forgetting).step()
        done = [e for e in await history(line) if e.type is EventType.DESK_FORGOTTEN]
        assert [e.facts["left"] for e in done] == ["1"]


async def test_a_sweep_that_is_cut_off_is_finished_by_the_next(
    line, redis, forgetting, slack
):
    async with cards_of(line, redis, slack) as cards:
        await a_case(line, "Wolkenschaf")
        await cards.show()
        await forget(line, forgetting)
        slack.faults.lose_answer("chat.update")
        with pytest.raises(TemporaryFailure):
            await sweeper_of(line, cards, forgetting).step()
        line.clock.advance(60)
        assert await sweeper_of(line, cards, forgetting).step() == 1
        await cards.show()
        assert "Wolkenschaf" not in said_in(slack)
