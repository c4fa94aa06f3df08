"""What the events of one of our texts may say, one after the other.

queued → sending → sent | refused | withheld | expired | unknown, each of which ends
it. A text may leave the queue without being sent (withheld, expired). It enters
*sending* again only after what proves that it did not go out.
"""

from __future__ import annotations

from enum import Enum

from bot.model.event import EventType
from bot.model.outgoing import Outgoing


class ReplyStage(str, Enum):
    """Where a text is, as far as its events tell."""

    QUEUED = "queued"
    SENDING = "sending"
    ENDED = "ended"


ENDS = frozenset(
    {
        EventType.REPLY_SENT,
        EventType.REPLY_REFUSED,
        EventType.REPLY_UNKNOWN,
        EventType.REPLY_WITHHELD,
        EventType.REPLY_EXPIRED,
    }
)
REPLY_EVENTS = frozenset({EventType.REPLY_QUEUED, EventType.REPLY_SENDING, *ENDS})

_MAY_FOLLOW: dict[ReplyStage, frozenset[EventType]] = {
    ReplyStage.QUEUED: frozenset(
        {EventType.REPLY_SENDING, EventType.REPLY_WITHHELD, EventType.REPLY_EXPIRED}
    ),
    ReplyStage.SENDING: REPLY_EVENTS - {EventType.REPLY_QUEUED},
    ReplyStage.ENDED: frozenset(),
}


def reply_may_follow(before: ReplyStage | None, event: EventType) -> bool:
    """Tell whether `event` is legal for a text at `before`; None: not yet known."""
    if before is None:
        return event is EventType.REPLY_QUEUED
    return event in _MAY_FOLLOW[before]


def stage_after(event: EventType) -> ReplyStage:
    """Return where a text is after `event`, legal or not."""
    if event in ENDS:
        return ReplyStage.ENDED
    return ReplyStage.SENDING if event is EventType.REPLY_SENDING else ReplyStage.QUEUED


def queued_facts(text: Outgoing, *, problem: str | None = None) -> dict[str, str]:
    """Return what the first event of `text` says: never the words."""
    return {
        "key": text.key,
        "speaker": text.speaker.value,
        "problem": problem or "",
        "message": text.reply_to or "",
        "case": text.case or "",
    }
