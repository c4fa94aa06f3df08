"""What customers delete or edit goes from the training data, whoever looks and when."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from bot.commands.gate import _take_back
from bot.flow.deleted_words import LOOK_EVERY, DeletedWords, Looked
from bot.flow.taking_back import DELETED, EDITED, TakenBack
from bot.model.change import (
    AddExamples,
    MoveExamples,
    RemoveExamples,
    ReplaceExample,
)
from bot.model.example import Label, Origin
from bot.model.review import ReviewItem
from bot.open_taking_back import LookedFile
from bot.settings import Settings
from bot.store.forgetting import RedisForgetting
from tests.builders import ALICE, ROOT
from tests.corpus.projects import corpus_of, make
from tests.corpus.test_taking_back import found_in
from tests.first_line import FirstLine
from tests.integration.forgetting.planted import history
from tests.integration.forgetting.test_forgotten_examples import (
    ALSO,
    ASKED,
    OWN,
    STATUS,
    WORDS,
    recorded,
    say,
    teach,
)

GREET = Label("greet")


@pytest.fixture
def looking(line, redis, tmp_path, project):
    """Gives what looks from the side of a folder of data."""

    def looking(folder=project, name: str = "here") -> DeletedWords:
        return DeletedWords(
            corpus_of(folder),
            line.events,
            line.reviews.id_of,
            note_corpus=RedisForgetting(redis).note_corpus,
            note=LookedFile(tmp_path / f"{name}.json"),
            clock=line.clock,
            log=line.log,
        )

    return looking


async def delete(line: FirstLine, *ids: str) -> None:
    for id_ in ids:
        line.channel.network.delete(id_)
    await line.settle()


async def edit(line: FirstLine, id_: str, text: str) -> None:
    """Let alice edit a message; the queue knows of it afterwards."""
    line.clock.advance(600)
    line.channel.network.edit(id_, text)
    await line.settle()
    while await line.learner.step():
        pass


async def word_for_word(
    line: FirstLine, project, item: ReviewItem, *, instead_of: str = ""
) -> None:
    """Save a message as it is now, as an example more or in the place of another."""
    text = " ".join(item.text.split())
    adds = AddExamples(STATUS, (text,))
    await make(
        corpus_of(project),
        ReplaceExample(STATUS, instead_of, text) if instead_of else adds,
        origin="message",
        item=item.id,
        copied={text: (item.id,)},
        now=line.clock.now(),
    )


class CountsReads:
    """The events, which notes how often a stream is read from its beginning."""

    def __init__(self, events) -> None:
        self._events, self.reads = events, 0

    def __getattr__(self, name: str):
        return getattr(self._events, name)

    def every(self, shard: str):
        self.reads += 1
        return self._events.every(shard)


async def test_the_words_of_a_deleted_message_go_and_no_others(line, project, looking):
    (first,) = await say(line, ASKED)
    await say(line, ALSO)
    await teach(line, project)
    assert await looking().look() == TakenBack()
    await delete(line, first)
    assert await looking().look() == TakenBack(examples=1)
    assert found_in(project, (*WORDS, OWN)) == {"Nebelkerze", OWN}
    assert await recorded(line) == [{"examples": "1", "left": "0"}]


async def test_the_log_says_why_and_the_event_names_no_words(line, project, looking):
    (first,) = await say(line, ASKED)
    await teach(line, project)
    await delete(line, first)
    await looking().look()
    changes = await corpus_of(project).changes(limit=10)
    (done,) = [one for one in changes if one.by == "firstline"]
    assert (done.why, done.at) == (DELETED, line.clock.now())
    assert sum(map(len, done.removed.values())) == 1
    assert "Wolkenschaf" not in repr([event.facts for event in await history(line)])


async def test_with_one_message_of_a_burst_goes_what_was_read_with_it(
    line, project, looking
):
    first, _ = await say(line, "hello, a Nebelkerze question", ASKED)
    await teach(line, project)
    await delete(line, first)
    assert await looking().look() == TakenBack(examples=1)
    assert found_in(project, WORDS) == set()


async def test_what_an_edit_took_away_goes_and_the_log_says_why(line, project, looking):
    (first,) = await say(line, ASKED)
    await say(line, ALSO)
    await teach(line, project)
    assert await looking().look() == TakenBack()
    await edit(line, first, "order_status 0.3 where might my parcel be")
    assert await looking().look() == TakenBack(examples=1)
    assert found_in(project, (*WORDS, OWN)) == {"Nebelkerze", OWN}
    assert await recorded(line) == [{"examples": "1", "left": "0"}]
    changes = await corpus_of(project).changes(limit=10)
    assert [one.why for one in changes if one.by == "firstline"] == [EDITED]


async def test_the_new_words_of_an_edited_message_may_be_taught_and_stay(
    line, project, looking
):
    """Also the mending of a slip: the message comes back, and is taught as it is now."""
    (first,) = await say(line, ASKED)
    await teach(line, project)
    mended = ASKED.replace("where might", "where, pray, might")
    await edit(line, first, mended)
    assert await looking().look() == TakenBack(examples=1)
    (item,) = await line.reviews.open()
    assert item.text == mended
    line.clock.advance(60)
    await word_for_word(line, project, item)
    for name in ("here", "elsewhere"):
        assert await looking(name=name).look() == TakenBack()
    assert found_in(project, WORDS) == {"Wolkenschaf"}
    await edit(line, first, "order_status 0.3 never mind")
    assert await looking().look() == TakenBack(examples=1)
    assert found_in(project, WORDS) == set()


async def test_who_moves_or_mends_old_words_after_the_edit_does_not_keep_them(
    line, project, looking
):
    """On another machine, say, which hears of the edit later."""
    (first,) = await say(line, ASKED)
    await say(line, ALSO)
    one, other = await teach(line, project)
    await edit(line, first, "order_status 0.3 where might my parcel be")
    line.clock.advance(600)
    corpus, old = corpus_of(project), " ".join(one.text.split())
    await make(corpus, MoveExamples(STATUS, (old,), GREET), now=line.clock.now())
    better = old.replace("might", "could")
    await make(corpus, ReplaceExample(GREET, old, better), now=line.clock.now())
    assert await looking().look() == TakenBack(examples=1)
    assert found_in(project, WORDS) == {"Nebelkerze"}
    assert other.text != one.text


async def test_who_writes_the_new_words_over_the_old_ones_keeps_them(
    line, project, looking
):
    (first,) = await say(line, ASKED)
    (item,) = await teach(line, project)
    old = " ".join(item.text.split())
    await edit(line, first, f"{ASKED} I wonder")
    line.clock.advance(600)
    (item,) = await line.reviews.open()
    await word_for_word(line, project, item, instead_of=old)
    assert await looking().look() == TakenBack()
    assert found_in(project, WORDS) == {"Wolkenschaf"}


async def test_a_label_of_an_edited_messages_words_alone_is_named_once(
    line, project, looking
):
    (first,) = await say(line, ASKED)
    (item,) = await line.reviews.open()
    corpus = corpus_of(project)
    held = tuple(one.text for one in (await corpus.read()).labels[STATUS])
    await word_for_word(line, project, item)
    line.clock.advance(60)
    await make(corpus, RemoveExamples(STATUS, held), now=line.clock.now())
    await edit(line, first, f"{ASKED} I wonder")
    looks = looking()
    assert await looks.look() == TakenBack(alone=(STATUS,))
    await delete(line, first)
    assert await looks.look() == TakenBack(alone=(STATUS,))
    await make(corpus, AddExamples(STATUS, ("any news of it",)), now=line.clock.now())
    assert await looks.look() == TakenBack(examples=1)
    assert found_in(project, WORDS) == set()


async def test_with_an_edited_message_of_a_burst_goes_what_was_read_with_it(
    line, project, looking
):
    first, _ = await say(line, "hello, a Nebelkerze question", ASKED)
    await teach(line, project)
    await edit(line, first, "hello, a question")
    assert await looking().look() == TakenBack(examples=1)
    assert found_in(project, WORDS) == set()


async def test_what_was_edited_and_then_deleted_goes_whenever_it_was_taught(
    line, project, looking
):
    (first,) = await say(line, ASKED)
    await edit(line, first, ASKED.replace("Wolkenschaf", "Nebelkerze"))
    line.clock.advance(60)
    await teach(line, project)
    assert await looking().look() == TakenBack()
    assert found_in(project, WORDS) == {"Nebelkerze"}
    await delete(line, first)
    assert await looking().look() == TakenBack(examples=1)
    assert found_in(project, WORDS) == set()


async def test_it_goes_also_when_the_queue_has_long_dropped_the_message(
    line, project, looking
):
    (first,) = await say(line, ASKED)
    (item,) = await teach(line, project)
    await line.reviews.drop([item.id])
    await delete(line, first)
    assert await looking().look() == TakenBack(examples=1)


async def test_what_comes_by_git_after_the_deletion_goes_as_well(
    line, project, looking, tmp_path
):
    """Another machine taught it; this one had looked past the deletion already."""
    other = shutil.copytree(project, tmp_path / "other")
    (first,) = await say(line, ASKED)
    await say(line, ALSO)
    await teach(line, project)
    there = looking(other, "there")
    await make(
        corpus_of(other),
        AddExamples(STATUS, ("a Laternenpfahl",)),
        origin="message",
        item="R-s01-000000000000",
    )
    await delete(line, first)
    assert await there.look() == TakenBack()
    shutil.rmtree(other)
    shutil.copytree(project, other)
    assert found_in(other, WORDS) == set(WORDS)
    assert await looking(other, "there").look() == TakenBack(examples=1)
    assert found_in(other, WORDS) == {"Nebelkerze"}


async def test_all_of_a_forgotten_customer_goes_and_what_they_write_later_stays(
    line, redis, project, looking
):
    await say(line, ASKED)
    await teach(line, project)
    now = line.clock.now()
    await RedisForgetting(redis).forget(ALICE, [], by="Ann", now=now)
    await say(line, ALSO)
    await teach(line, project)
    assert await looking().look() == TakenBack(examples=1)
    assert found_in(project, WORDS) == {"Nebelkerze"}


async def test_own_sentences_beside_a_deleted_message_stay(line, project, looking):
    (first,) = await say(line, ASKED)
    (item,) = await line.reviews.open()
    own = AddExamples(STATUS, ("tell me where it is",))
    await make(corpus_of(project), own, origin=Origin.REWORDED.value, item=item.id)
    await delete(line, first)
    looks = looking()
    events = looks._events = CountsReads(line.events)
    assert await looks.look() == TakenBack()
    assert events.reads == 0, "nobody's words are in the data"
    assert found_in(project, ["tell me where it is"]) != set()


async def test_a_label_of_deleted_words_alone_is_named_until_others_are_there(
    line, project, looking
):
    (first,) = await say(line, ASKED)
    (item,) = await line.reviews.open()
    corpus, text = corpus_of(project), " ".join(item.text.split())
    held = tuple(one.text for one in (await corpus.read()).labels[GREET])
    adds = AddExamples(GREET, (text,))
    await make(corpus, adds, origin="message", item=item.id, copied={text: (item.id,)})
    await make(corpus, RemoveExamples(GREET, held))
    await delete(line, first)
    looks = looking()
    for _ in range(2):
        assert await looks.look() == TakenBack(alone=(GREET,))
        assert looks.alone == (GREET,)
    await make(corpus, AddExamples(GREET, ("good day to you",)))
    assert await looks.look() == TakenBack(examples=1)
    assert looks.alone == ()
    assert found_in(project, WORDS) == set()


async def test_without_customers_words_in_the_data_no_event_is_read(
    line, project, looking
):
    (first,) = await say(line, ASKED)
    await delete(line, first)
    looks = looking()
    looks._events = CountsReads(line.events)
    looks._events.since = None
    assert await looks.look() == TakenBack()
    assert looks._events.reads == 0


async def test_old_events_are_read_again_only_for_new_examples_and_new_deletions(
    line, project, looking
):
    (first,) = await say(line, ASKED)
    await teach(line, project)
    looks = looking()
    events = looks._events = CountsReads(line.events)
    await looks.look()
    begun = events.reads
    assert begun > 0
    await say(line, ALSO)
    await looks.look()
    assert events.reads == begun, "nobody deleted anything"
    await delete(line, first)
    await looks.look()
    assert events.reads > begun


async def test_it_looks_once_a_minute_and_says_nothing_of_words(line, project, looking):
    (first,) = await say(line, ASKED)
    await teach(line, project)
    looks = looking()
    assert await looks.step() == 0
    await delete(line, first)
    assert await looks.step() == 0
    line.clock.advance(LOOK_EVERY.total_seconds())
    assert await looks.step() == 1


async def test_data_that_cannot_be_written_are_looked_at_again(line, project, looking):
    (first,) = await say(line, ASKED)
    await teach(line, project)
    await delete(line, first)
    state = project / "data" / ".corpus"
    shutil.rmtree(state)
    state.write_text("a file where a folder belongs")
    looks = looking()
    assert await looks.step() == 0
    state.unlink()
    line.clock.advance(LOOK_EVERY.total_seconds())
    assert await looks.step() == 1


async def test_a_training_learns_no_deleted_words(line, server, tmp_path, project):
    (first,) = await say(line, ASKED)
    await teach(line, project)
    await delete(line, first)
    (tmp_path / "var").mkdir()
    settings = replace(
        Settings.from_env(ROOT, {}),
        redis_url=server.address,
        var=tmp_path / "var",
        project=project,
        policy=project / "data" / "policy.yml",
    )
    told: list[str] = []
    for _ in range(2):
        await _take_back(settings, told.append)
    assert told == ["1 example went: its customer deleted or edited the message"]
    assert found_in(project, WORDS) == set()


def test_a_note_that_is_lost_or_broken_says_that_nothing_was_looked_at(tmp_path):
    note = LookedFile(tmp_path / "note.json")
    assert note.read() == Looked()
    looked = Looked({"s00": "1-0"}, frozenset({"R-s00-1"}))
    note.write(looked)
    assert note.read() == looked
    for broken in ("", "[]", "{}", '{"cursors": 1, "items": 2}'):
        (tmp_path / "note.json").write_text(broken)
        assert note.read() == Looked()
    assert replace(looked, cursors={}) != looked
