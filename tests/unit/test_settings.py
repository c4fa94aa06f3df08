"""What stands in the environment is told clearly when it is wrong, and never repeated."""

from __future__ import annotations

import pytest

from bot.errors import ConfigError
from bot.settings import Settings
from bot.store.server import connect
from tests.builders import ROOT


def url(written: str) -> str | None:
    return Settings.from_env(ROOT, {"FIRSTLINE_REDIS_URL": written}).redis_url


@pytest.mark.parametrize(
    "written",
    [
        "redis://127.0.0.1",
        "redis://localhost:6379/3",
        "rediss://us%23er:pa%2Fss@store.example:6380/0?ssl_cert_reqs=none",
        "unix:///run/redis.sock",
        "unix://user:pass@/run/redis.sock?db=2",
    ],
)
def test_an_address_of_a_store_is_taken_as_it_is(written):
    assert url(written) == written


@pytest.mark.parametrize(
    "written",
    [
        "redis://:tulip#rose@127.0.0.1:6379/0",
        "redis://:tulip/rose@127.0.0.1:6379/0",
        "redis://:tulip?rose@127.0.0.1:6379/0",
        "redis://:12#tulip@127.0.0.1:6379/0",
        "redis://127.0.0.1:tulip/0",
        "redis://127.0.0.1:99999/0",
        "redis://127.0.0.1:6379/tulip",
        "redis://[::1/0",
        "unix://",
        "http://127.0.0.1",
    ],
)
def test_an_address_that_would_lead_elsewhere_is_refused_without_its_password(written):
    with pytest.raises(ConfigError, match="FIRSTLINE_REDIS_URL") as error:
        url(written)
    assert "tulip" not in str(error.value)
    assert "rose" not in str(error.value)


def test_an_option_that_the_client_does_not_know_is_told():
    with pytest.raises(ConfigError, match="FIRSTLINE_REDIS_URL"):
        connect("redis://127.0.0.1:6379/0?timeot=3")


def test_a_folder_that_cannot_be_written_is_told_with_its_setting(tmp_path):
    (tmp_path / "file").touch()
    settings = Settings.from_env(ROOT, {"FIRSTLINE_VAR": str(tmp_path / "file" / "x")})
    with pytest.raises(ConfigError, match="FIRSTLINE_VAR"):
        settings.make_var()


TOKENS = {
    "FIRSTLINE_SLACK_BOT_TOKEN": "xoxb-1-tulip",
    "FIRSTLINE_SLACK_APP_TOKEN": "xapp-1-rose",
}


def test_without_tokens_there_is_no_slack():
    assert Settings.from_env(ROOT, {}).slack is None


def test_both_tokens_make_a_slack_desk_and_are_never_shown():
    settings = Settings.from_env(ROOT, TOKENS)
    assert settings.slack is not None
    assert settings.slack.api_url == "https://slack.com/api/"
    assert "tulip" not in repr(settings)
    assert "rose" not in repr(settings)


@pytest.mark.parametrize("missing", TOKENS)
def test_one_token_alone_is_told(missing):
    others = {name: token for name, token in TOKENS.items() if name != missing}
    with pytest.raises(ConfigError, match=missing):
        Settings.from_env(ROOT, others)


def test_tokens_in_each_others_place_are_told_without_showing_them():
    bot, app = TOKENS.values()
    with pytest.raises(ConfigError, match="xoxb-") as error:
        Settings.from_env(ROOT, dict(zip(TOKENS, (app, bot), strict=True)))
    assert "tulip" not in str(error.value)
    assert "rose" not in str(error.value)


@pytest.mark.parametrize(
    "url", ["http://slack.example/api/", "https://slack.com/api", "slack.com"]
)
def test_tokens_are_sent_to_a_safe_address_only(url):
    with pytest.raises(ConfigError, match="FIRSTLINE_SLACK_API_URL"):
        Settings.from_env(ROOT, {**TOKENS, "FIRSTLINE_SLACK_API_URL": url})


def test_a_local_slack_needs_no_encryption():
    url = "http://127.0.0.1:8090/api/"
    made = Settings.from_env(ROOT, {**TOKENS, "FIRSTLINE_SLACK_API_URL": url})
    assert made.slack is not None
    assert made.slack.api_url == url


# -- X -----------------------------------------------------------------------------

SIGNED = {
    "FIRSTLINE_X_CONSUMER_KEY": "tulip",
    "FIRSTLINE_X_CONSUMER_SECRET": "rose",
    "FIRSTLINE_X_ACCESS_TOKEN": "iris",
    "FIRSTLINE_X_ACCESS_TOKEN_SECRET": "aster",
}
FLOWERS = {"tulip", "rose", "iris", "aster", "lily"}


def test_without_keys_there_is_no_x():
    assert Settings.from_env(ROOT, {}).x is None


@pytest.mark.parametrize("env", [SIGNED, {"FIRSTLINE_X_CLIENT_ID": "lily"}])
def test_keys_of_either_kind_make_an_account_and_are_never_shown(env):
    made = Settings.from_env(ROOT, env)
    assert made.x is not None
    assert made.x.signs is (env is SIGNED)
    assert made.x.base_url is None
    assert not any(flower in repr(made) for flower in FLOWERS)


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"FIRSTLINE_X_CONSUMER_KEY": "tulip"}, "needs all four"),
        ({**SIGNED, "FIRSTLINE_X_CLIENT_ID": "lily"}, "not both"),
        ({"FIRSTLINE_X_BEARER_TOKEN": "lily"}, "without an account"),
        ({**SIGNED, "FIRSTLINE_X_API_URL": "http://x.example"}, "X_API_URL"),
        ({**SIGNED, "FIRSTLINE_X_API_URL": "https://x.example/2"}, "X_API_URL"),
        ({**SIGNED, "FIRSTLINE_X_REDIRECT": "https://x.example/back"}, "X_REDIRECT"),
        ({**SIGNED, "FIRSTLINE_X_REDIRECT": "http://127.0.0.1:x/b"}, "X_REDIRECT"),
    ],
)
def test_what_cannot_be_an_account_is_told_without_its_secrets(env, says):
    with pytest.raises(ConfigError, match=says) as error:
        Settings.from_env(ROOT, env)
    assert not any(flower in str(error.value) for flower in FLOWERS)


def test_a_local_x_needs_no_encryption():
    made = Settings.from_env(
        ROOT, {**SIGNED, "FIRSTLINE_X_API_URL": "http://127.0.0.1:9000"}
    )
    assert made.x is not None
    assert made.x.base_url == "http://127.0.0.1:9000"
