"""`firstline x …`: sign in to X, and see whether our account there is as it has to be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rich.console import Console
from rich.markup import escape

from bot.channels.x.channel import NAME
from bot.channels.x.checkup import Checkup
from bot.channels.x.client import XClient
from bot.channels.x.errors import XError
from bot.channels.x.ledger import Ledger
from bot.channels.x.login import AUTHORIZE, Attempt, listening
from bot.clock import SystemClock
from bot.errors import ConfigError
from bot.log import json_log
from bot.model.policy import Policy
from bot.model.spending import DOLLAR
from bot.open_store import open_store
from bot.open_x import session_of, tokens_of
from bot.policy_file import load_policy
from bot.settings import Settings
from bot.settings_x import X
from bot.store.whole import Store

SIGNS = {True: "✓", False: "✗", None: "?"}
PATIENCE_S = 300.0  # for somebody to sign in to X and press a button


async def x_check(settings: Settings) -> int:
    """Print a line for everything that was looked at, and what it cost; 1 if one is wrong.

    Raises:
        ConfigError: there are no keys, or the policy has mistakes.
    """
    x, console = _x(settings), Console()
    policy = load_policy(settings.policy)
    async with open_store(settings) as store:
        before = await _spent(store)
        wrong = await _look(settings, x, policy, store, console)
        cost = (await _spent(store) - before) / DOLLAR
    if not policy.x.privacy_link:
        console.print("✗ Privacy: x.privacy_link is off in the policy; X wants a link")
        wrong += 1
    console.print(f"This cost about ${cost:.3f}, by the policy's prices.")
    return 1 if wrong else 0


async def _look(
    settings: Settings, x: X, policy: Policy, store: Store, console: Console
) -> int:
    clock = SystemClock()
    session = session_of(settings, x, clock=clock)
    ledger = Ledger(
        NAME,
        policy.x,
        quota=store.quota,
        spending=store.spending,
        clock=clock,
        log=json_log,
    )
    client = XClient(session, ledger, log=json_log)

    async def scope() -> str:
        return (await tokens_of(settings, x, clock=clock).held()).scope

    checkup = Checkup(
        session,
        ledger,
        client,
        handle=policy.handle,
        scope=None if x.signs else scope,
        bearer_token=x.bearer_token,
    )
    wrong = 0
    try:
        async for finding in checkup.findings():
            wrong += finding.is_right is False
            line = f"{SIGNS[finding.is_right]} {finding.what}: {finding.says}"
            console.print(escape(line), soft_wrap=True)
    finally:
        client.close()
    return wrong


async def _spent(store: Store) -> int:
    return (await store.spending.spent(NAME, now=SystemClock().now())).today_micros


async def x_login(settings: Settings, *, tell: Callable[[str], None] = print) -> int:
    """Let somebody allow our app in a browser, and keep the tokens.

    Raises:
        ConfigError: there is no client id, or the port of the callback is taken.
        XError: X does not change the code for tokens.
    """
    x = _x(settings)
    if not x.client_id:
        raise ConfigError(
            "FIRSTLINE_X_CLIENT_ID is not set: keys of OAuth 1.0a need no login."
        )
    attempt = Attempt(x.redirect)
    page = f"{x.base_url}/i/oauth2/authorize" if x.base_url else AUTHORIZE
    try:
        async with listening(attempt) as came:
            tell("Open this in a browser where our account is signed in to X:")
            tell(attempt.url(x.client_id, authorize=page))
            code = await asyncio.wait_for(came, PATIENCE_S)
    except asyncio.TimeoutError:
        tell("Nobody came back from X: run it again.")
        return 1
    except OSError as error:
        raise ConfigError(f"FIRSTLINE_X_REDIRECT: {error.strerror}.") from error
    if code is None:
        tell("X was told no: nothing has changed.")
        return 1
    tokens = tokens_of(settings, x, clock=SystemClock())
    try:
        await tokens.redeem(code, verifier=attempt.verifier, redirect=x.redirect)
    except XError as error:
        tell(f"X does not give tokens for it: {error}. Run it again.")
        return 1
    tell(f"Signed in. The tokens are in {settings.x_tokens}, for this user only.")
    return 0


def _x(settings: Settings) -> X:
    if settings.x is None:
        raise ConfigError(
            "X is not set up: see docs/x.md, and set FIRSTLINE_X_CONSUMER_KEY and its "
            "three fellows, or FIRSTLINE_X_CLIENT_ID."
        )
    return settings.x
