"""What every book of cards promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import to_ms
from bot.ports.chat import CardBook, OwnId, Page, Place, Posted, Posting, Shown
from bot.store import keys
from bot.store.cards import RedisCardBook
from tests.builders import NOON

C, OTHER, INCIDENT = Shown("C-1000"), Shown("C-1001"), Shown("I-17")
CARD, LINE, PING = (
    OwnId("card:C-1000:1"),
    OwnId("line:C-1000:1:simulator:m1:say"),
    OwnId("ping:C-1000:unclaimed:5"),
)
HERE, THERE = Place("T1", "C0CARE", "17.0001"), Place("T1", "C0LEGAL", "17.0002")
SOON = NOON + timedelta(seconds=1)
POSTING = Posting(CARD, "C0CARE", "", "d1", NOON)


@pytest.fixture
def book(redis) -> CardBook:
    return RedisCardBook(redis)


async def a_card(book, number=1, place=HERE, digest="d1"):
    return await book.keep_card(C, number, place, digest, begins=NOON, now=NOON)


# -- what is not up to date ------------------------------------------------------


async def test_what_is_marked_comes_back_the_most_pressing_first(book):
    await book.mark({C: SOON, INCIDENT: NOON, OTHER: NOON - timedelta(hours=1)})
    assert [one.shown for one in await book.dirty(limit=10)] == [OTHER, INCIDENT, C]
    assert [one.shown for one in await book.dirty(limit=1)] == [OTHER]


async def test_a_thing_that_changes_again_keeps_its_place_and_moves_only_forward(book):
    await book.mark({C: NOON, OTHER: SOON})
    await book.mark({C: SOON + timedelta(hours=1)})
    assert [one.shown for one in await book.dirty(limit=10)] == [C, OTHER]
    await book.mark({OTHER: NOON - timedelta(hours=1)})
    assert [one.shown for one in await book.dirty(limit=10)] == [OTHER, C]


async def test_many_changes_are_one_entry(book):
    for _ in range(200):
        await book.mark({C: NOON})
    (one,) = await book.dirty(limit=10)
    assert (one.shown, one.new) == (C, True)


async def test_what_was_shown_is_clean(book):
    await book.mark({C: NOON})
    (one,) = await book.dirty(limit=10)
    assert await book.clean(C, one.mark)
    assert await book.dirty(limit=10) == []


async def test_a_change_while_it_is_shown_is_not_lost(book):
    await book.mark({C: NOON})
    (one,) = await book.dirty(limit=10)
    await book.mark({C: NOON})
    assert not await book.clean(C, one.mark)
    assert [again.shown for again in await book.dirty(limit=10)] == [C]


async def test_the_list_tells_what_has_no_card_yet(book):
    await book.mark({C: NOON, OTHER: NOON})
    await a_card(book)
    assert {one.shown: one.new for one in await book.dirty(limit=10)} == {
        C: False,
        OTHER: True,
    }


# -- what is posted --------------------------------------------------------------


async def test_of_the_unknown_there_is_an_empty_page(book):
    assert await book.page(C) == Page()
    assert await book.at(HERE) is None


async def test_what_is_about_to_be_posted_is_known_before_and_settled_after(book):
    assert await book.begin(C, POSTING, holding=1)
    assert (await book.page(C)).posting == POSTING
    assert await a_card(book)
    page = await book.page(C)
    assert (page.posting, page.number, page.card) == (None, 1, HERE)
    assert (page.digest, page.begins, page.since) == ("d1", NOON, NOON)


async def test_what_was_surely_not_posted_is_taken_back(book):
    await book.begin(C, POSTING, holding=1)
    await book.give_up(C, POSTING)
    assert await book.page(C) == Page()


async def test_giving_up_takes_no_other_note_away(book):
    await book.begin(C, POSTING, holding=1)
    earlier = Posting(CARD, "C0CARE", "", "d1", NOON - timedelta(minutes=1))
    await book.give_up(C, earlier)
    assert (await book.page(C)).posting == POSTING


async def test_who_lost_the_duty_begins_nothing(book):
    await book.fence(2)
    assert not await book.begin(C, POSTING, holding=1)
    assert await book.begin(C, POSTING, holding=2)


async def test_a_second_card_under_one_number_is_told(book):
    assert await a_card(book)
    assert await a_card(book)  # a repetition
    assert not await a_card(book, place=THERE)
    assert (await book.page(C)).card == HERE


async def test_a_line_is_noted_once(book):
    await a_card(book)
    assert await book.keep_line(C, 1, LINE, Posted("18.1", "a"))
    assert await book.keep_line(C, 1, LINE, Posted("18.1", "b"))
    assert not await book.keep_line(C, 1, LINE, Posted("18.2", "b"))
    assert (await book.page(C)).lines == {LINE: Posted("18.1", "b")}


async def test_a_ping_is_noted_with_the_state_that_it_told(book):
    await a_card(book)
    assert await book.keep_ping(C, 1, PING, "18.3", told="open||care")
    assert not await book.keep_ping(C, 1, PING, "18.4")
    page = await book.page(C)
    assert (page.pings, page.told) == ({PING}, "open||care")


async def test_a_card_is_found_by_its_place(book):
    await a_card(book)
    assert await book.at(HERE) == C
    assert await book.at(Place("T2", HERE.channel, HERE.ts)) is None


async def test_a_redrawn_card_says_something_else_at_the_same_place(book):
    await a_card(book)
    await book.redraw_card(C, "d2")
    page = await book.page(C)
    assert (page.card, page.digest) == (HERE, "d2")


async def test_a_recheck_forgets_what_the_card_says_but_not_where_it_is(book):
    await a_card(book)
    await book.recheck(C)
    page = await book.page(C)
    assert (page.card, page.digest) == (HERE, "")


# -- the next card ---------------------------------------------------------------


async def a_full_page(book):
    await a_card(book)
    await book.keep_line(C, 1, LINE, Posted("18.1", "a"))
    await book.keep_ping(C, 1, PING, "18.3", told="open||care")


async def test_the_next_card_has_a_thread_of_its_own_but_nothing_is_said_twice(book):
    await a_full_page(book)
    await book.replace(C, 1, gone=False)
    page = await book.page(C)
    assert (page.number, page.card, page.lines, page.told) == (2, None, {}, "")
    assert (page.pings, page.left) == ({PING}, (HERE,))


async def test_a_card_that_is_gone_has_nothing_to_tell(book):
    await a_full_page(book)
    await book.replace(C, 1, gone=True)
    assert (await book.page(C)).left == ()


async def test_what_is_written_anew_is_written_where_it_stood(book):
    """Nothing is compared with what card and line said: a word may have to go."""
    await a_full_page(book)
    await book.blank(C)
    page = await book.page(C)
    assert (page.card, page.digest, page.told) == (HERE, "", "open||care")
    assert page.lines == {LINE: Posted("18.1", "")}


async def test_replacing_twice_is_replacing_once(book):
    await a_full_page(book)
    await book.replace(C, 1, gone=False)
    await a_card(book, number=2, place=THERE)
    await book.replace(C, 1, gone=False)
    page = await book.page(C)
    assert (page.number, page.card, page.left) == (2, THERE, (HERE,))


async def test_an_earlier_card_that_tells_what_became_of_it_is_done_with(book):
    await a_full_page(book)
    await book.replace(C, 1, gone=False)
    await book.forget_left(C, HERE)
    assert (await book.page(C)).left == ()
    assert (
        await book.at(HERE) == C
    )  # what is written under it still belongs to the case


async def test_whoever_is_late_brings_no_replaced_card_back(book):
    await a_full_page(book)
    await book.replace(C, 1, gone=True)
    assert not await a_card(book)
    assert (await book.page(C)).card is None


async def test_whoever_is_late_changes_nothing_of_the_next_card(book):
    await a_full_page(book)
    await book.replace(C, 1, gone=False)
    await a_card(book, number=2, place=THERE, digest="d2")
    assert not await a_card(book, place=Place("T1", "C0CARE", "17.9"))
    assert await book.keep_line(C, 1, LINE, Posted("18.7", "a"))
    page = await book.page(C)
    assert (page.card, page.digest, page.lines) == (THERE, "d2", {})


async def test_a_line_that_is_gone_is_forgotten(book):
    await a_full_page(book)
    await book.forget_line(C, LINE)
    assert (await book.page(C)).lines == {}


# -- a case that is over ---------------------------------------------------------


async def test_of_what_is_over_only_its_place_stays(book):
    await a_full_page(book)
    await book.close(C, 1, now=SOON)
    page = await book.page(C)
    assert (page.lines, page.pings, page.begins) == ({}, frozenset(), SOON)
    assert (page.card, page.digest, page.told) == (HERE, "d1", "open||care")
    assert await book.at(HERE) == C


async def test_a_page_stays_open_while_something_is_being_posted(book):
    await a_full_page(book)
    await book.begin(C, POSTING, holding=1)
    await book.close(C, 1, now=SOON)
    assert (await book.page(C)).lines


# -- after a failover ------------------------------------------------------------


async def test_another_server_brings_doubt_until_the_chat_was_looked_into(book, redis):
    await a_card(book)
    assert (await book.page(C)).doubt is None
    shard = keys.in_shard(keys.shard_of_case(C), "generation")
    await redis.hset(shard, "replaced_at", to_ms(NOON))
    assert (await book.page(C)).doubt == NOON
    await book.looked(C, NOON)
    assert (await book.page(C)).doubt is None
    await redis.hset(shard, "replaced_at", to_ms(SOON))
    assert (await book.page(C)).doubt == SOON
