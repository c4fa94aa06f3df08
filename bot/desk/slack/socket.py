"""Socket Mode through Bolt: what comes in is stored, and only then acknowledged."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.desk.slack.failures import TokenRefused, Unanswered, failure_of
from bot.desk.slack.reading import Json
from bot.errors import TemporaryFailure
from bot.log import Log


class AppTokenRefused(TemporaryFailure):
    """Slack does not let us listen. `code` is Slack's word for it."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Slack does not accept the app-level token ({code}): make one with the "
            "scope connections:write and set FIRSTLINE_SLACK_APP_TOKEN."
        )
        self.code = code


Receive = Callable[[Json], Awaitable["Json | None"]]

CONNECT_S: Final = 10.0
CLOSE_S: Final = 2.0  # for the other side to say goodbye
_PING_S: Final = 5.0  # a dead connection is noticed after four of them


class Socket:
    """The connection on which Slack tells us what people do.

    `receive` gets every payload and returns what Slack is to show in answer; if it
    raises, Slack is told nothing, and hands it to us again.
    """

    def __init__(
        self,
        web: AsyncWebClient,
        app_token: str,
        receive: Receive,
        *,
        clock: Clock,
        log: Log,
    ) -> None:
        self._web, self._app_token, self._receive = web, app_token, receive
        self._clock, self._log = clock, log
        self._logger = _quiet_logger(log)
        self._handler: AsyncSocketModeHandler | None = None
        self.heard_at: datetime | None = None  # when Slack last told us anything

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as one can tell."""
        if self._handler is None:
            return False
        session = self._handler.client.current_session
        return session is not None and not session.closed

    async def open(self) -> None:
        """Open a connection, and close an earlier one afterwards.

        For a moment there are two: Slack then hands everything to one of them, and
        nothing falls in between.

        Raises:
            AppTokenRefused: Slack does not accept the app-level token.
            Unanswered: it cannot be reached at the moment.
        """
        handler = AsyncSocketModeHandler(
            self._app(), self._app_token, logger=self._logger, ping_interval=_PING_S
        )
        handler.client.message_listeners.append(self._hear)
        try:
            await asyncio.wait_for(_connected(handler), CONNECT_S)
        except BaseException as error:  # also a stop: nobody else has the handler
            await _close(handler)
            if isinstance(error, (SlackApiError, *_LINES_DOWN)):
                raise _sorted(error) from None
            raise
        earlier, self._handler = self._handler, handler
        self.heard_at = self._clock.now()
        if earlier is not None:
            await _close(earlier)

    async def close(self) -> None:
        """Close the connection. What people do now is handed to another process."""
        if self._handler is not None:
            await _close(self._handler)
            self._handler = None

    def _app(self) -> AsyncApp:
        return AsyncApp(
            client=self._web,
            before_authorize=self._store_first,
            logger=self._logger,
            request_verification_enabled=False,  # that is for HTTP
        )

    async def _store_first(self, req: AsyncBoltRequest) -> BoltResponse:
        """Take the whole of Bolt's work: nothing behind this runs."""
        answer = await self._receive(req.body)
        if answer is None:
            return BoltResponse(status=200, body="")
        headers: dict[str, str | Sequence[str]] = {"content-type": "application/json"}
        return BoltResponse(status=200, body=json.dumps(answer), headers=headers)

    async def _hear(
        self, _client: AsyncBaseSocketModeClient, message: Json, _raw: str | None
    ) -> None:
        if message.get("type") not in (None, "hello", "disconnect"):
            self.heard_at = self._clock.now()


_LINES_DOWN = (aiohttp.ClientError, asyncio.TimeoutError, SlackClientError, OSError)


async def _connected(handler: AsyncSocketModeHandler) -> None:
    """Ask for an address first: the client itself would try a refused token for ever."""
    client = handler.client
    client.wss_uri = await client.issue_new_wss_url()
    await handler.connect_async()


async def _close(handler: AsyncSocketModeHandler) -> None:
    """Close a connection; a dead one would keep us waiting much longer."""
    client = handler.client
    client.closed, client.auto_reconnect_enabled = True, False
    if client.current_session is not None:
        with suppress(asyncio.TimeoutError):  # Slack's end is dead
            await asyncio.wait_for(client.current_session.close(), CLOSE_S)
    await handler.close_async()


def _sorted(error: BaseException) -> Exception:
    if isinstance(error, SlackApiError):
        code = str(error.response.get("error", "unknown"))
        found = failure_of("apps.connections.open", code)
        if isinstance(found, TokenRefused):
            return AppTokenRefused(code)
        if isinstance(found, TemporaryFailure):
            return found
    return Unanswered(f"Slack cannot be reached ({type(error).__name__})")


class _ToLog(logging.Handler):
    """Tells that Slack's library complains, and where; its words may hold anything."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        self._log(
            "slack_library_complained",
            where=f"{record.module}:{record.lineno}",
            error=kind.__name__ if kind else None,
        )


def _quiet_logger(log: Log) -> logging.Logger:
    logger = logging.Logger("slack", logging.WARNING)
    logger.addHandler(_ToLog(log))
    logger.propagate = False
    return logger
