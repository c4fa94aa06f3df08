"""The port `Dialogue` on Rasa's forms and rules, in process and off the event loop."""

from __future__ import annotations

import asyncio
import copy
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.model.reading import Entity
from bot.nlu.dialogue_state import DialogueState, Heard, Spoken, unpack
from bot.nlu.engine import LoadedModel
from bot.ports.understanding import DialogueTurn

ORDERS: Final = "FIRSTLINE_ORDERS"  # how the actions learn where the orders are
FAILED: Final = "failed"
NO_MATCH: Final = "no_match"


class RasaDialogue:
    """Gathers facts with the forms of a loaded model; see the port.

    The actions convey through slots: `handoff` ("failed", "complete"), `learned`
    (lines for agents) and `given` (private values). Everything else is Rasa's.

    One thread takes the turns, since Python bounds them; a turn takes some
    milliseconds and blocks nothing else. Scale with processes.
    """

    def __init__(self, model: LoadedModel, *, orders: Path | None = None) -> None:
        """Load the actions.

        Args:
            model: with forms and rules, on which `RasaEngine` may run as well.
            orders: the order system's SQLite file. Rasa makes actions without
                arguments, so it is put into the environment of this process; None
                leaves what stands there, or the demo.

        Raises:
            ConfigError: the actions cannot be imported.
        """
        from bot.nlu.dialogue_actions import (  # noqa: PLC0415 - Rasa after `prepare`
            load_actions,
        )

        if orders is not None:
            os.environ[ORDERS] = str(orders)
        self._model = model
        self._actions = load_actions()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dialogue")

    def using(self, model: LoadedModel) -> RasaDialogue:
        """Return a dialogue on `model`, with the actions and the thread of this one."""
        other = copy.copy(self)
        other._model = model
        return other

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
        """Take one turn; see the port.

        A `state` of another version counts as none. Where no rule of the dialogue
        fits, people take over: the customer never gets silence.

        Raises:
            TemporaryFailure: the system of record cannot be asked now.
        """
        spoken = await asyncio.get_running_loop().run_in_executor(
            self._thread,
            self._run,
            unpack(state) if state else None,
            Heard(
                text=text,
                intent=label.partition("/")[0],
                confidence=confidence,
                entities=entities,
                now=now,
            ),
        )
        return _turn(spoken)

    def close(self) -> None:
        """Let go of the thread; a turn in hand is finished first."""
        self._thread.shutdown()

    def _run(self, state: DialogueState | None, heard: Heard) -> Spoken:
        """Take the turn in this thread, on an event loop that lives as long."""
        from bot.nlu.dialogue_rasa import run_turn  # noqa: PLC0415 - as above

        processor = self._model.agent.processor
        return asyncio.run(run_turn(processor, self._actions, state, heard))


def _turn(spoken: Spoken) -> DialogueTurn:
    handoff = spoken.slots.get("handoff")
    nothing_fits = not (spoken.texts or spoken.state or handoff)
    return DialogueTurn(
        texts=spoken.texts,
        generated=spoken.generated,
        state=spoken.state.pack() if spoken.state else None,
        asked=spoken.state is not None,
        failed=spoken.slots.get("problem") == NO_MATCH,
        handoff=FAILED if nothing_fits else _text(handoff),
        learned=_lines(spoken.slots.get("learned")),
        facts=_lines(spoken.slots.get("given")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _lines(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
