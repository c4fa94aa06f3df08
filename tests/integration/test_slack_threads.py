"""What agents write in a card's thread, and what of it customers ever see."""

from __future__ import annotations

from bot.model.case import AgentId, CaseStatus
from bot.model.record import Author, Record
from tests.builders import POLICY
from tests.slack_line import CHANNEL


async def test_what_is_written_in_the_thread_is_a_note_and_never_leaves(desk):
    case, card = await desk.case()
    before = desk.ledger()
    await desk.slack.anna.type(CHANNEL, "he was *rude* before <3", thread_ts=card.ts)
    await desk.slack.anna.type(CHANNEL, "> reply: not like this", thread_ts=card.ts)
    await desk.slack.anna.type(CHANNEL, "replying: soon", thread_ts=card.ts)
    await desk.done()
    await desk.sent()
    assert await desk.notes(case) == [
        "he was *rude* before <3",
        "> reply: not like this",
        "replying: soon",
    ]
    assert desk.ledger() == before


async def test_the_assignees_reply_goes_to_the_customer_once(desk):
    case, card = await desk.case()
    before = desk.ledger()
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    desk.slack.faults.double_events(11, new_ids=True)
    said = await desk.slack.anna.type(
        CHANNEL, "Reply: It is in stock & <cheap>.", thread_ts=card.ts
    )
    await desk.done()
    await desk.sent()
    assert desk.ledger()[len(before) :] == ["It is in stock & <cheap>."]
    assert await desk.notes(case) == []
    await desk.slack.anna.edit(said, "reply: It is gone.")
    await desk.done()
    await desk.sent()
    assert len(desk.ledger()) == len(before) + 1
    (told,) = desk.slack.ephemerals(desk.slack.anna)
    assert "cannot be changed by editing" in told.text


async def test_nobody_elses_reply_ever_leaves(desk):
    _case, card = await desk.case()
    before = desk.ledger()
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    await desk.slack.ben.type(CHANNEL, "reply: I know better", thread_ts=card.ts)
    await desk.done()
    await desk.sent()
    assert desk.ledger() == before
    (asked,) = desk.slack.ephemerals(desk.slack.ben)
    assert asked.thread_ts == card.ts
    assert "Not sent" in asked.text
    assert desk.slack.ephemerals(desk.slack.anna) == []


async def test_who_takes_over_sends_what_they_wrote(desk):
    case, card = await desk.case()
    before = desk.ledger()
    await desk.slack.anna.click(card, "case_claim")
    await desk.slack.ben.type(CHANNEL, "reply: I know :wave: more", thread_ts=card.ts)
    await desk.done()
    (asked,) = desk.slack.ephemerals(desk.slack.ben)
    await desk.slack.ben.click(asked, "take_over")
    await desk.slack.ben.click(asked, "take_over")
    await desk.done()
    await desk.sent()
    assert len(desk.ledger()) == len(before) + 1
    found = (await desk.line.relay.view(case.id)).case
    assert found.assignee == AgentId(desk.slack.ben.id)


async def test_who_does_not_take_over_can_keep_it_as_a_note(desk):
    case, card = await desk.case()
    before = desk.ledger()
    await desk.slack.ben.type(CHANNEL, "reply: ask the courier", thread_ts=card.ts)
    await desk.done()
    (asked,) = desk.slack.ephemerals(desk.slack.ben)
    await desk.slack.ben.click(asked, "add_note")
    await desk.done()
    await desk.sent()
    assert await desk.notes(case) == ["ask the courier"]
    assert desk.ledger() == before


async def test_a_reply_that_was_kept_as_a_note_follows_its_message(desk):
    case, card = await desk.case()
    said = await desk.slack.ben.type(CHANNEL, "reply: ask Jo", thread_ts=card.ts)
    await desk.done()
    (asked,) = desk.slack.ephemerals(desk.slack.ben)
    await desk.slack.ben.click(asked, "add_note")
    await desk.done()
    desk.clock.advance(5)
    await desk.slack.ben.edit(said, "reply: ask Joe")
    await desk.done()
    assert await desk.notes(case) == ["ask Joe"]
    assert "by editing" not in desk.slack.ephemerals(desk.slack.ben)[-1].text
    desk.clock.advance(5)
    await desk.slack.ben.delete(said)
    await desk.done()
    assert await desk.notes(case) == [""]


async def test_who_edits_a_reply_that_was_not_sent_is_not_told_that_it_went_out(desk):
    _, card = await desk.case()
    before = desk.ledger()
    said = await desk.slack.ben.type(CHANNEL, "reply: soon", thread_ts=card.ts)
    await desk.done()
    await desk.slack.ben.edit(said, "reply: very soon")
    await desk.done()
    await desk.sent()
    assert desk.ledger() == before
    told = desk.slack.ephemerals(desk.slack.ben)[-1].text
    assert "what did not go out is not sent by it" in told


async def note(desk, case) -> Record:
    view = await desk.line.relay.view(case.id)
    (found,) = [r for r in view.records if r.author is Author.NOTE]
    return found


async def test_a_note_that_is_edited_and_then_deleted_stays_one_note(desk):
    case, card = await desk.case()
    said = await desk.slack.anna.type(CHANNEL, "check the adress", thread_ts=card.ts)
    await desk.done()
    written = await note(desk, case)
    desk.clock.advance(5)
    await desk.slack.anna.edit(said, "check the address")
    await desk.done()
    edited = await note(desk, case)
    assert (edited.id, edited.at) == (written.id, written.at)
    assert (edited.text, edited.agent) == ("check the address", desk.slack.anna.id)
    assert edited.edited_at == desk.clock.now()
    desk.clock.advance(5)
    await desk.slack.anna.delete(said)
    await desk.done()
    deleted = await note(desk, case)
    assert (deleted.id, deleted.text) == (written.id, "")
    assert deleted.deleted_at == desk.clock.now()


async def test_what_no_note_was_made_of_is_no_note_when_it_is_deleted(desk):
    case, card = await desk.case()
    await desk.slack.anna.click(card, "case_claim")
    said = await desk.slack.anna.type(CHANNEL, "reply: it is", thread_ts=card.ts)
    await desk.done()
    await desk.slack.anna.delete(said)
    await desk.done()
    assert await desk.notes(case) == []


async def test_a_note_that_was_edited_before_we_heard_of_it_is_there_as_it_is(desk):
    case, card = await desk.case()
    await desk.socket.close()
    said = await desk.slack.anna.type(CHANNEL, "check the adress", thread_ts=card.ts)
    await desk.slack.anna.edit(said, "check the address")
    await desk.slack.settle()
    for _ in range(6):
        desk.clock.advance(5)
        await desk.inward.watchdog.step()
        await desk.done()
    assert await desk.notes(case) == ["check the address"]


async def test_a_note_that_becomes_a_reply_goes_out(desk):
    _, card = await desk.case()
    before = desk.ledger()
    await desk.slack.anna.click(card, "case_claim")
    said = await desk.slack.anna.type(CHANNEL, "We have it.", thread_ts=card.ts)
    await desk.done()
    await desk.slack.anna.edit(said, "reply: We have it.")
    await desk.done()
    await desk.sent()
    assert desk.ledger()[len(before) :] == ["We have it."]


async def test_unsafe_words_are_not_sent_and_their_writer_is_told_why(desk):
    desk.channel.network.post("dora", f"@{POLICY.handle} product_question 0.9")
    await desk.line.settle()
    (view,) = (await desk.line.relay.open_cases()).views
    card = await desk.show(view)
    before = desk.ledger("dora")
    await desk.slack.anna.click(card, "case_claim")
    await desk.slack.anna.type(
        CHANNEL, "reply: Mail it to dora@example.com", thread_ts=card.ts
    )
    await desk.done()
    await desk.sent()
    assert desk.ledger("dora") == before
    (told,) = desk.slack.ephemerals(desk.slack.anna)
    assert told.text.startswith("*Not sent.*")


async def test_a_reply_that_reaches_us_late_is_not_sent_unasked(desk):
    _, card = await desk.case()
    before = desk.ledger()
    await desk.slack.anna.click(card, "case_claim")
    await desk.done()
    await desk.hear_late(card, "reply: in a minute")
    await desk.sent()
    assert desk.ledger() == before
    (told,) = desk.slack.ephemerals(desk.slack.anna)
    assert "not sent" in told.text


async def test_messages_in_other_threads_are_nothing(desk):
    case, _ = await desk.case()
    other = await desk.slack.anna.type(CHANNEL, "lunch?")
    await desk.slack.ben.type(CHANNEL, "reply: yes", thread_ts=other.ts)
    await desk.done()
    assert await desk.notes(case) == []
    assert desk.slack.ephemerals(desk.slack.ben) == []


async def test_a_deleted_card_is_to_be_looked_at_again(desk):
    case, card = await desk.case()
    await desk.slack.anna.delete_as_admin(card)
    await desk.done()
    (dirty,) = await desk.book.dirty(limit=10)
    assert dirty.shown == case.id


async def test_files_are_named_in_the_note_and_do_not_leave(desk):
    case, card = await desk.case()
    await desk.slack.anna.share_file(
        CHANNEL, "label.png", b"png", text="the label", thread_ts=card.ts
    )
    await desk.done()
    assert await desk.notes(case) == ["the label [file: label.png]"]
    found = (await desk.line.relay.view(case.id)).case
    assert found.status is CaseStatus.OPEN
