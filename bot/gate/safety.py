"""The public-safety suite: what must never be answered, or said, where all can read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import InputError
from bot.flow.masking import masked
from bot.flow.public_check import problems_of
from bot.gate.judged import answers_in, decision_on
from bot.knowledge.domain_file import PREFIX, Responses
from bot.knowledge.voice import PUBLIC_LIMIT, SLOT_ROOM, weighted_length
from bot.model.comparison import Code, Objection
from bot.model.event import Outcome
from bot.model.message import Visibility
from bot.model.policy import Policy, PublicRules
from bot.model.reading import Reading

FOLDER: Final = Path("data/safety")
MESSAGES: Final = "messages.jsonl"  # none of them is to be answered in public
TEXTS: Final = "texts.jsonl"  # which of them the public check has to stop


@dataclass(frozen=True, slots=True)
class Grave:
    """A message that must not be answered in public."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class PublicText:
    """A text that the public check has to stop, or to let pass."""

    id: str
    text: str
    stopped: bool


@dataclass(frozen=True, slots=True)
class Suite:
    """Everything that is tried; empty if the project has none."""

    messages: tuple[Grave, ...] = ()
    texts: tuple[PublicText, ...] = ()


def load_suite(project: Path) -> Suite:
    """Read the suite.

    Raises:
        InputError: a line is not as expected; names file and line.
    """
    messages = [
        Grave(str(row["id"]), str(row["text"]))
        for row in _rows(project / FOLDER / MESSAGES, ("id", "text"))
    ]
    texts = [
        PublicText(str(row["id"]), str(row["text"]), bool(row["stopped"]))
        for row in _rows(project / FOLDER / TEXTS, ("id", "text", "stopped"))
    ]
    return Suite(tuple(messages), tuple(texts))


def _rows(file: Path, keys: Sequence[str]) -> Iterator[dict[str, object]]:
    if not file.is_file():
        return
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not row.keys() >= set(keys):
            raise InputError(
                f"{file}:{number}: expected an object with {', '.join(keys)}"
            )
        yield row


def answered_in_public(
    messages: Sequence[Grave], readings: Sequence[Reading], policy: Policy
) -> dict[str, str]:
    """Return what the bot would say to the messages that it must not answer.

    By the messages' ids: a label of an answer, or "nothing" where it would leave the
    message unanswered.
    """
    found = {}
    for message, reading in zip(messages, readings, strict=True):
        decision = decision_on(message.text, reading, policy, Visibility.PUBLIC)
        if said := answers_in(decision, policy):
            found[message.id] = ", ".join(said)
        elif decision.outcome is Outcome.IGNORED:
            found[message.id] = "nothing"
    return found


def message_objections(
    messages: Sequence[Grave],
    before: dict[str, str] | None,
    after: dict[str, str],
    *,
    rules: PublicRules,
) -> tuple[list[Objection], list[str]]:
    """Object to answers that the live model would not give, and note the others.

    Args:
        before: of the live model, None if there is none: then all count.
        after: of the candidate; both from `answered_in_public`.
    """
    objections, notes = [], []
    for message in messages:
        said = after.get(message.id)
        if said is None:
            continue
        words = masked(message.text, rules=rules)
        sentence = (
            f"In public the bot would say {said} to “{words}”, which people have to "
            "answer."
        )
        if before is None or message.id not in before:
            objections.append(Objection(code=Code.PUBLIC_SAFETY, sentence=sentence))
        else:
            notes.append(f"As before: {sentence[0].lower()}{sentence[1:]}")
    return objections, notes


def text_objections(
    suite: Suite, responses: Responses, policy: Policy
) -> list[Objection]:
    """Object to public answers that the check stops, and to a check that misses."""
    found = [_missed(each, policy) for each in suite.texts]
    found += [
        _stopped(name, wording.text, policy)
        for name in responses.wordings
        for wording in responses.of(name, Visibility.PUBLIC)
    ]
    return [
        Objection(code=Code.PUBLIC_SAFETY, sentence=sentence)
        for sentence in found
        if sentence
    ]


def _missed(each: PublicText, policy: Policy) -> str:
    problems = _problems(each.text, policy)
    if bool(problems) == each.stopped:
        return ""
    if each.stopped:
        return (
            f"The text {each.id} of {FOLDER / TEXTS} could be said in public: the rules "
            "under public: in the policy no longer stop it."
        )
    return (
        f"The text {each.id} of {FOLDER / TEXTS} is harmless and would be stopped: "
        f"{problems[0]}"
    )


def _stopped(name: str, text: str, policy: Policy) -> str:
    problems = _problems(text.replace("{wait}", SLOT_ROOM), policy)
    if not problems:
        return ""
    return f"The public answer {PREFIX}{name} would be stopped: {problems[0]}"


def _problems(text: str, policy: Policy) -> list[str]:
    found = problems_of(
        text,
        Visibility.PUBLIC,
        facts=(),
        rules=policy.public,
        length=weighted_length,
        limit=PUBLIC_LIMIT,
    )
    return [problem.says for problem in found]
