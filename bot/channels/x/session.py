"""Connections to X: tweepy's client, made to give up in time and to go where told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests
import tweepy
from requests.adapters import HTTPAdapter

HOSTS = ("https://api.twitter.com", "https://api.x.com")
CONNECT_S, READ_S = 4.0, 8.0  # together less than a sender's lease leaves
CONNECTIONS = 16
# These write tokens or whole answers into their debug logs.
_TALKATIVE = ("tweepy", "requests_oauthlib", "oauthlib", "urllib3")


@dataclass(frozen=True, slots=True)
class UserKeys:
    """OAuth 1.0a: the app's keys and our account's token, which does not expire."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_token_secret: str = field(repr=False)


class Tokens(Protocol):
    """OAuth 2: our account's access token, which lives two hours."""

    async def current(self) -> str:
        """Return a token that is not known to be stale."""
        ...

    async def renewed(self, stale: str) -> str:
        """Return another one than `stale`, refreshed if nobody else did it yet.

        Raises:
            TemporaryFailure: it cannot be refreshed now, or somebody has to sign in.
        """
        ...


Credentials = UserKeys | Tokens


@dataclass(frozen=True, slots=True)
class AppToken:
    """The app's own token, for what belongs to no account. It cannot be renewed."""

    token: str = field(repr=False)

    async def current(self) -> str:
        return self.token

    async def renewed(self, stale: str) -> str:
        del stale
        return self.token


class XAdapter(HTTPAdapter):
    """Never waits for ever, never sends twice, and can lead to another server."""

    def __init__(self, base_url: str | None = None) -> None:
        """Lead what is for X to `base_url` if it is given, such as a local X."""
        super().__init__(pool_maxsize=CONNECTIONS, max_retries=0)
        self._base_url = base_url.rstrip("/") if base_url else None

    def send(  # noqa: PLR0917 - requests' own
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        led = self._led(request.url or "")
        if led != request.url:
            request.url, proxies = led, None  # no proxy of X's stands before it
        return super().send(
            request,
            stream=stream,
            timeout=timeout or (CONNECT_S, READ_S),
            verify=verify,
            cert=cert,
            proxies=dict(proxies) if proxies else None,
        )

    def _led(self, url: str) -> str:
        for host in HOSTS:
            if self._base_url and url.startswith(f"{host}/"):
                return self._base_url + url.removeprefix(host)
        return url


def lead(session: requests.Session, base_url: str | None) -> requests.Session:
    """Let `session` give up in time and go to `base_url`; return it."""
    session.mount("https://", XAdapter(base_url))
    session.mount("http://", XAdapter(base_url))
    return session


def keep_quiet() -> None:
    """Keep tokens and answers, which are customers' words, out of the logs."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)


class Session:
    """tweepy's clients of our account, all over one pool of connections."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        base_url: str | None = None,
        pool: requests.Session | None = None,
    ) -> None:
        """Call with `credentials`, over connections of its own or over `pool`."""
        keep_quiet()
        self._credentials = credentials
        self._pool = pool or lead(requests.Session(), base_url)
        self._token, self._client = "", None
        self._lock = asyncio.Lock()  # one renewal at a time

    @property
    def signs(self) -> bool:
        """Whether calls are signed by OAuth 1.0a, which tweepy wants to be told."""
        return isinstance(self._credentials, UserKeys)

    @property
    def is_of_app(self) -> bool:
        """Whether calls are made with the app's own token, not with our account's."""
        return isinstance(self._credentials, AppToken)

    async def client(self) -> tweepy.Client:
        """Return a client with a token that is not known to be stale."""
        keys = self._credentials
        async with self._lock:
            token = "" if isinstance(keys, UserKeys) else await keys.current()
            if self._client is None or token != self._token:
                self._client, self._token = self._made(token), token
            return self._client

    async def renew(self, stale: tweepy.Client) -> bool:
        """Get another token than that of `stale`; return whether there can be one."""
        keys = self._credentials
        if isinstance(keys, UserKeys):
            return False
        async with self._lock:
            token = await keys.renewed(stale.bearer_token)
            self._client, self._token = self._made(token), token
        return bool(token != stale.bearer_token)

    def of_app(self, token: str) -> Session:
        """Return what calls with the app's own token, over the same connections."""
        return Session(AppToken(token), pool=self._pool)

    def plain(self) -> requests.Session:
        """Return the connections without our name: for files, and for streams."""
        return self._pool

    def close(self) -> None:
        self._pool.close()

    def _made(self, token: str) -> tweepy.Client:
        keys = self._credentials
        signed = keys if isinstance(keys, UserKeys) else None
        client = tweepy.Client(
            bearer_token=token or None,
            consumer_key=signed.consumer_key if signed else None,
            consumer_secret=signed.consumer_secret if signed else None,
            access_token=signed.access_token if signed else None,
            access_token_secret=signed.access_token_secret if signed else None,
            # whole answers: their headers say what is left of a limit, and X's
            # dates without milliseconds would make tweepy's own objects raise
            return_type=requests.Response,
            wait_on_rate_limit=False,  # it sleeps in the thread, or calls on and on
        )
        client.session = self._pool
        return client
