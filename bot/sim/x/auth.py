"""Who asks: keys, tokens and what they allow."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.sim.x.refusals import unauthorized
from bot.sim.x.signature import HOSTS, Pairs, is_signed, read_header
from bot.sim.x.things import Account

ACCESS_LIVES = timedelta(hours=2)
CODE_LIVES = timedelta(seconds=30)
SCOPES = frozenset(
    [
        "tweet.read",
        "tweet.write",
        "tweet.moderate.write",
        "users.read",
        "dm.read",
        "dm.write",
        "media.write",
        "offline.access",
        "like.read",
    ]
)


@dataclass(frozen=True)
class Credentials:
    """Everything that X's developer portal shows for an app and one account."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    access_token: str
    access_token_secret: str = field(repr=False)
    bearer_token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Principal:
    """Who asks; without an account it is the app alone."""

    account: Account | None
    token: str
    scopes: frozenset[str]

    @property
    def is_app(self) -> bool:
        return self.account is None

    @property
    def user(self) -> Account:
        """Return the account that asks; endpoints of users alone may use it."""
        if self.account is None:
            raise unauthorized("app_only")
        return self.account


@dataclass
class Grant:
    """What a user has allowed an app, with its present tokens."""

    account: Account
    scopes: frozenset[str]
    access: str
    refresh: str
    ends: datetime


@dataclass(frozen=True)
class Code:
    """A code that an app may change once for tokens."""

    account: Account
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str
    method: str
    ends: datetime


class Auth:
    """The keys of one app and the tokens given to it."""

    def __init__(self, owner: Account) -> None:
        self.owner = owner
        self.credentials = Credentials(
            consumer_key="local-consumer-key",
            consumer_secret="local-consumer-secret",  # noqa: S106 - opens nothing
            access_token=f"{owner.id}-local-access-token",
            access_token_secret="local-access-token-secret",  # noqa: S106 - opens nothing
            bearer_token="local-bearer-token",  # noqa: S106 - opens nothing
            client_id="local-client-id",
            client_secret="local-client-secret",  # noqa: S106 - opens nothing
        )
        self.revoked: set[str] = set()
        self.grants: list[Grant] = []
        self.codes: dict[str, Code] = {}

    # Asking.

    def principal(
        self, header: str, *, method: str, path: str, base: str, sent: Pairs
    ) -> Principal:
        """Return who asks.

        Args:
            header: `Authorization`.
            method: of the request.
            path: without the query.
            base: this server's own address.
            sent: what OAuth 1.0a signs.

        Raises:
            Refused: 401, as X says it: without a reason.
        """
        kind, _, rest = header.partition(" ")
        if kind == "OAuth":
            urls = [f"{host}{path}" for host in (*HOSTS, base)]
            return self._signed(read_header(rest), method, urls, sent)
        if kind != "Bearer":
            raise unauthorized("no_token")
        found = self._bearer(rest)
        if found is None:
            raise unauthorized("token")
        return found

    def _signed(
        self, signed: dict[str, str], method: str, urls: list[str], sent: Pairs
    ) -> Principal:
        mine, token = self.credentials, signed.get("oauth_token", "")
        known = signed.get("oauth_consumer_key") == mine.consumer_key
        secret = (mine.consumer_secret, mine.access_token_secret)
        fits = is_signed(signed, method=method, urls=urls, sent=sent, secrets=secret)
        if not known or token != mine.access_token or token in self.revoked or not fits:
            raise unauthorized("token")
        return Principal(self.owner, token, SCOPES)

    def _bearer(self, token: str) -> Principal | None:
        if token in self.revoked:
            return None
        if token == self.credentials.bearer_token:
            return Principal(None, token, frozenset())
        for grant in self.grants:
            if grant.access == token:
                return Principal(grant.account, grant.account.id, grant.scopes)
        return None

    # OAuth 2.

    def expire(self, now: datetime) -> None:
        """Forget what has run out; the server calls it before each request."""
        for grant in self.grants:
            if grant.ends <= now:
                grant.access = ""

    def grant(self, account: Account, scopes: Iterable[str], *, now: datetime) -> Grant:
        """Give tokens, with a refresh token only for `offline.access`."""
        held = frozenset(scopes)
        refresh = secrets.token_urlsafe(24) if "offline.access" in held else ""
        ends = now + ACCESS_LIVES
        made = Grant(account, held, secrets.token_urlsafe(24), refresh, ends)
        self.grants.append(made)
        return made

    def code(
        self,
        account: Account,
        scopes: Iterable[str],
        *,
        redirect_uri: str,
        challenge: str,
        method: str,
        now: datetime,
    ) -> str:
        """Make a code, as after a click on «Authorize app»."""
        name = secrets.token_urlsafe(24)
        ends = now + CODE_LIVES
        held = frozenset(scopes)
        self.codes[name] = Code(account, held, redirect_uri, challenge, method, ends)
        return name

    def redeem(
        self, name: str, *, verifier: str, redirect_uri: str, now: datetime
    ) -> Grant | None:
        """Change a code for tokens; it works once."""
        code = self.codes.pop(name, None)
        if code is None or code.ends <= now or code.redirect_uri != redirect_uri:
            return None
        if _challenge(verifier, code.method) != code.challenge:
            return None
        return self.grant(code.account, code.scopes, now=now)

    def refresh(self, token: str, *, now: datetime) -> Grant | None:
        """Give new tokens for a refresh token, which then is worth nothing."""
        for grant in self.grants:
            if token and grant.refresh == token:
                self.grants.remove(grant)
                return self.grant(grant.account, grant.scopes, now=now)
        return None

    def revoke(self, token: str) -> None:
        """End a token, and with it the grant that it belongs to."""
        self.revoked.add(token)
        self.grants = [g for g in self.grants if token not in {g.access, g.refresh}]


def _challenge(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
