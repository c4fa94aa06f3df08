"""What the events of one of our texts may say, one after the other.

queued → sending → sent | refused | withheld | unknown, each of which ends it. What
waits in the queue may also expire, be withheld by a claim or withdrawn by its agent. After *in doubt* the
text is looked up: it was sent, or it surely was not and is queued again, or nobody
can tell. It is in doubt before it was ever sent where another store may have
forgotten that. So it never enters *sending* again without proof that it is not there
or a refusal.
"""

from __future__ import annotations

from enum import Enum

from bot.model.event import Event, EventType
from bot.model.outgoing import Outgoing


class ReplyStage(str, Enum):
    """Where a text is, as far as its events tell."""

    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    ENDED = "ended"


ENDS = frozenset(
    {
        EventType.REPLY_SENT,
        EventType.REPLY_REFUSED,
        EventType.REPLY_UNKNOWN,
        EventType.REPLY_WITHHELD,
        EventType.REPLY_EXPIRED,
        EventType.REPLY_WITHDRAWN,
    }
)
_STAGES = {
    EventType.REPLY_QUEUED: ReplyStage.QUEUED,
    EventType.REPLY_REQUEUED: ReplyStage.QUEUED,
    EventType.REPLY_SENDING: ReplyStage.SENDING,
    EventType.REPLY_IN_DOUBT: ReplyStage.IN_DOUBT,
}
REPLY_EVENTS = frozenset({*_STAGES, *ENDS})

_MAY_FOLLOW: dict[ReplyStage, frozenset[EventType]] = {
    ReplyStage.QUEUED: frozenset(
        {
            EventType.REPLY_SENDING,
            EventType.REPLY_IN_DOUBT,
            EventType.REPLY_WITHHELD,
            EventType.REPLY_EXPIRED,
            EventType.REPLY_WITHDRAWN,
        }
    ),
    ReplyStage.SENDING: frozenset(
        {
            EventType.REPLY_IN_DOUBT,
            EventType.REPLY_REQUEUED,
            *ENDS,
        }
    )
    - {EventType.REPLY_EXPIRED, EventType.REPLY_WITHDRAWN},
    ReplyStage.IN_DOUBT: frozenset(
        {
            EventType.REPLY_REQUEUED,
            EventType.REPLY_SENT,
            EventType.REPLY_REFUSED,
            EventType.REPLY_UNKNOWN,
        }
    ),
    ReplyStage.ENDED: frozenset(),
}
NOT_THERE = frozenset({"not_there", "not_said"})  # what a look-up proves
FORGOTTEN = "store_replaced"  # why a text may be in doubt that was never sent


def reply_may_follow(before: ReplyStage | None, event: Event) -> bool:
    """Tell whether `event` is legal for a text at `before`; None: not yet known."""
    if before is None:
        return event.type is EventType.REPLY_QUEUED
    reason = event.facts.get("reason", "")
    if (before, event.type) == (ReplyStage.IN_DOUBT, EventType.REPLY_REQUEUED):
        return reason in NOT_THERE
    if (before, event.type) == (ReplyStage.QUEUED, EventType.REPLY_IN_DOUBT):
        return reason == FORGOTTEN
    return event.type in _MAY_FOLLOW[before]


def stage_after(event: EventType) -> ReplyStage:
    """Return where a text is after `event`, legal or not."""
    return _STAGES.get(event, ReplyStage.ENDED)


def queued_facts(text: Outgoing, *, problem: str | None = None) -> dict[str, str]:
    """Return what the first event of `text` says: never the words."""
    return {
        "key": text.key,
        "speaker": text.speaker.value,
        "problem": problem or "",
        "message": text.reply_to or "",
        "case": text.case or "",
    }
