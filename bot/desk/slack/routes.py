"""In which Slack channel a case or an incident is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.desk.slack.client import SlackClient
from bot.desk.slack.failures import ChannelClosed, Slowed
from bot.errors import TemporaryFailure
from bot.model.case import Case
from bot.model.policy import DEFAULT_TEAM, Policy
from bot.ports import IncidentView

LOOK_AGAIN = timedelta(seconds=30)  # for a channel that is not there


def home_of_case(case: Case, policy: Policy) -> str:
    """Return the channel's name or id.

    What a case is about decides as long as it is with the team that the policy gives
    such cases to; once people handed it to another team, that team does.

    Raises:
        TemporaryFailure: the policy names none.
    """
    desk, intent = policy.desk, case.label.partition("/")[0]
    given = policy.rule(intent).team == case.team
    return _named(desk.channel_of(case.team, case.label if given else ""))


def home_of_incident(view: IncidentView, policy: Policy) -> str:
    """Return the channel of the team that has most of its cases."""
    teams = Counter(view.summary.by_team).most_common(1)
    team = teams[0][0] if teams else DEFAULT_TEAM
    return _named(policy.desk.channel_of(team, ""))


def all_channels(policy: Policy) -> set[str]:
    """Return every channel that the policy names."""
    return {*policy.desk.channels.values(), *policy.desk.intents.values()}


def _named(channel: str | None) -> str:
    if channel is None:
        raise TemporaryFailure(
            f"the policy names no Slack channel: write desk.channels.{DEFAULT_TEAM}"
        )
    return channel


class Directory:
    """The ids of channels, by name."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._ids: Mapping[str, str] = {}
        self._look_at: datetime | None = None

    async def id_of(self, channel: str, now: datetime) -> str:
        """Return the id of a channel, given by name or id.

        Raises:
            ChannelClosed: there is none that we can see.
        """
        if not channel.startswith("#"):
            return channel
        name = channel.removeprefix("#")
        if name not in self._ids and (self._look_at is None or now >= self._look_at):
            self._look_at = now + LOOK_AGAIN
            try:
                self._ids = await self._client.channels()
            except Slowed as slowed:
                self._look_at = now + slowed.after
        if name not in self._ids:
            raise ChannelClosed(channel, "channel_not_found")
        return self._ids[name]
