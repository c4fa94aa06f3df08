"""The model, the dialogue and the knowledge base, as the flow needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model.message import Visibility
from bot.model.reading import Entity, Reading


class Understanding(Protocol):
    """The model. Takes and gives plain data, so it may run in another process."""

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return one reading for each text, in order.

        Any Unicode text of 0 to 10,000 characters gets a reading.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueTurn:
    """What a dialogue made of one turn of the customer.

    `texts` are ours to send, in order. `state` is the tracker to keep, None when
    the dialogue has ended. `handoff` is set if people must take over: "failed"
    or "complete". `learned` are facts for the agents ("order number FH-482913");
    `facts` the normalised private values that must never appear in public.
    `asked` says that a question is open; `failed` that the facts which the customer
    just gave do not belong together; `generated`, that some text was not chosen from
    responses that people wrote.
    """

    texts: tuple[str, ...]
    state: str | None
    asked: bool
    failed: bool = False
    handoff: str | None = None
    learned: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    generated: bool = False


class Dialogue(Protocol):
    """Gathers missing facts in a private thread and looks things up. Never writes."""

    async def turn(
        self,
        text: str,
        *,
        label: str,
        confidence: float,
        entities: tuple[Entity, ...],
        state: str | None,
        now: datetime,
    ) -> DialogueTurn:
        """Take one turn.

        `state` None starts a dialogue for the intent `label`. The same arguments
        may come again after a crash and must lead to the same turn.

        Raises:
            TemporaryFailure: the system of record cannot be asked now.
        """
        ...


class Answers(Protocol):
    """Every sentence that the bot may say."""

    def has(self, name: str, visibility: Visibility) -> bool:
        """Tell whether there is a text of that name for such a thread."""
        ...

    def text(
        self, name: str, visibility: Visibility, *, seed: str, **slots: str
    ) -> str:
        """Return one wording of the response `name` ("faq/delivery_times").

        The same `seed` gives the same wording, different ones spread over the
        variants. `slots` fill `{placeholders}`.

        Raises:
            KeyError: there is no such text.
        """
        ...
