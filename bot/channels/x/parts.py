"""One text of ours as the posts that it takes on X."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.x.texts import LIMITS, weighted_length
from bot.model.attachment import Attachment
from bot.model.message import Visibility
from bot.model.outgoing import Outgoing, Speaker

MOST_PARTS = 5  # posts that an agent's text may take
_ROOM = 6  # of the count at the end of a part: " (1/5)"
_SENTENCES = re.compile(r"(?<=[.!?…。！？])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Part:
    """One post."""

    text: str
    files: tuple[Attachment, ...] = ()


def parts_of(outgoing: Outgoing) -> tuple[Part, ...]:
    """Return the posts that `outgoing` takes.

    A direct message holds one file, so more files follow it.
    """
    if outgoing.visibility is Visibility.PRIVATE:
        first, rest = outgoing.files[:1], outgoing.files[1:]
        return (Part(outgoing.text, first), *(Part("", (file,)) for file in rest))
    first_text, *others = posts_of(outgoing.text, outgoing.visibility, outgoing.speaker)
    return (Part(first_text, outgoing.files), *(Part(text) for text in others))


def posts_of(text: str, visibility: Visibility, speaker: Speaker) -> tuple[str, ...]:
    """Return the posts that `text` takes; the bot's is always one.

    An agent's long public text is cut between sentences and numbered. What would take
    more than MOST_PARTS is left whole, and too long.
    """
    if visibility is Visibility.PRIVATE or speaker is Speaker.BOT:
        return (text,)
    parts = split(text, limit=LIMITS[visibility])
    return parts if len(parts) <= MOST_PARTS else (text,)


def split(
    text: str, *, limit: int, length: Callable[[str], int] = weighted_length
) -> tuple[str, ...]:
    """Return `text` in posts of at most `limit`, cut between sentences if it can be.

    More than one are numbered: "(1/2)". A sentence that is too long alone is cut
    between words, and a word where it must be.
    """
    if length(text) <= limit:
        return (text,)
    room = limit - _ROOM
    parts: list[str] = []
    for sentence in _SENTENCES.split(text.strip()):
        for piece in _fitting(sentence, room, length):
            joined = f"{parts[-1]} {piece}" if parts else piece
            if parts and length(joined) <= room:
                parts[-1] = joined
            else:
                parts.append(piece)
    return tuple(f"{part} ({i}/{len(parts)})" for i, part in enumerate(parts, 1))


def _fitting(sentence: str, room: int, length: Callable[[str], int]) -> list[str]:
    """Return a sentence in pieces of at most `room`, cut between words."""
    if length(sentence) <= room:
        return [sentence] if sentence else []
    pieces = [""]
    for word in sentence.split():
        longer = f"{pieces[-1]} {word}".strip()
        if length(longer) <= room:
            pieces[-1] = longer
            continue
        pieces.append("")
        for character in word:  # nearly always the whole word fits
            if length(pieces[-1] + character) > room:
                pieces.append("")
            pieces[-1] += character
    return [piece for piece in pieces if piece]
