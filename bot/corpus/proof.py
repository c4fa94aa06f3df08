"""Before anything is written: does the draft read back as what was meant?

The edits work on characters. The result is read again as Rasa reads it, and must
differ from what was there in what the edits say, and in nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from bot.corpus.draft import Done
from bot.errors import ConfigError, InputError
from bot.model.example import Answer, CorpusState, Label, Variant


def prove(before: CorpusState, draft: Callable[[], CorpusState], done: Done) -> None:
    """Make sure that the draft reads back as meant; `draft` reads it.

    Raises:
        InputError: it does not; the files are laid out in a way that is not
            understood, and an editor has to make this change.
    """
    try:
        after = draft()
    except ConfigError:
        raise InputError(_sentence("This")) from None
    for label in before.labels.keys() | after.labels.keys():
        meant = _counts(before, label)
        meant.update(done.counts(label))
        if _counts(after, label) != +meant:
            raise InputError(_sentence(label))
    expected = _variants(before.answers)
    expected.update(done.answers)
    if _variants(after.answers) != expected:
        raise InputError(_sentence("The answer"))
    if after.entity_kinds != before.entity_kinds:
        raise InputError(_sentence("domain.yml"))


def _counts(state: CorpusState, label: Label) -> Counter[str]:
    return Counter(example.marked for example in state.labels.get(label, ()))


def _variants(answers: Mapping[str, Answer]) -> dict[str, tuple[Variant, ...]]:
    return {name: answer.variants for name, answer in answers.items()}


def _sentence(what: str) -> str:
    return f"{what} is laid out in a way that only an editor can change. Nothing was written."
