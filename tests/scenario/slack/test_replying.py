"""What agents tell of answering: the composer, the thread, and who may speak."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.simulator import Fault
from bot.model.agent import Agent, Signature
from bot.model.case import AgentId
from tests.builders import POLICY


async def test_the_composer_counts_warns_and_sends_and_i_see_that_it_arrived(story):
    await story.posts()
    await story.claims()
    view = await story.opens("case_reply")
    await story.anna.click(view, "text", "Write to me at anna@fernhollow.example")
    await story.desk.done()
    assert "38 of 280" in str((await story.anna.view()).body)
    errors = await story.submits(text="Write to me at anna@fernhollow.example")
    assert list(errors) == ["text"]
    before = len(story.received())
    assert await story.submits(text="It hums quietly.") == {}
    await story.sent()
    assert story.received()[before:] == ["It hums quietly."]
    assert "delivered" in story.line("It hums quietly.")
    assert "waiting for the customer" in story.says


async def test_i_take_back_what_i_wrote_too_fast(story):
    await story.writes()
    await story.claims()
    before = len(story.received())
    await story.opens("case_reply")
    assert await story.anna.submit({"text": "Oops"}) == {}
    await story.desk.done()
    await story.cards.show()
    assert "waiting to be sent" in story.line("Oops")
    (line,) = [line for line in story.lines if "reply_undo" in line.action_ids]
    await story.anna.click(line, "reply_undo")
    await story.sent()
    assert len(story.received()) == before
    assert "taken back" in story.line("Oops")
    assert f"with {story.anna.id}" in story.says


async def test_notes_never_leave_and_replies_are_said_once(story):
    await story.writes()
    await story.claims()
    before = len(story.received())
    await story.types("be careful, he was rude last time")
    await story.types("> reply: quoted is not said")
    assert len(story.received()) == before
    story.slack.faults.double_events(11, new_ids=True)
    await story.replies("It is quiet.")
    assert story.received()[before:] == ["It is quiet."]


async def test_only_whoever_has_the_case_speaks(story):
    await story.writes()
    await story.claims()
    before = len(story.received())
    await story.replies("I know better", who=story.ben)
    assert len(story.received()) == before
    (asked,) = story.told(story.ben)
    assert "Not sent" in asked.text
    await story.ben.click(asked, "take_over")
    await story.sent()
    assert story.received()[before:] == ["I know better"]
    assert f"{story.ben.id} answered" in story.says


async def test_the_customer_wrote_while_i_did_and_my_draft_waits(story):
    await story.writes()
    await story.claims()
    await story.opens("case_reply")
    await story.writes("product_question 0.9 never mind, is it blue")
    before = len(story.received())
    await story.anna.submit({"text": "It is quiet."})
    assert "has written since" in str((await story.anna.view()).body)
    assert len(story.received()) == before
    assert await story.submits(text="It is quiet, and blue.") == {}
    await story.sent()
    assert story.received()[before:] == ["It is quiet, and blue."]


async def test_my_initials_stand_below_what_i_say_in_public(story):
    anna = AgentId("anna")
    me = Agent(id=anna, name="Anna Bell", initials="AB", slack=story.anna.id)
    signs = replace(POLICY.desk, signature=Signature.INITIALS)
    story.follow(replace(POLICY, agents={anna: me}, desk=signs))
    await story.posts()
    await story.claims()
    await story.replies("It is quiet.")
    assert story.received()[-1] == "It is quiet. ^AB"


async def test_what_may_have_arrived_is_not_repeated_behind_my_back(story):
    await story.writes()
    await story.claims()
    story.network.faults.set(Fault.LOSE_ANSWER)
    await story.replies("It is quiet.")
    await story.sent()
    await story.passes(POLICY.burst * 5)
    assert story.received().count("It is quiet.") == 1
