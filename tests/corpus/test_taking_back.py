"""Examples that have a forgotten customer's words go, in one change, and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import InputError
from bot.flow.taking_back import TakenBack, take_back
from bot.model.change import (
    AddExamples,
    CreateLabel,
    MoveExamples,
    ReplaceExample,
)
from bot.model.example import Label, Origin
from tests.corpus.projects import NOW, corpus_of, files_of, make

GREET, STATUS, STORES = Label("greet"), Label("order_status"), Label("faq/stores")
GIFT = Label("order_gift")
LATER = NOW + timedelta(days=1)
ITEM, OTHER = "R-s01-000000000001", "R-s02-000000000002"
WORDS = ("Wolkenschaf", "Nebelkerze", "Sturmlaterne", "Quittenmus")


async def teach(corpus, edit, *texts: str, item: str = ITEM) -> None:
    """Save texts that are the words of an item."""
    copied = dict.fromkeys(texts, (item,))
    await make(corpus, edit, origin="message", item=item, copied=copied)


async def plant(corpus) -> None:
    """Let the item's words come in by every way, and others' beside them."""
    added, moved, mended, new = (f"a {word} here" for word in WORDS)
    own = "do you have any of those"
    await teach(corpus, AddExamples(STATUS, (added, moved, own)), added, moved)
    await make(corpus, MoveExamples(STATUS, (moved,), STORES), by="Bob")
    await teach(corpus, AddExamples(GREET, (mended,)), mended)
    better = mended.replace("here", "there")
    await make(corpus, ReplaceExample(GREET, mended, better), by="Bob")
    theirs = "Eisvogel please"
    await teach(corpus, AddExamples(GREET, (theirs,)), theirs, item=OTHER)
    beside = "and what about gifts"
    create = CreateLabel(label=GIFT, texts=(new, beside))
    await teach(corpus, create, new)


def found_in(project, words) -> set[str]:
    """Return which words stand in any file of the project."""
    files = [path for path in project.rglob("*") if path.is_file()]
    content = b"\n".join(path.read_bytes() for path in files)
    return {word for word in words if word.encode() in content}


async def test_no_word_of_a_forgotten_item_is_left_in_any_file(project):
    corpus = corpus_of(project)
    await plant(corpus)
    assert found_in(project, WORDS) == set(WORDS)
    done = await take_back(corpus, {ITEM, "R-s03-0"}, now=LATER)
    assert done == TakenBack(examples=4)
    assert found_in(project, WORDS) == set()


async def test_what_others_wrote_stays(project):
    corpus = corpus_of(project)
    before = {e.text for held in (await corpus.read()).labels.values() for e in held}
    await plant(corpus)
    await take_back(corpus, {ITEM}, now=LATER)
    labels = (await corpus.read()).labels
    assert {e.text for held in labels.values() for e in held} - before == {
        "do you have any of those",
        "Eisvogel please",
        "and what about gifts",
    }
    (beside,) = labels[GIFT]
    assert (beside.provenance.by, beside.provenance.origin) == ("Ann", Origin.REWORDED)


async def test_the_log_says_that_it_was_done_and_of_how_many(project):
    corpus = corpus_of(project)
    await plant(corpus)
    await take_back(corpus, {ITEM}, now=LATER)
    last, *_ = await corpus.changes(limit=1)
    assert (last.by, last.why, last.at) == ("firstline", "forgotten", LATER)
    assert sum(map(len, last.removed.values())) == 4
    assert (last.item, last.copied) == (None, {})


async def test_a_repetition_and_an_item_that_taught_nothing_write_nothing(project):
    corpus = corpus_of(project)
    await plant(corpus)
    await take_back(corpus, {ITEM}, now=LATER)
    before = files_of(project)
    for items in ({ITEM}, {"R-s05-0"}, set()):
        assert await take_back(corpus, items, now=LATER) == TakenBack()
    assert files_of(project) == before


async def test_a_label_of_one_customers_words_alone_keeps_one_until_others_are_there(
    project,
):
    corpus = corpus_of(project)
    texts = tuple(f"a {word} here" for word in WORDS)
    await teach(corpus, CreateLabel(label=GIFT, texts=texts), *texts)
    for gone in (3, 0):
        done = await take_back(corpus, {ITEM}, now=LATER)
        assert done == TakenBack(examples=gone, alone=(GIFT,))
    assert len((await corpus.read()).labels[GIFT]) == 1
    await make(corpus, AddExamples(GIFT, ("wrap it up please",)))
    assert await take_back(corpus, {ITEM}, now=LATER) == TakenBack(examples=1)
    assert found_in(project, WORDS) == set()


async def test_words_that_a_dead_process_was_about_to_write_are_gone(project):
    """It died before anything of its change was in place."""
    corpus = corpus_of(project)

    def dies(*args: object) -> None:
        raise SystemExit

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.corpus.writing._note", dies)
        with pytest.raises(SystemExit):
            await teach(corpus, AddExamples(STATUS, (WORDS[0],)), WORDS[0])
    assert found_in(project, WORDS) == {WORDS[0]}
    assert await take_back(corpus_of(project), {ITEM}, now=LATER) == TakenBack()
    assert found_in(project, WORDS) == set()


class Busy:
    """A corpus that a trainer changes between any reading and the writing after it."""

    def __init__(self, corpus, times: int) -> None:
        self._corpus, self._left = corpus, times

    async def tidy(self):
        await self._corpus.tidy()

    async def read(self):
        state = await self._corpus.read()
        if self._left:
            self._left -= 1
            await make(self._corpus, AddExamples(STATUS, (f"come no {self._left}",)))
        return state

    async def apply(self, change, *, expected, now):
        return await self._corpus.apply(change, expected=expected, now=now)


@pytest.mark.parametrize(("saves", "gone"), [(1, True), (4, True), (5, False)])
async def test_who_saves_at_the_same_time_loses_nothing(project, saves, gone):
    corpus = corpus_of(project)
    await teach(corpus, AddExamples(STATUS, ("a Wolkenschaf",)), "a Wolkenschaf")
    busy = Busy(corpus, saves)
    if gone:
        assert await take_back(busy, {ITEM}, now=LATER) == TakenBack(examples=1)
    else:
        with pytest.raises(InputError, match="at this moment"):
            await take_back(busy, {ITEM}, now=LATER)
    texts = [e.text for e in (await corpus.read()).labels[STATUS]]
    assert sum(text.startswith("come no") for text in texts) == saves
    assert ("a Wolkenschaf" in texts) is not gone
