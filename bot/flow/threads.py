"""What is read together: the messages of each thread that a customer wrote in."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.effect import Turn
from bot.model.message import MAX_TEXT, Message, Nature
from bot.model.reading import Reading
from bot.model.record import Record
from bot.model.work import Work
from bot.ports import Answers


def by_thread(work: Work) -> list[list[Message]]:
    """Group what there is to read by thread, in the order in which the threads came up.

    A repost, or what cannot be read, is not read together with what somebody wrote.
    """
    groups: dict[tuple[str, Nature], list[Message]] = {}
    for mail in work.mails:
        if isinstance(mail, Message) and mail.deleted_at is None:
            groups.setdefault((mail.thread, mail.nature), []).append(mail)
    return [
        sorted(group, key=lambda message: message.sent_at) for group in groups.values()
    ]


def text_of(messages: Sequence[Message | Record]) -> str:
    """Return what is read of a burst: all of it, the newest part if it is too long."""
    return "\n".join(message.text for message in messages)[-MAX_TEXT:]


def turn_of(messages: Sequence[Message], reading: Reading, answers: Answers) -> Turn:
    """Return what is decided on: messages of one thread, as they were read."""
    visibility = messages[-1].visibility
    asked = (request.label for request in reading.requests if request.faq)
    untold = frozenset(label for label in asked if not answers.has(label, visibility))
    return Turn(messages=tuple(messages), reading=reading, untold=untold)
