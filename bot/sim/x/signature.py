"""OAuth 1.0a: is a request signed with the secrets that belong to its keys?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

HOSTS = ("https://api.x.com", "https://api.twitter.com")
_PAIR = re.compile(r'(\w+)="([^"]*)"')

Pairs = Iterable[tuple[str, str]]


def read_header(header: str) -> dict[str, str]:
    """Return the parameters of an `Authorization: OAuth …` header."""
    return {name: unquote(value) for name, value in _PAIR.findall(header)}


def is_signed(
    signed: Mapping[str, str],
    *,
    method: str,
    urls: Iterable[str],
    sent: Pairs,
    secrets: tuple[str, str],
) -> bool:
    """Tell whether the signature fits one of the addresses that were meant.

    Args:
        signed: the header's parameters.
        method: of the request.
        urls: addresses without a query; a client may be led here from X's own.
        sent: parameters of the query and of a form in the body.
        secrets: of the app and of the user's token.
    """
    given = signed.get("oauth_signature", "")
    kept = [(k, v) for k, v in signed.items() if k not in {"oauth_signature", "realm"}]
    pairs = sorted((_quoted(k), _quoted(v)) for k, v in [*kept, *sent])
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    key = "&".join(_quoted(secret) for secret in secrets)
    return any(
        hmac.compare_digest(given, _made(key, method, url, joined)) for url in urls
    )


def _made(key: str, method: str, url: str, joined: str) -> str:
    base = "&".join((method.upper(), _quoted(url), _quoted(joined)))
    made = hmac.new(key.encode(), base.encode(), hashlib.sha1)
    return base64.b64encode(made.digest()).decode()


def _quoted(text: str) -> str:
    return quote(text, safe="~")
