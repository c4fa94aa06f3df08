"""Files of ours on their way to X: fetched from their links, then uploaded."""

from __future__ import annotations

import asyncio
import base64
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

import requests
import tweepy

from bot.channels.x.client import XClient
from bot.channels.x.errors import ErrorKind, XError
from bot.channels.x.limits import UPLOAD
from bot.channels.x.raw import Fields, text_in, within
from bot.errors import PermanentFailure, TemporaryFailure
from bot.model.attachment import LARGEST_SENT, Attachment, AttachmentKind
from bot.ports.files import Files

TAKES = frozenset({AttachmentKind.IMAGE})
_ALT_LIMIT = 1_000
_KEPT = timedelta(hours=1)  # X keeps what is not posted for a day
_REMEMBERED = 100
_CHUNK = 65_536


class NotTakenError(Exception):
    """A file cannot go along. `code` is a refusal's; see `sending`."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent


class Media:
    """Uploads images; nothing is posted before all are there.

    What was uploaded is kept for the next try, which then needs less time.
    """

    def __init__(self, client: XClient, files: Files) -> None:
        self._client, self._files = client, files
        self._uploaded: OrderedDict[tuple[Attachment, bool], tuple[str, datetime]]
        self._uploaded = OrderedDict()

    async def upload(self, file: Attachment, *, private: bool) -> str:
        """Return X's id of a file, which one post may hold.

        Raises:
            NotTakenError: it cannot be fetched or X does not take it.
        """
        if file.kind not in TAKES:
            raise NotTakenError("file_not_taken", permanent=True)
        now = self._client.ledger.clock.now()
        id_, at = self._uploaded.get((file, private), ("", now))
        if not id_ or now - at > _KEPT:
            id_ = await self._new(file, private=private)
            self._uploaded[file, private] = (id_, now)
        while len(self._uploaded) > _REMEMBERED:
            self._uploaded.popitem(last=False)
        return id_

    async def _new(self, file: Attachment, *, private: bool) -> str:
        content = await self._content(file)
        try:
            body = await self._client.ask(UPLOAD, _upload(content, private=private))
        except XError as error:
            raise _not_taken(error) from None
        id_ = text_in(within(body, "data"), "id")
        if id_ is None:
            raise NotTakenError("file_not_taken", permanent=True)
        await self._describe(id_, file.alt[:_ALT_LIMIT])
        return id_

    async def _content(self, file: Attachment) -> bytes:
        try:
            content = await self._files.read(file)
        except TemporaryFailure:
            raise NotTakenError("file_unreadable", permanent=False) from None
        except PermanentFailure:
            raise NotTakenError("file_unreadable", permanent=True) from None
        if not content or len(content) > LARGEST_SENT:
            raise NotTakenError("file_not_taken", permanent=True)
        return content

    async def _describe(self, id_: str, alt: str) -> None:
        """Say in words what it shows; without words it goes as well."""
        if not alt:
            return
        described: Fields = {"id": id_, "metadata": {"alt_text": {"text": alt}}}
        try:
            await self._client.ask(UPLOAD, _post("/2/media/metadata", described))
        except XError:
            return


class LinkedFiles:
    """The `Files` port for files whose links open for everybody."""

    def __init__(self, session: requests.Session) -> None:
        self._session = session

    async def read(self, file: Attachment) -> bytes:
        """Return what is in a file; see `Files.read`."""
        return await asyncio.to_thread(self._load, file.url)

    def _load(self, url: str) -> bytes:
        content = b""
        try:
            with self._session.get(url, stream=True) as answer:
                answer.raise_for_status()
                for chunk in answer.iter_content(_CHUNK):
                    content += chunk
                    if len(content) > LARGEST_SENT:
                        raise PermanentFailure("the file is larger than can be sent")
        except requests.RequestException as error:
            kind = type(error).__name__
            raise TemporaryFailure(f"a file cannot be fetched ({kind})") from None
        return content


def _upload(content: bytes, *, private: bool) -> Callable[..., requests.Response]:
    return _post(
        "/2/media/upload",
        {
            "media": base64.b64encode(content).decode(),
            "media_category": "dm_image" if private else "tweet_image",
        },
    )


def _post(route: str, fields: Fields) -> Callable[..., requests.Response]:
    """Return a call that tweepy has no method for: its own go to the retired host."""

    def call(x: tweepy.Client, signed: bool) -> requests.Response:
        answer: requests.Response = x.request(
            "POST", route, json=dict(fields), user_auth=signed
        )
        return answer

    return call


def _not_taken(error: XError) -> NotTakenError:
    """Nothing was posted, whatever became of the file: it can be tried again."""
    if error.kind in (ErrorKind.UNKNOWN, ErrorKind.GONE):
        return NotTakenError("file_not_taken", permanent=True)
    if error.kind is ErrorKind.TRANSIENT:
        return NotTakenError("unreachable", permanent=False)
    code = "rate_limited" if error.kind is ErrorKind.RATE else error.kind.value
    return NotTakenError(code, permanent=False)
