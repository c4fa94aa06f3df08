"""The models on one machine: whole or not there, with what they were made from."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import ModelError
from bot.model.manifest import pack, unpack
from bot.model.trained import Judgement, ModelName, Origin, Part, Standing, Term
from bot.nlu.model_diff import Moved, model_diff
from bot.nlu.origin import files_in
from bot.store.server import connect
from tests.builders import NOON
from tests.machines import Machine

YES = Judgement(passed=True, at=NOON, summary="Better.", report="model-x.report.html")


@pytest.fixture
def machine(tmp_path) -> Machine:
    return Machine(tmp_path, connect("unix:///nobody"))  # no store is asked


def test_a_manifest_says_what_a_model_was_made_from_by_whom_and_why(machine):
    model = machine.train("hello", "hi")
    assert (model.by, model.why, model.made_at) == ("tara", "greetings", NOON)
    assert (model.examples, model.labels) == (2, 1)
    assert set(model.origin.files) == {"config.yml", "domain.yml", "data/nlu/talk.yml"}
    assert model.origin.libraries["rasa"]
    assert "bot/nlu/classifier.py" in model.origin.code
    assert machine.shelf.holds(model)
    assert machine.shelf.models() == [model]


@pytest.mark.parametrize("judgement", [None, YES, replace(YES, against="model-y")])
def test_a_manifest_comes_back_from_json_as_it_was(machine, judgement):
    model = replace(machine.train("hello"), judgement=judgement)
    assert unpack(pack(model)) == model


def test_a_manifest_of_the_time_before_judgements_said_against_what_is_read(machine):
    model = replace(machine.train("hello"), judgement=YES)
    facts = json.loads(pack(model))
    del facts["judgement"]["against"]
    assert unpack(json.dumps(facts)) == model


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"v": 9}', '{"v": 1}', "null"])
def test_what_is_no_manifest_is_refused(text):
    with pytest.raises(ValueError, match=r"manifest|Expecting"):
        unpack(text)


def test_a_broken_manifest_hides_its_model_and_no_other(machine):
    one, other = machine.train("hello"), machine.train("hello", "hi")
    (machine.models / f"{one.name}.json").write_text("{")
    assert machine.shelf.models() == [other]


def test_a_judgement_stays_with_the_model(machine):
    model = machine.train("hello")
    assert machine.shelf.judge(model.name, YES) == replace(model, judgement=YES)
    assert machine.shelf.model(model.name).judgement == YES
    with pytest.raises(ModelError, match="no model"):
        machine.shelf.judge(ModelName("model-0"), YES)


def test_a_model_of_other_files_gets_no_manifest(machine):
    """Nobody could say any more what it was made from."""
    name = machine.shelf.present()
    machine.shelf.path(name).write_bytes(b"model")
    machine.edit("hello", "hi")
    with pytest.raises(ModelError, match="files as they are now"):
        machine.shelf.note(name, by="tara", why="", at=NOON)


def test_the_snapshot_is_what_the_files_were(machine):
    model = machine.train("hello")
    machine.edit("something else")
    files = files_in(machine.shelf.path(model.name, Part.SNAPSHOT))
    assert b"- hello" in files["data/nlu/talk.yml"]
    assert set(files) == set(model.origin.files)


def test_what_was_altered_is_not_held(machine):
    model = machine.train("hello")
    path = machine.shelf.path(model.name)
    path.write_bytes(path.read_bytes() + b"!")
    assert not machine.shelf.holds(model)
    path.unlink()
    assert not machine.shelf.holds(model)
    assert machine.shelf.model(model.name) is None


def test_what_belongs_to_models_that_are_gone_goes_after_an_hour(machine):
    old, kept = machine.train("hello"), machine.train("hello", "hi")
    machine.shelf.path(old.name).unlink()
    (machine.models / f"{old.name}.report.html").write_text("old")
    (machine.models / ".receiving-x").mkdir()
    (machine.models / ".writing-x").touch()
    for path in machine.models.iterdir():
        os.utime(path, (0, 0))
    (machine.models / "model-1.json").touch()  # somebody is about to finish it
    new = machine.train("good evening")
    left = {path.name.partition(".")[0] for path in machine.models.iterdir()}
    assert left == {kept.name, new.name, "model-1"}


def test_what_differs_between_two_models_is_told_example_by_example(machine):
    domain = machine.project / "domain.yml"
    one = machine.train("hello", "ta", "same")
    domain.write_text('version: "3.1"\nresponses:\n  utter_hi:\n  - text: Hi\n')
    text = (
        "nlu:\n- intent: greet\n  examples: |\n    - same\n    - good day\n"
        "- intent: thanks\n  examples: |\n    - ta\n"
    )
    other = machine.train_on(text)
    found = model_diff(one, other, machine.shelf)
    assert found.added == (("greet", "good day"),)
    assert found.removed == (("greet", "hello"),)
    assert found.moved == (Moved("ta", "greet", "thanks"),)
    assert (found.answers, found.files, found.versions) == (
        ("utter_hi",),
        ("domain.yml",),
        (),
    )
    assert model_diff(one, one, machine.shelf).is_empty


def test_another_library_or_module_makes_a_model_foreign(machine):
    here = machine.shelf.here()
    other = replace(
        here,
        libraries=here.libraries | {"rasa": "3.5"},
        code={"bot/nlu/gone.py": "1", **here.code},
    )
    assert other.foreign_to(here) == (
        f"rasa 3.5, here {here.libraries['rasa']}",
        "bot/nlu/gone.py",
    )
    assert here.foreign_to(here) == ()


def test_of_many_other_modules_some_are_named(machine):
    here = machine.shelf.here()
    other = replace(here, code={f"bot/nlu/{n}.py": "1" for n in "abcde"} | here.code)
    assert other.foreign_to(here) == (
        "bot/nlu/a.py",
        "bot/nlu/b.py",
        "3 more modules",
    )


def test_edited_files_make_no_model_foreign(machine):
    before = machine.shelf.here()
    machine.edit("bye")
    after = machine.shelf.here()
    assert before.foreign_to(after) == ()
    assert before.edited_since(after) == ("data/nlu/talk.yml",)


def term(name: str) -> Term:
    return Term(
        model=ModelName(name), since=NOON, until=NOON + timedelta(1), by="", why=""
    )


def test_the_way_back_leads_past_the_live_model():
    standing = Standing(
        live=term("b"), earlier=tuple(map(term, ("b", "a", "b", "c", "d")))
    )
    assert standing.previous == "a"
    assert standing.kept == ("b", "a", "c")
    assert Standing().previous is None
    assert (
        Origin(files={}, code={}, libraries={}, encoder="").foreign_to(
            Origin(files={}, code={}, libraries={}, encoder="")
        )
        == ()
    )
