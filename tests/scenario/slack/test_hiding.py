"""What agents tell of hiding a public reply from the network's readers."""

from __future__ import annotations

import pytest

from bot.channels.simulator import Fault
from tests.scenario.slack.story import ODD
from tests.slack_double.errors import CannotDo


async def rude_reply(story, text: str = ODD) -> str:
    ours = story.network.brand_post("Our new kettle is here!")
    said = story.network.post("carol", text, in_reply_to=ours)
    await story.shown()
    return said


def is_hidden(story, message: str) -> bool:
    return any(one.hidden for one in story.network.timeline() if one.id == message)


async def test_i_hide_a_reply_below_our_post_and_everybody_sees_that_i_did(story):
    rude = await rude_reply(story)
    await story.chooses("hide")
    assert is_hidden(story, rude)
    assert "hidden by" in story.line("is the kettle loud")
    assert story.anna.id in story.line("is the kettle loud")
    assert "unclaimed" in story.says  # it is no answer


async def test_i_show_it_again_and_the_line_says_nothing_more_of_it(story):
    rude = await rude_reply(story)
    await story.chooses("hide")
    view = await story.opens("case_more", "hide", who=story.ben)
    assert "Show again" in str(view.body)
    assert await story.submits(story.ben) == {}
    assert not is_hidden(story, rude)
    assert "hidden by" not in story.line("is the kettle loud")


async def test_of_several_replies_i_choose_which(story):
    first = await rude_reply(story, f"{ODD} or not")
    second = await rude_reply(story)
    await story.chooses("hide", message=f"hide:{first}")
    assert (is_hidden(story, first), is_hidden(story, second)) == (True, False)
    view = await story.opens("case_more", "hide")
    assert "Hide or show again" in str(view.body)


async def test_it_is_offered_only_where_it_can_be_done(story):
    await story.posts()
    with pytest.raises(CannotDo):
        await story.opens("case_more", "hide")


async def test_i_read_in_the_dialogue_why_it_did_not_work(story):
    rude = await rude_reply(story)
    await story.opens("case_more", "hide")
    story.network.faults.set(Fault.NETWORK_DOWN)
    assert await story.submits() == {
        "message": "The network is down: please try again later."
    }
    assert not is_hidden(story, rude)
    assert "hidden by" not in story.line("is the kettle loud")
