"""Lines of the transcript. Pure."""

from __future__ import annotations

from bot.model.effect import Decision, Turn
from bot.model.event import Outcome
from bot.model.message import Message
from bot.model.outgoing import Outgoing, Speaker
from bot.model.reading import Reading
from bot.model.reason import Reason
from bot.model.record import Author, Delivery, Record
from bot.model.work import Handled


def message_record(
    message: Message,
    outcome: Outcome,
    reason: Reason,
    *,
    reading: Reading | None,
    withheld: Reason | None,
) -> Record:
    """Return what a customer wrote, with what was made of it."""
    return Record(
        id=message.id,
        at=message.sent_at,
        author=Author.CUSTOMER,
        thread=message.thread,
        visibility=message.visibility,
        text=message.text,
        in_reply_to=message.in_reply_to,
        link=None if message.deleted_at else message.link,
        attachments=message.attachments,
        edited_at=message.edited_at,
        deleted_at=message.deleted_at,
        reading=reading,
        outcome=outcome,
        reason=reason.value,
        withheld=withheld,
        nature=message.nature,
        summoned=message.summoned,
        context=message.context,
        hideable=message.hideable,
    )


def lines_of_turn(
    turn: Turn, decision: Decision, *, team: str
) -> tuple[list[Handled], list[Record]]:
    """Return what became of each message of a turn; the last one has the outcome."""
    handled, records = [], []
    for message in turn.messages:
        last = message is turn.last
        outcome = decision.outcome if last else Outcome.COALESCED
        reason = decision.reason if last else Reason.READ_TOGETHER
        reading = turn.reading if last else None
        withheld = decision.withheld if last else None
        handled.append(
            Handled(
                message.id,
                outcome,
                reason,
                label=turn.reading.top.label if last else "",
                team=team if last else "",
                withheld=withheld,
                confidence=reading.top.confidence if reading else None,
                known_words=reading.signals.known_words if reading else None,
            )
        )
        records.append(
            message_record(message, outcome, reason, reading=reading, withheld=withheld)
        )
    return handled, records


def deleted_record(message: Message) -> Record:
    """Return the line of a message that nobody has read: it asks nothing of us."""
    return message_record(
        message, Outcome.IGNORED, Reason.DELETED, reading=None, withheld=None
    )


def text_record(
    outgoing: Outgoing, *, agent: str | None = None, problem: str | None = None
) -> Record:
    """Return a text of ours that has just been queued."""
    bot = outgoing.speaker is Speaker.BOT
    return Record(
        id=outgoing.key,
        at=outgoing.queued_at,
        author=Author.BOT if bot else Author.AGENT,
        agent=agent,
        thread=outgoing.thread,
        visibility=outgoing.visibility,
        text=outgoing.text,
        in_reply_to=outgoing.reply_to,
        attachments=outgoing.files,
        delivery=Delivery.QUEUED,
        problem=problem,
    )
