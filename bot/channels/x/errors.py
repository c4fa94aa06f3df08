"""How X says no, and what each no means for us.

kind          what happened                          way on
token         the token is wrong or was revoked      sign in again
app_token     the app's own token is, which is not   put a new one into the settings
              our account's
permission    the app may not do this                give it the permission
suspended     our account is suspended or locked     open X and appeal
credit        nothing left to pay with               buy credit
rate          too much at once                       wait, as X says
duplicate     the same text again                    it may have gone out: look
not_summoned  the author did not address us          answer by hand
gone          the post or person is not there        nothing to answer
transient     X is away or ill                       try again later
unknown       none of these                          read the log
"""

from __future__ import annotations

from datetime import datetime, timezone

import requests
import tweepy
import urllib3

from bot.channels.x.raw import Fields, fields_of, items_of, text_in
from bot.errors import TemporaryFailure
from bot.model.coded import Coded


class ErrorKind(Coded):
    """Why a call to X failed. `says` tells what people do about it."""

    TOKEN = "token", "X does not take our token: run firstline x login, or renew it"
    APP_TOKEN = (
        "app_token",
        "X does not take our app's own token: put a new one into "
        "FIRSTLINE_X_BEARER_TOKEN, and start anew",
    )
    PERMISSION = "permission", "our app may not do this: give it the permission"
    SUSPENDED = "suspended", "our account is suspended or locked: open X and appeal"
    CREDIT = "credit", "no credit is left: buy some in X's developer console"
    RATE = "rate", "X takes no more at the moment: it goes on by itself"
    DUPLICATE = "duplicate", "X takes the same text only once: word it differently"
    NOT_SUMMONED = "not_summoned", "the author did not address us: answer in the X app"
    GONE = "gone", "the post or the person is not there any more"
    TRANSIENT = "transient", "X is away or ill: it goes on by itself"
    UNKNOWN = "unknown", "X refused in words that we do not know: look in the app"


class XError(TemporaryFailure):
    """A call to X failed.

    Attributes:
        kind: what it means.
        endpoint: which call it was.
        status: X's answer; None if there was none.
        reached: whether the request may have had its effect.
        resets_at: from when on X takes calls again, if it says so.
    """

    def __init__(
        self,
        kind: ErrorKind,
        endpoint: str,
        *,
        status: int | None = None,
        reached: bool = False,
        resets_at: datetime | None = None,
    ) -> None:
        super().__init__(f"X, {endpoint}: {kind.value} ({status or 'no answer'})")
        self.kind, self.endpoint, self.status = kind, endpoint, status
        self.reached, self.resets_at = reached, resets_at


# What tweepy raises on an answer whose errors are not of the form it expects.
UNREADABLE = (AttributeError, TypeError, KeyError)
FAILURES = (tweepy.TweepyException, requests.RequestException, ValueError, *UNREADABLE)

# Words in X's refusals, in small letters; the first that fits decides.
_WORDS = (
    ("duplicate content", ErrorKind.DUPLICATE),
    ("have not been mentioned", ErrorKind.NOT_SUMMONED),
    ("where you are mentioned", ErrorKind.NOT_SUMMONED),
    ("user has been suspended", ErrorKind.GONE),
    ("deleted or not visible", ErrorKind.GONE),
    ("account is suspended", ErrorKind.SUSPENDED),
    ("account is temporarily locked", ErrorKind.SUSPENDED),
    ("account has been locked", ErrorKind.SUSPENDED),
    ("creditsdepleted", ErrorKind.CREDIT),
    ("usagecapexceeded", ErrorKind.CREDIT),
    ("usage-capped", ErrorKind.CREDIT),
    ("spend cap", ErrorKind.CREDIT),
    ("unsupported authentication", ErrorKind.PERMISSION),
    ("app permissions", ErrorKind.PERMISSION),
    ("oauth1-permissions", ErrorKind.PERMISSION),
    ("client-not-enrolled", ErrorKind.PERMISSION),
    ("client-forbidden", ErrorKind.PERMISSION),
    ("scope", ErrorKind.PERMISSION),
)
_STATUS = {
    401: ErrorKind.TOKEN,
    402: ErrorKind.CREDIT,
    404: ErrorKind.GONE,
    429: ErrorKind.RATE,
}


def kind_of(status: int, body: Fields) -> ErrorKind:
    """Return what an answer with this status and body means."""
    if status >= 500:
        return ErrorKind.TRANSIENT
    if status in (400, 403, 429):
        said = _words_of(body)
        for words, kind in _WORDS:
            if words in said:
                return kind
    return _STATUS.get(status, ErrorKind.UNKNOWN)


def error_of(failure: Exception, endpoint: str, *, as_app: bool = False) -> XError:
    """Return what a failed call means. `failure` is tweepy's or requests'.

    `as_app`: it was made with the app's own token, not with our account's.
    """
    if isinstance(failure, tweepy.HTTPException):
        return _answered(failure.response, endpoint, as_app=as_app)
    if isinstance(failure, UNREADABLE):
        return XError(ErrorKind.UNKNOWN, endpoint, reached=True)
    reached = not _never_sent(failure)
    return XError(ErrorKind.TRANSIENT, endpoint, reached=reached)


def _answered(response: requests.Response, endpoint: str, *, as_app: bool) -> XError:
    status = response.status_code
    kind = kind_of(status, body_of(response) or {})
    return XError(
        ErrorKind.APP_TOKEN if as_app and kind is ErrorKind.TOKEN else kind,
        endpoint,
        status=status,
        reached=status >= 500,
        resets_at=resets_at(response),
    )


def body_of(response: requests.Response) -> Fields | None:
    """Return the JSON object of an answer; None if it is a page or broken."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return None
    return fields_of(body) if isinstance(body, dict) else None


def resets_at(response: requests.Response) -> datetime | None:
    """Return from when on this call is taken again, if the answer says so."""
    epoch = response.headers.get("x-rate-limit-reset", "")
    if not epoch.isascii() or not epoch.isdecimal() or len(epoch) > 10:
        return None
    return datetime.fromtimestamp(int(epoch), tz=timezone.utc)


def _words_of(body: Fields) -> str:
    parts = [body, *items_of(body.get("errors"))]
    names = ("title", "detail", "type", "reason", "message")
    found = [text_in(part, name) or "" for part in parts for name in names]
    return " ".join(found).lower()


def _never_sent(failure: BaseException) -> bool:
    """Tell whether no byte of the request can have reached X."""
    if isinstance(failure, requests.exceptions.ConnectTimeout):
        return True
    causes = [failure, *failure.args]
    for cause in causes:
        inner = getattr(cause, "reason", cause)
        if isinstance(inner, urllib3.exceptions.NewConnectionError):
            return True
    return False
