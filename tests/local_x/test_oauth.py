"""OAuth 2 with PKCE, through tweepy's own handler."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import tweepy
from oauthlib.oauth2 import OAuth2Error

from tests.local_x.clients import ask, client, rebase

BACK = "https://127.0.0.1/back"
SCOPES = ["tweet.read", "users.read", "offline.access"]


@pytest.fixture
def handler(x):
    made = tweepy.OAuth2UserHandler(
        client_id=x.credentials.client_id,
        redirect_uri=BACK,
        scope=SCOPES,
        client_secret=x.credentials.client_secret,
    )
    rebase(made, x.url)
    return made


async def allow(x, handler, answer="yes"):
    """Press the button; return where the browser is led."""
    asked = urlsplit(handler.get_authorization_url())
    url = f"{x.url}{asked.path}?{asked.query}"
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as page:
            text = await page.text()
            assert "@acmecare" in text and "offline.access" in text
        button = {"answer": answer}
        async with session.post(url, data=button, allow_redirects=False) as led:
            assert led.status == 302
            return led.headers["Location"]


async def test_a_login_gives_tokens_that_can_be_refreshed(x, handler, clock):
    tokens = await ask_for(handler, await allow(x, handler))
    assert (tokens["expires_in"], tokens["token_type"]) == (7200, "bearer")
    first = client(x, bearer=tokens["access_token"])
    me = await ask(lambda: first.get_me(user_auth=False))
    assert me["data"]["username"] == "acmecare"
    clock.advance(7200)
    with pytest.raises(tweepy.Unauthorized):
        await ask(lambda: first.get_me(user_auth=False))
    new = await refreshed(x, tokens["refresh_token"])
    second = client(x, bearer=new["access_token"])
    await ask(lambda: second.get_me(user_auth=False))
    assert "error" in await refreshed(x, tokens["refresh_token"])  # it works once


async def ask_for(handler, back):
    return await ask(lambda: handler.fetch_token(back))


async def refreshed(x, token):
    keys = x.credentials
    form = {"grant_type": "refresh_token", "refresh_token": token}
    auth = aiohttp.BasicAuth(keys.client_id, keys.client_secret)
    async with (
        aiohttp.ClientSession(auth=auth) as session,
        session.post(f"{x.url}/2/oauth2/token", data=form) as answer,
    ):
        return await answer.json()


async def test_a_code_works_once_and_for_half_a_minute(x, handler, clock):
    back = await allow(x, handler)
    await ask_for(handler, back)
    with pytest.raises(OAuth2Error):
        await ask_for(handler, back)
    late = await allow(x, handler)
    clock.advance(31)
    with pytest.raises(OAuth2Error):
        await ask_for(handler, late)


async def test_a_code_is_worth_nothing_without_its_verifier(x, handler):
    back = await allow(x, handler)
    handler._client.code_verifier = "x" * 64
    with pytest.raises(OAuth2Error):
        await ask_for(handler, back)


async def test_one_can_refuse(x, handler):
    query = parse_qs(urlsplit(await allow(x, handler, answer="no")).query)
    assert query["error"] == ["access_denied"] and "code" not in query


async def test_an_unknown_app_gets_no_page(x, handler):
    asked = handler.get_authorization_url()
    wrong = re.sub("client_id=[^&]+", "client_id=other", asked)
    parts = urlsplit(wrong)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{x.url}{parts.path}?{parts.query}") as answer,
    ):
        assert answer.status == 400


async def test_a_token_can_be_given_back(x):
    grant = x.grant()
    keys = x.credentials
    auth = aiohttp.BasicAuth(keys.client_id, keys.client_secret)
    async with (
        aiohttp.ClientSession(auth=auth) as session,
        session.post(
            f"{x.url}/2/oauth2/revoke", data={"token": grant.access}
        ) as answer,
    ):
        assert await answer.json() == {"revoked": True}
    api = client(x, bearer=grant.access)
    with pytest.raises(tweepy.Unauthorized):
        await ask(lambda: api.get_me(user_auth=False))
