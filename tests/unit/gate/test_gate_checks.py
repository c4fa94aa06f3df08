"""Every mistake in the files has a file, a line and a remedy."""

import re
import shutil

import pytest

from bot.errors import ConfigError
from bot.gate.checks import check_files, check_with_rasa
from tests.builders import ROOT
from tests.small_project import small_project


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return small_project(tmp_path_factory.mktemp("sound") / "project")


@pytest.fixture
def project(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "project", symlinks=True)


def edit(project, name, old, new, *, count=1):
    file = project / name
    text = file.read_text()
    assert old in text, f"{name} has no {old!r}"
    file.write_text(text.replace(old, new, count))
    lines = file.read_text().splitlines()
    return next((n for n, x in enumerate(lines, 1) if new.splitlines()[0] in x), 0)


def found_in(project):
    return [str(each) for each in check_files(project, project / "data" / "policy.yml")]


NLU = "data/nlu/all.yml"


def test_the_shipped_files_have_no_mistakes():
    assert check_files(ROOT, ROOT / "data" / "policy.yml") == []


def test_a_sound_project_has_none_by_rasa_either(sound):
    assert found_in(sound) == []
    assert check_with_rasa(sound) == []


def test_an_intent_that_the_domain_does_not_know(project):
    line = edit(project, NLU, "intent: packaging\n", "intent: wrapping\n")
    found = "\n".join(found_in(project))
    assert (
        f"{project / NLU}:{line + 2}: the intent wrapping is not in domain.yml" in found
    )
    assert "expected - wrapping under intents: there" in found
    assert re.search(r"domain.yml:\d+: the intent packaging has no examples", found)


@pytest.mark.parametrize("name", ["data/more.yml", "data/nlu/shop/more.yaml"])
def test_examples_where_rasa_learns_them_and_nobody_checks_them(project, name):
    file = project / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("# more\nnlu:\n- intent: greet\n  examples: |\n    - hullo\n")
    (found,) = found_in(project)
    assert found.startswith(f"{file}:2: these examples stand where neither checks")
    assert "expected them in a file right below data/nlu" in found


def test_an_intent_without_a_rule(project):
    edit(project, NLU, "intent: packaging\n", "intent: wrapping\n")
    edit(project, "domain.yml", "- packaging\n", "- wrapping\n")
    (found,) = found_in(project)
    assert "the policy has no rule for the intent wrapping" in found


def test_a_standard_question_without_an_answer(project):
    line = edit(project, NLU, "intent: faq/stores\n", "intent: faq/parking\n")
    found = "\n".join(found_in(project))
    assert (
        f"{project / NLU}:{line + 2}: the standard question faq/parking has no" in found
    )
    assert "utter_faq/stores answers a question that has no examples" in found


def test_an_entity_that_the_domain_does_not_know(project):
    line = edit(project, NLU, "    - ", "    - the [blue one](colour) ")
    (found,) = found_in(project)
    assert f"{project / NLU}:{line}: the entity colour is not in domain.yml" in found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("write to nell.b@mail-of-hers.net please", "an email address"),
        ("ring me on 07911 123456 about it", "a phone number"),
        ("my card is 4539 1488 0343 6467", "a card number"),
    ],
)
def test_personal_data_that_came_in_by_hand(project, text, told):
    """The trainer's page takes none of it, and an editor takes everything."""
    line = edit(project, NLU, "  examples: |\n", f"  examples: |\n    - {text}\n") + 1
    (found,) = found_in(project)
    assert found.startswith(f"{project / NLU}:{line}: this example holds {told}; ")
    assert text.split()[-2] not in found


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ('{"entity": "date", "value": "nell.b@mail-of-hers.net"}', "a mark in this example holds an email address"),
        ('{"value": "nell.b\\u0040mail-of-hers.net", "entity": "date"}', "a mark in this example holds an email address"),
        ('{"entity": "date", "role": "07911 123456"}', "a mark in this example holds a phone number"),
        ('{"entity": "date", "group": "4539 1488 0343 6467"}', "a mark in this example holds a card number"),
        ('{"entity": "date", "value": "nell.b@mail-of-hers.net", "value": "x"}', "a mark in this example holds an email address"),
        ('{"entity": "date", "value": 4539148803436467}', "a mark in this example holds a card number"),
        ('{"entity": "date", "value": nell.b@mail-of-hers.net}', "a mark in this example holds an email address"),
        ("(date:nell.b@mail-of-hers.net)", "a mark in this example holds an email address"),
        ('(date){"value": "nell.b@mail-of-hers.net"}', "this example holds an email address"),
        ('[{"entity": "date", "value": "nell.b@mail-of-hers.net"}]', "this example holds an email address"),
    ],
)  # fmt: skip
def test_personal_data_that_came_in_by_hand_behind_a_mark(project, mark, told):
    """What a mark stands for is learned, and read by whoever opens the file."""
    text = f"does it come [next tuesday]{mark} then"
    line = edit(project, NLU, "  examples: |\n", f"  examples: |\n    - {text}\n") + 1
    (found,) = found_in(project)
    assert found.startswith(f"{project / NLU}:{line}: {told}; expected an invented one")
    assert not {"nell", "123456", "4539"} & set(re.findall(r"nell|123456|4539", found))


def test_what_a_mark_stands_for_may_be_invented_and_begins_apart_from_the_text(project):
    text = 'the number is [0161 496](date) and [0](date:1632960123) or [x]{"entity": "date", "value": "a@example.com"}'
    edit(project, NLU, "  examples: |\n", f"  examples: |\n    - {text}\n")
    assert found_in(project) == []


def test_one_text_under_two_intents(project):
    edit(
        project,
        NLU,
        "intent: greet\n  examples: |\n",
        "intent: greet\n  examples: |\n    - my lamp hums\n",
    )
    line = edit(
        project,
        NLU,
        "intent: goodbye\n  examples: |\n",
        "intent: goodbye\n  examples: |\n    - MY lamp hums\n",
    )
    found = found_in(project)
    assert len(found) == 1
    assert "my lamp hums” is an example of" in found[0].lower()
    assert line


def test_too_few_examples(project):
    text = (project / NLU).read_text()
    head, _, rest = text.partition("- intent: packaging\n  examples: |\n")
    _, _, others = rest.partition("- intent:")
    (project / NLU).write_text(
        f"{head}- intent: packaging\n  examples: |\n    - so much plastic\n- intent:{others}"
    )
    (found,) = found_in(project)
    assert "the intent packaging has 1 examples; expected at least 5" in found


def test_broken_yaml_is_told_with_its_line(project):
    edit(project, NLU, "  examples: |\n", "  examples: [\n")
    with pytest.raises(ConfigError, match=rf"{project / NLU}:\d+: not valid YAML"):
        found_in(project)


def test_broken_rules_are_told_with_their_line(project):
    (project / "data" / "rules.yml").write_text("rules: [\n")
    with pytest.raises(ConfigError, match=r"rules.yml:\d+: not valid YAML"):
        found_in(project)


def test_a_protected_intent_that_does_not_exist_is_told(project):
    line = edit(
        project, "data/policy.yml", "    - legal_threat\n", "    - legal_threats\n"
    )
    with pytest.raises(ConfigError, match=rf"policy.yml:{line}: gate.protected"):
        found_in(project)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("data/rules.yml", "action: action_order_status", "action: action_dance", "action_dance"),
        ("data/rules.yml", "intent: refund_status", "intent: refund_dance", "refund_dance"),
        ("data/rules.yml", "active_loop: order_form", "active_loop: dance_form", "dance_form"),
    ],
)  # fmt: skip
def test_what_rasa_says_has_the_place_of_what_it_names(project, name, old, new, told):
    line = edit(project, name, old, new)
    found = [str(each) for each in check_with_rasa(project)]
    assert any(f"{project / name}:{line}: Rasa says:" in e and told in e for e in found)


def test_files_that_end_otherwise_are_validated_as_well(project):
    edit(project, "data/rules.yml", "action_order_status", "action_dance")
    rules = (project / "data" / "rules.yml").rename(project / "data" / "rules.yaml")
    found = [str(each) for each in check_with_rasa(project)]
    assert any(f"{rules}:" in each and "action_dance" in each for each in found)


def test_what_we_have_told_rasa_need_not_tell_again(project):
    edit(project, NLU, "    - ", "    - the [blue one](colour) ")
    edit(project, "data/rules.yml", "action_order_status", "action_dance")
    ours = check_files(project, project / "data" / "policy.yml")
    theirs = check_with_rasa(project, known=ours)
    assert not {(e.path, e.line) for e in ours} & {(e.path, e.line) for e in theirs}
