"""What agents see before they act: previews, suggestions, the next case, a search."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import UnsafeText
from bot.model.message import DIRECT
from tests.first_line import FirstLine
from tests.integration.acting import (
    ANN,
    BEN,
    ODD,
    case_of,
    first_line,
    replied,
)
from tests.ledger import received


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    return first_line(redis, tmp_path)


async def test_a_preview_is_what_the_reply_will_be(line):
    case = await case_of(line, "alice", public=True)
    shown = await line.relay.preview(case.id, ANN, "Hello.", thread=case.thread)
    assert shown.text == "Hello. ^AB"
    assert shown.length == line.channel.length("Hello. ^AB")
    assert (shown.problems, shown.newer, shown.parts) == ((), False, ("Hello. ^AB",))
    await replied(line, case, "Hello.")
    await line.settle()
    assert received(line, "alice")[-1].endswith("Hello. ^AB")


async def test_private_words_are_not_signed(line):
    case = await case_of(line, "alice")
    shown = await line.relay.preview(case.id, ANN, "Hello.", thread=DIRECT)
    assert shown.text == "Hello."


async def test_a_preview_says_what_is_wrong_and_how_it_would_split(line):
    case = await case_of(line, "alice", public=True)
    text = "Your order FH-482913. " + "many words " * 50
    shown = await line.relay.preview(case.id, ANN, text, thread=case.thread)
    assert len(shown.problems) >= 2
    assert len(shown.parts) >= 2
    assert all(line.channel.length(part) <= shown.limit for part in shown.parts)
    with pytest.raises(UnsafeText):
        await replied(line, case, text)


async def test_a_preview_tells_that_the_customer_has_written_since(line):
    case = await case_of(line, "alice")
    before = (await line.relay.view(case.id)).seen
    line.clock.advance(10)
    line.channel.network.direct("alice", ODD)
    await line.settle()
    after = (await line.relay.view(case.id)).seen
    for seen, newer in ((before, True), (after, False), (None, False)):
        shown = await line.relay.preview(case.id, ANN, "Hi.", thread=DIRECT, seen=seen)
        assert shown.newer is newer


async def test_a_standard_answer_that_fits_is_suggested(line):
    case = await case_of(line, "alice", "faq/delivery_cost 0.5")
    (first, *_) = await line.relay.suggestions(case.id)
    assert (first.label, first.confidence) == ("faq/delivery_cost", 0.5)
    await replied(line, case, first.text)
    await line.settle()
    assert received(line, "alice")[-1] == first.text


async def test_what_an_agent_said_that_it_was_is_suggested_first(line):
    case = await case_of(line, "alice", "faq/delivery_cost 0.5")
    await line.relay.correct(case.id, ANN, "faq/stores")
    labels = [one.label for one in await line.relay.suggestions(case.id)]
    assert labels == ["faq/stores", "faq/delivery_cost"]


async def test_nothing_is_suggested_where_no_standard_answer_fits(line):
    case = await case_of(line, "alice")
    assert await line.relay.suggestions(case.id) == ()


async def test_the_next_case_is_the_most_pressing_unclaimed_one(line):
    await case_of(line, "alice")
    second = await case_of(line, "bob", "legal_threat 0.9")
    assert (await line.relay.next(BEN)).case.id == second.id
    await line.relay.claim(second.id, BEN)
    (first,) = await line.relay.search("alice")
    assert (await line.relay.next(BEN)).case.id == first.id
    await line.relay.snooze(first.id, BEN, line.clock.now() + timedelta(hours=1))
    assert await line.relay.next(BEN) is None


async def test_the_next_case_is_one_of_the_agents_teams(line):
    case = await case_of(line, "alice")
    assert await line.relay.next(ANN) is None  # she works for the press team
    await line.relay.hand_over(case.id, BEN, "press")
    assert (await line.relay.next(ANN)).case.id == case.id


async def test_mine_are_those_that_i_hold(line):
    one, two = await case_of(line, "alice"), await case_of(line, "bob")
    await line.relay.claim(one.id, ANN)
    await line.relay.claim(two.id, BEN)
    assert [case.id for case in await line.relay.mine(ANN)] == [one.id]


@pytest.mark.parametrize(
    "words", ["{id}", "alice", "ALI product", "courier", "care product_question"]
)
async def test_a_case_is_found_by_what_it_is_about(line, words):
    case = await case_of(line, "alice")
    await case_of(line, "bob", "legal_threat 0.9")
    await line.relay.tag(case.id, ANN, ["courier"])
    found = await line.relay.search(words.format(id=case.id))
    assert [one.id for one in found] == [case.id]


async def test_resolved_cases_are_found_after_the_others_the_newest_first(line):
    over = [await case_of(line, f"alice{n}") for n in range(3)]
    for case in over:
        await line.relay.give_back(case.id, ANN)
    left = await case_of(line, "alice9")
    found = [one.id for one in await line.relay.search("alice")]
    assert found[0] == left.id
    numbers = [int(id_.partition("-")[2]) for id_ in found[1:]]
    assert numbers == sorted((int(c.id[2:]) for c in over), reverse=True)
    by_id = await line.relay.search(over[0].id.lower())
    assert [one.id for one in by_id] == [over[0].id]


async def test_a_search_for_nothing_or_for_words_of_a_message_finds_nothing(line):
    await case_of(line, "alice", f"{ODD} zanzibar")
    assert await line.relay.search("  ") == []
    assert await line.relay.search("zanzibar") == []
