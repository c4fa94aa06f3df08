"""Files that agents share in Slack: what Slack says of them, and what is in them.

Slack's links open for who shows the app's token. The token is shown to Slack's own
servers alone: a file may be a link to anywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from bot.desk.slack.client import API_URL
from bot.desk.slack.reading import Json, text
from bot.errors import PermanentFailure, TemporaryFailure
from bot.model.attachment import LARGEST_SENT, Attachment, attachment_of

LOAD_S: Final = 12.0  # for the largest one; a sender has its lease for longer
_PIECE: Final = 64 * 1024
_HOSTS: Final = frozenset({"files.slack.com", "slack-files.com"})
_SIGN_IN: Final = "text/html"  # where Slack leads whoever may not open a file
_BUSY: Final = 429


def shared_files(found: Iterable[Json]) -> tuple[Attachment, ...]:
    """Return files as Slack tells of them. What is kept elsewhere has no link."""
    made = (_attachment(one) for one in found)
    return tuple(one for one in made if one is not None)


def kept_elsewhere(found: Iterable[Json]) -> tuple[str, ...]:
    """Return the names of files that Slack shows and others keep: a cloud's, say."""
    return tuple(text(one, "name") for one in found if one.get("is_external"))


def _attachment(file: Json) -> Attachment | None:
    kind = text(file, "mimetype").partition("/")[0]
    return attachment_of(
        kind=kind,
        name=text(file, "name"),
        url="" if file.get("is_external") else text(file, "url_private"),
        size=file.get("size"),
        alt=text(file, "alt_txt"),
    )


class SlackFiles:
    """The `Files` port for what was shared in one workspace."""

    def __init__(
        self, session: aiohttp.ClientSession, token: str, api_url: str
    ) -> None:
        self._session, self._token = session, token
        self._own = _server(api_url) if api_url != API_URL else None

    async def read(self, file: Attachment) -> bytes:
        """Return what is in a file; see `Files.read`."""
        if not self._is_slack(file.url):
            raise PermanentFailure("the file is not kept in Slack")
        try:
            return await asyncio.wait_for(self._load(file.url), LOAD_S)
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            kind = type(error).__name__
            raise TemporaryFailure(f"Slack does not give a file ({kind})") from None

    def _is_slack(self, url: str) -> bool:
        parts = urlsplit(url)
        if self._own is not None and _server(url) == self._own:
            return True
        return parts.scheme == "https" and parts.hostname in _HOSTS

    async def _load(self, url: str) -> bytes:
        headers = {"Authorization": f"Bearer {self._token}"}
        request = self._session.get(url, headers=headers, allow_redirects=False)
        async with request as answer:
            if answer.status == _BUSY or answer.status >= 500:
                raise TemporaryFailure(f"Slack does not give a file ({answer.status})")
            if answer.status != 200 or answer.content_type == _SIGN_IN:
                raise PermanentFailure("the file is gone, or the app may not open it")
            return await _content(answer)


async def _content(answer: aiohttp.ClientResponse) -> bytes:
    """Return what comes, without reading more than could be sent."""
    found = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        found += piece
        if len(found) > LARGEST_SENT:
            raise PermanentFailure("the file is larger than what can be sent")
    return bytes(found)


def _server(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


@asynccontextmanager
async def open_files(token: str, api_url: str) -> AsyncIterator[SlackFiles]:
    """Return the files of the workspace that `token` belongs to."""
    async with aiohttp.ClientSession() as session:
        yield SlackFiles(session, token, api_url)
