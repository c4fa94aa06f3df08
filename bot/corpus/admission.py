"""What every new text has to pass, through whatever door it comes in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.corpus.checks import ExampleChecks
from bot.corpus.draft import Done
from bot.corpus.marks import key_of_marked, take_apart
from bot.corpus.record import moves
from bot.corpus.words import WordsOf
from bot.errors import InputError
from bot.model.example import CorpusState, Finding, Label, Variant

CheckAnswer = Callable[[str, Sequence[Variant]], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Admission:
    """Checks a draft's texts.

    `words` gives a text as the model sees it: two with the same are the same.
    `check_answer` looks at an answer's wordings.
    """

    checks: ExampleChecks
    words: WordsOf
    check_answer: CheckAnswer

    def check_reason(self, why: str) -> None:
        """Make sure that a reason, which stays in the log for good, names nobody.

        Raises:
            InputError: it holds personal data.
        """
        found = self.checks.personal.in_text(why)
        _refuse(f"The reason: {f.sentence}" for f in found if f.blocks)

    def check(self, done: Done, kinds: Collection[str]) -> None:
        """Make sure that nothing speaks against the texts themselves.

        Raises:
            InputError: what does, one sentence a line.
        """
        findings = [*self._of_examples(done, kinds), *self._of_answers(done)]
        _refuse(finding.sentence for finding in findings if finding.blocks)

    def check_doubles(self, done: Done, after: CorpusState) -> None:
        """Make sure that no text is an example a second time.

        Raises:
            InputError: naming the label that has it already.
        """
        _refuse(self._doubles(done, after))

    def _of_examples(self, done: Done, kinds: Collection[str]) -> Iterator[Finding]:
        moved = moves(done)
        for label, text in _added(done):
            if (label, key_of_marked(text)) not in moved:
                yield from self.checks.look(text, kinds)

    def _of_answers(self, done: Done) -> Iterator[Finding]:
        for name, variants in done.answers.items():
            yield from self.check_answer(name, variants)

    def _doubles(self, done: Done, after: CorpusState) -> Iterator[str]:
        """Yield what is said about texts that are examples already."""
        holders: dict[str, list[Label]] = {}
        for label, held in after.labels.items():
            for example in held:
                holders.setdefault(self.words(example.text), []).append(label)
        kept = moves(done) | {
            (label, key_of_marked(text))
            for label, held in done.marked.items()
            for text in held
        }
        for label, text in _added(done):
            found = holders.get(words := self.words(take_apart(text).text), [])
            others = [other for other in found if other != label]
            again = len(found) > 1 and (label, key_of_marked(text)) not in kept
            if words and (others or again):
                holder = (others or [label])[0]
                yield f"The same words are an example of {holder} already."


def _added(done: Done) -> Iterator[tuple[Label, str]]:
    for label, held in done.added.items():
        for text in held:
            yield label, text


def _refuse(sentences: Iterable[str]) -> None:
    told = dict.fromkeys(sentences)
    if told:
        raise InputError("\n".join(told))
