"""The review queue as trainers see it, on a queue in memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.clock import ManualClock
from bot.errors import InputError, StoreUnavailable
from bot.flow.review_queue import FRESH, SHOWN, ReviewQueue
from bot.model.review import Cause, ReviewId, ReviewItem, ReviewState
from tests.builders import ALICE, NOON
from tests.contract.fake_reviews import FakeReviews
from tests.unit.test_teaching import item


class Watched(FakeReviews):
    """Counts how often all items are read; may fail, or let others go first."""

    reads = 0
    away = False
    read: asyncio.Event | None = None  # set when they were read
    meanwhile: asyncio.Event | None = None  # until then nobody gets them

    async def open(self) -> list[ReviewItem]:
        self.reads += 1
        if self.away:
            raise StoreUnavailable("gone")
        found = await super().open()
        if self.read is not None and self.meanwhile is not None:
            self.read.set()
            await self.meanwhile.wait()
        return found


@pytest.fixture
def reviews() -> Watched:
    return Watched()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def queue(reviews, clock) -> ReviewQueue:
    return ReviewQueue(reviews, clock=clock)


async def add(reviews: FakeReviews, *items: ReviewItem) -> None:
    for one in items:
        _, version = await reviews.transcript(ALICE)
        assert await reviews.add(one, version=version)


async def test_a_page_shows_a_few_of_each_group_and_counts_all(queue, reviews):
    many = [item(number, group=1) for number in range(1, SHOWN + 4)]
    await add(reviews, *many, item(50, Cause.CORRECTED), item(60))
    page = await queue.page(limit=2)
    assert [(len(group.items), group.size) for group in page.groups] == [
        (SHOWN, SHOWN + 3),
        (1, 1),
    ]
    assert (page.total, page.waiting) == (3, SHOWN + 5)
    rest = await queue.page(offset=2)
    assert [group.id for group in rest.groups] == [item(60).id]


async def test_only_the_groups_in_which_an_item_has_the_cause_are_shown(queue, reviews):
    """Also if that item is not among the few that are shown."""
    surer = [item(number, Cause.CORRECTED, group=1) for number in range(1, SHOWN + 2)]
    await add(reviews, *surer, item(40, Cause.REJECTED, group=1), item(50))
    page = await queue.page(cause=Cause.REJECTED)
    assert [group.id for group in page.groups] == [item(1).id]
    assert (page.total, page.waiting) == (1, SHOWN + 3)


async def test_a_group_is_found_by_any_of_its_items_with_all_of_them(queue, reviews):
    many = [item(number, group=1) for number in range(1, SHOWN + 4)]
    await add(reviews, *many)
    for id_ in (many[0].id, many[-1].id):
        assert len((await queue.group(id_)).items) == SHOWN + 3
    with pytest.raises(InputError, match="any more"):
        await queue.group(ReviewId("R-s00-404"))


async def test_each_cause_is_counted_also_where_an_item_has_several(queue, reviews):
    await add(reviews, item(1, Cause.UNSURE, Cause.CORRECTED), item(2))
    counts = await queue.counts()
    assert (counts[Cause.UNSURE], counts[Cause.CORRECTED]) == (2, 1)
    assert set(counts) == set(Cause)


async def test_what_is_closed_says_by_whom_and_for_which_change(queue, reviews):
    await add(reviews, item(1), item(2))
    (settled,) = await queue.settle([item(1).id], by="tess", label="greet", change="c1")
    (dismissed,) = await queue.dismiss([item(2).id], by="ben")
    told = settled.settlement
    assert (told.state, told.at, told.by) == (ReviewState.SETTLED, NOON, "tess")
    assert (told.label, told.change) == ("greet", "c1")
    assert replace(dismissed, settlement=None) == item(2)
    assert dismissed.state is ReviewState.DISMISSED


async def test_one_view_reads_all_items_once_and_the_next_one_anew(
    queue, reviews, clock
):
    await queue.page()
    await queue.topics()
    await queue.counts()
    assert reviews.reads == 1
    clock.advance(FRESH.total_seconds())
    await queue.page()
    assert reviews.reads == 2


async def test_what_was_closed_is_not_shown_again(queue, reviews):
    await add(reviews, item(1))
    assert (await queue.page()).waiting == 1
    await queue.dismiss([item(1).id], by="tess")
    assert (await queue.page()).waiting == 0
    await queue.reopen([item(1).id], by="tess")
    assert (await queue.page()).waiting == 1


async def test_what_was_closed_while_the_queue_was_read_is_not_shown_again(
    queue, reviews
):
    await add(reviews, item(1))
    reviews.read, reviews.meanwhile = asyncio.Event(), asyncio.Event()
    reading = asyncio.create_task(queue.page())
    await reviews.read.wait()
    await queue.dismiss([item(1).id], by="tess")
    reviews.meanwhile.set()
    assert (await reading).waiting == 1  # as it was when it was asked for
    assert (await queue.page()).waiting == 0


async def test_what_could_not_be_read_is_not_remembered_as_read(queue, reviews):
    await queue.page()
    await add(reviews, item(1))
    await queue.dismiss([], by="tess")
    reviews.away = True
    with pytest.raises(StoreUnavailable):
        await queue.page()
    reviews.away = False
    assert (await queue.page()).waiting == 1
