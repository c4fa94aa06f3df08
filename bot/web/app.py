"""The page as an application, put together from its routes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.clock import Clock
from bot.log import Log, json_log
from bot.model.message import ChannelName
from bot.model.policy import Policy
from bot.ports import Cases, CaseWork, Events, IncidentWork, QuietMode
from bot.web.customer_routes import CustomerRoutes
from bot.web.desk_routes import DeskRoutes
from bot.web.drift_routes import DriftRoutes, LookAtDrift
from bot.web.feed import Feed
from bot.web.guard import Guard
from bot.web.incident_routes import IncidentRoutes
from bot.web.money_routes import LookAtMoney, MoneyRoutes
from bot.web.network import Network
from bot.web.page import DeskChanges, Page
from bot.web.page_routes import PageRoutes
from bot.web.quiet_routes import QuietRoutes
from bot.web.refusals import HANDLERS
from bot.web.trainer.parts import Parts
from bot.web.trainer.routes import trainer_routes

SIMULATOR = ChannelName("simulator")


def create_app(
    *,
    network: Network,
    desk: DeskChanges,
    work: CaseWork,
    incidents: IncidentWork,
    cases: Cases,
    events: Events,
    policy: Callable[[], Policy],
    labels: Callable[[], Sequence[str]],
    model_name: Callable[[], str],
    address: tuple[str, int],
    quiet: QuietMode,
    money: LookAtMoney,
    drift: LookAtDrift,
    clock: Clock,
    trainer: Parts | None = None,
    channel: ChannelName = SIMULATOR,
    log: Log = json_log,
) -> Starlette:
    """Build the page; nothing runs until it is served.

    Args:
        network: where customers write; its posts come in as `channel`.
        desk: tells which cases changed.
        work: what agents do.
        incidents: what they do with many cases at once.
        cases, events: the store.
        policy: gives the one in force: teams, tags, resolutions and the brand's name.
        labels: gives all that a case's intent can be corrected to.
        model_name: tells which model reads, shown beside what it read.
        quiet: what the bot is told to be silent about.
        money: tells what the networks charge, and what was done for it.
        drift: tells what is read otherwise than before.
        clock: the program's.
        address: host and port under which browsers reach it; others are refused.
        trainer: what the trainer's page stands on; None: there is no such page.
        channel: the name of the network's channel.
        log: where outages of the feed go.
    """
    page = Page(
        network=network,
        desk=desk,
        work=work,
        cases=cases,
        events=events,
        current_policy=policy,
        current_labels=labels,
        model_name=model_name,
        channel=channel,
    )
    feed = Feed(page, log=log)
    app = Starlette(
        routes=[
            *PageRoutes(page, feed).routes(),
            *CustomerRoutes(page, feed).routes(),
            *DeskRoutes(page).routes(),
            *IncidentRoutes(page, incidents).routes(),
            *QuietRoutes(page, quiet, clock=clock).routes(),
            *MoneyRoutes(money, clock=clock).routes(),
            *DriftRoutes(drift, clock=clock).routes(),
            *(trainer_routes(trainer) if trainer else ()),
        ],
        middleware=[Middleware(Guard, port=address[1])],
        exception_handlers=dict(HANDLERS),
        lifespan=lambda _app: _feeding(feed),
    )
    app.state.feed = feed  # `serve` ends its streams
    return app


@asynccontextmanager
async def _feeding(feed: Feed) -> AsyncIterator[None]:
    """Keep the pages told while the application runs."""
    stop = asyncio.Event()
    running = asyncio.create_task(feed.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running
