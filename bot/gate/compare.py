"""A candidate beside the live model: on frozen messages, unseen examples and real ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.errors import ModelError
from bot.gate.frozen import load_frozen, that_count
from bot.gate.judged import Judged, intent_of, judge_frozen, judge_unseen
from bot.gate.measure import measured
from bot.gate.reader import ModelReader
from bot.gate.rules import Pair, objections
from bot.gate.safety import (
    Suite,
    answered_in_public,
    load_suite,
    message_objections,
    text_objections,
)
from bot.knowledge.answers import DomainAnswers
from bot.model.comparison import (
    Code,
    Comparison,
    Measured,
    Objection,
    Recent,
    Shift,
    Source,
    Verdict,
)
from bot.model.policy import Policy
from bot.model.reading import Reading
from bot.nlu.data import Example, load_examples
from bot.nlu.shelf import name_of
from bot.nlu.unseen_readings import UnseenReading, digest_of, read_unseen

Texts = Mapping[str, str]  # by ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be compared.

    `live` is None if there is no model to lose against; `without` says why.
    """

    project: Path
    policy: Policy
    candidate: Path
    live: Path | None
    without: str
    kept: Path  # the folder of what is remembered between comparisons
    recent: Texts = field(repr=False)
    recent_for: timedelta


async def compare(task: Task) -> Comparison:
    """Read everything with both models and judge.

    Raises:
        ModelError: the candidate cannot be used.
        InputError: a file of frozen messages is not as expected.
    """
    config = task.project / "config.yml"
    after = ModelReader(task.candidate, config=config, kept=task.kept)
    live = await _usable(task, config)
    try:
        return await _Comparing(task, live.reader, after, live.notes).run()
    finally:
        after.close()
        if live.reader is not None:
            live.reader.close()


@dataclass(frozen=True, slots=True)
class _Live:
    reader: ModelReader | None
    notes: tuple[str, ...] = ()


async def _usable(task: Task, config: Path) -> _Live:
    """Return the live model's reader, or why there is none."""
    if task.live is None:
        return _Live(None, (task.without,))
    reader = ModelReader(task.live, config=config, kept=task.kept)
    try:
        await reader.read_frozen(["hello"])
    except ModelError:
        reader.close()
        note = f"The live model {name_of(task.live)} cannot be read by this version: nothing is compared."
        return _Live(None, (note,))
    return _Live(reader)


class _Comparing:
    """One comparison, step by step."""

    def __init__(
        self,
        task: Task,
        before: ModelReader | None,
        after: ModelReader,
        notes: Sequence[str],
    ) -> None:
        self._task, self._before, self._after = task, before, after
        self._examples = load_examples(task.project / "data" / "nlu")
        self._notes = list(notes)
        self._against: list[Objection] = []

    async def run(self) -> Comparison:
        task = self._task
        found = [await self._on_frozen()]
        self._on_gone()
        if unseen := self._on_unseen():
            found.append(unseen)
        await self._on_safety()
        recent = await self._on_recent()
        return Comparison(
            candidate=name_of(task.candidate),
            live=name_of(task.live) if task.live and self._before else "",
            verdict=Verdict(tuple(self._against)),
            measured=tuple(found),
            recent=recent,
            notes=tuple(self._notes),
        )

    async def _on_frozen(self) -> Measured:
        task = self._task
        frozen = that_count(
            load_frozen(task.project),
            examples=[example.text for example in self._examples],
            labels={example.label for example in self._examples},
        )
        self._notes += frozen.notes
        texts = [message.text for message in frozen.messages]
        after = await self._after.read_frozen(texts)
        now = judge_frozen(frozen.messages, after, task.policy)
        was = None
        if self._before is not None:
            before = await self._before.read_frozen(texts)
            was = judge_frozen(frozen.messages, before, task.policy)
        return self._judged(Source.FROZEN, was, now)

    def _on_gone(self) -> None:
        """Object to protected intents that only the live model has examples of.

        No test message of theirs counts any more, so no figure would show it.
        """
        known = read_unseen(self._task.live) if self._task.live and self._before else ()
        had = {intent_of(each.label) for each in known}
        has = {intent_of(example.label) for example in self._examples}
        for intent in sorted(had.intersection(self._task.policy.gate.protected) - has):
            self._against.append(
                Objection(
                    code=Code.PROTECTED_LOSES,
                    label=intent,
                    sentence=f"The protected intent {intent} has no examples any more: "
                    "nothing is recognised as it.",
                )
            )

    def _on_unseen(self) -> Measured | None:
        """Compare what both models said of examples that they had not learned from."""
        task = self._task
        after = read_unseen(task.candidate)
        before = read_unseen(task.live) if task.live and self._before else ()
        if not after or (self._before and not before):
            self._notes.append(
                "Too few examples, or too old a model: no cross-validation."
            )
            return None
        if self._before is None:
            now = judge_unseen(after, _texts(self._examples), task.policy)
            return self._judged(Source.CROSS_VALIDATION, None, now)
        known = {(each.digest, each.label): each for each in before}
        both = [each for each in after if (each.digest, each.label) in known]
        was = [known[each.digest, each.label] for each in both]
        return self._judged_unseen(was, both)

    def _judged_unseen(
        self, was: Sequence[UnseenReading], now: Sequence[UnseenReading]
    ) -> Measured | None:
        if not now:
            return None
        texts = _texts(self._examples)
        before, after = (judge_unseen(e, texts, self._task.policy) for e in (was, now))
        return self._judged(Source.CROSS_VALIDATION, before, after)

    def _judged(
        self, source: Source, was: list[Judged] | None, now: list[Judged]
    ) -> Measured:
        policy = self._task.policy
        found = measured(source, was, now, policy=policy)
        if was is not None:
            self._against += objections(Pair(source, was, now), found, policy.gate)
        return found

    async def _on_safety(self) -> None:
        task = self._task
        suite = load_suite(task.project)
        responses = DomainAnswers(task.project / "domain.yml", task.policy).responses
        self._against += text_objections(suite, responses, task.policy)
        after = await self._said(self._after, suite)
        before = await self._said(self._before, suite) if self._before else None
        against, notes = message_objections(
            suite.messages, before, after, rules=task.policy.public
        )
        self._against += against
        self._notes += notes

    async def _said(self, reader: ModelReader, suite: Suite) -> dict[str, str]:
        readings = await reader.read_frozen([each.text for each in suite.messages])
        return answered_in_public(suite.messages, readings, self._task.policy)

    async def _on_recent(self) -> Recent | None:
        task = self._task
        if self._before is None or not task.recent:
            return None
        texts = list(task.recent.values())
        before, after = await self._before.read(texts), await self._after.read(texts)
        days = max(1, round(task.recent_for / timedelta(days=1)))
        return Recent(
            messages=len(texts),
            days=days,
            shifts=_shifts(list(task.recent), before, after),
        )


def _shifts(
    ids: Sequence[str], before: Sequence[Reading], after: Sequence[Reading]
) -> tuple[Shift, ...]:
    moved: dict[tuple[str, str], list[str]] = defaultdict(list)
    for id_, was, now in zip(ids, before, after, strict=True):
        if was.top.label != now.top.label:
            moved[was.top.label, now.top.label].append(id_)
    ordered = sorted(moved.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(Shift(before=b, after=a, ids=tuple(i)) for (b, a), i in ordered)


def _texts(examples: Sequence[Example]) -> dict[str, str]:
    return {digest_of(example.text): example.text for example in examples}
