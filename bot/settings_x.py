"""The settings of our account on X: which keys, and where X is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

X_API = "https://api.x.com"
X_REDIRECT = "http://127.0.0.1:8919/callback"
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_OAUTH1 = (
    "x_consumer_key",
    "x_consumer_secret",
    "x_access_token",
    "x_access_token_secret",
)
_OAUTH2 = ("x_client_id", "x_client_secret", "x_redirect")
KNOWN_X = frozenset({*_OAUTH1, *_OAUTH2, "x_bearer_token", "x_api_url"})


@dataclass(frozen=True, slots=True, kw_only=True)
class X:
    """Our app on X and our account. Either all of OAuth 1.0a is set, or `client_id`.

    `bearer_token` is the app's own, with which events are heard at once.
    """

    consumer_key: str = field(default="", repr=False)
    consumer_secret: str = field(default="", repr=False)  # never in a log or a page
    access_token: str = field(default="", repr=False)
    access_token_secret: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    redirect: str = X_REDIRECT
    bearer_token: str = field(default="", repr=False)
    api_url: str = X_API

    @property
    def signs(self) -> bool:
        """Whether requests are signed by OAuth 1.0a, whose tokens do not expire."""
        return bool(self.consumer_key)

    @property
    def base_url(self) -> str | None:
        """Where X is if it is not where X is."""
        return None if self.api_url == X_API else self.api_url


def x_from(values: Mapping[str, str], problems: list[str]) -> X | None:
    """Return the settings of X; None if there are none. Tells no secret."""
    given = {name.removeprefix("x_"): values.get(name, "") for name in KNOWN_X}
    found = len(problems)
    signed = [name for name in _OAUTH1 if values.get(name)]
    if signed and len(signed) < len(_OAUTH1):
        lacking = ", ".join(_named(n) for n in _OAUTH1 if n not in signed)
        problems.append(f"{lacking} missing: OAuth 1.0a needs all four")
    if signed and given["client_id"]:
        problems.append(
            f"{_named('x_client_id')} and {_named('x_consumer_key')}: OAuth 2 or "
            "OAuth 1.0a, not both"
        )
    rest = [n for n in KNOWN_X - {*_OAUTH1, "x_client_id"} if values.get(n)]
    rest = [name for name in rest if name not in ("x_api_url", "x_redirect")]
    if rest and not signed and not given["client_id"]:
        problems.append(f"{_named(sorted(rest)[0])} says nothing without an account")
    given["api_url"] = given["api_url"].rstrip("/") or X_API
    given["redirect"] = given["redirect"] or X_REDIRECT
    if not _is_safe(given["api_url"]):
        problems.append(f"{_named('x_api_url')} is not like {X_API}: https, no path")
    if not _leads_here(given["redirect"]):
        problems.append(f"{_named('x_redirect')} is not like {X_REDIRECT}")
    if len(problems) > found or not (signed or given["client_id"]):
        return None
    return X(**given)


def _named(setting: str) -> str:
    return f"FIRSTLINE_{setting.upper()}"


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    safe = parts.scheme == "https" or parts.hostname in _LOOPBACK
    return bool(safe and parts.hostname and not parts.path)


def _leads_here(url: str) -> bool:
    """Tell whether a browser on this machine reaches us there."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and port is not None
