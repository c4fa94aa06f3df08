"""Turns and replies as a worker and an agent would hand them to the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import to_ms
from bot.model.case import AgentId, Case, CaseStatus
from bot.model.event import EventType, Outcome
from bot.model.message import DIRECT, Message, Visibility
from bot.model.outgoing import Outgoing, Purpose, Speaker
from bot.model.reason import Reason
from bot.model.record import Author, Delivery, Record
from bot.model.work import Commit, Handled, Happening, Work
from tests.builders import case as a_case
from tests.integration.customer_model import Text

EXPIRES = timedelta(minutes=10)
ENDS = {
    "answer": (Outcome.ANSWERED, Reason.STANDARD_ANSWER),
    "acknowledge": (Outcome.HANDED_OFF, Reason.LOW_CONFIDENCE),
    "join": (Outcome.JOINED, Reason.CASE_OPEN),
    "ignore": (Outcome.IGNORED, Reason.CHATTER),
    "opt_out": (Outcome.ANSWERED, Reason.OPT_OUT),
    "opt_in": (Outcome.IGNORED, Reason.OPT_IN),
}
CONTACT = {
    "opt_out": EventType.CUSTOMER_OPTED_OUT,
    "opt_in": EventType.CUSTOMER_OPTED_IN,
}


@dataclass(frozen=True)
class Planned:
    """A commit, and the same in the words of the model."""

    commit: Commit
    outcomes: dict[str, str]
    texts: list[Text]
    lines: list[str]
    opens: bool


def plan(work: Work, what: str, *, now: datetime, key: str) -> Planned:
    """Return a turn that does `what`, as far as it may with what the worker read.

    The text has the key that its last message gives it, or `key`.
    """
    what = _allowed(work, what)
    messages = [mail for mail in work.mails if isinstance(mail, Message)]
    outcome, reason = ENDS[what]
    handled = tuple(
        Handled(m.id, outcome, reason)
        if m is messages[-1]
        else Handled(m.id, Outcome.COALESCED, Reason.READ_TOGETHER)
        for m in messages
    )
    case = _case_after(work, what, now)
    texts = _texts(work, what, case, now=now, key=key)
    records = (*map(customer_line, messages), *(our_line(t) for t in texts))
    opted_out = {"opt_out": True, "opt_in": False}.get(what, work.customer.opted_out)
    commit = Commit(
        work=work,
        customer=replace(work.customer, opted_out=opted_out),
        at=now,
        handled_mails=len(work.mails),
        handled=handled,
        records=records,
        texts=texts,
        happenings=(Happening(CONTACT[what], {}),) if what in CONTACT else (),
        case=case,
    )
    epoch = work.customer.epoch + (what == "opt_out")
    return Planned(
        commit=commit,
        outcomes={str(one.message): one.outcome.value for one in handled},
        texts=[_in_short(text, epoch) for text in texts],
        lines=[record.id for record in records],
        opens=case is not None and case.id == work.new_case,
    )


def _allowed(work: Work, what: str) -> str:
    """Return what is left of `what` where the bot must not speak."""
    customer, case = work.customer, work.customer.case
    if not any(isinstance(mail, Message) for mail in work.mails):
        return "ignore"
    if what == "opt_out" and customer.opted_out:
        return "ignore"
    if case and case.status is not CaseStatus.RESOLVED:
        held = case.status is not CaseStatus.OPEN
        joins = what == "acknowledge" or (what == "answer" and held)
        silent = held and what == "opt_out"
        return "join" if joins else "ignore" if silent else what
    return "ignore" if customer.opted_out and what == "answer" else what


def _case_after(work: Work, what: str, now: datetime) -> Case | None:
    old = work.customer.case
    if what == "join" and old:
        waits = old.status is CaseStatus.WAITING
        return replace(old, status=CaseStatus.CLAIMED if waits else old.status)
    if what != "acknowledge":
        return None
    return a_case(
        id=work.new_case,
        thread=DIRECT,
        visibility=Visibility.PRIVATE,
        opened_at=now,
        changed_at=now,
        acknowledged=True,
    )


def _texts(
    work: Work, what: str, case: Case | None, *, now: datetime, key: str
) -> tuple[Outgoing, ...]:
    speaks = what in ("answer", "opt_out") or (
        what == "acknowledge" and not work.customer.opted_out
    )
    if not speaks or (what == "answer" and work.customer.opted_out):
        return ()
    last = [mail for mail in work.mails if isinstance(mail, Message)][-1]
    acknowledges = what == "acknowledge"
    made = Outgoing(
        key=key or f"{last.id}:say",
        channel=work.customer.channel,
        customer=work.customer.id,
        handle=work.customer.handle,
        thread=DIRECT,
        visibility=Visibility.PRIVATE,
        text=what,
        speaker=Speaker.BOT,
        queued_at=now,
        reply_to=last.id,
        case=case.id if case else None,
        purpose=Purpose.ACKNOWLEDGEMENT if acknowledges else Purpose.ANSWER,
        expires_at=now + EXPIRES if acknowledges else None,
    )
    return (made,)


def _in_short(text: Outgoing, epoch: int) -> Text:
    return Text(
        key=text.key,
        bot=True,
        epoch=epoch,
        answers=str(text.reply_to or ""),
        expires=to_ms(text.expires_at) if text.expires_at else None,
        of_case=text.case is not None,
    )


def customer_line(one: Message) -> Record:
    """Return a message's line of the transcript."""
    return Record(
        id=one.id,
        at=one.sent_at,
        author=Author.CUSTOMER,
        thread=one.thread,
        visibility=one.visibility,
        text=one.text,
    )


def our_line(text: Outgoing, agent: AgentId | None = None) -> Record:
    """Return the line of one of our texts."""
    return Record(
        id=text.key,
        at=text.queued_at,
        author=Author.AGENT if agent else Author.BOT,
        thread=text.thread,
        visibility=text.visibility,
        text=text.text,
        agent=agent,
        delivery=Delivery.QUEUED,
    )


def text_of(
    case: Case, key: str, agent: AgentId, *, now: datetime
) -> tuple[Outgoing, Record]:
    """Return an agent's reply and its line."""
    text = Outgoing(
        key=key,
        channel=case.channel,
        customer=case.customer,
        handle=case.handle,
        thread=DIRECT,
        visibility=Visibility.PRIVATE,
        text="Yes.",
        speaker=Speaker.AGENT,
        queued_at=now,
        case=case.id,
        purpose=Purpose.PERSON,
    )
    return text, our_line(text, agent)
