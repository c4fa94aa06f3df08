"""What every keeper of the review queue promises; see bot.ports.reviews."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest

from bot.channels.simulator import SimulatorChannel
from bot.clock import ManualClock
from bot.errors import InputError
from bot.model.event import Outcome
from bot.model.message import Deleted, Edited, MessageId, ThreadId, Visibility
from bot.model.network_rules import ExampleUse
from bot.model.reading import Request
from bot.model.record import Author, Record
from bot.model.review import (
    Cause,
    Finding,
    ReviewId,
    ReviewItem,
    ReviewState,
    Settlement,
)
from bot.ports import Reviews
from bot.store.forgetting import RedisForgetting
from tests.builders import ALICE, CHANNEL, NOON, POLICY, reading
from tests.contract.fake_reviews import FakeReviews
from tests.first_line import FirstLine

SOON, LATER = NOON + timedelta(minutes=5), NOON + timedelta(hours=1)
SETTLED = Settlement(
    state=ReviewState.SETTLED, at=SOON, by="tess", label="greet", change="c1"
)
DISMISSED = Settlement(state=ReviewState.DISMISSED, at=LATER, by="ben")


class Words(Protocol):
    """What ALICE does to what she wrote, and the queue under test."""

    reviews: Reviews

    async def write(self, text: str) -> MessageId: ...
    async def edit(self, message: MessageId, text: str) -> None: ...
    async def delete(self, message: MessageId) -> None: ...
    async def forget(self) -> None: ...


class InMemory:
    """The fake: what she does goes straight to it."""

    def __init__(self) -> None:
        self.reviews, self._count = FakeReviews(), 0

    async def write(self, text: str) -> MessageId:
        self._count += 1
        id_ = MessageId(f"m{self._count}")
        record = Record(
            id=id_,
            at=NOON,
            author=Author.CUSTOMER,
            thread=ThreadId("t"),
            visibility=Visibility.PRIVATE,
            text=text,
            reading=reading("greet"),
            outcome=Outcome.HANDED_OFF,
        )
        self.reviews.writes(ALICE, record)
        return id_

    async def edit(self, message: MessageId, text: str) -> None:
        notice = Edited(channel=CHANNEL, id=message, customer=ALICE, text=text, at=SOON)
        self.reviews.edits(ALICE, notice)

    async def delete(self, message: MessageId) -> None:
        notice = Deleted(channel=CHANNEL, id=message, customer=ALICE, at=SOON)
        self.reviews.deletes(ALICE, notice)

    async def forget(self) -> None:
        self.reviews.forgets(ALICE)


class OnRedis:
    """The store: what she does comes through a network and the whole line."""

    def __init__(self, redis, tmp_path) -> None:
        clock = ManualClock(NOON)
        channel = SimulatorChannel(
            tmp_path / "net.db", brand_handle=POLICY.handle, clock=clock
        )
        self._redis, self._network = redis, channel.network
        self._line = FirstLine(redis, channel, clock)
        self.reviews = self._line.reviews

    async def write(self, text: str) -> MessageId:
        id_ = self._network.direct("alice", text)
        await self._line.settle()
        return MessageId(id_)

    async def edit(self, message: MessageId, text: str) -> None:
        self._line.clock.advance(1)
        self._network.edit(message, text)
        await self._line.intake.step()

    async def delete(self, message: MessageId) -> None:
        self._network.delete(message)
        await self._line.intake.step()

    async def forget(self) -> None:
        now = self._line.clock.now()
        await RedisForgetting(self._redis).forget(ALICE, [], by="ann", now=now)


@pytest.fixture(params=["in memory", "on redis"])
def words(request, tmp_path) -> Words:
    if request.param == "in memory":
        return InMemory()
    return OnRedis(request.getfixturevalue("redis"), tmp_path)


def item_of(words: Words, message: MessageId, **changes: object) -> ReviewItem:
    id_ = words.reviews.id_of(ALICE, message)
    made = ReviewItem(
        id=id_,
        channel=CHANNEL,
        message=message,
        customer=ALICE,
        thread=ThreadId("t"),
        visibility=Visibility.PRIVATE,
        text="some <name> words",
        sent_at=NOON,
        added_at=NOON,
        findings=(Finding(cause=Cause.UNSURE, at=NOON),),
        label="greet",
        confidence=0.25,
        alternatives=(Request("thanks", 0.5),),
        ours=0.75,
        known_words=0.5,
        group=id_,
        examples=ExampleUse.WITH_CONSENT,
    )
    return replace(made, **changes)


async def added(words: Words, text: str = "words", **changes: object) -> ReviewItem:
    """Let ALICE write, and keep an item of it."""
    item = item_of(words, await words.write(text), **changes)
    assert await add(words, item)
    return item


async def add(words: Words, item: ReviewItem) -> bool:
    _, version = await words.reviews.transcript(ALICE)
    return await words.reviews.add(item, version=version)


async def everything(words: Words) -> list[object]:
    """Return all that anybody can see of the queue."""
    reviews = words.reviews
    waiting = await reviews.edited(ALICE)
    return [await reviews.listed(), await reviews.of_customer(ALICE), dict(waiting)]


# -- ids and words ---------------------------------------------------------------------


async def test_the_id_follows_from_who_wrote_which_message(words):
    first = words.reviews.id_of(ALICE, MessageId("m1"))
    assert first == words.reviews.id_of(ALICE, MessageId("m1"))
    assert first != words.reviews.id_of(ALICE, MessageId("m2"))


async def test_a_transcript_has_its_lines_oldest_first_and_another_version_when_changed(
    words,
):
    ids = [await words.write(text) for text in ("one", "two")]
    records, version = await words.reviews.transcript(ALICE)
    theirs = [one for one in records if one.author is Author.CUSTOMER]
    assert [(one.id, one.text) for one in theirs] == list(
        zip(ids, ("one", "two"), strict=True)
    )
    versions = [version]
    for change in (words.edit(ids[0], "1"), words.delete(ids[1]), words.forget()):
        await change
        versions.append((await words.reviews.transcript(ALICE))[1])
    assert len(set(versions)) == len(versions)


# -- what is kept ----------------------------------------------------------------------


async def test_an_item_is_kept_as_it_is_and_found_in_every_way(words):
    message = await words.write("one")
    item = item_of(
        words,
        await words.write("two"),
        findings=(
            Finding(cause=Cause.UNSURE, at=NOON),
            Finding(cause=Cause.CORRECTED, at=SOON, label="thanks", by="ann"),
        ),
        burst=(message,),
    )
    assert await add(words, item)
    assert await words.reviews.get(item.id) == item
    assert await words.reviews.open() == [item]
    assert await words.reviews.of_customer(ALICE) == [item]
    assert await words.reviews.listed() == [item.id]
    assert await words.reviews.edited(ALICE) == {}


async def test_adding_again_changes_nothing(words):
    item = await added(words)
    before = await everything(words)
    assert await add(words, item)
    assert await everything(words) == before


async def test_what_is_found_later_joins_what_is_kept(words):
    item = await added(words)
    again = Finding(cause=Cause.ASKED_AGAIN, at=SOON)
    later = replace(
        item, findings=(again,), text="others", label="thanks", group=ReviewId("R")
    )
    assert await add(words, later)
    both = replace(item, findings=(*item.findings, again))
    assert await words.reviews.open() == [both]
    newer = Finding(cause=Cause.UNSURE, at=LATER)
    assert await add(words, replace(item, findings=(newer,)))
    assert (await words.reviews.get(item.id)).findings == (again, newer)


async def test_what_is_open_and_what_is_listed_come_oldest_first(words):
    times = (LATER, NOON, SOON)
    late, early, middle = [await added(words, added_at=at) for at in times]
    assert await words.reviews.open() == [early, middle, late]
    assert await words.reviews.listed() == [early.id, middle.id, late.id]
    assert await words.reviews.listed(before=LATER) == [early.id, middle.id]
    assert await words.reviews.listed(before=NOON) == []


async def test_what_was_made_of_older_words_is_not_kept(words):
    first, second = [await words.write(text) for text in ("one", "two")]
    item = item_of(words, first)
    for change in (words.edit(first, "1"), words.delete(second), words.forget()):
        _, version = await words.reviews.transcript(ALICE)
        await change
        assert not await words.reviews.add(item, version=version)
        assert await everything(words) == [[], [], {}]


# -- what customers do to their words --------------------------------------------------


async def test_an_edit_takes_the_text_until_it_comes_again(words):
    item, other = await added(words), await added(words, added_at=SOON)
    await words.edit(item.message, "new")
    assert await words.reviews.open() == [other]
    assert await words.reviews.of_customer(ALICE) == [other]
    assert await words.reviews.edited(ALICE) == {item.message: item.findings}
    assert await words.reviews.listed() == [item.id, other.id]
    with pytest.raises(InputError):
        await words.reviews.get(item.id)
    new = replace(item, text="new", label="thanks", confidence=0.5, group=other.id)
    assert await add(words, new)
    assert await words.reviews.open() == [new, other]
    assert await words.reviews.edited(ALICE) == {}


async def test_an_edit_opens_what_was_closed(words):
    item = await added(words)
    await words.reviews.close([item.id], SETTLED)
    await words.edit(item.message, "new")
    assert await words.reviews.edited(ALICE) == {item.message: item.findings}
    assert await add(words, item)
    assert await words.reviews.open() == [item]


async def test_what_has_no_text_cannot_be_closed(words):
    item = await added(words)
    await words.edit(item.message, "new")
    assert await words.reviews.close([item.id], SETTLED) == []
    assert await words.reviews.reopen([item.id], by="tess", now=SOON) == []
    assert await add(words, item)
    assert await words.reviews.open() == [item]


@pytest.mark.parametrize("which", ["message", "burst"])
async def test_what_its_author_deletes_goes_at_once(words, which):
    part = await words.write("one")
    item, other = await added(words, burst=(part,)), await added(words)
    await words.delete(item.message if which == "message" else part)
    assert await everything(words) == [[other.id], [other], {}]


async def test_an_edit_of_what_was_read_with_it_takes_the_text_as_well(words):
    part = await words.write("one")
    item = await added(words, burst=(part,))
    await words.edit(part, "1")
    assert await words.reviews.edited(ALICE) == {item.message: item.findings}


async def test_whoever_is_forgotten_is_in_no_queue(words):
    closed, edited, _ = await added(words), await added(words), await added(words)
    await words.reviews.close([closed.id], SETTLED)
    await words.edit(edited.message, "new")
    await words.forget()
    assert await everything(words) == [[], [], {}]


# -- what trainers do ------------------------------------------------------------------


async def test_whoever_is_first_has_closed_it(words):
    item = await added(words)
    settled = replace(item, settlement=SETTLED)
    assert await words.reviews.close([item.id], SETTLED) == [settled]
    assert await words.reviews.close([item.id], DISMISSED) == [settled]
    assert await words.reviews.get(item.id) == settled
    assert await words.reviews.of_customer(ALICE) == [settled]
    assert await words.reviews.open() == []
    assert await words.reviews.listed() == [item.id]


async def test_what_is_found_later_does_not_open_what_was_closed(words):
    item = await added(words)
    await words.reviews.close([item.id], DISMISSED)
    before = await everything(words)
    later = Finding(cause=Cause.ASKED_AGAIN, at=LATER)
    assert await add(words, replace(item, findings=(later,)))
    assert await everything(words) == before


async def test_closing_is_taken_back_and_may_be_done_again(words):
    item = await added(words)
    await words.reviews.close([item.id], SETTLED)
    for _ in range(2):
        assert await words.reviews.reopen([item.id], by="ben", now=LATER) == [item]
    assert await words.reviews.open() == [item]
    (closed,) = await words.reviews.close([item.id], DISMISSED)
    assert closed.settlement == DISMISSED


async def test_of_several_those_that_are_there_are_closed_in_the_order_asked_for(words):
    one, two, other = [await added(words) for _ in range(3)]
    gone = words.reviews.id_of(ALICE, MessageId("404"))
    closed = await words.reviews.close([two.id, gone, one.id], SETTLED)
    assert [item.id for item in closed] == [two.id, one.id]
    assert await words.reviews.open() == [other]


async def test_what_is_dropped_is_gone_and_may_come_again(words):
    part = await words.write("one")
    item, other = await added(words, burst=(part,)), await added(words)
    await words.reviews.close([item.id], SETTLED)
    gone = words.reviews.id_of(ALICE, MessageId("404"))
    for _ in range(2):
        await words.reviews.drop({item.id, gone})
        assert await everything(words) == [[other.id], [other], {}]
    await words.edit(part, "1")
    assert await everything(words) == [[other.id], [other], {}]
    assert await add(words, item)
    assert await words.reviews.get(item.id) == item


@pytest.mark.parametrize("id_", ["R-s00-000000000000", "R-s99-000000000000", "x"])
async def test_what_is_not_there_is_said_not_to_be(words, id_):
    with pytest.raises(InputError):
        await words.reviews.get(ReviewId(id_))
