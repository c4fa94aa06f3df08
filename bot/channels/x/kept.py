"""What became of posts that are kept: X tells an app only when it asks.

With the app's own token it is asked by a job of compliance, which X has for this: a
file of ids goes up, one with what has to be removed comes down. Without the token, while
X does not take it, or where X gives the app no such jobs, the posts are looked up, a
hundred at once, and each that is still there is paid for.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Collection, Sequence

import requests

from bot.channels.x.client import XClient
from bot.channels.x.errors import ErrorKind, XError
from bot.channels.x.includes import includes_of
from bot.channels.x.limits import COMPLIANCE, POSTS_READ
from bot.channels.x.raw import Fields, fields_of, items_of, text_in, within
from bot.channels.x.session import Session
from bot.errors import PermanentFailure
from bot.model.message import MessageId
from bot.ports.kept import Posts

LOOK_UP = "look-up"  # stands for a job where there is none
_AT_ONCE = 100  # posts in one look-up
_STAYS = "scrub_geo"  # only where it was written is to go, which is not kept
_NAME = "firstline"
_FORBIDDEN = 403


class LookUp:
    """Asks for posts by their ids: fit for some hundreds."""

    def __init__(self, client: XClient) -> None:
        self._client = client

    async def gone(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those that X says are gone.

        Raises:
            XError: X does not tell now.
        """
        gone: set[str] = set()
        for start in range(0, len(ids), _AT_ONCE):
            gone |= (await self.some(list(ids[start : start + _AT_ONCE])))[1]
        return frozenset(gone)

    async def some(self, ids: list[str]) -> tuple[set[str], set[str]]:
        """Return which of a hundred are there, and which X says are gone.

        Raises:
            XError: X does not tell now.
        """
        body = await self._client.ask(
            POSTS_READ, lambda x, signed: x.get_tweets(ids, user_auth=signed)
        )
        found = {text_in(one, "id") or "" for one in items_of(body.get("data"))}
        await self._client.ledger.pay_read("post_read", found)
        return found, set(includes_of(body).gone) - found


class KeptPosts:
    """Asks for all posts that are kept; implements bot.ports.PostCheck."""

    def __init__(
        self,
        client: XClient,
        app: XClient | None,
        session: Session,
        *,
        forget: Callable[[Collection[str]], None],
    ) -> None:
        """`app` calls with the app's own token, if there is one.

        Which posts are gone `forget` is told, who may have them in mind.
        """
        self._look_up, self._app, self._files = LookUp(client), app, session.plain()
        self._client, self._forget = client, forget

    async def begin(
        self, posts: Collection[MessageId], *, at_once: bool = False
    ) -> str:
        """Ask for them; return by what name the answer is to be fetched.

        `at_once` looks them up: X runs one job at a time, and that one may be stuck.

        Raises:
            XError: X takes no such job now.
        """
        job = await self._begun(self._app) if self._app and not at_once else None
        if job is None:
            return LOOK_UP
        ids = "\n".join(filter(_is_id, posts))
        await self._upload(text_in(job, "upload_url") or "", ids)
        return text_in(job, "id") or ""

    async def _begun(self, app: XClient) -> Fields | None:
        """Begin a job; None if X gives our app none at all, or does not take its token.

        Raises:
            XError: not now, or X's answer names no job.
        """
        try:
            made = await app.ask(
                COMPLIANCE,
                lambda x, _: x.create_compliance_job("tweets", name=_NAME),
            )
        except XError as error:
            if error.kind is ErrorKind.APP_TOKEN:
                return None  # the other way meanwhile: the health page says what to do
            if error.status != _FORBIDDEN:
                raise
            # There is another way: nobody has to look after this one.
            await self._client.ledger.went_well(COMPLIANCE, as_app=True)
            return None
        told = within(made, "data")
        if not text_in(told, "id") or not text_in(told, "upload_url"):
            raise XError(ErrorKind.UNKNOWN, COMPLIANCE.name, reached=True)
        return told

    async def result(self, job: str, posts: Posts) -> frozenset[str] | None:
        """Return those that are gone; None while X has not finished.

        Raises: as `_gone`.
        """
        gone = await self._gone(job, posts)
        self._forget(gone or ())
        return gone

    async def _gone(self, job: str, posts: Posts) -> frozenset[str] | None:
        """Return those that are gone; None while X has not finished.

        Raises:
            XError: X does not tell now.
            PermanentFailure: it never will.
        """
        if job == LOOK_UP or self._app is None:
            most = self._client.ledger.policy.check_kept_at_most
            newest = heapq.nlargest(most, filter(_is_id, await posts()), key=int)
            return await self._look_up.gone(newest)
        told = await self._job(self._app, job)
        status = text_in(told, "status")
        if status == "complete":
            return await self._download(text_in(told, "download_url") or "")
        if status in ("created", "in_progress"):
            return None
        raise PermanentFailure(f"X gave up the check of posts ({status})")

    def close(self) -> None:
        """End the threads."""
        if self._app is not None:
            self._app.close()

    async def _job(self, app: XClient, job: str) -> Fields:
        try:
            body = await app.ask(COMPLIANCE, lambda x, _: x.get_compliance_job(job))
        except XError as error:
            if error.kind is not ErrorKind.GONE:
                raise
            raise PermanentFailure("X does not know the check of posts") from None
        return within(body, "data")

    async def _upload(self, url: str, ids: str) -> None:
        """Put the ids where X wants them, by an address that is a key by itself."""
        headers = {"Content-Type": "text/plain"}
        await self._file(lambda: self._files.put(url, data=ids, headers=headers))

    async def _download(self, url: str) -> frozenset[str]:
        answer = await self._file(lambda: self._files.get(url))
        return frozenset(filter(None, map(_removed, answer.text.splitlines())))

    async def _file(self, call: Callable[[], requests.Response]) -> requests.Response:
        try:
            answer = await self._client.in_thread(call)
        except requests.RequestException:
            raise XError(ErrorKind.TRANSIENT, COMPLIANCE.name) from None
        if not answer.ok:
            status = answer.status_code
            raise XError(ErrorKind.TRANSIENT, COMPLIANCE.name, status=status)
        return answer


def _is_id(id_: str) -> bool:
    return id_.isascii() and id_.isdecimal()


def _removed(line: str) -> str:
    """Return the post that a line says has to go; "" if it says nothing such."""
    try:
        told = fields_of(json.loads(line))
    except ValueError:
        return ""
    goes = text_in(told, "action") == "delete" and text_in(told, "reason") != _STAYS
    return (text_in(told, "id") or "") if goes else ""
