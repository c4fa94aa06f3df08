"""What an edit does to the files: the lines that it means, and nothing else."""

from __future__ import annotations

import pytest

from bot.model.change import (
    AddExamples,
    CreateLabel,
    EditAnswer,
    MarkEntities,
    MoveExamples,
    RemoveExamples,
    ReplaceExample,
)
from bot.model.example import Label, Mark, Variant
from bot.model.message import Visibility
from tests.corpus.projects import (
    changed_lines,
    corpus_of,
    files_of,
    make,
)

PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE
STORES, GREET, THANKS = Label("faq/stores"), Label("greet"), Label("thanks")
STATUS, CANCEL = Label("order_status"), Label("order_cancel")
A, B, C = (f"data/nlu/{n}.yml" for n in ("a_shops", "b_orders", "c_more"))


def of_intent(name: str) -> dict[str, tuple[list[str], list[str]]]:
    """Return what comes into the files that list all intents."""
    rule = f"  {name}: {{handling: hand_off, reason: people_only}}\n"
    return {"domain.yml": ([], [f"  - {name}\n"]), "data/policy.yml": ([], [rule])}


# what is done -> {file: (lines that go, lines that come)}
CASES = {
    "an example is added below the last of its list": (
        AddExamples(STORES, ("is there parking",)),
        {A: ([], ["    - is there parking\n"])},
    ),
    "Windows' line ends stay": (
        AddExamples(STATUS, ("is it [today](date)",)),
        {B: ([], ["      - is it [today](date)\r\n"])},
    ),
    "a file without a last line end keeps none": (
        AddExamples(THANKS, ("thank you so much", "much obliged")),
        {
            C: (
                ["    - ta"],
                ["    - ta\n", "    - thank you so much\n", "    - much obliged"],
            )
        },
    ),
    "an example is removed": (
        RemoveExamples(STORES, ("where is your shop",)),
        {A: (["    - where is your shop\n"], [])},
    ),
    "the last of a file is removed": (
        RemoveExamples(THANKS, ("ta",)),
        {C: (["    - cheers for that\n", "    - ta"], ["    - cheers for that"])},
    ),
    "an example is replaced where it stands": (
        ReplaceExample(STORES, "are you open on sunday?", "open [sundays](date)?"),
        {
            A: (
                ["    - are you open on [sunday](date)?\n"],
                ["    - open [sundays](date)?\n"],
            )
        },
    ),
    "an example moves with its marks": (
        MoveExamples(STATUS, ("where is my tent",), CANCEL),
        {
            B: (
                ["      - where is my [tent](product)\r\n"],
                ["      - where is my [tent](product)\r\n"],
            )
        },
    ),
    "an entity is marked": (
        MarkEntities(STATUS, "any news of my order", (Mark("product", 15, 20),)),
        {
            B: (
                ["      - any news of my order\r\n"],
                ["      - any news of my [order](product)\r\n"],
            )
        },
    ),
    "all marks are taken away": (
        MarkEntities(STORES, "are you open on sunday?", ()),
        {
            A: (
                ["    - are you open on [sunday](date)?\n"],
                ["    - are you open on sunday?\n"],
            )
        },
    ),
    "a label in two files grows in the later": (
        AddExamples(GREET, ("oi oi",)),
        {C: ([], ["    - oi oi\n"])},
    ),
    "what has a sense in YAML is a text like any other": (
        AddExamples(STORES, ("- a: {b} # c | > & * !x %y @z `", "'\"\\ \t: -")),
        {
            A: (
                [],
                [
                    "    - - a: {b} # c | > & * !x %y @z `\n",
                    "    - '\"\\ : -\n",
                ],
            )
        },
    ),
    "several lines become one": (
        AddExamples(STORES, (" one\r\n two\u2028three\x85 four\x0bfive ",)),
        {A: ([], ["    - one two three four five\n"])},
    ),
    "a new intent stands beside its like, in all three files": (
        CreateLabel(label=Label("order_gift"), texts=("wrap it up please",)),
        {
            B: (
                [],
                [
                    "  - intent: order_gift\r\n",
                    "    examples: |\r\n",
                    "      - wrap it up please\r\n",
                ],
            ),
            **of_intent("order_gift"),
        },
    ),
    "a new standard answer keeps the empty lines between lists": (
        CreateLabel(
            label=Label("faq/parking"),
            texts=("where can i park", "is there a car park"),
            answer=(
                Variant(text='Yes, "free" parking.', visibility=PUBLIC),
                Variant(text="You can park at both.", visibility=PUBLIC),
                Variant(text="Park here:\n\n • Bristol\n • Leeds", visibility=PRIVATE),
            ),
        ),
        {
            A: (
                [],
                [
                    "- intent: faq/parking\n",
                    "  examples: |\n",
                    "    - where can i park\n",
                    "    - is there a car park\n",
                    "\n",
                ],
            ),
            "domain.yml": (
                [],
                [
                    "  utter_faq/parking:\n",
                    '    - text: "Yes, \\"free\\" parking."\n',
                    "      channel: public\n",
                    '    - text: "You can park at both."\n',
                    "      channel: public\n",
                    "    - text: |-\n",
                    "        Park here:\n",
                    "\n",
                    "         • Bristol\n",
                    "         • Leeds\n",
                    "      channel: private\n",
                    "\n",
                ],
            ),
        },
    ),
    "a list at the end of a file gets a neighbour": (
        CreateLabel(
            label=Label("thanks_again"), texts=("thanks again",), beside=THANKS
        ),
        {
            C: (
                ["    - ta"],
                [
                    "    - ta\n",
                    "- intent: thanks_again\n",
                    "  examples: |\n",
                    "    - thanks again",
                ],
            ),
            **of_intent("thanks_again"),
        },
    ),
    "a new intent stands below the comment behind its neighbour": (
        CreateLabel(label=Label("greet_again"), texts=("hi once more",), beside=GREET),
        {
            C: (
                [],
                [
                    "- intent: greet_again\n",
                    "  examples: |\n",
                    "    - hi once more\n",
                ],
            ),
            **of_intent("greet_again"),
        },
    ),
    "the last example of one of two lists goes with the list": (
        MoveExamples(GREET, ("good morning",), THANKS),
        {
            C: (
                [
                    "- intent: greet\n",
                    "  examples: |\n",
                    "    - good morning\n",
                    "    - ta",
                ],
                ["    - ta\n", "    - good morning"],
            )
        },
    ),
    "one wording changes, its comment and its neighbours stay": (
        EditAnswer(
            "faq/stores",
            (
                Variant(text="Bristol and Leeds.", visibility=PUBLIC),
                Variant(text="It's Bristol and Leeds, every day.", visibility=PUBLIC),
                Variant(
                    text="Two showrooms:\n• Bristol\n• Leeds\n\nCome and see.",
                    visibility=PRIVATE,
                ),
            ),
        ),
        {
            "domain.yml": (
                [
                    '    - text: "We have showrooms in Bristol and Leeds."   # both\n',
                ],
                ['    - text: "Bristol and Leeds."   # both\n'],
            )
        },
    ),
    "a wording comes and another goes": (
        EditAnswer(
            "faq/stores",
            (
                Variant(
                    text="We have showrooms in Bristol and Leeds.", visibility=PUBLIC
                ),
                Variant(text="It's Bristol and Leeds, every day.", visibility=PUBLIC),
                Variant(text="Bristol or Leeds.", visibility=PUBLIC),
            ),
        ),
        {
            "domain.yml": (
                [
                    "    - text: |-\n",
                    "        Two showrooms:\n",
                    "        • Bristol\n",
                    "        • Leeds\n",
                    "\n",
                    "        Come and see.\n",
                    "      channel: private\n",
                ],
                ['    - text: "Bristol or Leeds."\n', "      channel: public\n"],
            )
        },
    ),
    "a quoted and a plain wording become lines and back": (
        EditAnswer(
            "greet",
            (
                Variant(text="Hello.\nHow can we help?", visibility=PUBLIC),
                Variant(text="Hi: what # now?", visibility=PUBLIC),
            ),
        ),
        {
            "domain.yml": (
                [
                    "    - text: Hello. How can we help?\n",
                    '    - text: "Hi there, what can we do?"\n',
                ],
                [
                    "    - text: |-\n",
                    "        Hello.\n",
                    "        How can we help?\n",
                    '    - text: "Hi: what # now?"\n',
                ],
            )
        },
    ),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.values(), ids=CASES.keys())
async def test_only_the_lines_that_are_meant_change(project, edit, expected):
    before = files_of(project)
    await make(corpus_of(project), edit)
    after = files_of(project)
    after.pop("data/provenance.jsonl")
    assert before.keys() == after.keys()
    for name, old in before.items():
        gone, came = changed_lines(old, after[name])
        assert (sorted(gone), sorted(came)) == tuple(
            map(sorted, expected.get(name, ([], [])))
        ), name


async def test_later_edits_of_a_change_see_the_earlier(project):
    corpus = corpus_of(project)
    parking = Label("faq/parking")
    wordings = tuple(
        Variant(text=text, visibility=PUBLIC) for text in ("Yes.", "Yes, there is.")
    )
    await make(
        corpus,
        CreateLabel(label=parking, texts=("where do i park",), answer=wordings),
        MoveExamples(STORES, ("where is your shop",), parking),
        MarkEntities(parking, "where do i park", (Mark("product", 11, 15),)),
    )
    state = await corpus.read()
    assert [e.marked for e in state.labels[parking]] == [
        "where do i [park](product)",
        "where is your shop",
    ]
    assert state.answers[parking].variants == wordings


async def test_a_label_without_an_answer_gets_one_beside_its_like(project):
    corpus = corpus_of(project)
    wordings = tuple(
        Variant(text=text, visibility=PUBLIC) for text in ("It comes.", "Coming soon.")
    )
    await make(corpus, EditAnswer("order_status", wordings))
    state = await corpus.read()
    assert state.answers["order_status"].variants == wordings


async def test_what_was_read_can_be_forgotten_and_read_again(project):
    corpus = corpus_of(project)
    before = await corpus.read()
    corpus.forget()
    assert await corpus.read() == before


async def test_a_list_that_somebody_left_empty_grows_again(project):
    path = project / C
    path.write_text(path.read_text().replace("    - good morning\n", ""))
    await make(corpus_of(project), AddExamples(GREET, ("oi oi",)))
    assert "- intent: greet\n  examples: |\n    - oi oi\n" in path.read_text()


async def test_the_only_list_of_a_file_stays_when_its_last_example_goes(project):
    """Without any list the file would be refused when a model is trained."""
    path = project / "data" / "nlu" / "d_hello.yml"
    head = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n'
    path.write_text(f"{head}    - oi oi\n")
    corpus = corpus_of(project)
    await make(corpus, RemoveExamples(GREET, ("oi oi",)))
    assert path.read_text() == head
    await make(corpus, AddExamples(GREET, ("oi oi oi",)))
    assert path.read_text() == f"{head}    - oi oi oi\n"


async def test_an_example_that_would_not_be_taken_today_may_still_be_moved(project):
    """It came by hand; what is wrong with it is no worse under another label."""
    path = project / C
    path.write_text(path.read_text().replace("good morning", "mail joe@gmail.com"))
    corpus = corpus_of(project)
    await make(corpus, MoveExamples(GREET, ("mail joe@gmail.com",), THANKS))
    assert (await corpus.read()).labels[THANKS][-1].text == "mail joe@gmail.com"
