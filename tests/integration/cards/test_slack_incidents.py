"""In Slack, too, many cases about one event are one card."""

from __future__ import annotations

import pytest

from bot.model.case import AgentId
from bot.model.message import DIRECT
from tests.first_line import FirstLine, on_fake
from tests.integration.incident_storms import keep, storm, the_incident
from tests.integration.slack_cards import (
    LEGAL,
    cards_in,
    slack_policy,
    words_of,
)

ANNA = AgentId("anna")


@pytest.fixture
def line(redis) -> FirstLine:
    return on_fake(redis, policy=slack_policy())


def every_card(slack):
    return [*cards_in(slack), *cards_in(slack, LEGAL)]


async def an_incident(line) -> None:
    await storm(line, line.policy.incidents.cases + 4)
    await keep(line)


async def test_a_storm_is_one_card_with_its_count(line, cards, slack):
    await an_incident(line)
    await cards.show()
    (card,) = every_card(slack)
    assert card.our_id == f"incident:{(await the_incident(line)).id}:1"
    assert str(line.policy.incidents.cases + 4) in words_of(card)


async def test_the_card_grows_with_the_storm(line, cards, slack):
    await an_incident(line)
    await cards.show()
    await storm(line, 5, name="d")
    await keep(line)
    await cards.show()
    (card,) = every_card(slack)
    assert str(line.policy.incidents.cases + 9) in words_of(card)


async def test_cards_that_came_before_the_incident_shrink(line, cards, slack):
    await storm(line, 2)
    await cards.show()
    before = every_card(slack)
    assert len(before) == 2
    await storm(line, line.policy.incidents.cases + 4, name="d")
    await keep(line)
    await cards.show()
    incident = (await the_incident(line)).id
    assert all(incident in words_of(card) for card in before)
    assert all(card.action_ids == [] for card in before)
    assert len(every_card(slack)) == 3


async def test_what_an_agent_takes_out_of_it_has_a_card_until_they_have_answered(
    line, cards, slack
):
    await an_incident(line)
    await cards.show()
    case = (await line.cases.active())[0]
    await line.relay.claim(case.id, ANNA)
    await keep(line)
    await cards.show()
    (own,) = [card for card in every_card(slack) if card.our_id.startswith("card:")]
    assert own.our_id == f"card:{case.id}:1"
    assert own.action_ids
    thread = DIRECT if case.thread == DIRECT else case.thread
    await line.relay.reply(case.id, ANNA, "It works again.", thread=thread, key="r")
    while await line.sender.step():
        pass
    await keep(line)
    await cards.show()
    assert own.action_ids == []


async def test_a_lost_answer_makes_no_second_card_of_an_incident(line, cards, slack):
    await an_incident(line)
    slack.faults.lose_answer("chat.postMessage")
    await cards.show()
    assert len(every_card(slack)) == 1


async def test_a_deleted_card_of_an_incident_is_made_anew(line, cards, slack):
    await an_incident(line)
    await cards.show()
    (card,) = every_card(slack)
    slack.channel(card.channel).messages.clear()
    await storm(line, 3, name="d")
    await keep(line)
    await cards.show()
    (again,) = every_card(slack)
    assert again.our_id.endswith(":2")
