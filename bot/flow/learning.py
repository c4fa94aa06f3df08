"""What a trainer should look at, of what happened. Pure.

An event says that something happened, the transcript what was written and how it was
read. The same events and transcript always give the same findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.flow.case_lookup import standard_answers
from bot.flow.likeness import alike, matter
from bot.model.case import Act, Case
from bot.model.event import Event, EventType, Outcome
from bot.model.message import Nature
from bot.model.outgoing import Speaker
from bot.model.policy import Policy
from bot.model.reading import FALLBACK, OUT_OF_SCOPE, Reading
from bot.model.reason import Reason
from bot.model.record import Author, Record
from bot.model.review import Cause, Finding
from bot.model.sign import SignKind

WORTH_OFFERING: Final = 0.05  # less sure than that, desks offer no answer
SAID_ALIKE: Final = 0.6  # an agent's words that are as much like the offered answer
FOREIGN: Final = 0.5  # `Reading.ours` below it: more likely about nothing of ours

# Whoever says so after an answer was not helped by it.
_NO: Final = frozenset({"deny", "human_request", "complaint_service", "abuse"})
# Nobody should teach the model these: it was not made for them, or they say nothing.
_NOT_TAUGHT: Final = frozenset(
    {
        Reason.OTHER_LANGUAGE.value,
        Reason.ENCRYPTED.value,
        Reason.EMPTY.value,
        Reason.DELETED.value,
        Reason.READ_TOGETHER.value,
    }
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One message and what was found about it."""

    record: Record
    finding: Finding


def may_teach(event: Event, *, answered_lately: bool) -> bool:
    """Tell whether it is worth reading the transcript because of `event`.

    `answered_lately`: the customer had an automatic answer not long ago, or nobody
    knows. Most messages are understood and answered: nothing is read because of them.
    """
    facts = event.facts
    if event.type is EventType.MESSAGE_HANDLED:
        if facts.get("reason") in _NOT_TAUGHT:
            return False
        ignored = facts.get("outcome") == Outcome.IGNORED.value
        return answered_lately or (not ignored and not _is_standard(facts))
    if event.type is EventType.CASE_CHANGED:
        return facts.get("act") == Act.CORRECT.value
    if event.type is EventType.REPLY_QUEUED:
        return facts.get("speaker") == Speaker.AGENT.value
    return event.type is EventType.MODELS_DIFFERED


def answers_by_itself(event: Event) -> bool:
    """Tell whether `event` says that the customer got an automatic answer."""
    return event.type is EventType.MESSAGE_HANDLED and _is_standard(event.facts)


def lessons(
    event: Event,
    records: Sequence[Record],
    *,
    case: Case | None,
    answers: Mapping[str, str],
    policy: Policy,
) -> Iterator[Lesson]:
    """Yield what `event` shows about messages of the customer.

    Args:
        event: of any type.
        records: the end of the customer's transcript, the oldest first.
        case: the case that the event names.
        answers: label -> words of the standard answers that the desk may offer.
        policy: how sure the bot must be, and what "again" means.
    """
    if event.type is EventType.MESSAGE_HANDLED:
        yield from _of_message(event, records, policy)
    elif event.type is EventType.CASE_CHANGED and case is not None:
        yield from _of_correction(event, records, case)
    elif event.type is EventType.REPLY_QUEUED and case is not None:
        yield from _of_reply(event, records, case, answers)
    elif event.type is EventType.MODELS_DIFFERED:
        yield from _of_shadow(event, records)


def _of_message(
    event: Event, records: Sequence[Record], policy: Policy
) -> Iterator[Lesson]:
    place = _place(records, event.facts.get("message", ""))
    if place is None:
        return
    record = records[place]
    reading = record.reading
    if reading is None or record.reason in _NOT_TAUGHT or not _can_be_read(record):
        return
    earlier = _answered_before(record, records[:place], policy.learning.asked_again)
    if earlier is not None and _asks_again(record, earlier):
        yield Lesson(earlier, Finding(cause=Cause.ASKED_AGAIN, at=event.at))
    cause = _cause_of(record, reading, policy)
    if cause is not None:
        yield Lesson(record, Finding(cause=cause, at=event.at))


def _cause_of(record: Record, reading: Reading, policy: Policy) -> Cause | None:
    """Return what the reading itself shows: the model may not know, or not be sure."""
    if record.outcome is Outcome.IGNORED:
        return None
    top = reading.top
    if (
        record.reason == Reason.UNKNOWN_WORDS.value
        or top.label in (FALLBACK, OUT_OF_SCOPE)
        or reading.ours < FOREIGN
        or reading.signals.known_words < policy.thresholds.known_words
    ):
        return Cause.FITS_NOTHING
    at_least = policy.rule(top.intent).at_least or policy.thresholds.answer
    unsure = record.reason == Reason.LOW_CONFIDENCE.value or top.confidence < at_least
    return Cause.UNSURE if unsure else None


def _answered_before(
    record: Record, earlier: Sequence[Record], within: timedelta
) -> Record | None:
    """Return the customer's last message before `record` if the bot answered it."""
    written = [
        one
        for one in earlier
        if one.author is Author.CUSTOMER and one.outcome is not Outcome.COALESCED
    ]
    last = written[-1] if written else None
    if last is None or last.reading is None or record.at - last.at > within:
        return None
    standard = last.reason == Reason.STANDARD_ANSWER.value
    return last if standard and _can_be_read(last) else None


def _asks_again(record: Record, earlier: Record) -> bool:
    """Whether `record` says that the answer to `earlier` was of no use.

    It asks for the same, in the model's view or in nearly the same words, or says no.
    """
    if record.reading is None or earlier.reading is None:
        return False
    before, now = earlier.reading.top, record.reading
    said = {request.label for request in (*now.requests, *now.alternatives[:1])}
    upset = now.signals.angry or now.signals.show(SignKind.SARCASM)
    words = alike(matter(record.text), [matter(earlier.text)], likeness=SAID_ALIKE)
    return before.label in said or now.top.intent in _NO or upset or bool(words)


def _of_correction(
    event: Event, records: Sequence[Record], case: Case
) -> Iterator[Lesson]:
    label = event.facts.get("corrected_label", "")
    about = _message_of(case, [one for one in records if one.at <= event.at])
    if not label or about is None or about.reading is None:
        return
    if about.reading.top.label != label:  # an agent may confirm what the model said
        by = event.facts.get("agent", "")
        finding = Finding(cause=Cause.CORRECTED, at=event.at, label=label, by=by)
        yield Lesson(about, finding)


def _of_reply(
    event: Event,
    records: Sequence[Record],
    case: Case,
    answers: Mapping[str, str],
) -> Iterator[Lesson]:
    """Compare an agent's first answer with what the desk had to offer."""
    place = _place(records, event.facts.get("key", ""))
    if place is None or _has_answered(case, records[:place]):
        return
    reply, read = records[place], [r for r in records[:place] if _is_read(r)]
    if not read or read[-1].at < case.opened_at - _BEFORE_CASE:
        return
    fitting = standard_answers(case, read[-1].reading)
    offered = [label for label, sure in fitting if sure >= WORTH_OFFERING]
    texts = [matter(answers[label]) for label in offered if label in answers]
    said = matter(reply.text)
    if texts and said and not alike(said, texts, likeness=SAID_ALIKE):
        by = event.facts.get("agent", "") or reply.agent or ""
        yield Lesson(read[-1], Finding(cause=Cause.REJECTED, at=event.at, by=by))


def _of_shadow(event: Event, records: Sequence[Record]) -> Iterator[Lesson]:
    place = _place(records, event.facts.get("message", ""))
    label = event.facts.get("label", "")
    if place is None or not _is_read(records[place]):
        return
    found = Finding(cause=Cause.MODELS_DIFFER, at=event.at, label=label)
    yield Lesson(records[place], found)


_BEFORE_CASE: Final = timedelta(hours=1)  # a message is older than the case it makes


def _message_of(case: Case, records: Sequence[Record]) -> Record | None:
    """Return the message whose reading stood behind the case, as far as one can tell."""
    read = [one for one in records if _is_read(one)]
    same = [
        one
        for one in read
        if one.reading is not None and one.reading.top.label == case.label
    ]
    handed = [one for one in same if one.outcome is Outcome.HANDED_OFF]
    return next((found[-1] for found in (handed, same, read) if found), None)


def _has_answered(case: Case, records: Sequence[Record]) -> bool:
    return any(
        one.author is Author.AGENT and one.at >= case.opened_at for one in records
    )


def _is_read(record: Record) -> bool:
    return (
        record.author is Author.CUSTOMER
        and record.reading is not None
        and _can_be_read(record)
    )


def _can_be_read(record: Record) -> bool:
    return (
        record.nature is Nature.WRITTEN
        and record.deleted_at is None
        and bool(record.text.strip())
    )


def _is_standard(facts: Mapping[str, str]) -> bool:
    return bool(facts.get("reason") == Reason.STANDARD_ANSWER.value)


def _place(records: Sequence[Record], id_: str) -> int | None:
    return next((n for n, one in enumerate(records) if one.id == id_), None)
