"""Our account on X: signing in, tokens that end, and the check of what is set up."""

from __future__ import annotations

import asyncio
import stat
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.channels.x import ErrorKind, Session, XError
from bot.channels.x.login import Attempt, listening
from bot.channels.x.tokens import App, FileTokens
from bot.clock import ManualClock
from bot.commands.x import x_check, x_login
from bot.errors import ConfigError
from bot.settings import Settings
from bot.settings_x import X
from bot.sim.x import LocalX
from tests.builders import NOON, POLICY
from tests.ports import free_port
from tests.waiting import PATIENCE_S


@pytest.fixture
async def network():
    async with LocalX(brand=POLICY.handle) as x:
        yield x


def signing(network: LocalX, **changes: str) -> X:
    """Return settings with keys of OAuth 1.0a."""
    keys = network.credentials
    made = X(
        consumer_key=keys.consumer_key,
        consumer_secret=keys.consumer_secret,
        access_token=keys.access_token,
        access_token_secret=keys.access_token_secret,
        bearer_token=keys.bearer_token,
        api_url=network.url,
    )
    return replace(made, **changes)


def by_login(network: LocalX) -> X:
    keys = network.credentials
    return X(
        client_id=keys.client_id,
        client_secret=keys.client_secret,
        redirect=f"http://127.0.0.1:{free_port()}/callback",
        api_url=network.url,
    )


async def sign_in(settings: Settings, *, answer: str = "yes") -> tuple[int, list[str]]:
    """Run the command, and do in a browser what it asks for."""
    told: list[str] = []
    asked = asyncio.Event()

    def tell(line: str) -> None:
        told.append(line)
        if line.startswith("http"):
            asked.set()

    login = asyncio.create_task(x_login(settings, tell=tell))
    await asyncio.wait_for(asked.wait(), PATIENCE_S)
    async with (
        aiohttp.ClientSession() as browser,
        browser.post(told[-1], data={"answer": answer}) as page,
    ):
        told.append(await page.text())
    return await login, told


async def test_who_signs_in_gets_tokens_that_only_they_can_read(network, settings):
    settings = replace(settings, x=by_login(network))
    code, told = await sign_in(settings)
    assert code == 0
    assert "close this page" in "\n".join(told)
    assert stat.S_IMODE(settings.x_tokens.stat().st_mode) == 0o600
    assert all(settings.x_tokens.read_text().count(line) == 0 for line in told)
    assert await x_check(settings) == 0


async def test_who_says_no_changes_nothing(network, settings):
    settings = replace(settings, x=by_login(network))
    code, told = await sign_in(settings, answer="no")
    assert code == 1
    assert "nothing has changed" in told[-1] or "nothing has changed" in told[-2]
    assert not settings.x_tokens.exists()


async def test_what_comes_back_for_another_try_is_not_taken():
    attempt = Attempt(f"http://127.0.0.1:{free_port()}/callback")
    parts = urlsplit(attempt.redirect)
    async with listening(attempt) as came, aiohttp.ClientSession() as browser:
        for path in (
            "/callback?state=wrong&code=stolen",
            f"/elsewhere?state={attempt.state}&code=c",
            "/favicon.ico",
            "/callback?error=access_denied",
            "/callback?state=%C3%A4&error=access_denied",
        ):
            async with browser.get(f"http://{parts.netloc}{path}") as answer:
                assert answer.status == 404
        assert not came.done()
        async with browser.get(
            f"{attempt.redirect}?state={attempt.state}&code=right"
        ) as answer:
            assert answer.status == 200
        assert await came == "right"


def tokens(network: LocalX, settings: Settings, clock: ManualClock) -> FileTokens:
    keys = network.credentials
    app = App(keys.client_id, keys.client_secret)
    return FileTokens(settings.x_tokens, app, base_url=network.url, clock=clock)


async def code_for(network: LocalX, attempt: Attempt) -> str:
    page = f"{network.url}/i/oauth2/authorize"
    url = attempt.url(network.credentials.client_id, authorize=page)
    async with (
        aiohttp.ClientSession() as browser,
        browser.post(url, data={"answer": "yes"}, allow_redirects=False) as answer,
    ):
        code = attempt.code_in(answer.headers["Location"])
    assert code is not None
    return code


async def test_a_token_that_is_about_to_end_is_renewed_by_one_process(settings):
    clock = ManualClock(NOON)
    async with LocalX(brand=POLICY.handle, clock=clock) as network:
        settings = replace(settings, x=by_login(network))
        attempt = Attempt("http://127.0.0.1:1/callback")
        code = await code_for(network, attempt)
        mine = tokens(network, settings, clock)
        await mine.redeem(code, verifier=attempt.verifier, redirect=attempt.redirect)
        first = await mine.current()
        others = [tokens(network, settings, clock) for _ in range(8)]
        clock.advance(timedelta(hours=2).total_seconds())
        found = await asyncio.gather(*(one.current() for one in others))
        assert len({*found}) == 1
        assert first not in found
        renewals = [
            call for call in network.ledger.of("POST /2/oauth2/token") if call.effect
        ]
        assert len(renewals) == 2  # the code, and one renewal
        assert await mine.renewed(first) == found[0]


async def test_tokens_that_cannot_be_kept_are_not_renewed(settings):
    clock = ManualClock(NOON)
    async with LocalX(brand=POLICY.handle, clock=clock) as network:
        settings = replace(settings, x=by_login(network))
        attempt = Attempt("http://127.0.0.1:1/callback")
        code = await code_for(network, attempt)
        ours = tokens(network, settings, clock)
        await ours.redeem(code, verifier=attempt.verifier, redirect=attempt.redirect)
        first = await ours.current()
        clock.advance(timedelta(hours=2).total_seconds())
        in_the_way = settings.x_tokens.with_suffix(".new")
        in_the_way.mkdir()
        with pytest.raises(XError, match=r"oauth2\.token, Is a directory"):
            await ours.current()
        in_the_way.rmdir()
        assert await ours.current() != first
        assert not in_the_way.exists()
        assert stat.S_IMODE(settings.x_tokens.stat().st_mode) == 0o600


async def test_signing_in_comes_before_everything_even_the_folder(network, settings):
    settings = replace(settings, x=by_login(network), var=settings.var / "not" / "yet")
    code, _ = await sign_in(settings)
    assert code == 0
    assert settings.x_tokens.exists()


async def test_who_never_signed_in_is_told_to(network, settings):
    with pytest.raises(XError) as error:
        await tokens(network, settings, ManualClock(NOON)).current()
    assert error.value.kind is ErrorKind.TOKEN
    assert "firstline x login" in error.value.kind.says


async def test_a_refusal_of_the_refresh_token_asks_for_a_login(network, settings):
    settings = replace(settings, x=by_login(network))
    await sign_in(settings)
    network.revoke_tokens()
    session = Session(
        tokens(network, settings, ManualClock(NOON + timedelta(days=9999)))
    )
    with pytest.raises(XError) as error:
        await session.client()
    assert error.value.kind is ErrorKind.TOKEN


# -- the check -------------------------------------------------------------------------


async def test_the_check_finds_nothing_wrong_and_says_what_it_cost(
    network, settings, capsys
):
    customer = network.add_person("carol")
    customer.post(f"@{POLICY.handle} hello")
    assert await x_check(replace(settings, x=signing(network))) == 0
    says = capsys.readouterr().out
    assert f"✓ Account: @{POLICY.handle}" in says
    assert "✓ Mentions: can be read (1 looked at)" in says
    assert "✓ Events" in says
    assert "This cost about $0.011" in says
    assert network.violations == []


@pytest.mark.parametrize(
    ("trouble", "line"),
    [
        (lambda x: x.revoke_tokens(), "✗ Keys: X does not take our token"),
        (lambda x: setattr(x.credit, "left", 0), "✗"),
    ],
    ids=["revoked", "no credit"],
)
async def test_the_check_says_what_is_wrong_and_what_to_do(
    network, settings, capsys, trouble, line
):
    trouble(network)
    assert await x_check(replace(settings, x=signing(network))) == 1
    assert line in capsys.readouterr().out


async def test_the_check_sees_keys_of_another_account(settings, capsys):
    async with LocalX(brand="somebodyelse") as network:
        assert await x_check(replace(settings, x=signing(network))) == 1
    assert "the keys are those of @somebodyelse" in capsys.readouterr().out


async def test_the_check_says_what_to_set_without_keys(settings):
    with pytest.raises(ConfigError, match="FIRSTLINE_X_CONSUMER_KEY"):
        await x_check(settings)
