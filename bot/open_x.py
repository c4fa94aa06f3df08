"""X as a channel, put together from the settings.

Importing this takes longer than all else that starts: only who is on X does it.
"""

from __future__ import annotations

from bot.channels.x import Credentials, Session, UserKeys, XChannel
from bot.channels.x.tokens import App, FileTokens
from bot.clock import Clock
from bot.log import Log
from bot.model.policy import Policy
from bot.ports import Quota, Spending
from bot.ports.files import Files
from bot.settings import Settings
from bot.settings_x import X


def open_x(
    settings: Settings,
    policy: Policy,
    *,
    quota: Quota,
    spending: Spending,
    clock: Clock,
    log: Log,
    files: Files | None = None,
) -> XChannel | None:
    """Return our account on X; None without settings. X is not asked yet."""
    if settings.x is None:
        return None
    return XChannel(
        session_of(settings, settings.x, clock=clock),
        policy.x,
        quota=quota,
        spending=spending,
        clock=clock,
        log=log,
        files=files,
        bearer_token=settings.x.bearer_token,
    )


def session_of(settings: Settings, x: X, *, clock: Clock) -> Session:
    """Return connections that bear our account's name."""
    return Session(_credentials(settings, x, clock=clock), base_url=x.base_url)


def tokens_of(settings: Settings, x: X, *, clock: Clock) -> FileTokens:
    """Return where tokens of OAuth 2 are kept."""
    app = App(x.client_id, x.client_secret)
    return FileTokens(settings.x_tokens, app, base_url=x.base_url, clock=clock)


def _credentials(settings: Settings, x: X, *, clock: Clock) -> Credentials:
    if not x.signs:
        return tokens_of(settings, x, clock=clock)
    return UserKeys(
        consumer_key=x.consumer_key,
        consumer_secret=x.consumer_secret,
        access_token=x.access_token,
        access_token_secret=x.access_token_secret,
    )
