"""The Slack desk, put together: what a process with the role `desk` does outward."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.clock import Clock
from bot.desk.slack.client import SlackClient, open_client
from bot.desk.slack.desk import SlackDesk
from bot.desk.slack.keeper import CardKeeper
from bot.flow.desk_feed import DeskFeed
from bot.flow.duty import Duty
from bot.log import Log
from bot.model.policy import Policy
from bot.ports import CaseWork, IncidentWork
from bot.settings import Slack
from bot.store.whole import Store

FEED_DUTY, CARDS_DUTY = "slack_feed", "slack_cards"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackParts:
    """The parts of the Slack desk."""

    client: SlackClient
    desk: SlackDesk
    feed: DeskFeed
    keeper: CardKeeper


@asynccontextmanager
async def open_slack(
    slack: Slack | None,
    store: Store,
    work: CaseWork,
    incidents: IncidentWork,
    *,
    policy: Policy,
    clock: Clock,
    log: Log,
) -> AsyncIterator[SlackParts | None]:
    """Put the Slack desk together; None without settings. Slack is not asked yet."""
    if slack is None:
        yield None
        return
    async with open_client(slack.bot_token, slack.api_url) as client:
        desk = SlackDesk(store.cards, clock=clock)
        feed = DeskFeed(
            desk,
            store.events,
            work,
            log=log,
            incidents=incidents,
            duty=Duty(store.duties, FEED_DUTY),
            clock=clock,
            generation=store.generation,
        )
        keeper = CardKeeper(
            client=client,
            book=store.cards,
            work=work,
            incidents=incidents,
            duty=Duty(store.duties, CARDS_DUTY),
            policy=policy,
            clock=clock,
            log=log,
            generation=store.generation,
        )
        yield SlackParts(client=client, desk=desk, feed=feed, keeper=keeper)
