"""How a loop that waits for work is woken."""

from __future__ import annotations

from typing import Protocol


class Bell(Protocol):
    """Rings when there may be work. It may fail to: who waits also looks by themselves."""

    @property
    def works(self) -> bool:
        """Whether rings are heard at the moment, as far as is known."""
        ...

    async def wait(self, seconds: float) -> None:
        """Wait for a ring since the last wait, but not longer than `seconds`."""
        ...
