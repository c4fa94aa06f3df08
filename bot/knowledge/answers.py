"""Every sentence that the bot may say, from the responses in domain.yml."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from bot.knowledge.domain_file import PREFIX, Responses, Wording, read_responses
from bot.model.message import Visibility
from bot.model.policy import Handling, Policy
from bot.model.reading import FAQ
from bot.yaml_reader import Problems

# What the flow says whatever the policy holds.
ALWAYS: Final = (
    "acknowledge",
    "acknowledge_upset",
    "acknowledge_safety",
    "acknowledge_legal",
    "acknowledge_press",
    "acknowledge_business",
    "acknowledge_language",
    "invite_to_direct",
    "safe_fallback",
)
ALWAYS_PRIVATE: Final = ("introduction",)
_LINES_OF_THEIR_OWN = {Handling.SMALL_TALK, Handling.OPT_OUT, Handling.OPT_IN}


class DomainAnswers:
    """The `Answers` port on a Rasa domain file, as it was loaded last."""

    def __init__(self, path: Path, policy: Policy) -> None:
        """Load the texts in `path` and see that all that `policy` needs are there.

        Raises:
            ConfigError: naming every mistake with file, line and what is expected.
        """
        self.say(read_responses(path))
        _demand_all(self.responses, policy)

    def say(self, responses: Responses) -> None:
        """Say these from now on; they are sound."""
        self.responses = responses
        self._found = {
            (name, visibility): _wordings(responses, name, visibility)
            for name in responses.wordings
            for visibility in Visibility
        }

    def check(self, policy: Policy) -> None:
        """See that the loaded texts have all that another policy needs.

        Raises:
            ConfigError: naming every text that is missing.
        """
        problems = Problems(self.responses.path)
        _demand_all(replace(self.responses, problems=problems), policy)

    def has(self, name: str, visibility: Visibility) -> bool:
        """Tell whether there is a text of that name for such a thread."""
        return bool(self._found.get((name, visibility)))

    def text(
        self, name: str, visibility: Visibility, *, seed: str, **slots: str
    ) -> str:
        """Return one wording of the response `name` ("faq/delivery_times").

        A private thread gets the public wording where there is no private one,
        never the other way round. The same `seed` gives the same wording, on
        every machine.

        Raises:
            KeyError: there is no such text, or a slot of it is not in `slots`.
        """
        wordings = self._found.get((name, visibility))
        if not wordings:
            raise KeyError(f"no {visibility.value} text {PREFIX}{name}")
        wording = wordings[_pick(f"{name}\n{seed}", len(wordings))]
        return wording.text.format_map(slots)

    def labels(self, policy: Policy) -> list[str]:
        """Return everything that a message can be read as, standard answers one by
        one, as far as policy and texts tell: the model need not be loaded."""
        return sorted(
            {*policy.intents} - {FAQ}
            | {name for name in self.responses.wordings if name.startswith(f"{FAQ}/")}
        )


def _wordings(
    responses: Responses, name: str, visibility: Visibility
) -> tuple[Wording, ...]:
    found = responses.of(name, visibility)
    if not found and visibility is Visibility.PRIVATE:
        return responses.of(name, Visibility.PUBLIC)
    return found


def _pick(seed: str, count: int) -> int:
    """Return a number below `count`: stable, and spread evenly over seeds."""
    if count == 1:
        return 0
    digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % count


def _demand_all(responses: Responses, policy: Policy) -> None:
    for name in _needed(policy):
        _demand_public(responses, name)
    for name in _standard_answers(responses, policy):
        _demand_public(responses, name)
    for name in ALWAYS_PRIVATE:
        _demand_any(responses, name)
    responses.problems.raise_any()


def _needed(policy: Policy) -> Iterator[str]:
    """Yield what must have a public text: the flow's own lines, then the policy's."""
    yield from ALWAYS
    for intent, rule in policy.intents.items():
        if rule.handling in _LINES_OF_THEIR_OWN:
            yield intent


def _standard_answers(responses: Responses, policy: Policy) -> list[str]:
    """Return the names of the answers that a retrieval intent brings with it."""
    if policy.rule(FAQ).handling is not Handling.ANSWER:
        return []
    return [name for name in responses.wordings if name.startswith(f"{FAQ}/")]


def _demand_public(responses: Responses, name: str) -> None:
    """Report a response that is missing, or has nothing to say in public."""
    if name not in responses.wordings:
        _demand_any(responses, name)
    elif not responses.of(name, Visibility.PUBLIC):
        what = f"{PREFIX}{name} has no public text"
        line = responses.lines[name]
        responses.problems.add(line, what, expected="a text with channel: public")


def _demand_any(responses: Responses, name: str) -> None:
    if name not in responses.wordings:
        what = f"the response {PREFIX}{name} is missing"
        expected = f"{PREFIX}{name}: under responses"
        responses.problems.add(1, what, expected=expected)
