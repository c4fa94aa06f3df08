"""One turn of Rasa's own dialogue engine, without its server, stores or clock.

To be imported only after `bootstrap.prepare`.
"""

from __future__ import annotations

import copy
import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Final

from bot.model.reading import Entity
from bot.nlu.dialogue_actions import ActionsInProcess
from bot.nlu.dialogue_state import DialogueState, Heard, Spoken

with warnings.catch_warnings():  # Rasa's pinned libraries deprecate one another
    warnings.simplefilter("ignore")
    from rasa.core.channels.channel import OutputChannel, UserMessage
    from rasa.core.nlg.generator import ResponseVariationFilter
    from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
    from rasa.core.processor import MessageProcessor
    from rasa.core.tracker_store import TrackerStore
    from rasa.shared.core.constants import (
        ACTION_LISTEN_NAME,
        ACTION_SESSION_START_NAME,
        SESSION_START_METADATA_SLOT,
    )
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import (
        ActionExecuted,
        ActiveLoop,
        Event,
        SessionStarted,
        SlotSet,
    )
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa_sdk.executor import ActionExecutor

_SENDER: Final = "customer"  # one tracker a turn: the name tells nobody apart


async def run_turn(
    processor: MessageProcessor,
    actions: ActionExecutor,
    state: DialogueState | None,
    heard: Heard,
) -> Spoken:
    """Let Rasa take one turn and return what it said.

    The message is not parsed again. `processor` is not changed, so turns may run
    side by side.

    Raises:
        TemporaryFailure: an action could not look something up.
    """
    domain: Domain = processor.domain
    store = _OneTracker(domain, _resumed(state, domain))
    endpoint, channel = ActionsInProcess(actions), _Collected()
    stage = copy.copy(processor)
    stage.tracker_store, stage.action_endpoint = store, endpoint
    stage.nlg = _SteadyWording(domain.responses)
    await stage.handle_message(_message(heard, channel))
    if endpoint.failure is not None:
        raise endpoint.failure
    slots = _slots(store.tracker)
    form = store.tracker.active_loop_name
    return Spoken(
        texts=tuple(channel.texts),
        generated=channel.generated,
        slots=slots,
        state=DialogueState(form, slots) if form else None,
    )


def _message(heard: Heard, channel: OutputChannel) -> UserMessage:
    message = UserMessage(
        output_channel=channel,
        sender_id=_SENDER,
        message_id=_SENDER,
        parse_data={
            "text": heard.text,
            "intent": {"name": heard.intent, "confidence": heard.confidence},
            "entities": [_as_rasa(entity) for entity in heard.entities],
        },
        metadata={"now": heard.now.isoformat()},
    )
    message.text = heard.text  # the constructor would strip it and shift all entities
    return message


def _as_rasa(entity: Entity) -> dict[str, object]:
    return {
        "entity": entity.kind,
        "value": entity.value,
        "start": entity.start,
        "end": entity.end,
    }


def _resumed(state: DialogueState | None, domain: Domain) -> DialogueStateTracker:
    """Return a tracker that waits for the message in which `state` continues."""
    events: list[Event] = [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        ActionExecuted(ACTION_LISTEN_NAME),
    ]
    if state is not None and state.form in domain.form_names:
        events += [
            ActionExecuted(state.form),
            ActiveLoop(state.form),
            *_slot_events(state, domain),
            ActionExecuted(ACTION_LISTEN_NAME),
        ]
    return DialogueStateTracker.from_events(_SENDER, events, slots=domain.slots)


def _slot_events(state: DialogueState, domain: Domain) -> Iterator[Event]:
    """Set the slots again; a slot that the domain has lost meanwhile is dropped."""
    known = {slot.name for slot in domain.slots}
    for name, value in state.slots.items():
        if name in known:
            yield SlotSet(name, value)


def _slots(tracker: DialogueStateTracker) -> dict[str, object]:
    values: Mapping[str, object] = tracker.current_slot_values()
    return {
        name: value
        for name, value in values.items()
        if value is not None and name != SESSION_START_METADATA_SLOT
    }


class _OneTracker(TrackerStore):  # type: ignore[misc]  # Rasa is untyped
    """A store for one tracker in one turn; what is kept, the caller keeps."""

    def __init__(self, domain: Domain, tracker: DialogueStateTracker) -> None:
        super().__init__(domain)
        self.tracker = tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker:  # noqa: ARG002 - Rasa's
        return self.tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        self.tracker = tracker


class _Collected(OutputChannel):  # type: ignore[misc]  # Rasa is untyped
    """Keeps what is said. Its name makes Rasa choose wordings for direct messages."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.generated = False

    @classmethod
    def name(cls) -> str:
        return "private"

    async def send_text_message(
        self,
        recipient_id: str,  # noqa: ARG002 - Rasa's signature
        text: str,
        **kwargs: object,
    ) -> None:
        self.texts.append(text)
        # Rasa names the response that a text is chosen from; an action's own text has none
        self.generated = self.generated or "utter_action" not in kwargs


class _SteadyWording(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]  # Rasa is untyped
    """Chooses among wordings by what is known, where Rasa draws lots.

    The same turn must say the same when it is repeated after a crash.
    """

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: object,
    ) -> dict[str, object] | None:
        if utter_action not in self.responses:
            return None
        slots: dict[str, object] = tracker.current_slot_values()
        wordings = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, slots
        )
        if not wordings:
            return None
        chosen = copy.deepcopy(wordings[_pick(utter_action, slots, len(wordings))])
        filled: dict[str, object] = self._fill_response(chosen, slots, **kwargs)
        return filled


def _pick(name: str, slots: Mapping[str, object], count: int) -> int:
    """Return a number below `count`, the same on every machine."""
    seed = json.dumps([name, slots], sort_keys=True, default=str)
    digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % count
