"""The composition root: the only file that knows every class."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answers_watch import AnswersWatch
from bot.clock import Clock, SystemClock
from bot.desk.web import WebDesk
from bot.flow.archivist import Archivist
from bot.flow.conditions import ConditionsLook
from bot.flow.desk_feed import DeskFeed
from bot.flow.drift_keeper import DriftKeeper, DriftLook
from bot.flow.duty import Duty
from bot.flow.errands import ErrandRunner
from bot.flow.figures import DayFiguresKeeper
from bot.flow.incident_work import IncidentDesk
from bot.flow.incidents import IncidentKeeper
from bot.flow.intake import Intake
from bot.flow.learner import Learner
from bot.flow.money import MoneyLook
from bot.flow.relay import Relay
from bot.flow.review_queue import ReviewQueue
from bot.flow.rewriter import REWRITE_DUTY, Rewriter
from bot.flow.sender import Sender
from bot.flow.timekeeper import Timekeeper
from bot.knowledge.answers import DomainAnswers
from bot.log import Log, json_log
from bot.model.message import ChannelName
from bot.model.policy import Policy
from bot.open_channels import open_simulator
from bot.open_models import open_promotion
from bot.open_slack import open_slack, open_slack_files
from bot.open_store import open_store
from bot.policy_watch import PolicyWatch
from bot.ports import Channel, Quota, Spending
from bot.program import Firstline, Program
from bot.settings import Settings
from bot.x_parts import x_parts

if TYPE_CHECKING:
    from bot.channels.x import XChannel
    from bot.nlu.engine import LoadedModel

MakeX = Callable[[Quota, Spending, Policy], "XChannel | None"]


@asynccontextmanager
async def open_program(
    settings: Settings,
    *,
    folder: Path | None = None,
    clock: Clock | None = None,
    log: Log = json_log,
    make_x: MakeX | None = None,
) -> AsyncIterator[Program]:
    """Put everything together that needs no model.

    Args:
        settings: where things are.
        folder: where store and simulator are kept; <var> if None.
        clock: the system's if None.
        log: where events go.
        make_x: makes our account on X; by default what the settings say.

    Raises:
        ConfigError: policy or domain have mistakes.
        StoreUnavailable: the store cannot be started.
    """
    clock = clock or SystemClock()
    folder = folder or settings.var
    policies = PolicyWatch(settings.policy, clock=clock, log=log)
    policy = policies.current
    domain = settings.project / "domain.yml"
    answers = DomainAnswers(domain, policy)
    policies.demand(answers.check)
    answers_watch = AnswersWatch(
        domain, answers, policy=lambda: policies.current, clock=clock, log=log
    )
    async with AsyncExitStack() as stack:
        files = await stack.enter_async_context(open_slack_files(settings.slack))
        simulator = stack.enter_context(
            open_simulator(
                settings, folder, handle=policy.handle, clock=clock, files=files
            )
        )
        channels: dict[ChannelName, Channel] = {simulator.name: simulator}
        on_x: list[XChannel] = []

        def from_settings(
            quota: Quota, spending: Spending, policy: Policy
        ) -> XChannel | None:
            if settings.x is None:
                return None
            from bot.open_x import open_x

            return open_x(
                settings,
                policy,
                quota=quota,
                spending=spending,
                clock=clock,
                log=log,
                files=files,
            )

        def networks(quota: Quota, spending: Spending) -> dict[ChannelName, Channel]:
            x = (make_x or from_settings)(quota, spending, policy)
            if x is not None:
                stack.callback(x.close)
                on_x.append(x)
                channels[x.name] = x
            return channels

        opening = open_store(
            settings, networks=networks, folder=folder / "store", clock=clock, log=log
        )
        store = await stack.enter_async_context(opening)
        policies.heed(store.quiet)
        policies.weigh(
            ConditionsLook(store.outbox, store.spending, channels, store.wordings)
        )
        relay = Relay(
            store.cases,
            channels,
            policy,
            answers=answers,
            clock=clock,
            outbox=store.outbox,
        )
        desk = WebDesk()
        incident_desk = IncidentDesk(
            incidents=store.incidents,
            errands=store.errands,
            cases=store.cases,
            events=store.events,
            duties=store.duties,
            channels=channels,
            policy=policy,
            clock=clock,
        )
        figures = DayFiguresKeeper(
            store.events, store.cases, policy, generation=store.generation
        )
        drift = DriftLook(store.reading_days, lambda: policies.current)
        money = MoneyLook(store.spending, figures, channels, lambda: policies.current)
        slack = await stack.enter_async_context(
            open_slack(
                settings.slack,
                store,
                relay,
                incident_desk,
                policy=lambda: policies.current,
                figures=figures,
                money=money,
                drift=drift,
                labels=lambda: answers.labels(policies.current),
                channels=list(channels),
                clock=clock,
                log=log,
            )
        )
        yield Program(
            settings=settings,
            policies=policies,
            answers=answers,
            answers_watch=answers_watch,
            clock=clock,
            log=log,
            store=store,
            simulator=simulator,
            channels=channels,
            intake=Intake(simulator, store.inbox, policy, clock=clock, log=log),
            x=x_parts(on_x[0], store, settings.x, policy, clock=clock, log=log)
            if on_x
            else None,
            sender=Sender(
                outbox=store.outbox,
                cases=store.cases,
                channels=channels,
                policy=policy,
                clock=clock,
                log=log,
                quiet=store.quiet,
                spending=store.spending,
                wordings=store.wordings,
            ),
            timekeeper=Timekeeper(store.timers, policy, clock=clock, log=log),
            relay=relay,
            desk=desk,
            desk_feed=DeskFeed(
                desk,
                store.events,
                relay,
                log=log,
                incidents=incident_desk,
                generation=store.generation,
            ),
            slack=slack,
            incident_keeper=IncidentKeeper(
                events=store.events,
                incidents=store.incidents,
                duties=store.duties,
                policy=policy,
                clock=clock,
                log=log,
                generation=store.generation,
            ),
            incident_desk=incident_desk,
            errands=ErrandRunner(
                errands=store.errands,
                incidents=store.incidents,
                relay=relay,
                duties=store.duties,
                clock=clock,
            ),
            learner=Learner(
                events=store.events,
                reviews=store.reviews,
                cases=store.cases,
                answers=answers,
                channels=channels,
                duties=store.duties,
                policy=policy,
                clock=clock,
                log=log,
                generation=store.generation,
            ),
            review_queue=ReviewQueue(store.reviews, clock=clock),
            archivist=Archivist(store.archive, clock=clock, log=log),
            rewriter=Rewriter(
                store.forgetting,
                Duty(store.duties, REWRITE_DUTY),
                clock=clock,
                log=log,
            ),
            figures=figures,
            money=money,
            drift_keeper=DriftKeeper(
                events=store.events,
                days=store.reading_days,
                duties=store.duties,
                policy=policy,
                clock=clock,
            ),
            drift=drift,
            promotion=open_promotion(settings, store, clock),
        )


@asynccontextmanager
async def open_firstline(
    settings: Settings,
    *,
    model: Path | LoadedModel,
    folder: Path | None = None,
    clock: Clock | None = None,
    log: Log = json_log,
    make_x: MakeX | None = None,
    follow_models: bool = False,
) -> AsyncIterator[Firstline]:
    """Put the whole program together in this process; arguments as `open_program`.

    It reads with `model`, and with what is promoted later if it is to `follow_models`.

    Raises:
        ConfigError: policy or domain have mistakes.
        ModelError: the model cannot be used.
        StoreUnavailable: the store cannot be started.
    """
    from bot.nlu.engine import load_model  # who only serves pages does without
    from bot.open_crew import open_crew

    if isinstance(model, Path):
        model = load_model(model, config=settings.project / "config.yml")
    opening = open_program(settings, folder=folder, clock=clock, log=log, make_x=make_x)
    async with opening as program:
        with open_crew(program, model, count=1) as crew:
            parts = {part.name: getattr(program, part.name) for part in fields(program)}
            yield Firstline(
                **parts,
                worker=crew.workers[0],
                models=crew.models if follow_models else None,
            )
