"""One text of ours as the posts that it takes on X."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.counting import LIMITS, weighted_length
from bot.model.attachment import Attachment
from bot.model.message import Visibility
from bot.model.outgoing import Outgoing, Speaker
from bot.model.posts import cut_into_posts


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
    more than MOST_POSTS is left whole, and too long.
    """
    if visibility is Visibility.PRIVATE or speaker is Speaker.BOT:
        return (text,)
    return cut_into_posts(text, limit=LIMITS[visibility], length=weighted_length)
