"""What agents tell of a case in Slack, from the customer's words to the last click."""

from __future__ import annotations

from datetime import timedelta

from bot.channels.simulator import Fault
from bot.model.timer import first_answer_due
from tests.builders import POLICY
from tests.integration.slack_cards import words_of
from tests.slack_line import CHANNEL


async def test_the_network_refused_my_reply_and_i_sent_it_again(story):
    await story.writes()
    await story.claims()
    story.network.faults.set(Fault.REFUSE)
    await story.replies("It is quiet.")
    assert story.received().count("It is quiet.") == 0
    (refused,) = [line for line in story.lines if "reply_retry" in line.action_ids]
    assert "refused" in words_of(refused)
    await story.anna.click(refused, "reply_retry")
    await story.sent()
    assert story.received().count("It is quiet.") == 1
    assert "delivered" in next(t for t in reversed(story.thread) if "quiet" in t)


async def test_what_the_customer_edits_and_deletes_is_marked_where_it_stood(story):
    await story.writes()
    edited = await story.writes("product_question 0.9 does it whistle")
    gone = await story.writes("product_question 0.9 here is my secret")
    before = len(story.thread)
    story.network.edit(edited, "product_question 0.9 does it sing")
    story.network.delete(gone)
    await story.shown()
    assert len(story.thread) == before
    assert sum("edited" in t and "does it sing" in t for t in story.thread) == 1
    assert sum("deleted" in t for t in story.thread) == 1
    seen = " ".join([*story.thread, story.says])
    assert "secret" not in seen
    assert "whistle" not in seen


async def test_thanks_leaves_my_resolved_card_alone_and_a_real_message_calls_me(story):
    await story.writes()
    await story.claims()
    await story.replies("It is quiet.")
    await story.resolves()
    assert "resolved" in story.says
    await story.writes("thanks 0.95")
    assert "resolved" in story.says
    assert story.pings == []
    await story.passes(timedelta(minutes=1))
    await story.writes("product_question 0.9 it is loud after all")
    assert "resolved" not in story.says
    assert "loud after all" in story.says
    assert story.pings == ["reopened"]


async def test_i_am_called_before_my_answer_is_late_and_only_i(story):
    await story.writes()
    case = (await story.desk.relay.open_cases()).views[0].case
    await story.claims()
    due = first_answer_due(case, POLICY.service)
    warned = due - story.clock.now() - timedelta(minutes=9)
    while warned > timedelta():
        step = min(warned, timedelta(minutes=20))
        note = "still at it"  # a sign of life: the case stays with its assignee
        await story.anna.type(CHANNEL, note, thread_ts=story.card.ts)
        await story.shown()
        await story.passes(step)
        warned -= step
    near = [
        line
        for line in story.slack.thread(CHANNEL, story.card.ts)
        if ":sla_near:" in (line.our_id or "")
    ]
    assert len(near) == 1
    assert f"<@{story.anna.id}>" in near[0].text
    assert not near[0].broadcast


async def test_the_card_says_that_a_public_case_went_on_in_private(story):
    await story.posts()
    assert "In public on Simulator" in story.says
    assert "began" not in story.says
    await story.writes("product_question 0.9 it is the red one")
    says = story.says
    assert "In a direct message on Simulator" in says
    assert "began in public" in says
