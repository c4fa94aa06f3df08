"""What agents tell of waiting cases, of the morning, and of what they can ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import NOON, POLICY
from tests.scenario.slack.story import a_story
from tests.slack_line import CHANNEL

MINUTE = timedelta(minutes=1)
STARS = replace(
    POLICY,
    desk=replace(POLICY.desk, rating="How well did we help?"),
    reopen_within=timedelta(days=7),
)


async def test_nobody_takes_it_and_the_channel_is_called_once(story):
    await story.writes()
    await story.passes(POLICY.service.unclaimed + MINUTE)
    assert story.pings == ["unclaimed"]
    assert "Nobody has taken it in time" in story.says
    loud = [m for m in story.slack.thread(CHANNEL, story.card.ts) if m.broadcast]
    assert len(loud) == 1


async def test_i_took_it_and_fell_silent_so_it_is_everybodys_again(story):
    await story.writes()
    await story.claims()
    await story.types("looking into it")
    await story.passes(POLICY.service.claim_silence + MINUTE)
    assert "lapsed" in story.pings
    assert f"<@{story.anna.id}> had it and did not answer" in story.says
    there = [m.text for m in story.slack.thread(CHANNEL, story.card.ts)]
    assert "looking into it" in there
    await story.claims(story.ben)
    assert f"with {story.ben.id}" in story.says


async def test_at_night_the_card_says_when_we_open_and_that_the_customer_knows(story):
    story.clock.set(NOON + timedelta(hours=11))
    await story.writes()
    assert "Out of hours until" in story.says
    assert "The customer was told so" in story.says


async def test_i_resolve_and_the_customer_says_how_well_we_helped(redis, tmp_path):
    async with a_story(redis, tmp_path, policy=STARS) as story:
        await story.writes()
        await story.claims()
        await story.replies("It is quiet.")
        await story.resolves(note="sent the data sheet")
        await story.sent()
        assert story.received()[-1] == "How well did we help?"
        story.network.rate("carol", 5)
        await story.shown()
        assert "5" in story.says
        assert "resolved" in story.says


async def test_i_ask_what_is_next_what_is_mine_and_how_it_stands(story):
    await story.writes()
    assert "1 unclaimed" in await story.asks("status")
    assert "carol" in await story.asks("next")
    assert "You hold no case" in await story.asks("mine")
    offered = story.told(story.anna)[1]
    await story.anna.click(offered, "case_claim")
    await story.shown()
    assert "C-" in await story.asks("mine")
    assert "carol" in await story.asks("search carol")
    assert "Nobody is waiting" in await story.asks("next", who=story.ben)


async def test_i_silence_the_bot_about_one_matter_until_i_know_more(story):
    await story.asks("pause faq/delivery_times")
    await story.writes("faq/delivery_times 0.97")
    assert story.received() == []
    assert len(story.all_cards()) == 1  # people have it instead
    await story.writes("faq/invoice 0.97", who="dave")
    assert len(story.received("dave")) == 1
    await story.asks("resume faq/delivery_times")
    await story.writes("faq/delivery_times 0.97", who="erin")
    assert len(story.received("erin")) == 1


async def test_my_home_shows_my_cases_the_queue_today_and_health(story):
    await story.writes()
    await story.writes(who="dave")
    await story.anna.click(story.all_cards()[0], "case_claim")
    await story.shown()
    await story.anna.open_home()
    await story.desk.done()
    shown = str(story.slack.home(story.anna).body)
    assert "My cases (1)" in shown
    assert "1 unclaimed" in shown
    assert "All well" in shown
    assert "2 messages" in shown
