"""The Slack desk, put together: what a process with the role `desk` does there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.desk.slack.blocks import Health
from bot.desk.slack.client import SlackClient, open_web
from bot.desk.slack.desk import SlackDesk
from bot.desk.slack.digest import Digest, LookAtDrift
from bot.desk.slack.files import open_files
from bot.desk.slack.inward import Inward
from bot.desk.slack.keeper import CardKeeper
from bot.desk.slack.overview import LookAtMoney
from bot.desk.slack.sweeping import Sweeper
from bot.flow.desk_feed import DeskFeed
from bot.flow.duty import Duty
from bot.flow.figures import DayFiguresKeeper
from bot.flow.heartbeat import FORGET_AFTER
from bot.log import Log
from bot.model.policy import Policy
from bot.model.process import Process
from bot.ports import CaseWork, Figures, IncidentWork
from bot.ports.files import Files
from bot.roles import Role
from bot.settings import Slack
from bot.store.whole import Store

FEED_DUTY, CARDS_DUTY, WATCH_DUTY = "slack_feed", "slack_cards", "slack_watch"
DIGEST_DUTY, SWEEP_DUTY = "slack_digest", "slack_sweep"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackParts:
    """The parts of the Slack desk."""

    client: SlackClient
    desk: SlackDesk
    feed: DeskFeed
    keeper: CardKeeper
    digest: Digest
    sweeper: Sweeper
    inward: Inward


@asynccontextmanager
async def open_slack_files(slack: Slack | None) -> AsyncIterator[Files | None]:
    """Open the files that agents share in Slack; None without settings."""
    if slack is None:
        yield None
        return
    async with open_files(slack.bot_token, slack.api_url) as files:
        yield files


@asynccontextmanager
async def open_slack(
    slack: Slack | None,
    store: Store,
    work: CaseWork,
    incidents: IncidentWork,
    *,
    policy: Callable[[], Policy],
    figures: Figures,
    money: LookAtMoney,
    drift: LookAtDrift,
    labels: Callable[[], Sequence[str]],
    channels: Sequence[str],
    clock: Clock,
    log: Log,
) -> AsyncIterator[SlackParts | None]:
    """Put the Slack desk together; None without settings. Slack is not asked yet."""
    if slack is None:
        yield None
        return
    async with open_web(slack.bot_token, slack.api_url) as web:
        client = SlackClient(web)
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
            policy=policy(),
            clock=clock,
            log=log,
            generation=store.generation,
        )
        watch = Duty(store.duties, WATCH_DUTY)

        async def holds(now: datetime) -> bool:
            return await watch.hold(now) is not None

        async def health() -> list[Health]:
            return _health(
                await store.processes.alive(now=clock.now(), ttl=FORGET_AFTER)
            )

        inward = Inward(
            web,
            slack.app_token,
            deliveries=store.deliveries,
            book=store.cards,
            work=work,
            incidents=incidents,
            quiet=store.quiet,
            figures=figures,
            money=money,
            health=health,
            holds=holds,
            policy=policy,
            labels=labels,
            channels=channels,
            clock=clock,
            log=log,
        )
        digest = Digest(
            client,
            # One of its own: it asks for yesterday, everybody else for today.
            DayFiguresKeeper(
                store.events, store.cases, policy(), generation=store.generation
            ),
            health,
            drift,
            duty=Duty(store.duties, DIGEST_DUTY),
            policy=policy(),
            clock=clock,
        )
        try:
            yield SlackParts(
                client=client,
                desk=desk,
                feed=feed,
                keeper=keeper,
                digest=digest,
                sweeper=_sweeper(
                    client, store, clock=clock, log=log, then=inward.home.refresh
                ),
                inward=inward,
            )
        finally:
            await inward.close()


@asynccontextmanager
async def open_sweeper(
    slack: Slack, store: Store, *, clock: Clock, log: Log
) -> AsyncIterator[Sweeper]:
    """Put together what clears Slack of the forgotten, without the rest of the desk."""
    async with open_web(slack.bot_token, slack.api_url) as web:
        yield _sweeper(SlackClient(web), store, clock=clock, log=log)


def _sweeper(
    client: SlackClient,
    store: Store,
    *,
    clock: Clock,
    log: Log,
    then: Callable[[], None] = lambda: None,
) -> Sweeper:
    return Sweeper(
        client,
        store.cards,
        events=store.events,
        cases=store.cases,
        journal=store.forgetting,
        duty=Duty(store.duties, SWEEP_DUTY),
        clock=clock,
        log=log,
        generation=store.generation,
        then=then,
    )


def _health(processes: Sequence[Process]) -> list[Health]:
    """Return what waits, and for what; and which roles nobody has."""
    running = {role for process in processes for role in process.roles}
    found = [
        Health(role.value in running, f"nobody has the role {role.value}")
        for role in Role
    ]
    waits = dict.fromkeys(line for one in processes for line in one.outages)
    return [*found, *(Health(False, line) for line in waits)]
