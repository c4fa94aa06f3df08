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
