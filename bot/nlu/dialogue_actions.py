"""Custom actions called in process, where Rasa would call a server over HTTP.

To be imported only after `bootstrap.prepare`.
"""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from bot.errors import ConfigError

with warnings.catch_warnings():  # Rasa's pinned libraries deprecate one another
    warnings.simplefilter("ignore")
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.events import Event
    from rasa.utils.endpoints import ClientResponseError, EndpointConfig
    from rasa_sdk.executor import ActionExecutor
    from rasa_sdk.interfaces import ActionExecutionRejection

PACKAGE: Final = "actions"
_NOTHING: Final[dict[str, object]] = {"events": [], "responses": []}
# Rasa looks through all its kinds of events anew for each event that an action
# answers: a third of a turn's time. They are some thirty, and stay what they are.
_kind_of_event = lru_cache(maxsize=64)(Event.resolve_by_type)


def load_actions(package: str = PACKAGE) -> ActionExecutor:
    """Import all actions of `package`, by name as Rasa's action server does.

    Raises:
        ConfigError: the package or a module of it cannot be imported.
    """
    _trust_answers()
    Event.resolve_by_type = staticmethod(_kind_of_event)
    executor = ActionExecutor()
    try:
        executor.register_package(package)
    except SystemExit:  # how rasa_sdk takes a failed import
        raise ConfigError(
            f"the package {package} cannot be imported; `rasa run actions` says why"
        ) from None
    return executor


def _trust_answers() -> None:
    """Let Rasa take what actions answer without holding it against a schema.

    The schema is for foreign servers, and Rasa checks it against the schema of schemas
    for every action: nine tenths of a turn's time. Our answers were made in this
    process, by rasa_sdk, and an unknown event fails where Rasa makes one of it.
    """
    RemoteAction._validate_action_result = _is_fine


def _is_fine(_action: RemoteAction, _answer: Mapping[str, object]) -> bool:
    return True


class ActionsInProcess(EndpointConfig):  # type: ignore[misc]  # Rasa is untyped
    """An action endpoint for one turn.

    Rasa goes on after an action has failed, as if it had done nothing. So the
    first `failure` is kept, and no action runs after it: whoever started the turn
    raises it and forgets what the turn said.
    """

    def __init__(self, executor: ActionExecutor) -> None:
        # The domain would be dumped for each call, and no action reads it.
        super().__init__(url="in process", enable_selective_domain=True)
        self._executor = executor
        self.failure: BaseException | None = None

    async def request(self, **call: object) -> dict[str, object]:
        """Run the action that Rasa names in `json`; the other arguments are HTTP's."""
        if self.failure is not None:
            return _NOTHING
        results: list[object] = await asyncio.gather(
            self._executor.run(call["json"]), return_exceptions=True
        )
        result = results[0]
        if isinstance(result, ActionExecutionRejection):
            raise _rejected(result)  # no failure: a form lets other rules answer
        if isinstance(result, BaseException):
            self.failure = result
            return _NOTHING
        return result if isinstance(result, dict) else _NOTHING


def _rejected(rejection: ActionExecutionRejection) -> ClientResponseError:
    body = {"action_name": rejection.action_name, "error": rejection.message}
    return ClientResponseError(400, "rejected", json.dumps(body))
