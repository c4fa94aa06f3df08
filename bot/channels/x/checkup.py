"""Is our account on X as it has to be? Asks X as little as that takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import requests
import tweepy

from bot.channels.x.client import Call, XClient
from bot.channels.x.errors import XError
from bot.channels.x.ledger import Ledger
from bot.channels.x.limits import DM_READ, ME, MENTIONS, Endpoint
from bot.channels.x.login import SCOPES
from bot.channels.x.raw import Fields, items_of, text_in, within
from bot.channels.x.session import HOSTS, Session

_ACCESS = "x-access-level"  # of answers to requests that OAuth 1.0a signed
_ENOUGH = "read-write-directmessages"
_ME = ["protected", "affiliation", "description", "url"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `is_right` None: X does not tell."""

    what: str
    says: str
    is_right: bool | None = True


class Checkup:
    """Looks at keys, account, permissions and reading; sends nothing to anybody."""

    def __init__(
        self,
        session: Session,
        ledger: Ledger,
        client: XClient,
        *,
        handle: str,
        scope: Callable[[], Awaitable[str]] | None,
        bearer_token: str,
    ) -> None:
        """`handle` is what the policy calls us; `scope` what OAuth 2 allows us."""
        self._session, self._ledger, self._client = session, ledger, client
        self._handle, self._scope, self._token = handle, scope, bearer_token
        self._access = ""

    async def findings(self) -> AsyncIterator[Finding]:
        """Yield what was found, as it is found. What a wrong key hides is left out."""
        try:
            me = await self._ask(
                ME,
                lambda x, signed: x.get_me(user_fields=_ME, user_auth=signed),
            )
        except XError as error:
            yield Finding("Keys", error.kind.says, is_right=False)
            return
        account = within(me, "data")
        await self._ledger.pay_read("user_read", [text_in(account, "id") or ""])
        yield self._account(account)
        yield self._label(account)
        yield await self._permissions()
        yield await self._reads(
            "Mentions", MENTIONS, "mention_read", _mentions(account)
        )
        yield await self._reads("Direct messages", DM_READ, "dm_read", _directs)
        yield await self._stream()

    async def _ask(self, endpoint: Endpoint, call: Call) -> Fields:
        def noting(x: tweepy.Client, signed: bool) -> requests.Response:
            response = call(x, signed)
            self._access = response.headers.get(_ACCESS, self._access)
            return response

        return await self._client.ask(endpoint, noting)

    def _account(self, account: Fields) -> Finding:
        handle = text_in(account, "username") or ""
        if account.get("protected") is True:
            says = f"@{handle} is protected: nobody else can read its replies"
            return Finding("Account", says, is_right=False)
        if handle.casefold() != self._handle.casefold():
            says = f"the keys are those of @{handle}, the policy's handle is @{self._handle}"
            return Finding("Account", says, is_right=False)
        return Finding("Account", f"@{handle}")

    def _label(self, account: Fields) -> Finding:
        """X shows the label as an affiliation, to some apps and not to others."""
        label = text_in(within(account, "affiliation"), "description") or ""
        if "automated" in label.casefold():
            return Finding("Label", label)
        says = (
            "X does not tell whether the account bears “Automated”: a person sets it in "
            "X, Settings → Your account → Automation"
        )
        return Finding("Label", says, is_right=None)

    async def _permissions(self) -> Finding:
        if self._scope is not None:
            held = (await self._scope()).split()
            lacking = [scope for scope in SCOPES if scope not in held]
            if lacking:
                says = f"lacks {', '.join(lacking)}: run firstline x login again"
                return Finding("Permissions", says, is_right=False)
            return Finding("Permissions", "all that are needed")
        if not self._access:
            says = "X does not tell: the first text shows whether we may write"
            return Finding("Permissions", says, is_right=None)
        if self._access != _ENOUGH:
            says = (
                f"{self._access}: choose “Read and write and Direct message” in the "
                "app's user authentication settings, and make its tokens anew"
            )
            return Finding("Permissions", says, is_right=False)
        return Finding("Permissions", "read, write and direct messages")

    async def _reads(
        self, what: str, endpoint: Endpoint, item: str, call: Call
    ) -> Finding:
        try:
            found = items_of((await self._ask(endpoint, call)).get("data"))
        except XError as error:
            return Finding(what, error.kind.says, is_right=False)
        ids = [text_in(one, "id") or "" for one in found]
        await self._ledger.pay_read(item, ids)
        return Finding(what, f"can be read ({len(ids)} looked at)")

    async def _stream(self) -> Finding:
        """Look at the app's own token, by what costs nothing."""
        if not self._token:
            says = "no FIRSTLINE_X_BEARER_TOKEN: X is asked instead, which is slower"
            return Finding("Events", says, is_right=None)
        url = f"{HOSTS[1]}/2/tweets/search/stream/rules"
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            answer = await self._client.in_thread(
                lambda: self._session.plain().get(url, headers=headers)
            )
        except requests.RequestException:
            return Finding("Events", "X does not answer", is_right=False)
        if answer.status_code == 200:
            return Finding("Events", "X takes the app's own token")
        says = f"X does not take the app's own token ({answer.status_code})"
        return Finding("Events", says, is_right=False)


def _mentions(account: Fields) -> Call:
    id_ = text_in(account, "id") or ""
    return lambda x, signed: x.get_users_mentions(id_, max_results=5, user_auth=signed)


def _directs(x: tweepy.Client, signed: bool) -> requests.Response:
    response: requests.Response = x.get_direct_message_events(
        max_results=1, user_auth=signed
    )
    return response
