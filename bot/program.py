"""The whole program, put together: what its processes do again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Iterable
from dataclasses import dataclass

from bot.answers_watch import AnswersWatch
from bot.channels.simulator import SimulatorChannel
from bot.clock import Clock
from bot.desk.web import WebDesk
from bot.flow.archivist import Archivist
from bot.flow.desk_feed import DeskFeed
from bot.flow.drift_keeper import DriftKeeper, DriftLook
from bot.flow.errands import ErrandRunner
from bot.flow.figures import DayFiguresKeeper
from bot.flow.follow import Follower, following
from bot.flow.heartbeat import Heartbeat, this_process
from bot.flow.incident_work import IncidentDesk
from bot.flow.incidents import IncidentKeeper
from bot.flow.intake import Intake
from bot.flow.learner import Learner
from bot.flow.loop import Outages, Step, keep_stepping, run_together
from bot.flow.model_watch import ModelWatch
from bot.flow.money import MoneyLook
from bot.flow.promotion import Promotion
from bot.flow.relay import Relay
from bot.flow.review_queue import ReviewQueue
from bot.flow.rewriter import Rewriter
from bot.flow.sender import Sender
from bot.flow.timekeeper import Timekeeper
from bot.flow.worker import Worker
from bot.knowledge.answers import DomainAnswers
from bot.log import Log
from bot.model.message import ChannelName
from bot.model.policy import Policy
from bot.open_slack import SlackParts
from bot.policy_watch import PolicyWatch
from bot.ports import Channel
from bot.roles import ALL, Role
from bot.settings import Settings
from bot.store.whole import Store
from bot.x_parts import XParts

QUICK = frozenset({"intake", "intake_x", "worker", "sender"})  # what customers wait for


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Everything but the worker, put together and not yet running; without Rasa."""

    settings: Settings
    policies: PolicyWatch
    answers: DomainAnswers
    answers_watch: AnswersWatch
    clock: Clock
    log: Log
    store: Store
    simulator: SimulatorChannel
    channels: dict[ChannelName, Channel]
    intake: Intake  # of the simulated network
    x: XParts | None
    sender: Sender
    timekeeper: Timekeeper
    relay: Relay
    desk: WebDesk
    desk_feed: DeskFeed
    slack: SlackParts | None
    incident_keeper: IncidentKeeper
    incident_desk: IncidentDesk
    errands: ErrandRunner
    learner: Learner
    review_queue: ReviewQueue
    archivist: Archivist
    rewriter: Rewriter
    figures: DayFiguresKeeper
    money: MoneyLook
    drift_keeper: DriftKeeper
    drift: DriftLook
    promotion: Promotion

    @property
    def policy(self) -> Policy:
        """The policy that is in force now."""
        return self.policies.current

    def following(self, part: Follower) -> Step:
        """Return the step of `part`, which follows the policy."""
        return following(part, lambda: self.policy)

    def steps(self, roles: Collection[Role]) -> dict[str, Step]:
        """Return what processes with these roles do again and again, by name."""
        steps: dict[Role, dict[str, Step]] = {
            Role.INTAKE: {"intake": self.following(self.intake), **self._x_steps()},
            Role.SENDER: {"sender": self.following(self.sender), **self._x_health()},
            Role.DESK: {
                "timekeeper": self.following(self.timekeeper),
                "incidents": self.following(self.incident_keeper),
                "errands": self.errands.step,
                "learner": self.following(self.learner),
                "drift": self.following(self.drift_keeper),
                "archivist": self.archivist.step,
                "rewriter": self.rewriter.step,
                **self._slack_steps(),
            },
            Role.WEB: {"web_desk": self.desk_feed.step},
        }
        return {
            name: step
            for role, named in steps.items()
            if role in roles
            for name, step in named.items()
        }

    def _x_steps(self) -> dict[str, Step]:
        if self.x is None:
            return {}
        return {
            "intake_x": self.following(self.x.intake),
            "kept_check": self.following(self.x.kept_check),
            **self._x_health(),
        }

    def _x_health(self) -> dict[str, Step]:
        return {"x": self.x.health} if self.x else {}

    def _slack_steps(self) -> dict[str, Step]:
        if self.slack is None:
            return {}
        keeper = self.following(self.slack.keeper)
        inward = self.slack.inward
        return {
            "slack_feed": self.slack.feed.step,
            "slack": keeper,
            "slack_digest": self.following(self.slack.digest),
            "slack_sweep": self.slack.sweeper.step,
            "slack_inbox": inward.inbox.step,
            "slack_home": inward.home.step,
            "slack_socket": inward.watchdog.step,
        }

    def loops(
        self,
        stop: asyncio.Event,
        *,
        roles: Collection[Role],
        workers: Iterable[Worker] = (),
        models: ModelWatch | None = None,
    ) -> list[Coroutine[None, None, None]]:
        """Return what runs until `stop`: the roles' steps and the workers', the looks at
        policy and live model, the heartbeat, and the care for the embedded server."""
        outages, wakes = Outages(), self.store.wakes
        bells = {"worker": wakes.workers, "sender": wakes.senders}
        loops = [
            keep_stepping(
                name,
                step,
                stop=stop,
                log=self.log,
                outages=outages,
                bell=bells.get(name),
                rarely=name not in QUICK,
            )
            for name, step in (
                ("policy", self._look_at_policy),
                ("answers", self.answers_watch.step),
                *self.steps(roles).items(),
                *(("worker", self.following(worker)) for worker in workers),
                *((("models", models.step),) if models else ()),
            )
        ]
        if self.x is not None and Role.INTAKE in roles:
            loops.append(self.x.listen(stop))
        loops.append(self._heartbeat(roles, outages, models).run(stop))
        loops.append(wakes.listen(stop, self.clock))
        if self.store.server is not None:
            loops.append(self.store.server.keep_running(stop))
        return loops

    async def _look_at_policy(self) -> int:
        taken = await self.policies.step()
        if taken:
            self.relay.follow(self.policy)
            self.incident_desk.follow(self.policy)
            self.figures.follow(self.policy)
            if self.x is not None:
                self.x.channel.follow(self.policy.x)
        return taken

    def _heartbeat(
        self, roles: Collection[Role], outages: Outages, models: ModelWatch | None
    ) -> Heartbeat:
        return Heartbeat(
            this_process([role.value for role in roles], now=self.clock.now()),
            self.store.processes,
            outages,
            policies=self.policies,
            clock=self.clock,
            log=self.log,
            model=models,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Firstline(Program):
    """The whole program in one process, as replays and tests drive it."""

    worker: Worker
    models: ModelWatch | None = None  # None: the model is the one it began with

    async def run(self, stop: asyncio.Event) -> None:
        """Run every loop until `stop` is set; what is in hand is finished first."""
        loops = self.loops(stop, roles=ALL, workers=[self.worker], models=self.models)
        await run_together(loops, stop=stop, log=self.log)
