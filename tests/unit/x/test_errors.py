"""X's refusals, in its own words, and what each means."""

from __future__ import annotations

import json

import pytest
import requests
import tweepy

from bot.channels.x.errors import ErrorKind, error_of, kind_of

PROBLEMS = "https://api.x.com/2/problems"
REFUSALS = [
    (401, {"title": "Unauthorized", "detail": "Unauthorized"}, ErrorKind.TOKEN),
    (402, {"title": "CreditsDepleted", "detail": "…"}, ErrorKind.CREDIT),
    (429, {"title": "Too Many Requests"}, ErrorKind.RATE),
    (
        429,
        {"title": "UsageCapExceeded", "detail": "Usage cap exceeded: Monthly"},
        ErrorKind.CREDIT,
    ),
    (
        403,
        {"detail": "You are not allowed to create a Tweet with duplicate content."},
        ErrorKind.DUPLICATE,
    ),
    (
        403,
        {
            "detail": "You can only reply to or quote posts where you are mentioned or "
            "are the author."
        },
        ErrorKind.NOT_SUMMONED,
    ),
    (
        403,
        {
            "detail": "Reply to this conversation is not allowed because you have not "
            "been mentioned or otherwise engaged by the author of the post you are "
            "replying to."
        },
        ErrorKind.NOT_SUMMONED,
    ),
    (
        403,
        {"detail": "Your account is suspended and is not permitted to access this"},
        ErrorKind.SUSPENDED,
    ),
    (
        403,
        {
            "detail": "To protect our users from spam, your account is temporarily "
            "locked. Your account is temporarily locked."
        },
        ErrorKind.SUSPENDED,
    ),
    (
        403,
        {
            "title": "Forbidden",
            "type": f"{PROBLEMS}/oauth1-permissions",
            "detail": "Your client app is not configured with the appropriate oauth1 "
            "app permissions for this endpoint.",
        },
        ErrorKind.PERMISSION,
    ),
    (
        403,
        {
            "title": "Unsupported Authentication",
            "detail": "Authenticating with OAuth 2.0 Application-Only is forbidden.",
        },
        ErrorKind.PERMISSION,
    ),
    (
        403,
        {"title": "Client Forbidden", "reason": "client-not-enrolled"},
        ErrorKind.PERMISSION,
    ),
    (
        403,
        {
            "detail": "You attempted to reply to a Tweet that is deleted or not "
            "visible to you."
        },
        ErrorKind.GONE,
    ),
    (
        400,
        {"errors": [{"message": "You attempted to … deleted or not visible to you."}]},
        ErrorKind.GONE,
    ),
    (404, {"title": "Not Found Error"}, ErrorKind.GONE),
    (403, {"detail": "You are not permitted to do this."}, ErrorKind.UNKNOWN),
    (400, {"title": "Invalid Request"}, ErrorKind.UNKNOWN),
    (503, {}, ErrorKind.TRANSIENT),
    (500, {"title": "CreditsDepleted"}, ErrorKind.TRANSIENT),
]


@pytest.mark.parametrize(("status", "body", "kind"), REFUSALS)
def test_each_refusal_has_its_kind(status, body, kind):
    assert kind_of(status, body) is kind


def test_every_kind_of_refusal_is_among_the_examples():
    assert {kind for _, _, kind in REFUSALS} == set(ErrorKind) - {ErrorKind.APP_TOKEN}


def response(status, body=b"", **headers):
    made = requests.Response()
    made.status_code, made.reason = status, "reason"
    made._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    made.headers.update(headers)
    return made


def test_a_page_instead_of_an_answer_is_transient_and_may_have_had_its_effect():
    failure = tweepy.TwitterServerError(response(503, b"<html>over capacity</html>"))
    error = error_of(failure, "posts.create")
    assert (error.kind, error.status, error.reached) == (ErrorKind.TRANSIENT, 503, True)


def test_a_refusal_had_no_effect():
    error = error_of(tweepy.Forbidden(response(403, {"detail": "no"})), "posts.create")
    assert not error.reached


def test_when_x_takes_calls_again_is_read_from_its_header():
    limited = response(429, {}, **{"x-rate-limit-reset": "1784928203"})
    error = error_of(tweepy.TooManyRequests(limited), "mentions")
    assert error.resets_at is not None
    assert error.resets_at.timestamp() == 1784928203


@pytest.mark.parametrize("said", ["soon", "", "-5", "9" * 40])
def test_a_header_that_says_no_moment_says_nothing(said):
    limited = response(429, {}, **{"x-rate-limit-reset": said})
    assert error_of(tweepy.TooManyRequests(limited), "mentions").resets_at is None


@pytest.mark.parametrize(
    ("failure", "reached"),
    [
        (requests.ReadTimeout("late"), True),
        (requests.ConnectionError("aborted"), True),
        (requests.ConnectTimeout("no"), False),
        (KeyError("code"), True),
        (ValueError("no JSON"), True),
    ],
)
def test_only_what_surely_never_left_had_surely_no_effect(failure, reached):
    assert error_of(failure, "posts.create").reached is reached


def test_a_connection_that_is_refused_never_left():
    with pytest.raises(requests.ConnectionError) as caught:
        requests.get("http://127.0.0.1:9/", timeout=1)
    assert not error_of(caught.value, "posts.create").reached


def test_errors_hold_no_words_of_the_answer():
    body = {"detail": "a customer's own words"}
    error = error_of(tweepy.Forbidden(response(403, body)), "posts.create")
    assert "words" not in str(error)
