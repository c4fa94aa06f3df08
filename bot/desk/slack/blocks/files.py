"""What customers sent beside words: named and linked, never shown by itself."""

from __future__ import annotations

from bot.desk.slack.blocks.mrkdwn import Mrkdwn, outside, plain
from bot.model.attachment import AttachmentKind
from bot.model.record import Record

_MOST = 6
_SIGN = {
    AttachmentKind.IMAGE: ":frame_with_picture:",
    AttachmentKind.VIDEO: ":film_frames:",
    AttachmentKind.AUDIO: ":loud_sound:",
    AttachmentKind.FILE: ":paperclip:",
}


def files_of(record: Record) -> list[Mrkdwn]:
    """Return one part of a line for each file of a message, its description with it."""
    parts = []
    for one in record.attachments[:_MOST]:
        name = plain(one.name, limit=60) or Mrkdwn(one.kind.value)
        alt = plain(one.alt, limit=100)
        shown = f"{_SIGN[one.kind]} {outside(one.url, name) or name}"
        parts.append(Mrkdwn(f"{shown} ({alt})" if alt else shown))
    more = len(record.attachments) - _MOST
    return [*parts, Mrkdwn(f"… and {more} more")] if more > 0 else parts
