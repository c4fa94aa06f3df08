"""A workspace to try things out in."""

from __future__ import annotations

from tests.slack_double.double import SlackDouble

CHANNELS = ("firstline-care", "firstline-orders", "legal")
PEOPLE = (
    ("anna", "Anna Bell", "Europe/London"),
    ("ben", "Ben Okafor", "Europe/London"),
    ("chloe", "Chloe Sato", "Asia/Tokyo"),
    ("dev", "Dev Patel", "America/New_York"),
)


def furnish(slack: SlackDouble, *, zone: str = "") -> None:
    """Put a support team and its channels into an empty workspace.

    With `zone` all of them live there.
    """
    slack.space.name = "Fernhollow"
    for channel in CHANNELS:
        slack.add_channel(channel)
    for name, real_name, tz in PEOPLE:
        slack.add_user(name, real_name=real_name, tz=zone or tz)


def environment(slack: SlackDouble) -> str:
    """Return the settings with which `firstline run` talks to it."""
    return "\n".join(
        (
            f"FIRSTLINE_SLACK_API_URL={slack.api_url}",
            f"FIRSTLINE_SLACK_BOT_TOKEN={slack.bot_token}",
            f"FIRSTLINE_SLACK_APP_TOKEN={slack.app_token}",
        )
    )
