"""What is refused, with its reason, and leaves the files as they were."""

from __future__ import annotations

import pytest

from bot.errors import ConfigError, InputError
from bot.model.change import (
    AddExamples,
    Conflict,
    CreateLabel,
    EditAnswer,
    MarkEntities,
    MoveExamples,
    RemoveExamples,
)
from bot.model.example import CorpusVersion, Label, Mark, Variant
from bot.model.message import Visibility
from tests.corpus.projects import (
    NOW,
    a_change,
    corpus_of,
    files_of,
    make,
)

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
STORES, GREET, THANKS = Label("faq/stores"), Label("greet"), Label("thanks")
STATUS, CANCEL = Label("order_status"), Label("order_cancel")
SHOPS = "data/nlu/a_shops.yml"


REFUSED = {
    "no such label": (AddExamples(Label("nope"), ("a text",)), "no label nope"),
    "no such example": (RemoveExamples(STORES, ("nope",)), "not under faq/stores"),
    "the last example": (
        RemoveExamples(CANCEL, ("cancel my order", "i don't want it any more")),
        "no example left",
    ),
    "a move to where it is": (MoveExamples(GREET, ("hi",), GREET), "already"),
    "a stroke": (CreateLabel(label=Label("order/x"), texts=("x y",)), "have a stroke"),
    "an empty text": (AddExamples(STORES, (" \n ",)), "no text"),
    "an unknown entity": (AddExamples(STORES, ("a [b](nope)",)), "“nope”"),
    "a broken mark": (AddExamples(STORES, ("a [b(date)",)), "bracket"),
    "many marks at one place": (
        AddExamples(STORES, ('a [b][{"entity": "date"}, {"entity": "product"}]',)),
        "one kind at a place",
    ),
    "overlapping marks": (
        MarkEntities(
            STATUS, "any news of my order", (Mark("date", 0, 5), Mark("date", 3, 8))
        ),
        "overlap",
    ),
    "what no YAML holds": (AddExamples(STORES, ("a \ud800 b",)), "cannot be written"),
    "what Rasa would resolve": (AddExamples(STORES, ("a \\u0041",)), "backslash"),
    "the same words under another label": (
        AddExamples(THANKS, ("Hello THERE 👋 @fernhollow",)),
        "example of greet",
    ),
    "the same words once more": (AddExamples(GREET, ("HI @fernhollow",)), "of greet"),
    "twice in one change": (AddExamples(GREET, ("oi oi", "Oi oi")), "of greet"),
    "an email address": (AddExamples(GREET, ("its joe@gmail.com",)), "email"),
    "an email in words": (AddExamples(GREET, ("joe at gmail dot com",)), "email"),
    "a phone number": (AddExamples(GREET, ("ring 0121 496 12 345",)), "phone"),
    "an email as what a mark stands for": (
        AddExamples(
            STORES, ('a [b]{"entity": "product", "value": "joe@gmail.com"} shop',)
        ),
        "email",
    ),
    "a card": (AddExamples(GREET, ("4539 1488 0343 6467",)), "card"),
    "a label's name": (CreateLabel(label=Label("Bad Name"), texts=("x y",)), "lower"),
    "a label twice": (CreateLabel(label=GREET, texts=("x y",)), "already"),
    "an answer without wordings": (
        CreateLabel(label=Label("faq/x"), texts=("x y",)),
        "needs its wordings",
    ),
    "an answer of two public words": (
        EditAnswer("faq/stores", (Variant(text="Your order", visibility=PUBLIC),)),
        "only one public wording",
    ),
    "an answer in private only": (
        EditAnswer("faq/stores", (Variant(text="Here", visibility=PRIVATE),)),
        "no public wording",
    ),
    "an answer of nothing": (EditAnswer("greet", ()), "needs wordings"),
    "conditions": (
        EditAnswer("ask_order_number", (Variant(text="Hm?", visibility=PRIVATE),)),
        "edit it in the file",
    ),
    "no such answer": (
        EditAnswer("nope", (Variant(text="Hm?", visibility=PRIVATE),)),
        "no answer utter_nope",
    ),
}


@pytest.mark.parametrize(("edit", "reason"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_cannot_be_is_refused_with_its_reason(project, edit, reason):
    before = files_of(project)
    with pytest.raises(InputError, match=reason):
        await make(corpus_of(project), edit)
    assert files_of(project) == before


async def test_one_bad_edit_refuses_the_whole_change(project):
    before = files_of(project)
    with pytest.raises(InputError):
        await make(
            corpus_of(project),
            AddExamples(STORES, ("is there parking",)),
            RemoveExamples(STORES, ("nope",)),
        )
    assert files_of(project) == before


@pytest.mark.parametrize("field", ["by", "why"])
async def test_a_change_says_who_and_why(project, field):
    with pytest.raises(InputError, match="Please say"):
        await make(
            corpus_of(project),
            AddExamples(STORES, ("is there parking",)),
            **{field: " "},
        )


@pytest.mark.parametrize(
    "more",
    [{"by": "A" * 81}, {"why": "w" * 501}, {"by": "a\x00b"}, {"why": "a\x1b[2J"}],
)
async def test_author_and_reason_are_short_and_plain(project, more):
    with pytest.raises(InputError, match="plain characters"):
        await make(corpus_of(project), AddExamples(STORES, ("parking",)), **more)


async def test_a_reason_names_nobody(project):
    before = files_of(project)
    with pytest.raises(InputError, match="The reason: It holds an email"):
        await make(
            corpus_of(project),
            AddExamples(STORES, ("is there parking",)),
            why="joe.b@gmail.com asked",
        )
    assert files_of(project) == before


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        (
            SHOPS,
            "nlu:\n- intent: greet\n  examples: [a, b]\n",
            ":2: expected `examples: |`",
        ),
        (
            SHOPS,
            "nlu:\n- intent: greet\n  examples: |\n    - a\n    b\n",
            ":5: an example",
        ),
        (SHOPS, "nlu:\n- intent: Greet\n  examples: |\n    - a\n", ":2: an intent"),
        (SHOPS, "nlu:\n- a: [\n", ":3: not valid YAML"),
        (
            SHOPS,
            "nlu:\n- intent: greet\n  examples: &hi |\n    - a\n"
            "- intent: bye\n  examples: *hi\n",
            ":3: these examples stand a second time",
        ),
        (SHOPS, "nlu:\n- intent: q3\n  examples: |\n    - a\n", "digits stand only"),
        ("domain.yml", "intents: []\nintents: []\n", ":2: the key intents"),
        ("data/provenance.jsonl", "{}\n", ":1: not the record"),
        (
            "data/provenance.jsonl",
            '{"by": "a", "at": "2026-01-01T00:00:00", "why": "b", "origin": "written"}',
            ":1: not the record",
        ),
    ],
)
async def test_a_broken_file_is_named_with_its_line(project, name, text, place):
    (project / name).write_text(text)
    with pytest.raises(ConfigError, match=place):
        await corpus_of(project).read()


@pytest.mark.parametrize("name", [SHOPS, "domain.yml", "data/provenance.jsonl"])
async def test_a_file_in_another_encoding_is_named_with_its_line(project, name):
    (project / name).write_bytes(b"# one\n# caf\xe9\n")
    with pytest.raises(ConfigError, match=r":2: is not text; expected UTF-8"):
        await corpus_of(project).read()


@pytest.mark.parametrize("name", [SHOPS, "domain.yml"])
@pytest.mark.parametrize("end", [b"\r", b"\r\r\n"])
async def test_line_ends_that_only_yaml_takes_for_some_are_named_with_their_line(
    project, name, end
):
    path = project / name
    first, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(first + b"\r\n" + rest.replace(b"\n", end))
    with pytest.raises(ConfigError, match=r":2: a line ends with a carriage return"):
        await corpus_of(project).read()


async def test_a_label_beside_a_list_without_examples_is_left_to_an_editor(project):
    path = project / SHOPS
    path.write_text(
        "nlu:\n- intent: faq/stores\n  examples: |\n- intent: bye\n  examples: |\n    - ta ta\n"
    )
    before = files_of(project)
    new = CreateLabel(label=Label("bye_now"), texts=("so long",), beside=Label("bye"))
    await make(corpus_of(project), new)
    path.write_bytes(before[SHOPS])
    edit = CreateLabel(
        label=Label("faq/parking"),
        texts=("is there parking",),
        answer=(ONE, TWO),
        beside=STORES,
    )
    with pytest.raises(InputError, match="faq/stores has no example yet"):
        await make(corpus_of(project), edit)


async def test_a_folder_that_cannot_be_written_is_told_with_a_remedy(project):
    (project / "data" / ".corpus").write_text("a file where a folder belongs")
    with pytest.raises(ConfigError, match=r"\.corpus: .*may write"):
        await make(corpus_of(project), AddExamples(STORES, ("is there parking",)))


ONE, TWO = (Variant(text=text, visibility=PUBLIC) for text in ("Hello.", "Hi."))


async def test_a_layout_that_would_read_back_otherwise_is_left_to_an_editor(project):
    """A node with two names: who edits one of the answers changes the other."""
    path = project / "domain.yml"
    shared = path.read_text().replace("utter_greet:", "utter_greet: &hello")
    path.write_text(
        shared.replace("session_config:", "  utter_bye: *hello\n\nsession_config:")
    )
    before = files_of(project)
    with pytest.raises(InputError, match="only an editor can change"):
        await make(corpus_of(project), EditAnswer("greet", (ONE, TWO)))
    assert files_of(project) == before


async def test_a_comment_that_lines_would_swallow_is_left_to_an_editor(project):
    path = project / "domain.yml"
    greeting = "text: Hello. How can we help?"
    path.write_text(path.read_text().replace(greeting, f"{greeting}  # said first"))
    before = files_of(project)
    with pytest.raises(InputError, match="A comment behind the text"):
        lines = Variant(text="Hello.\nHow can we help?", visibility=PUBLIC)
        edit = EditAnswer("greet", (lines, TWO))
        await make(corpus_of(project), edit)
    assert files_of(project) == before


async def test_a_list_of_intents_on_one_line_is_left_to_an_editor(project):
    path = project / "domain.yml"
    text = path.read_text()
    start, end = text.index("intents:"), text.index("entities:")
    path.write_text(f"{text[:start]}intents: [greet, thanks, faq]\n\n{text[end:]}")
    with pytest.raises(InputError, match="no list of intents"):
        edit = CreateLabel(label=Label("order_gift"), texts=("wrap it up",))
        await make(corpus_of(project), edit)


async def test_a_version_that_names_a_file_elsewhere_is_just_unknown(project):
    """It comes from outside, with the page's form."""
    corpus = corpus_of(project)
    await make(corpus, AddExamples(STORES, ("is there parking",)))
    [known, *_] = (project / "data" / ".corpus" / "versions").glob("*.json")
    secret = project / "secret.json"
    secret.write_bytes(known.read_bytes())
    change = a_change(AddExamples(GREET, ("oi oi",)))
    version = CorpusVersion("../../../secret")
    done = await corpus.apply(change, expected=version, now=NOW)
    assert isinstance(done, Conflict)
    assert not done.known
