"""What is in a file that goes with a text of ours."""

from __future__ import annotations

from typing import Protocol

from bot.model.attachment import Attachment


class Files(Protocol):
    """Where files of agents are: their links open for us alone, not for a network."""

    async def read(self, file: Attachment) -> bytes:
        """Return what is in it, LARGEST_SENT bytes at the most.

        Raises:
            TemporaryFailure: it cannot be had now.
            PermanentFailure: it is gone, too large, or none that we may open.
        """
        ...
