"""How a case begins, begins again, and takes one more message. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.flow.case_changes import unanswered_case
from bot.model.case import Case, CaseId, CaseStatus
from bot.model.customer import Customer
from bot.model.effect import JoinCase, OpenCase
from bot.model.event import Outcome
from bot.model.message import Message, MessageId
from bot.model.outgoing import Outgoing, Speaker
from bot.model.policy import Policy
from bot.model.reading import Reading
from bot.model.reason import Reason
from bot.model.record import Record
from bot.model.work import Buried, Handled


def opened_case(
    effect: OpenCase,
    customer: Customer,
    cause: Message | Outgoing | Buried,
    reading: Reading | None,
    *,
    id: CaseId,  # noqa: A002 - the word of the domain
    now: datetime,
    acknowledged: bool,
) -> Case:
    """Return a new, unclaimed case. Without a reading its label is empty."""
    return Case(
        id=id,
        customer=customer.id,
        handle=customer.handle,
        channel=customer.channel,
        thread=cause.thread,
        visibility=cause.visibility,
        status=CaseStatus.OPEN,
        team=effect.team,
        reason=effect.reason.value,
        label=reading.top.label if reading else "",
        confidence=round(reading.top.confidence, 4) if reading else 0.0,
        priority=effect.priority,
        priority_reasons=effect.priority_reasons,
        opened_at=now,
        changed_at=now,
        silent_since=now,
        learned=effect.learned,
        acknowledged=acknowledged,
    )


def reopened_case(fresh: Case, old: Case) -> Case:
    """Return the new beginning of `old`: what people added to it stays.

    So does what the matter was, if nothing was read that says otherwise.
    """
    unread = not fresh.label
    return replace(
        fresh,
        label=old.label if unread else fresh.label,
        confidence=old.confidence if unread else fresh.confidence,
        corrected_label=old.corrected_label,
        tags=old.tags,
        reopened=old.reopened + 1,
        learned=(*old.learned, *fresh.learned),
    )


def joined_case(case: Case, effect: JoinCase, *, now: datetime) -> Case:
    """Return the case with one more message of the customer."""
    if case.status is CaseStatus.WAITING:  # this is what its assignee waited for
        case = replace(
            case, status=CaseStatus.CLAIMED, silent_since=now, followed_up_at=None
        )
    if case.snoozed_until is not None:
        case = replace(case, snoozed_until=None, silent_since=now)
    case = replace(case, changed_at=now)
    if effect.priority is None:
        return case
    return replace(
        case,
        priority=effect.priority,
        priority_reasons=effect.priority_reasons,
        team=effect.team or case.team,
    )


def unheard_case(case: Case, text: Outgoing) -> Case:
    """Return the case whose acknowledgement, or one of whose answers, did not arrive.

    The next answer that may have arrived is the first one then.
    """
    if text.speaker is Speaker.BOT:
        return replace(case, acknowledged=False)
    return unanswered_case(case, text.queued_at)


def stopped_text(policy: Policy) -> OpenCase:
    """Return the case that people get of a text which the check stopped."""
    rule = policy.rule("")
    return OpenCase(
        reason=Reason.UNSAFE_TEXT,
        team=rule.team,
        priority=rule.priority,
        priority_reasons=("the bot's text was stopped by a check",),
    )


def withheld_text(reason: Reason, policy: Policy) -> OpenCase:
    """Return the case that people get of an answer which the bot must not give."""
    return replace(
        stopped_text(policy),
        reason=reason,
        priority_reasons=("the bot has an answer and must not give it",),
    )


def answered_in_part(policy: Policy) -> OpenCase:
    """Return the case that people get of questions of which the bot answered one."""
    return replace(
        stopped_text(policy),
        reason=Reason.SEVERAL_REQUESTS,
        priority_reasons=("the bot answered the first question only",),
    )


def marked_withheld(
    handled: Sequence[Handled],
    records: Sequence[Record],
    cause: Message | Outgoing,
    reason: Reason,
) -> tuple[list[Handled], list[Record]]:
    """Return both with why nothing was said to the message behind `cause`."""
    message = _message_of(cause)
    return (
        [replace(o, withheld=reason) if o.message == message else o for o in handled],
        [replace(o, withheld=reason) if o.id == message else o for o in records],
    )


def _message_of(cause: Message | Outgoing) -> MessageId | None:
    return cause.id if isinstance(cause, Message) else cause.reply_to


def restated(
    handled: Sequence[Handled],
    records: Sequence[Record],
    cause: Message | Outgoing,
    outcome: Outcome,
    reason: Reason,
) -> tuple[list[Handled], list[Record]]:
    """Return both with another outcome of the message behind `cause`."""
    message = _message_of(cause)
    return (
        [
            replace(one, outcome=outcome, reason=reason)
            if one.message == message
            else one
            for one in handled
        ],
        [
            replace(one, outcome=outcome, reason=reason.value)
            if one.id == message
            else one
            for one in records
        ],
    )
