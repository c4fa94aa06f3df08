"""What the bot says, as a text for the outbox. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.flow.compose import Composed
from bot.model.customer import Customer
from bot.model.message import Message
from bot.model.outgoing import Outgoing, Purpose, Speaker


def spoken_text(
    composed: Composed,
    cause: Message | Outgoing,
    customer: Customer,
    *,
    key: str,
    purpose: Purpose,
    case: str | None,
    now: datetime,
    acknowledge_within: timedelta,
    topic: str,
) -> Outgoing:
    """Return the bot's text in the thread of `cause`, which it replies to."""
    expires = purpose is Purpose.ACKNOWLEDGEMENT
    return Outgoing(
        key=key,
        channel=customer.channel,
        customer=customer.id,
        handle=customer.handle,
        thread=cause.thread,
        visibility=cause.visibility,
        text=composed.text,
        speaker=Speaker.BOT,
        queued_at=now,
        reply_to=cause.id if isinstance(cause, Message) else cause.reply_to,
        case=case,
        purpose=purpose,
        caused_at=_caused_at(cause),
        expires_at=now + acknowledge_within if expires else None,
        generated=composed.generated,
        invites=composed.invites,
        topic=topic,
    )


def _caused_at(cause: Message | Outgoing) -> datetime:
    if isinstance(cause, Message):
        return cause.sent_at
    return cause.caused_at or cause.queued_at
