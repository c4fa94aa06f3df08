"""The files with a change's edits made, in memory only, and what the edits did."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import singledispatchmethod
from pathlib import Path

from bot.corpus.domain_file import DomainFile
from bot.corpus.layout import without_mark
from bot.corpus.marks import key_of_marked, put_together, take_apart
from bot.corpus.nlu_file import LABEL, Body, NluFile
from bot.corpus.policy_file import with_rule
from bot.corpus.siblings import sibling_of
from bot.errors import InputError
from bot.model.change import (
    AddExamples,
    CreateLabel,
    Edit,
    EditAnswer,
    MarkEntities,
    Move,
    MoveExamples,
    RemoveExamples,
    ReplaceExample,
    Rewording,
)
from bot.model.example import Label, Variant, key_of

FAQ = "faq/"


@dataclass(slots=True)
class Done:
    """What edits did: marked texts that came and went, by label, and answers."""

    added: defaultdict[Label, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    removed: defaultdict[Label, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    marked: defaultdict[Label, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    moved: list[Move] = field(default_factory=list)
    reworded: list[Rewording] = field(default_factory=list)
    answers: dict[str, tuple[Variant, ...]] = field(default_factory=dict)

    def counts(self, label: Label) -> Counter[str]:
        """Return by how many each marked text of a label became more or fewer."""
        counts = Counter(self.added[label])
        counts.subtract(self.removed[label])
        return counts


class Draft:
    """A change in the making. Texts are checked before they come here."""

    def __init__(
        self,
        nlu: Sequence[NluFile],
        domain: tuple[Path, str],
        policy: tuple[Path, str] | None,
    ) -> None:
        self._nlu = nlu
        self._domain_path, text = domain
        self._mark, self._domain = without_mark(text)
        self._policy = policy
        self.done = Done()

    def texts(self) -> dict[Path, str]:
        """Return what each file is to hold."""
        found = {file.path: file.text() for file in self._nlu}
        found[self._domain_path] = self._mark + self._domain
        if self._policy is not None:
            found[self._policy[0]] = self._policy[1]
        return found

    @singledispatchmethod
    def make(self, edit: Edit) -> None:
        """Make one edit.

        Raises:
            InputError: it does not fit what the files hold.
        """
        raise InputError(f"Nobody knows how to make {type(edit).__name__}.")

    @make.register
    def _add(self, edit: AddExamples) -> None:
        self._body_for(edit.label)[0].add(edit.texts, ending=self._ending(edit.label))
        self.done.added[edit.label] += edit.texts

    @make.register
    def _remove(self, edit: RemoveExamples) -> None:
        for text in edit.texts:
            self.done.removed[edit.label].append(self._take(edit.label, text))
        self._keep_some(edit.label)

    @make.register
    def _move(self, edit: MoveExamples) -> None:
        if edit.to == edit.label:
            raise InputError("The examples stand under that label already.")
        taken = [self._take(edit.label, text) for text in edit.texts]
        self._body_for(edit.to)[0].add(taken, ending=self._ending(edit.to))
        self._keep_some(edit.label)
        self.done.removed[edit.label] += taken
        self.done.added[edit.to] += taken
        keys = tuple(key_of(text) for text in edit.texts)
        self.done.moved.append(Move(edit.label, edit.to, keys))

    @make.register
    def _replace(self, edit: ReplaceExample) -> None:
        body, index, marked = self._find(edit.label, edit.old)
        body.replace(index, edit.new)
        self.done.removed[edit.label].append(marked)
        self.done.added[edit.label].append(edit.new)
        old, new = key_of(edit.old), key_of_marked(edit.new)
        if old == new:
            self.done.marked[edit.label].append(edit.new)
        else:
            self.done.reworded.append(Rewording(edit.label, old, new))

    @make.register
    def _mark_entities(self, edit: MarkEntities) -> None:
        marked = put_together(edit.text, edit.marks)
        self.make(ReplaceExample(edit.label, edit.text, marked))

    @make.register
    def _create(self, edit: CreateLabel) -> None:
        self._check_new(edit)
        is_answer = edit.label.startswith(FAQ)
        alike = [n for n in self._labels() if n.startswith(FAQ) == is_answer]
        near = sibling_of(edit.label, alike, wanted=edit.beside)
        file, body = self._file_of(Label(near))
        file.insert(edit.label, edit.texts, after=body)
        self.done.added[edit.label] += edit.texts
        if is_answer:
            self._new_answer(edit.label, edit.answer, beside=near)
        else:
            self._new_intent(edit.label, beside=near)

    @make.register
    def _edit_answer(self, edit: EditAnswer) -> None:
        if not edit.variants or not all(v.text for v in edit.variants):
            raise InputError("An answer needs wordings, and none without a text.")
        domain = DomainFile(self._domain_path, self._domain)
        if edit.name in domain.answers() or edit.name not in self._labels():
            self._domain = domain.with_answer(edit.name, edit.variants)
            self.done.answers[edit.name] = edit.variants
        else:
            self._new_answer(edit.name, edit.variants, beside=None)

    def _check_new(self, edit: CreateLabel) -> None:
        if not LABEL.match(edit.label):
            raise InputError(
                "A label is named in lower case letters with underscores, like "
                "refund_status or faq/refund_time; digits stand only behind faq/."
            )
        if edit.label in self._labels():
            raise InputError(f"There is a label {edit.label} already.")
        if "/" in edit.label and not edit.label.startswith(FAQ):
            raise InputError("Only standard answers have a stroke: faq/….")
        if edit.label.startswith(FAQ) != bool(edit.answer):
            raise InputError(
                "A standard answer needs its wordings, and only faq/… has them."
            )

    def _new_answer(
        self, name: str, variants: tuple[Variant, ...], *, beside: str | None
    ) -> None:
        domain = DomainFile(self._domain_path, self._domain)
        near = sibling_of(name, list(domain.answers()), wanted=beside)
        self._domain = domain.with_new_answer(name, variants, beside=near)
        self.done.answers[name] = variants

    def _new_intent(self, name: str, *, beside: str) -> None:
        domain = DomainFile(self._domain_path, self._domain)
        if name not in domain.names("intents"):
            self._domain = domain.with_intent(name, beside=beside)
        if self._policy is not None:
            path, text = self._policy
            self._policy = path, with_rule(path, text, name, beside=beside)

    def _take(self, label: Label, text: str) -> str:
        body, index, marked = self._find(label, text)
        body.remove(index)
        return marked

    def _find(self, label: Label, text: str) -> tuple[Body, int, str]:
        for body in self._body_for(label):
            for index, marked in body.places():
                if take_apart(marked).text == text:
                    return body, index, marked
        raise InputError(f"An example is not under {label} any more.")

    def _body_for(self, label: Label) -> list[Body]:
        """Return the lists of a label, the one that takes new examples first."""
        bodies = [b for file in self._nlu for b in file.bodies() if b.label == label]
        if not bodies:
            near = get_close_matches(label, self._labels(), n=1)
            told = f" Nearest: {near[0]}" if near else ""
            raise InputError(f"There is no label {label}.{told}")
        return bodies[::-1]

    def _file_of(self, label: Label) -> tuple[NluFile, Body]:
        body = self._body_for(label)[0]
        return next((f, body) for f in self._nlu if any(b is body for b in f.bodies()))

    def _ending(self, label: Label) -> str:
        return self._file_of(label)[0].ending

    def _keep_some(self, label: Label) -> None:
        """Let no label lose its last example, and drop what is empty of several lists."""
        bodies = self._body_for(label)
        empty = [body for body in bodies if not any(True for _ in body.places())]
        if len(empty) == len(bodies):
            raise InputError(f"{label} would have no example left.")
        for body in empty:
            next(f for f in self._nlu if any(b is body for b in f.bodies())).drop(body)

    def _labels(self) -> list[Label]:
        return [body.label for file in self._nlu for body in file.bodies()]
