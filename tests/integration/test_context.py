"""Messages with posts around them, and messages that nobody wrote to us."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.flow.outcomes import count_outcomes
from bot.model.event import Outcome
from bot.model.message import (
    MAX_CONTEXT,
    MAX_CONTEXT_TEXT,
    ContextPost,
    Deleted,
    Message,
    Nature,
    Relation,
)
from bot.model.reason import Reason
from tests.builders import ALICE, NOON, message
from tests.first_line import FirstLine, on_simulator

ABOVE = ContextPost(
    relation=Relation.REPLIED_TO,
    handle="bob",
    text="my sofa came without legs",
    at=NOON - timedelta(hours=1),
    link="https://net.example/bob/1",
)


class Carried(SimulatorChannel):
    """The simulated network, with what a test puts beside its messages."""

    carried: tuple[Message, ...] = ()

    async def messages(self, *, after):
        for count, one in enumerate(self.carried, 1):
            if after is None or count > int(after):
                yield str(count), one


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return on_simulator(redis, tmp_path, network=Carried)


async def records_after(line: FirstLine, *messages: Message):
    line.channel.carried = messages
    await line.settle()
    return await line.cases.records(ALICE)


async def test_the_posts_around_a_message_stand_in_its_transcript(line):
    (record, *_) = await records_after(line, replace(message(), context=(ABOVE,)))
    assert record.context == (ABOVE,)
    assert record.nature is Nature.WRITTEN


async def test_only_the_nearest_posts_are_kept_and_none_without_end(line):
    long = replace(ABOVE, text="x" * 5000)
    many = (ABOVE, *[long] * 20)
    (record, *_) = await records_after(line, replace(message(), context=many))
    assert record.context[0] == ABOVE
    assert len(record.context) == MAX_CONTEXT
    assert {len(post.text) for post in record.context[1:]} == {MAX_CONTEXT_TEXT}


async def test_the_posts_around_a_message_go_with_its_text(line, redis):
    await records_after(line, replace(message(), context=(ABOVE,)))
    gone = Deleted(channel=line.channel.name, id=message().id, customer=ALICE, at=NOON)
    await line.inbox.amend([gone], now=NOON)
    (record, *_) = await line.cases.records(ALICE)
    assert (record.text, record.context) == ("", ())


async def test_a_message_deleted_before_it_was_read_loses_its_context_too(line):
    one = replace(message(), context=(ABOVE,))
    gone = Deleted(channel=one.channel, id=one.id, customer=ALICE, at=NOON)
    assert one.amended(gone).context == ()


async def test_a_message_deleted_before_it_came_brings_nothing_around_it(line, redis):
    one = replace(message(), context=(ABOVE,))
    gone = Deleted(channel=one.channel, id=one.id, customer=ALICE, at=NOON)
    await line.inbox.amend([gone], now=NOON)
    (record,) = await records_after(line, one)
    assert (record.deleted_at, record.text, record.context) == (NOON, "", ())
    kept = [await redis.lrange(key, 0, -1) for key in await redis.keys("*history*")]
    assert kept
    assert ABOVE.text not in str(kept)


async def test_a_repost_is_not_read_together_with_what_its_author_wrote(line):
    repost = message("faq/stores 0.9", id="m1", nature=Nature.REPOST)
    question = message("faq/delivery_cost 0.9", id="m2")
    first, *_ = await records_after(line, repost, question)
    assert first.reason == Reason.REPOST
    assert line.readings.batches[0] == [repost.text, question.text]
    assert (await count_outcomes(line.events)).totals[Outcome.IGNORED] == 1


async def test_an_unreadable_message_is_a_case_with_the_customers_handle(line):
    sealed = message("", private=True, nature=Nature.ENCRYPTED)
    (record, *rest) = await records_after(line, sealed)
    (case,) = await line.cases.active()
    assert (case.handle, case.reason) == ("alice", Reason.ENCRYPTED)
    assert not case.acknowledged
    assert (record.nature, rest) == (Nature.ENCRYPTED, [])
