"""What somebody should know of a case: what is on its way, and what did not arrive."""

from __future__ import annotations

from bot.model.case import ACTIVE, Case
from bot.model.message import Nature
from bot.model.record import Author, Delivery, Record
from bot.model.standing import last_written
from bot.ports import CaseView

_NOT_OUT = frozenset(
    {Delivery.REFUSED, Delivery.UNKNOWN, Delivery.EXPIRED, Delivery.WITHHELD}
)


def said(record: Record) -> str:
    """Return the words of a record; what its author deleted is not there any more."""
    if record.nature is Nature.ENCRYPTED:
        return "(encrypted: it cannot be read here, but in the network's own app)"
    return "(deleted by its author)" if record.deleted_at else record.text


def on_its_way(view: CaseView) -> list[Record]:
    """Return the bot's texts that a claim came too late to stop."""
    return [
        record
        for record in view.records
        if record.author is Author.BOT and record.delivery is Delivery.SENDING
    ]


def not_delivered(view: CaseView) -> Record | None:
    """Return the last of our agents' texts if it did not go out for certain."""
    texts = [record for record in view.records if record.author is Author.AGENT]
    if texts and texts[-1].delivery in _NOT_OUT:
        return texts[-1]
    return None


def by_hand(view: CaseView) -> Record | None:
    """Return the message that somebody must answer in the network's own app."""
    ours = [one for one in view.records if one.author in (Author.BOT, Author.AGENT)]
    if not ours or not ours[-1].needs_a_hand:
        return None
    answered = ours[-1].in_reply_to
    asked = next((one for one in view.records if one.id == answered), None)
    return asked or last_written(view.records)


def is_untold(case: Case) -> bool:
    """Tell whether nobody, bot or person, has told the customer that we have it."""
    told = case.acknowledged or case.answered_at is not None
    return case.status in ACTIVE and not told


def silence_reason(view: CaseView) -> str:
    """Return in words why the acknowledgement was kept back, if that is known."""
    withheld = [r.withheld for r in view.records if r.withheld is not None]
    return withheld[-1].says if withheld else ""
