"""What agents tell of a card: what it says, and what its buttons and menus do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import POLICY
from tests.integration.slack_cards import words_of
from tests.scenario.slack.story import a_story
from tests.slack_line import CHANNEL

LEGAL = "legal-desk"
TWO_TEAMS = replace(
    POLICY,
    desk=replace(
        POLICY.desk, channels={"care": f"#{CHANNEL}", "trust": f"#{LEGAL}"}, intents={}
    ),
)


async def test_the_card_tells_me_who_where_what_why_and_by_when(story):
    await story.posts()
    says = story.says
    assert "@carol" in says
    assert "first contact" in says
    assert "In public on Simulator" in says
    assert "is the kettle loud" in says
    assert "*Product question* 90%" in says
    assert "A matter that only people decide" in says
    assert "priority" in says
    assert "First answer due by" in says
    assert "never leaves" in says
    assert any("is the kettle loud" in line for line in story.thread)


async def test_a_colleague_was_faster_and_only_i_am_told(story):
    await story.writes()
    both_see = story.card
    await story.anna.click(both_see, "case_claim")
    await story.ben.click(both_see, "case_claim")
    await story.shown()
    (told,) = story.told(story.ben)
    assert told.text.startswith("anna took it")
    assert story.told(story.anna) == []
    assert f"with {story.anna.id}" in story.says


async def test_i_give_it_back_and_a_colleague_takes_it(story):
    await story.writes()
    await story.claims()
    await story.anna.click(story.card, "case_release")
    await story.shown()
    assert "unclaimed" in story.says
    await story.claims(story.ben)
    assert f"with {story.ben.id}" in story.says


async def test_i_assign_it_to_a_colleague_who_is_called(story):
    await story.writes()
    await story.claims()
    await story.chooses("assign", agent=story.ben.id)
    assert f"with {story.ben.id}" in story.says
    calls = [line.text for line in story.slack.thread(CHANNEL, story.card.ts)]
    assert any(f"<@{story.ben.id}>" in call for call in calls)


async def test_i_hand_it_to_another_team_and_one_line_stays(redis, tmp_path):
    async with a_story(
        redis, tmp_path, policy=TWO_TEAMS, channels=(CHANNEL, LEGAL)
    ) as story:
        await story.writes()
        await story.claims()
        old = story.card
        await story.types("they mention a lawyer")
        await story.chooses("hand_over", team="trust")
        (new,) = story.all_cards(LEGAL)
        assert "unclaimed" in words_of(new)
        replies = [words_of(m) for m in story.slack.thread(LEGAL, new.ts)]
        assert any("is the kettle loud" in words for words in replies)
        assert any("they mention a lawyer" in words for words in replies)
        left = story.slack.channel(CHANNEL).messages[old.ts]
        assert "handed to" in words_of(left)
        assert left.action_ids == []


async def test_i_tag_it(story):
    await story.writes()
    await story.claims()
    await story.chooses("tags", tags=["delivery"], own_tags="vip")
    assert "#delivery #vip" in story.says


async def test_i_put_it_aside_and_it_comes_back(story):
    await story.writes()
    view = await story.opens("case_more", "snooze")
    first = next(
        option["value"]
        for block in view.blocks
        for option in block.get("element", {}).get("options", [])
    )
    assert await story.submits(until=first) == {}
    assert "Put aside until" in story.says
    await story.passes(timedelta(hours=1, minutes=1))
    assert "Put aside" not in story.says


async def test_i_give_it_back_to_the_bot(story):
    await story.writes()
    await story.claims()
    await story.chooses("give_back")
    assert "resolved" in story.says
    before = len(story.received())
    await story.writes("faq/delivery_times 0.97")
    assert len(story.received()) == before + 1  # the bot answers again


async def test_the_model_misread_it_and_i_say_what_it_was(story):
    await story.writes()
    await story.claims()
    await story.chooses("wrong_intent", label="refund_request")
    assert "Refund request" in story.says
    assert "corrected" in story.says


async def test_i_use_an_answer_that_is_suggested(story):
    await story.writes("faq/delivery_times 0.4 where are you then")
    await story.claims()
    view = await story.opens("case_more", "suggestions")
    await story.anna.click(view, "suggestion_use:1")
    await story.desk.done()
    composer = await story.anna.view()
    assert composer.callback_id == "compose"
    (suggested,) = [
        block["element"]["initial_value"]
        for block in composer.blocks
        if block.get("element", {}).get("initial_value")
    ]
    before = len(story.received())
    assert await story.submits() == {}
    await story.sent()
    assert story.received()[before:] == [suggested]


async def test_i_stop_automatic_messages_to_a_customer(story):
    await story.writes()
    await story.claims()
    await story.chooses("block")
    before = len(story.received())
    await story.writes("faq/delivery_times 0.97")
    assert len(story.received()) == before
    await story.replies("It is quiet.")
    assert story.received()[before:] == ["It is quiet."]


async def test_i_look_at_what_the_customer_wrote_before(story):
    await story.writes("product_question 0.9 does it whistle")
    await story.claims()
    await story.resolves()
    await story.passes(timedelta(days=8))
    await story.writes()
    cards = story.all_cards()
    await story.anna.click(cards[-1], "case_more", "history")
    await story.desk.done()
    assert "does it whistle" in str((await story.anna.view()).body)
