"""Where a new label stands in the files, and in which of them."""

from __future__ import annotations

import pytest

from bot.corpus.siblings import sibling_of
from bot.model.change import CreateLabel
from bot.model.example import Label
from tests.corpus.projects import corpus_of, make

GREET, THANKS = Label("greet"), Label("thanks")
C = "data/nlu/c_more.yml"


@pytest.mark.parametrize(
    ("name", "wanted", "below"),
    [
        ("order_gift", None, "order_cancel"),
        ("order_cancel_gift", None, "order_cancel"),
        ("faq/stores_open", None, "faq/stores"),
        ("complaint", None, "thanks"),
        ("order_gift", "greet", "greet"),
        ("order_gift", "nope", "order_cancel"),
    ],
)
def test_a_name_belongs_below_the_last_of_those_that_begin_like_it(name, wanted, below):
    names = ["greet", "order_status", "order_cancel", "faq/stores", "thanks"]
    assert sibling_of(name, names, wanted=wanted) == below


async def test_an_intent_comes_right_below_its_neighbour(project):
    edit = CreateLabel(
        label=Label("greet_again"), texts=("hi once more",), beside=GREET
    )
    await make(corpus_of(project), edit)
    assert (
        "- greet   # hello\n  - greet_again\n" in (project / "domain.yml").read_text()
    )


async def test_a_list_below_the_last_of_a_file_is_parted_from_it_like_the_others(
    project,
):
    path = project / C
    path.write_text(path.read_text().replace("- intent: thanks", "\n- intent: thanks"))
    edit = CreateLabel(
        label=Label("thanks_again"), texts=("thanks again",), beside=THANKS
    )
    await make(corpus_of(project), edit)
    assert "    - ta\n\n- intent: thanks_again\n" in path.read_text()


@pytest.mark.parametrize(
    "policy",
    [
        "intents:\n  order_gift: {handling: small_talk}\n  greet: {handling: answer}\n",
        "intents: {greet: {handling: answer}}\n",
        "intents:\n",
        "quiet: false\n",
    ],
)
async def test_a_policy_that_has_the_rule_or_no_list_of_rules_stays_as_it_is(
    project, policy
):
    path = project / "data" / "policy.yml"
    path.write_text(policy)
    edit = CreateLabel(label=Label("order_gift"), texts=("wrap it up please",))
    await make(corpus_of(project), edit)
    assert path.read_text() == policy


async def test_a_label_stands_beside_the_one_that_is_named_though_others_are_more_like_it(
    project,
):
    gift = Label("order_gift")
    edit = CreateLabel(label=gift, texts=("wrap it up please",), beside=GREET)
    await make(corpus_of(project), edit)
    [example] = (await corpus_of(project).read()).labels[gift]
    assert example.file == C
    assert "- greet   # hello\n  - order_gift\n" in (project / "domain.yml").read_text()
