"""What trainers are told about a text while they write it."""

from __future__ import annotations

import gc
import time
import weakref

import pytest

from bot.corpus.admission import Admission
from bot.corpus.feedback import SHOWN, CorpusFeedback
from bot.corpus.marks import put_together, take_apart
from bot.corpus.personal import PersonalData
from bot.errors import InputError
from bot.knowledge.drafts import AnswerDrafts
from bot.model.change import AddExamples
from bot.model.example import Label, Mark, Variant
from bot.model.message import Visibility
from bot.model.reading import FAQ
from tests.builders import ROOT
from tests.corpus.projects import (
    admission,
    corpus_of,
    make,
    the_policy,
)

STORES, GREET, STATUS = Label("faq/stores"), Label("greet"), Label("order_status")
PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE


def feedback_on(corpus, checks: Admission) -> CorpusFeedback:
    return CorpusFeedback(corpus, checks.checks, checks.words)


@pytest.fixture
def feedback(project):
    return feedback_on(corpus_of(project), admission())


async def codes(feedback, text: str, label: Label | None = STORES) -> dict[str, bool]:
    said = await feedback.on_example(text, label)
    return {finding.code: finding.blocks for finding in said.findings}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("do you sell trees", {}),
        ("where is your [tent](product)", {}),
        ("  ", {"empty": True}),
        ("?!", {"too_short": False}),
        ("word " * 200, {"too_long": False}),
        ("word " * 500, {"too_long": True}),
        ("a [tent (product)", {"broken_mark": True}),
        ("the [red] one (or so)", {}),
        ("a [tent](thing)", {"unknown_kind": True}),
        ("a [tent(product)", {"broken_mark": True}),
        ("a [tent] (product)", {"broken_mark": True}),
        ("a [](product)", {"broken_mark": True}),
        ("a tent \x00", {"unprintable": True}),
        ("i am joe.b@gmail.com", {"personal_data:email": True}),
        ("i am joe at gmail dot com", {"personal_data:email": True}),
        ("i am joe@example.com", {}),
        ("ring 020 7123 4567 today", {"personal_data:phone": True}),
        ("ring +44 20 7123 4567 today", {"personal_data:phone": True}),
        ("ring 07700 900123 today", {}),
        ("ring 212-555-7788 today", {"personal_data:phone": True}),
        ("ring (212) 555 7788, or not", {"personal_data:phone": True}),
        ("ring 212.555.7788.", {"personal_data:phone": True}),
        ("ring 212-555-0142 today", {}),
        ("ring 0151/1234567 today", {"personal_data:phone": True}),
        ("ring 030 / 12 34 56 78 today", {"personal_data:phone": True}),
        ("from 01/02/2026 to 03/04/2026", {}),
        ("parcel 600-200-300-4000 is lost", {}),
        ("open 10:30-12:30 and 13:30-17:30", {}),
        ("ring 555-0142 today", {}),
        ("card 4539 1488 0343 6467 is lost", {"personal_data:card": True}),
        ("card 4111 1111 1111 1111 is lost", {}),
        ("card 4539/1488/0343/6467 is lost", {"personal_data:card": True}),
        ("card 4539_1488_0343_6467 is lost", {"personal_data:card": True}),
        ("card 4111/1111/1111/1111 is lost", {}),
        ("i am joe\u200b@gmail.com", {"personal_data:email": True}),
        ("i am joe\uff20gmail.com", {"personal_data:email": True}),
        ("ring 020 71\u00ad23 4567 today", {"personal_data:phone": True}),
        (
            'a [tent]{"entity": "product", "value": "joe@gmail.com"}',
            {"personal_data:email": True},
        ),
        ('my [tents]{"entity": "product", "value": "tent"}', {}),
        ("about FH-204418", {"personal_data:order_number": False}),
        ("i live in LS6 2AB", {"personal_data:postcode": False}),
        ("look www.shop.net/x", {"personal_data:link": False}),
        ("WHERE is your shop @fernhollow", {"duplicate": True}),
    ],
)
async def test_what_is_wrong_with_a_text_is_told(feedback, text, expected):
    assert await codes(feedback, text) == expected


async def test_what_is_almost_there_and_what_is_like_another_label_is_told(project):
    corpus = corpus_of(project)
    feedback = feedback_on(corpus, admission())
    assert await codes(feedback, "any news of my orders", STATUS) == {
        "near_duplicate": False
    }
    assert await codes(feedback, "any news of my orders", STORES) == {
        "near_duplicate": False,
        "like_another_label": False,
    }


async def test_neighbours_come_nearest_first_and_follow_the_files(project):
    corpus = corpus_of(project)
    feedback = feedback_on(corpus, admission())
    said = await feedback.on_example("is there any news of the order", STATUS)
    assert said.neighbours[0].example.text == "any news of my order"
    likeness = [n.likeness for n in said.neighbours]
    assert likeness == sorted(likeness, reverse=True)
    assert all(n.example.label != STATUS for n in said.elsewhere)
    await make(corpus, AddExamples(STORES, ("is there any news of the orchard",)))
    said = await feedback.on_example("is there any news of the order", STATUS)
    assert said.elsewhere[0].example.text == "is there any news of the orchard"


async def test_a_few_neighbours_are_named_and_none_that_shares_nothing(project):
    corpus = corpus_of(project)
    feedback = feedback_on(corpus, admission())
    many = tuple(f"is there any news of the {word}" for word in "abcdefgh")
    await make(corpus, AddExamples(STORES, many))
    said = await feedback.on_example("is there any news of the order", STATUS)
    assert (len(said.neighbours), len(said.elsewhere)) == (SHOWN, SHOWN) == (5, 5)
    said = await feedback.on_example("qqqq xxxx zzzz", STATUS)
    assert (said.neighbours, said.elsewhere) == ((), ())


async def test_the_same_words_under_another_label_are_told_once(feedback):
    assert await codes(feedback, "WHERE is your shop", GREET) == {"duplicate": True}


async def test_an_answer_takes_far_less_than_a_tenth_of_a_second_of_work(tmp_path):
    """Over the whole corpus, once it is indexed."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    (tmp_path / "domain.yml").symlink_to(ROOT / "domain.yml")
    feedback = feedback_on(corpus_of(tmp_path), admission())
    await feedback.on_example("where is the shop", STORES)
    before = time.process_time()
    for number in range(20):
        await feedback.on_example(
            f"could you tell me when my {number} tents come", STATUS
        )
    assert (time.process_time() - before) / 20 < 0.1


async def test_what_is_in_the_corpus_holds_nobodys_data():
    policy = the_policy()
    personal = PersonalData(policy.public)
    corpus = corpus_of(ROOT)
    texts = [e.text for held in (await corpus.read()).labels.values() for e in held]
    found = [t for t in texts if any(f.blocks for f in personal.in_text(t))]
    # two made-up addresses at made-up hosts, and one number with a made-up ending
    assert len(found) <= 3


def test_every_answer_that_is_said_today_passes_its_own_checks():
    import asyncio

    policy = the_policy()
    drafts = AnswerDrafts(lambda: policy)
    answers = asyncio.run(corpus_of(ROOT).read()).answers
    for answer in answers.values():
        if answer.editable:
            found = drafts.on_answer(answer.name, answer.variants)
            assert [f.sentence for f in found if f.blocks] == [], answer.name


@pytest.mark.parametrize(
    ("texts", "code", "blocks"),
    [
        ([("x" * 300, PUBLIC), ("short", PUBLIC)], "voice", True),
        ([("one only", PUBLIC)], "voice", True),
        ([("mail a@b.example", PUBLIC), ("hm", PUBLIC)], "voice", True),
        ([("Your order came", PUBLIC), ("hm", PUBLIC)], "voice", True),
        ([("a {brace", PUBLIC), ("hm", PUBLIC)], "broken_slot", True),
        ([("a {order_number}", PUBLIC), ("hm", PUBLIC)], "unknown_slot", True),
        ([("yes", PUBLIC), ("hm", PUBLIC)], "no_private_wording", False),
        ([("yes", PRIVATE)], "no_public_wording", True),
    ],
)
def test_what_is_wrong_with_an_answer_is_told(texts, code, blocks):
    policy = the_policy()
    variants = [Variant(text=text, visibility=who) for text, who in texts]
    found = AnswerDrafts(lambda: policy).on_answer(f"{FAQ}/stores", variants)
    assert (code, blocks) in {(f.code, f.blocks) for f in found}


def test_an_answer_is_measured_as_the_network_counts():
    assert AnswerDrafts(the_policy).length("see https://example.com/x 👍") == 30


@pytest.mark.parametrize(
    ("marked", "text", "marks"),
    [
        ("my [tent](product)", "my tent", (Mark("product", 3, 7),)),
        ("[a](date) [b](date)", "a b", (Mark("date", 0, 1), Mark("date", 2, 3))),
        ("[sofas](product:sofa)", "sofas", (Mark("product", 0, 5, "sofa"),)),
        (
            '[sofas]{"entity": "product", "value": "sofa"}',
            "sofas",
            (Mark("product", 0, 5, "sofa"),),
        ),
        ("[sic] (really) :-[", "[sic] (really) :-[", ()),
    ],
)
def test_marks_are_read_as_rasa_reads_them(marked, text, marks):
    from rasa.shared.nlu.training_data.entities_parser import (
        find_entities_in_training_example,
        replace_entities,
    )

    apart = take_apart(marked)
    assert (apart.text, apart.marks) == (text, marks)
    assert replace_entities(marked) == text
    assert [
        (e["entity"], e["start"], e["end"], e["value"])
        for e in find_entities_in_training_example(marked)
    ] == [(m.kind, m.start, m.end, m.value or text[m.start : m.end]) for m in marks]
    if not apart.faults:
        again = take_apart(put_together(text, marks))
        assert (again.text, again.marks) == (text, marks)


@pytest.mark.parametrize("text", ["a [b] c", "a ]( b", "[a"])
def test_marks_that_would_read_back_otherwise_are_refused(text):
    with pytest.raises(InputError):
        put_together(text, (Mark("date", 0, 3),))


async def test_before_a_label_is_chosen_no_other_is_told_apart_from_it(project):
    feedback = feedback_on(corpus_of(project), admission())
    said = await feedback.on_example("any news of my orders", None)
    assert said.neighbours[0].example.text == "any news of my order"
    assert said.elsewhere == ()
    assert [finding.code for finding in said.findings] == ["near_duplicate"]


async def test_what_was_indexed_can_be_given_back_and_is_made_anew(project):
    feedback = feedback_on(corpus_of(project), admission())
    before = await feedback.on_example("any news of my orders", STATUS)
    index = weakref.ref(feedback._index)
    feedback.forget()
    gc.collect()
    assert index() is None
    assert await feedback.on_example("any news of my orders", STATUS) == before
