"""The methods of the Web API, by their names."""

from __future__ import annotations

from collections.abc import Callable

from tests.slack_double.core import Core
from tests.slack_double.methods import (
    chat,
    conversations,
    files,
    history,
    people,
    reactions,
    views,
)
from tests.slack_double.wire import Json

Run = Callable[[Core, Json], Json]
RUN: dict[str, Run] = {
    **chat.RUN,
    **conversations.RUN,
    **files.RUN,
    **history.RUN,
    **people.RUN,
    **reactions.RUN,
    **views.RUN,
}
