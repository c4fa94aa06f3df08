"""Everything that can be wrong in the files, each with its place and what to do.

Our own checks come first: they know lines. What Rasa's validation says beside them is
given the line in which what it names stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.corpus.personal import PersonalData
from bot.errors import ConfigError
from bot.gate.frozen import Frozen, load_frozen
from bot.knowledge.answers import DomainAnswers
from bot.knowledge.domain_file import PREFIX
from bot.knowledge.voice import check_voice
from bot.model.example import key_of
from bot.model.policy import Policy
from bot.model.reading import FAQ
from bot.nlu.bootstrap import prepare
from bot.nlu.data import Example, load_examples, load_yaml
from bot.nlu.normalise import tokens
from bot.policy_file import load_policy
from bot.yaml_reader import Problem, read_yaml

FEWEST: Final = (
    5  # examples of an intent; fewer cannot be held out to see what is right
)
_NAMED = re.compile(r"'([^'\s]{2,100})'")


def check_files(project: Path, policy_file: Path) -> list[Problem]:
    """Return what is wrong in the project's files, in their order; empty if nothing.

    Raises:
        ConfigError: a file cannot be read at all; every place that is known is told.
        InputError: a line of the test messages is not as expected.
    """
    policy = load_policy(policy_file)
    astray = [each for file in _others(project) if (each := _astray(file))]
    answers = DomainAnswers(project / "domain.yml", policy)
    examples = load_examples(project / "data" / "nlu")
    found = [*check_voice(answers.responses, policy), *astray]
    found += _labels(project, examples, policy, answers)
    found += _entities(project, examples)
    found += _personal_data(examples, PersonalData(policy.public))
    found += _conflicts(examples)
    found += _against_tests(examples, load_frozen(project))
    return sorted(set(found))


def check_with_rasa(project: Path, *, known: Sequence[Problem] = ()) -> list[Problem]:
    """Return what Rasa says beside what is `known` already.

    Takes some seconds. Raises ConfigError as `check_files` does.
    """
    prepare(project / "config.yml")
    from bot.nlu.rasa_validator import complaints  # noqa: PLC0415 - after `prepare`

    told = {(problem.path, problem.line) for problem in known}
    found = [_placed(project, line) for line in complaints(project)]
    return [each for each in found if (each.path, each.line) not in told]


def _others(project: Path) -> Iterator[Path]:
    """Yield the files that nobody else here reads whole."""
    yield project / "config.yml"
    for file in sorted((project / "data").rglob("*.y*ml")):
        if file.parent != project / "data" / "nlu" and file.name != "policy.yml":
            yield file


# -- our own -----------------------------------------------------------------


def _astray(file: Path) -> Problem | None:
    """Return what is wrong with a file that Rasa would learn from, and nobody checks.

    Raises:
        ConfigError: it cannot be read.
    """
    content = load_yaml(file)
    if "nlu" not in content:
        return None
    what = "these examples stand where neither checks nor the trainer's page see them"
    line = int(content.lc.key("nlu")[0]) + 1
    return Problem(file, line, what, "them in a file right below data/nlu")


def _labels(
    project: Path, examples: Sequence[Example], policy: Policy, answers: DomainAnswers
) -> Iterator[Problem]:
    domain = project / "domain.yml"
    intents = _listed(domain, "intents")
    by_label: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_label[example.label].append(example)
    for label, its in by_label.items():
        yield from _label(label, its, intents=intents, policy=policy, answers=answers)
    used = {label.partition("/")[0] for label in by_label}
    for intent, line in intents.items():
        if intent not in used:
            what = f"the intent {intent} has no examples"
            yield Problem(domain, line, what, "examples of it in data/nlu, or no line")
    for name in answers.responses.wordings:
        if name.startswith(f"{FAQ}/") and name not in by_label:
            what = f"{PREFIX}{name} answers a question that has no examples"
            expected = f"examples of the intent {name} in data/nlu"
            yield Problem(domain, answers.responses.lines[name], what, expected)


def _label(
    label: str,
    its: Sequence[Example],
    *,
    intents: dict[str, int],
    policy: Policy,
    answers: DomainAnswers,
) -> Iterator[Problem]:
    intent, path, line = label.partition("/")[0], Path(its[0].file), its[0].line
    if intent not in intents:
        what = f"the intent {intent} is not in domain.yml"
        yield Problem(path, line, what, f"- {intent} under intents: there")
    if intent not in policy.intents:
        what = f"the policy has no rule for the intent {intent}"
        yield Problem(path, line, what, f"{intent}: under intents: in the policy")
    if "/" in label and label not in answers.responses.wordings:
        what = f"the standard question {label} has no answer"
        yield Problem(path, line, what, f"{PREFIX}{label}: in domain.yml")
    if len(its) < FEWEST:
        what = f"the intent {label} has {len(its)} examples"
        yield Problem(path, line, what, f"at least {FEWEST}, better fifty")


def _entities(project: Path, examples: Sequence[Example]) -> Iterator[Problem]:
    kinds = _listed(project / "domain.yml", "entities")
    for example in examples:
        for kind, _ in example.entities:
            if kind not in kinds:
                what = f"the entity {kind} is not in domain.yml"
                expected = f"one of {', '.join(sorted(kinds))}"
                yield Problem(Path(example.file), example.line, what, expected)


def _personal_data(
    examples: Sequence[Example], personal: PersonalData
) -> Iterator[Problem]:
    """Yield what the trainer's page would not take either; the words are not told."""
    for example in examples:
        places = [("this example", example.text)]
        places += [("a mark in this example", value) for value in example.values]
        for place, words in places:
            for finding in personal.in_text(words):
                if finding.blocks:
                    holds = finding.sentence.partition(". ")[0]
                    what = holds.replace("It", place, 1)
                    expected = "an invented one in its place, or none"
                    yield Problem(Path(example.file), example.line, what, expected)


def _conflicts(examples: Sequence[Example]) -> Iterator[Problem]:
    """Yield texts under two labels; words are compared as the model sees them."""
    first: dict[tuple[str, ...], Example] = {}
    for example in examples:
        known = first.setdefault(tuple(tokens(example.text)), example)
        if known.label != example.label:
            what = (
                f"“{example.text}” is an example of {example.label} and, in "
                f"{known.file}:{known.line}, of {known.label}"
            )
            expected = "each text under one intent"
            yield Problem(Path(example.file), example.line, what, expected)


def _against_tests(
    examples: Sequence[Example], messages: Sequence[Frozen]
) -> Iterator[Problem]:
    """Yield test messages that are examples of something else than they test.

    They do not count as tests then, so the gate would not see what it is taught wrongly.
    """
    tested: dict[str, Frozen] = {
        key_of(message.text): message for message in messages if message.label
    }
    for example in examples:
        message = tested.get(key_of(example.text))
        if message is not None and example.label not in message.labels:
            what = (
                f"“{example.text}” is a test message of {message.label} "
                f"({message.id}), and here an example of {example.label}"
            )
            expected = "it nowhere among the examples, or its label mended in the tests"
            yield Problem(Path(example.file), example.line, what, expected)


def _listed(domain: Path, section: str) -> dict[str, int]:
    """Return the names in a list of the domain with their lines."""
    top = read_yaml(domain).mapping()
    if section not in top:
        return {}
    names = {}
    for item in top[section].items():
        # An entry may have settings: "- order_status: {use_entities: []}".
        entry = (
            next(iter(item.value), "") if isinstance(item.value, dict) else item.value
        )
        names[str(entry)] = item.line
    return names


# -- Rasa's ------------------------------------------------------------------


def _placed(project: Path, complaint: str) -> Problem:
    """Find where what a complaint names stands; domain.yml:1 if nowhere."""
    names = _NAMED.findall(complaint)
    files = (project / "domain.yml", *sorted((project / "data").rglob("*.y*ml")))
    for name in names:
        for file in files:
            if line := _line_of(file, name):
                return _problem(file, line, complaint)
    return _problem(project / "domain.yml", 1, complaint)


def _problem(file: Path, line: int, complaint: str) -> Problem:
    what = complaint.split("More info at", maxsplit=1)[0].strip().rstrip(".")
    expected = "what `rasa data validate` accepts"
    return Problem(file, line, f"Rasa says: {what}", expected)


def _line_of(file: Path, name: str) -> int:
    """Return the first line in which `name` stands by itself; 0 if none."""
    alone = re.compile(rf"(?<![\w/]){re.escape(name)}(?![\w/])")
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        if alone.search(line.partition("#")[0]):
            return number
    return 0
