"""Direct messages: from X's two forms, and what comes encrypted, to messages."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from bot.channels.x.includes import Includes, Person, people_in
from bot.channels.x.posts import Us, decoded, sent_at
from bot.channels.x.raw import (
    Fields,
    UndecodableError,
    id_in,
    items_of,
    needed,
    text_in,
    within,
)
from bot.channels.x.snowflake import moment_of
from bot.channels.x.texts import direct_text
from bot.clock import from_ms
from bot.model.attachment import Attachment, attachment_of
from bot.model.message import (
    DIRECT,
    Inbound,
    Message,
    MessageId,
    Nature,
    Visibility,
)

WRITTEN = "MessageCreate"  # the other kinds tell who joined or left
_KINDS = {"photo": "image", "video": "video", "animated_gif": "video"}


def read_direct(event: Fields, beside: Includes, us: Us) -> list[Inbound]:
    """Read an event of X's second version. What we sent ourselves is none."""

    def read() -> list[Inbound]:
        id_, sender = id_in(event), id_in(event, "sender_id")
        if text_in(event, "event_type") not in (WRITTEN, None) or sender == us.id:
            return []
        return [
            _direct(
                us,
                beside.person(sender),
                id_=id_,
                text=direct_text(event),
                at=sent_at(id_, event),
                files=beside.files(within(event, "attachments").get("media_keys")),
            )
        ]

    return decoded(event, read, us)


def read_old_directs(payload: Fields, us: Us) -> list[Inbound]:
    """Read what `dm.received` brings, which still has the form of version 1.1."""
    people = people_in(payload.get("users"))
    found: list[Inbound] = []
    for event in items_of(payload.get("direct_message_events")):
        found += _read_old(event, people, us)
    return found


def _read_old(event: Fields, people: dict[str, Person], us: Us) -> list[Inbound]:
    def read() -> list[Inbound]:
        created = within(event, "message_create")
        id_, sender = id_in(event), id_in(created, "sender_id")
        if text_in(event, "type") not in ("message_create", None) or sender == us.id:
            return []
        data = within(created, "message_data")
        return [
            _direct(
                us,
                people.get(sender) or Person(id=sender),
                id_=id_,
                text=direct_text(data),
                at=moment_of(id_),  # created_timestamp may lack its last digits
                files=_old_file(data),
            )
        ]

    return decoded(event, read, us)


def read_encrypted(payload: Fields, us: Us, *, handle: str = "") -> list[Inbound]:
    """Read what X Chat brings: that somebody wrote, and nothing of what.

    `handle` is the sender's, which the event does not hold.
    """

    def read() -> list[Inbound]:
        sender = id_in(payload, "sender_id")
        if sender == us.id:
            return []
        return [
            Message(
                channel=us.channel,
                id=MessageId(f"chat-{needed(payload, 'id')}"),
                customer=us.customer(sender),
                thread=DIRECT,
                text="",
                visibility=Visibility.PRIVATE,
                sent_at=_moment_ms(payload),
                handle=handle or sender,
                summoned=False,
                link=f"https://x.com/messages/compose?recipient_id={sender}",
                nature=Nature.ENCRYPTED,
            )
        ]

    return decoded(payload, read, us)


def _direct(
    us: Us,
    sender: Person,
    *,
    id_: str,
    text: str,
    at: datetime,
    files: tuple[Attachment, ...],
) -> Message:
    return Message(
        channel=us.channel,
        id=MessageId(id_),
        customer=us.customer(sender.id),
        thread=DIRECT,
        text=text,
        visibility=Visibility.PRIVATE,
        sent_at=at,
        handle=sender.handle or sender.id,
        profile=sender.profile,
        attachments=files,
        nature=Nature.MACHINE if sender.automated else Nature.WRITTEN,
    )


def _old_file(data: Fields) -> tuple[Attachment, ...]:
    media = within(data, "attachment", "media")
    url = text_in(media, "media_url_https") or text_in(media, "media_url")
    file = attachment_of(
        kind=_KINDS.get(text_in(media, "type") or "", "file"),
        name=urlsplit(url or "").path,
        url=url,
        alt=text_in(media, "ext_alt_text") or "",
    )
    return (file,) if file else ()


def _moment_ms(payload: Fields) -> datetime:
    digits = needed(payload, "created_at_msec")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 13:
        raise UndecodableError("field 'created_at_msec' is no moment")
    return from_ms(int(digits))
