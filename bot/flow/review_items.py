"""A review item, made of a line of the transcript. Pure.

From here on the text is masked: nothing that stores or shows items sees another.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.flow.masking import masked
from bot.flow.threads import text_of
from bot.model.event import Outcome
from bot.model.message import ChannelName, CustomerId, MessageId
from bot.model.network_rules import ExampleUse
from bot.model.policy import PublicRules
from bot.model.reading import Entity, Reading
from bot.model.record import Author, Record
from bot.model.review import Finding, ReviewId, ReviewItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """What is known of who wrote, as far as it must not show in a text."""

    customer: CustomerId
    facts: Collection[str] = ()
    names: Collection[str] = ()

    @property
    def channel(self) -> ChannelName:
        return ChannelName(self.customer.partition(":")[0])


def burst_of(record: Record, records: Sequence[Record]) -> tuple[Record, ...]:
    """Return the messages that were read together with `record`, right before it."""
    place = next((n for n, one in enumerate(records) if one.id == record.id), 0)
    found: list[Record] = []
    for one in reversed(records[:place]):
        if one.author is not Author.CUSTOMER or one.thread != record.thread:
            continue
        if one.outcome is not Outcome.COALESCED:
            break
        found.append(one)
    return tuple(reversed(found))


def item_of(
    record: Record,
    findings: tuple[Finding, ...],
    *,
    id_: ReviewId,
    burst: Sequence[Record],
    writer: Writer,
    rules: PublicRules,
    examples: ExampleUse,
    now: datetime,
) -> ReviewItem:
    """Return the item of a message that was read, as a group of its own.

    Raises:
        ValueError: nobody has read the message.
    """
    if record.reading is None:
        raise ValueError(f"the message {record.id} has no reading")
    top = record.reading.top
    return ReviewItem(
        id=id_,
        channel=writer.channel,
        message=MessageId(record.id),
        customer=writer.customer,
        thread=record.thread,
        visibility=record.visibility,
        text=masked(
            text_of((*burst, record)),
            entities=_entities(record.reading, (*burst, record)),
            rules=rules,
            facts=writer.facts,
            names=writer.names,
        ),
        sent_at=record.at,
        added_at=now,
        findings=findings,
        label=top.label,
        confidence=top.confidence,
        alternatives=(*record.reading.requests[1:], *record.reading.alternatives),
        ours=record.reading.ours,
        known_words=record.reading.signals.known_words,
        group=id_,
        examples=examples,
        burst=tuple(MessageId(one.id) for one in burst),
    )


def _entities(reading: Reading, read: Sequence[Record]) -> tuple[Entity, ...]:
    """Return the entities whose places are sure: nobody has changed the words since."""
    if any(one.amended_at for one in read):
        return ()
    return reading.entities
