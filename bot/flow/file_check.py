"""What speaks against sending a file. Pure."""

from __future__ import annotations

from collections.abc import Sequence, Set

from bot.flow.problem import Problem
from bot.model.attachment import (
    LARGEST_SENT,
    MOST_SENT,
    Attachment,
    AttachmentKind,
)


def problems_of_files(
    files: Sequence[Attachment], takes: Set[AttachmentKind]
) -> tuple[Problem, ...]:
    """Return why the channel, which takes files of these kinds, would not send them."""
    found: list[Problem] = []
    if len(files) > MOST_SENT:
        found.append(
            Problem("too_many_files", f"A reply has {MOST_SENT} files at most.")
        )
    for file in files:
        if file.kind not in takes:
            says = f"This network takes no such file from us: {file.name}."
            found.append(Problem("file_not_taken", says))
        elif file.size is not None and file.size > LARGEST_SENT:
            most = LARGEST_SENT // 1_000_000
            says = f"{file.name} is larger than {most} MB."
            found.append(Problem("file_too_large", says))
    return tuple(found)
