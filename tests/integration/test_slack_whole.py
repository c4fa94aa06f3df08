"""The program as it runs, with agents in a local Slack: from the customer and back."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

import pytest

from bot.app import open_program
from bot.flow.audit import audit
from bot.flow.loop import run_together
from bot.flow.worker import Worker
from bot.roles import Role
from bot.settings import Settings, Slack
from tests.builders import ROOT
from tests.first_line import ScriptedDialogue, ScriptedReadings
from tests.slack_double.double import SlackDouble

CHANNEL = "firstline-care"
ROLES = {Role.INTAKE, Role.SENDER, Role.DESK}


@pytest.fixture
async def slack():
    async with SlackDouble(paced=True) as double:
        double.add_channel(CHANNEL)
        double.anna, double.ben = double.add_user("anna"), double.add_user("ben")
        yield double
        assert double.violations == []


@contextlib.asynccontextmanager
async def running(slack, folder, logged):
    """Run the program against Slack, with scripted readings in the model's place."""
    policy = folder / "policy.yml"
    written = (ROOT / "data" / "policy.yml").read_text()
    policy.write_text(written.replace("undo: 5s", "undo: 1s"))
    app = Slack(
        bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.api_url
    )
    plain = Settings.from_env(ROOT, {})
    settings = replace(plain, var=folder / "var", policy=policy, slack=app)

    def log(event, /, **fields):
        logged.append((event, fields))

    async with open_program(settings, log=log) as program:
        worker = Worker(
            turns=program.store.turns,
            understanding=ScriptedReadings(),
            dialogue=ScriptedDialogue(),
            answers=program.answers,
            channels=program.channels,
            policy=program.policy,
            clock=program.clock,
            log=log,
        )
        stop = asyncio.Event()
        loops = program.loops(stop, roles=ROLES, workers=[worker])
        task = asyncio.create_task(run_together(loops, stop=stop, log=log))
        await slack.connected()
        try:
            yield program
        finally:
            stop.set()
            await task


async def case_of(program, customer):
    return next(c for c in await program.store.cases.active() if c.handle == customer)


async def test_a_customer_is_answered_from_slack_by_the_program_as_it_runs(
    slack, tmp_path
):
    logged = []
    async with running(slack, tmp_path, logged) as program:
        network = program.simulator.network
        network.direct("carol", "product_question 0.9")
        await slack.until(lambda: slack.messages(CHANNEL), what="a card")
        (card,) = slack.messages(CHANNEL)
        await slack.anna.click(card, "case_claim")
        await slack.until(lambda: "case_reply" in card.action_ids, what="Reply")
        await slack.ben.type(CHANNEL, "she is a regular", thread_ts=card.ts)
        await slack.anna.type(CHANNEL, "reply: It is in stock.", thread_ts=card.ts)

        def got() -> list[str]:
            return [entry.text for entry in network.ledger("carol")]

        await slack.until(
            lambda: any(
                "delivered" in line.says() and "in stock" in line.says()
                for line in slack.thread(CHANNEL, card.ts)
            ),
            what="the reply's confirmation in the thread",
        )
        assert got().count("It is in stock.") == 1
        thread = [line.says() for line in slack.thread(CHANNEL, card.ts)]
        assert sum("she is a regular" in line for line in thread) == 1
        assert not any("regular" in text for text in got())
        case = await case_of(program, "carol")
        assert case.assignee == slack.anna.id
        assert (
            await audit(program.store.events, now=program.clock.now())
        ).findings == []
    assert [event for event, _ in logged if event.startswith("delivery_")] == []
    assert slack.sockets.open == []
