"""What goes wrong with Slack, sorted by what is to be done about it.

TemporaryFailure
├── Slowed         too many requests: again after `after`, and surely without effect
├── Unanswered     no answer, or no clear one: the request may have had its effect
├── TokenRefused   nothing works until a person has put a token right
└── ChannelClosed  this channel cannot be used until a person has put that right
PermanentFailure
├── MessageGone    the message, or its thread, is not there any more
└── Rejected       Slack does not take this: a defect of ours
"""

from __future__ import annotations

from datetime import timedelta

from bot.errors import PermanentFailure, TemporaryFailure

_TOKEN = frozenset(
    {
        "token_revoked",
        "token_expired",
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "missing_scope",
        "not_allowed_token_type",
        "no_permission",
        "team_access_not_granted",
        "accesslimited",
        "ekm_access_denied",
    }
)
_CHANNEL = {
    "not_in_channel": "the bot is not a member: write /invite and its name there",
    "channel_not_found": "there is no such channel, or it is private and the bot is "
    "not a member: write /invite and its name there, or correct desk.channels",
    "is_archived": "it is archived: unarchive it, or name another in desk.channels",
    "restricted_action": "Slack's settings do not let the bot post there",
    "restricted_action_read_only_channel": "only some may post there",
}
_MESSAGE = frozenset(
    {
        "message_not_found",
        "thread_not_found",
        "cannot_reply_to_message",
        "cant_update_message",  # it is another app's: ours was installed anew
    }
)
# Slack's own mishaps: nobody can tell how far the request came.
_UNCLEAR = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)
_SLOW = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_AFTER_UNSAID = timedelta(seconds=30)


class Slowed(TemporaryFailure):
    """Too many requests. Nothing was done."""

    def __init__(self, method: str, after: timedelta) -> None:
        super().__init__(f"Slack asks us to wait {after.total_seconds():g} s")
        self.method, self.after = method, after


class Unanswered(TemporaryFailure):
    """The request may have had its effect, or not."""


class TokenRefused(TemporaryFailure):
    """Slack does not let us in. `code` is Slack's word for it."""

    def __init__(self, code: str, needed: str = "") -> None:
        remedy = f"add the scope {needed}" if needed else "see the app's settings"
        super().__init__(
            f"Slack does not accept the bot's token ({code}): {remedy}, install it "
            "again and set FIRSTLINE_SLACK_BOT_TOKEN. What is to be shown is kept."
        )
        self.code = code


class ChannelClosed(TemporaryFailure):
    """Nothing can be posted in one channel."""

    def __init__(self, channel: str, code: str) -> None:
        super().__init__(f"Slack channel {channel}: {_CHANNEL.get(code, code)}")
        self.channel, self.code = channel, code


class MessageGone(PermanentFailure):
    """The message, or the thread that it was to go to, is not there any more."""


class Rejected(PermanentFailure):
    """Slack does not take the request as it is. `code` is Slack's word for it."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"Slack rejects {method}: {code}")
        self.method, self.code = method, code


def failure_of(
    method: str, code: str, *, channel: str = "", needed: str = ""
) -> TemporaryFailure | PermanentFailure:
    """Return what an answer with this error code means."""
    if code in _TOKEN:
        return TokenRefused(code, needed)
    if code in _CHANNEL:
        return ChannelClosed(channel, code)
    if code in _MESSAGE:
        return MessageGone(code)
    if code in _SLOW:
        return Slowed(method, _AFTER_UNSAID)
    if code in _UNCLEAR:
        return Unanswered(f"Slack says {code}")
    return Rejected(method, code)
