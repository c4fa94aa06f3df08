"""Lines for people from deep inside a training, where nobody can be passed along."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar

_LISTENER: ContextVar[Callable[[str], None] | None] = ContextVar(
    "listener", default=None
)


def say(line: str) -> None:
    """Tell whoever waits for the training, if anybody listens."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(line)


@contextlib.contextmanager
def told_to(listener: Callable[[str], None]) -> Iterator[None]:
    """Send what is said inside to `listener`, also while the screen is held back."""
    screen, errors = sys.stdout, sys.stderr

    def aloud(line: str) -> None:
        with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(errors):
            listener(line)

    token = _LISTENER.set(aloud)
    try:
        yield
    finally:
        _LISTENER.reset(token)
