"""Whence every example is: told from the log, through editors, moves and rewordings."""

from __future__ import annotations

from datetime import timedelta

from bot.model.change import (
    AddExamples,
    MoveExamples,
    RemoveExamples,
    ReplaceExample,
)
from bot.model.example import UNKNOWN, Label, Origin
from tests.corpus.projects import NOW, a_change, corpus_of, make

STORES, STATUS = Label("faq/stores"), Label("order_status")


async def test_every_example_knows_whence_it_is(project):
    corpus = corpus_of(project)
    await make(
        corpus,
        AddExamples(STORES, ("is there parking",)),
        origin="consent",
        item="r-17",
        why="was misread",
    )
    example = (await corpus.read()).labels[STORES][-1]
    assert (example.file, example.line) == ("data/nlu/a_shops.yml", 10)
    told = example.provenance
    assert (told.by, told.at, told.why) == ("Ann", NOW, "was misread")
    assert (told.origin, told.items) == (Origin.CONSENT, ("r-17",))


async def test_whence_an_example_is_survives_editors(project):
    corpus = corpus_of(project)
    await make(corpus, AddExamples(STORES, ("is there parking", "a bus stop near you")))
    path = project / "data" / "nlu" / "a_shops.yml"
    lines = path.read_text().splitlines(keepends=True)
    moved = lines.pop(lines.index("    - is there parking\n"))
    lines.insert(7, moved.replace("parking", "[parking](product)"))
    text = "# a new line\n" + "".join(lines)
    path.write_text(text.replace("a bus stop near you", "a tram stop near you"))
    examples = {e.text: e.provenance for e in (await corpus.read()).labels[STORES]}
    assert examples["is there parking"].by == "Ann"
    assert examples["a tram stop near you"] == UNKNOWN


async def test_a_text_that_went_and_came_back_by_hand_is_not_its_authors(project):
    corpus = corpus_of(project)
    await make(corpus, AddExamples(STORES, ("is there parking",)))
    await make(corpus, RemoveExamples(STORES, ("is there parking",)))
    path = project / "data" / "nlu" / "a_shops.yml"
    path.write_text(
        path.read_text().replace("shop\n", "shop\n    - is there parking\n", 1)
    )
    examples = {e.text: e.provenance for e in (await corpus.read()).labels[STORES]}
    assert examples["is there parking"] == UNKNOWN


async def test_who_moves_an_example_answers_for_the_label_not_for_the_words(project):
    corpus = corpus_of(project)
    await make(
        corpus, AddExamples(STATUS, ("is it near",)), origin="message", item="r-1"
    )
    await make(corpus, MoveExamples(STATUS, ("is it near",), STORES), by="Bob")
    moved = (await corpus.read()).labels[STORES][-1]
    assert (moved.text, moved.provenance.by) == ("is it near", "Bob")
    assert moved.provenance.origin is Origin.MESSAGE
    assert moved.provenance.items == ("r-1",)


async def test_what_is_saved_with_a_customers_words_is_still_its_authors_own(project):
    """One save, beside the messages of several customers."""
    corpus = corpus_of(project)
    one, two, own = "is it [near](product) me", "was  it near", "how far is it"
    await make(
        corpus,
        AddExamples(STATUS, (one, two, own)),
        origin="message",
        item="r-0",
        copied={one: ("r-1", "r-2"), two: ("r-2",)},
    )
    found = {
        e.text: e.provenance for e in (await corpus_of(project).read()).labels[STATUS]
    }
    assert [(e.origin, e.items) for e in list(found.values())[-3:]] == [
        (Origin.MESSAGE, ("r-1", "r-2")),
        (Origin.MESSAGE, ("r-2",)),
        (Origin.REWORDED, ("r-0",)),
    ]


async def test_a_customers_text_with_anothers_words_in_it_is_both_customers(project):
    corpus = corpus_of(project)
    one, both = "is it near", "is it near me"
    await make(corpus, AddExamples(STATUS, (one,)), origin="message", item="r-1")
    edit = ReplaceExample(STATUS, one, both)
    await make(corpus, edit, origin="message", item="r-2", copied={both: ("r-2",)})
    told = (await corpus.read()).labels[STATUS][-1].provenance
    assert told.items == ("r-1", "r-2")


async def test_a_customers_words_stay_the_customers_when_a_word_is_mended(project):
    corpus = corpus_of(project)
    said, own = "is it nere", "is that all"
    await make(corpus, AddExamples(STATUS, (said,)), origin="consent", item="r-1")
    await make(corpus, AddExamples(STATUS, (own,)))
    await make(corpus, ReplaceExample(STATUS, said, "is it near"), by="Bob")
    await make(corpus, ReplaceExample(STATUS, own, "was that all"), by="Bob")
    await make(corpus, ReplaceExample(STATUS, "was that all", "Was THAT all"), by="Cem")
    found = {e.text: e.provenance for e in (await corpus.read()).labels[STATUS]}
    mended, rewritten = found["is it near"], found["Was THAT all"]
    assert (mended.by, mended.origin, mended.items) == ("Bob", Origin.CONSENT, ("r-1",))
    assert (rewritten.by, rewritten.origin) == ("Bob", Origin.WRITTEN)


async def test_lines_of_the_log_count_in_the_order_of_time(project):
    corpus = corpus_of(project)
    text = "is there parking"
    edits = (AddExamples, RemoveExamples, AddExamples)
    for minute, edit in enumerate(edits):
        state = await corpus.read()
        await corpus.apply(
            a_change(edit(STORES, (text,)), by=f"writer {minute}"),
            expected=state.version,
            now=NOW + timedelta(minutes=minute),
        )
    log = project / "data" / "provenance.jsonl"
    log.write_text("".join(reversed(log.read_text().splitlines(keepends=True))))
    [example] = [e for e in (await corpus.read()).labels[STORES] if e.text == text]
    assert example.provenance.by == "writer 2"


async def test_the_log_holds_no_text_and_tells_the_newest_first(project):
    corpus = corpus_of(project)
    for minute, text in enumerate(("is there parking", "a bus stop near you")):
        state = await corpus.read()
        await corpus.apply(
            a_change(AddExamples(STORES, (text,)), why=f"number {minute}"),
            expected=state.version,
            now=NOW + timedelta(minutes=minute),
        )
    log = (project / "data" / "provenance.jsonl").read_text()
    assert "parking" not in log
    assert [c.why for c in await corpus.changes(limit=1)] == ["number 1"]


async def test_a_log_whose_last_line_lost_its_end_by_hand_goes_on_below_it(project):
    corpus = corpus_of(project)
    await make(corpus, AddExamples(STORES, ("is there parking",)))
    log = project / "data" / "provenance.jsonl"
    log.write_text(log.read_text().rstrip("\n"))
    await make(corpus, AddExamples(STORES, ("a bus stop near you",)), by="Bob")
    assert [c.by for c in await corpus.changes(limit=9)] == ["Bob", "Ann"]
