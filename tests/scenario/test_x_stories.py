"""What customers on X and agents live through, in their words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import TemporaryFailure
from bot.model.event import Outcome
from bot.model.message import MessageId
from tests.scenario.x_story import ANN, BRAND, XStory, x_story

LATE = timedelta(minutes=4)
QUESTION = "how much is delivery?"


@pytest.fixture
async def story(tmp_path, loaded_model) -> AsyncIterator[XStory]:
    async with x_story(tmp_path, loaded_model) as made:
        yield made
        assert made.x.violations == []
        found = await made.audit()
        assert found.clean, found.findings
        assert (await made.outcomes()).adds_up


async def test_i_ask_in_a_post_and_read_the_answer_below_it(story):
    asked = story.post("mia", QUESTION)
    await story.later()
    (answer,) = story.x.person("mia").answers_to(asked)
    assert "£" in answer.text
    assert await story.cases() == []


async def test_i_ask_in_private_and_learn_that_a_bot_speaks(story):
    story.direct("mia", "how do I return a chair?")
    await story.later()
    (answer,) = story.new("mia")
    assert "automated" in answer
    assert "privacy" in answer


async def test_what_the_bot_does_not_know_an_agent_answers_below_my_post(story):
    asked = story.post("mia", "is the kettle loud?")
    await story.later()
    (told,) = story.new("mia")
    view = await story.case()
    assert view.case.handle == "mia"
    await story.reply(view, "About as loud as rain, Mia.")
    await story.later()
    (_, answer) = story.x.person("mia").answers_to(asked)
    assert "loud as rain" in answer.text
    assert told not in answer.text


async def test_a_question_under_somebody_elses_post_is_understood_with_it(story):
    other = story.person("press").post("Fernhollow now delivers to Norway!")
    story.post("mia", "is that true?", reply_to=other)
    await story.later()
    view = await story.case()
    (post,) = [r for r in view.records if r.context]
    assert "Norway" in post.context[0].text


async def test_while_x_is_away_nothing_is_lost_and_nothing_said_twice(story):
    story.post("mia", QUESTION)
    story.x.faults.fail(times=None)
    await story.later(minutes=5)
    assert story.troubles
    story.x.faults.clear()
    await story.later(minutes=5)
    assert len(story.new("mia")) == 1


async def test_after_too_many_requests_everything_waits_as_x_says(story):
    story.x.faults.limit("GET /2/users/:id/mentions", headers=False)
    story.post("mia", QUESTION)
    await story.later(minutes=5)
    assert story.new("mia") == []
    await story.later(minutes=20)
    assert len(story.new("mia")) == 1


async def test_a_post_that_x_shows_late_is_found_all_the_same(story):
    mia = story.person("mia")
    await story.later(minutes=2)
    late = mia.post(f"@{BRAND} {QUESTION}")
    late.shown_from = story.clock.now() + LATE
    story.post("bob", QUESTION)  # newer, and seen first
    await story.later(minutes=10)
    assert len(story.new("bob")) == 1
    assert len(story.new("mia")) == 1


@pytest.mark.parametrize("after", [True, False], ids=["it went out", "it did not"])
async def test_an_answer_of_x_that_is_lost_doubles_nothing(story, after):
    asked = story.post("mia", QUESTION)
    story.x.faults.fail("POST /2/tweets", after=after)
    await story.later(minutes=10)
    assert len(story.person("mia").answers_to(asked)) == 1


async def test_a_lost_answer_to_a_direct_message_doubles_nothing(story):
    story.direct("mia", "how do I return a chair?")
    story.x.faults.lose_answer("POST /2/dm_conversations/with/:participant_id/messages")
    await story.later(minutes=10)
    assert len(story.new("mia")) == 1


async def test_what_i_delete_before_it_is_read_is_answered_by_nobody(story):
    await story.later(minutes=1)
    asked = story.post("mia", QUESTION)
    story.person("mia").delete(asked)
    await story.later()
    assert story.received("mia") == []


async def test_when_i_say_stop_i_get_one_confirmation_and_then_silence(story):
    story.direct("mia", "stop messaging me")
    await story.later()
    assert len(story.new("mia")) == 1
    story.direct("mia", QUESTION)
    await story.later()
    assert story.new("mia") == []
    assert len(await story.cases()) == 1


async def test_sixteen_people_in_private_all_get_an_answer_within_the_limit(story):
    names = [f"guest{number}" for number in range(16)]
    for name in names:
        story.direct(name, "how do I return a chair?")
    await story.later(minutes=5)
    served = [name for name in names if story.received(name)]
    assert 0 < len(served) <= 15
    await story.later(minutes=20)
    assert all(story.received(name) for name in names)


async def test_when_the_credit_is_gone_everybody_hears_after_it_is_back(story):
    story.x.credit.left = 0
    story.post("mia", QUESTION)
    await story.later(minutes=5)
    with pytest.raises(TemporaryFailure, match="credit"):
        await story.line.x.health()
    story.x.credit.left = None
    await story.later(minutes=5)
    assert await story.line.x.health() == 0
    assert len(story.new("mia")) == 1
    assert (await story.outcomes()).totals[Outcome.ANSWERED] == 1


async def test_when_i_ask_to_be_forgotten_only_x_still_has_my_words(story, tmp_path):
    story.post("mia", "is the Wolkenschaf kettle loud?")
    await story.later()
    await story.reply(await story.case(), "About as loud as a Nebelkerze, Mia.")
    await story.later()
    customer = (await story.case()).case.customer
    forgetting, now = story.line.store.forgetting, story.clock.now()
    cases = [view.case.id for view in await story.cases()]
    done = await forgetting.forget(customer, cases, by="ann", now=now)
    assert done.unfinished == 0
    assert await forgetting.rewrite(now=now) == ""
    files = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    content = b"\n".join(path.read_bytes() for path in files)
    assert not [w for w in (b"Wolkenschaf", b"Nebelkerze", b"mia") if w in content]
    await story.later(minutes=30)  # X shows the same posts again: they are known
    content = b"\n".join(path.read_bytes() for path in files if path.exists())
    assert b"Wolkenschaf" not in content


async def test_what_an_agent_hides_below_our_post_is_hidden_on_x(story):
    ours = story.x.brand.post("Our new kettle is here!")
    rude = story.person("mia").post("is the kettle loud? buy coins", reply_to=ours)
    await story.later()
    view = await story.case()
    message = MessageId(rude.id)
    await story.line.relay.hide(view.case.id, ANN, message, key="h1")
    assert rude.hidden
    (told,) = [one for one in (await story.case()).records if one.id == rude.id]
    assert told.hidden_by == ANN
    await story.line.relay.hide(view.case.id, ANN, message, hidden=False, key="h2")
    assert not rude.hidden
