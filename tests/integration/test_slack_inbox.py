"""Whatever Slack hands us is on disk before Slack is told that we have it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.errors import StoreUnavailable, TemporaryFailure
from bot.store.deliveries import RedisDeliveries
from bot.store.server import connect
from tests.listening import Notebook, make_inbox, socket_to, web_client
from tests.slack_double.double import SlackDouble
from tests.waiting import PATIENCE_S

CARD = [
    {
        "type": "actions",
        "block_id": "acts:C-12",
        "elements": [
            {
                "type": "button",
                "action_id": "case_claim",
                "text": {"type": "plain_text", "text": "Claim"},
                "value": '{"case":"C-12"}',
            }
        ],
    }
]


class Logged(list):
    def __call__(self, event, /, **fields):
        self.append((event, fields))


@pytest.fixture
async def slack():
    async with SlackDouble(retries_s=(0.0, 0.2)) as double:
        double.add_channel("#care")
        double.anna = double.add_user("anna")
        double.ben = double.add_user("ben")
        yield double
        assert double.violations == []


@pytest.fixture
def notebook():
    return Notebook()


@pytest.fixture
def log():
    return Logged()


@pytest.fixture
def inbox(redis, notebook, log):
    return make_inbox(redis, notebook, clock=SystemClock(), log=log)


@pytest.fixture
async def socket(slack, inbox, log):
    async with socket_to(slack, inbox, clock=SystemClock(), log=log) as opened:
        yield opened


async def card(slack):
    """Post a card as the app does, and return it."""
    channel = slack.channel("care")
    async with web_client(slack) as web:
        await web.chat_postMessage(channel=channel.id, text="C-12", blocks=CARD)
    return slack.messages(channel)[-1]


async def test_a_click_is_stored_acknowledged_and_dealt_with_once(
    slack, socket, inbox, notebook
):
    message = await card(slack)
    ack = await slack.anna.click(message, "case_claim")
    assert ack.acknowledged
    await inbox.settle()
    assert len(notebook.dealt) == 1
    assert slack.anna.troubles == []


async def test_eleven_copies_with_ids_of_their_own_are_one(
    slack, socket, inbox, notebook
):
    parent = await card(slack)
    slack.faults.double_events(11, new_ids=True)
    slack.faults.delay_events(0.0, shuffled_s=0.3)
    await slack.anna.type("care", "looks like rain", thread_ts=parent.ts)
    await slack.settle()
    await inbox.settle()
    copies = [d for d in slack.sockets.deliveries if "looks like" in str(d.payload)]
    assert len(copies) == 11
    assert len({d.payload["event_id"] for d in copies}) == 11
    assert len(notebook.dealt) == 1


async def test_nothing_is_acknowledged_that_could_not_be_stored(
    slack, socket, inbox, notebook, server
):
    parent = await card(slack)
    await server.stop()
    await slack.anna.type("care", "while the store is away", thread_ts=parent.ts)
    await slack.until(lambda: len(slack.sockets.deliveries) >= 2, what="a try again")
    assert not any(
        d.acknowledged for d in slack.sockets.deliveries if "while" in str(d.payload)
    )
    await server.start()
    await slack.anna.type("care", "and when it is back", thread_ts=parent.ts)
    await slack.settle()
    await inbox.settle()
    assert any("and when it is back" in str(body) for body in notebook.bodies)


async def test_what_is_slow_to_deal_with_is_acknowledged_at_once(
    slack, socket, inbox, notebook
):
    waiting = asyncio.Event()
    notebook.before = waiting.wait
    message = await card(slack)
    ack = await asyncio.wait_for(slack.anna.click(message, "case_claim"), PATIENCE_S)
    assert ack.acknowledged
    assert notebook.dealt == []
    waiting.set()
    await inbox.settle()
    assert len(notebook.dealt) == 1


async def test_clicks_are_acknowledged_in_time_while_a_thread_eats_the_processor(
    slack, socket, inbox, findings
):
    """As the model does, where it reads in the same process.

    What the threads hold up, they hold up each time; neighbours do not.
    """
    slack.sockets.ack_s = PATIENCE_S
    message, ends = await card(slack), threading.Event()

    def read_hard() -> None:
        while not ends.is_set():
            sum(n * n for n in range(2000))

    threads = [threading.Thread(target=read_hard) for _ in range(2)]
    for thread in threads:
        thread.start()
    slowest = []
    try:
        for _ in range(3):
            clicks = (slack.anna.click(message, "case_claim") for _ in range(20))
            assert all(ack.acknowledged for ack in await asyncio.gather(*clicks))
            slowest.append(max(d.after_s for d in slack.sockets.deliveries[-20:]))
    finally:
        ends.set()
        for thread in threads:
            thread.join()
    took = min(slowest)
    findings.tell(f"Slack: slowest acknowledgement beside busy threads {took:.2f} s")
    assert took < 3


async def test_a_process_that_dies_between_storing_and_acting_leaves_it_to_another(
    slack, redis, server, notebook, log
):
    dying = Notebook()
    stopped = asyncio.Event()

    async def die() -> None:
        stopped.set()
        await asyncio.Event().wait()

    dying.before = die
    clock = SystemClock()
    first = make_inbox(redis, dying, clock=clock, log=log)
    message = await card(slack)
    async with socket_to(slack, first, clock=clock, log=log):
        ack = await slack.anna.click(message, "case_claim")
        assert ack.acknowledged
        await stopped.wait()
        for task in first._running:
            task.cancel()
    other = connect(server.address)
    later = Later()
    second = make_inbox(other, notebook, clock=later, log=log)
    assert await second.step() == 0  # it may still be in hand
    later.seconds = 31
    assert await second.step() == 1
    await second.settle()
    assert len(notebook.dealt) == 1
    assert await RedisDeliveries(other).waiting() == 0
    later.seconds = 200
    assert await second.step() == 0
    await other.close()


Again = Callable[[int], Awaitable[int]]


class Later(SystemClock):
    """The machine's time, and some more."""

    seconds = 0

    def now(self):
        return super().now() + timedelta(seconds=self.seconds)


@asynccontextmanager
async def clicked(slack, redis, notebook, log, fail) -> AsyncIterator[Again]:
    """Click once, with `fail` in the way; what comes back lets time pass and steps."""
    notebook.before, clock = fail, Later()
    inbox = make_inbox(redis, notebook, clock=clock, log=log)

    async def again(seconds: int) -> int:
        clock.seconds += seconds
        taken = await inbox.step()
        await inbox.settle()
        return taken

    async with socket_to(slack, inbox, clock=clock, log=log):
        await slack.anna.click(await card(slack), "case_claim")
        await inbox.settle()
        yield again


async def test_a_defect_is_tried_again_and_then_told_to_who_clicked(
    slack, redis, notebook, log
):
    async def fail() -> None:
        raise ZeroDivisionError("customer's words")

    async with clicked(slack, redis, notebook, log, fail) as again:
        for _ in range(10):
            await again(40)
    assert len(notebook.given_up) == 1
    failed = [fields for event, fields in log if event == "delivery_failed"]
    assert [fields["tries"] for fields in failed] == [1, 2, 3, 4, 5]
    assert "customer's words" not in str(log)
    assert await RedisDeliveries(redis).waiting() == 0


@pytest.mark.parametrize(
    "outage", [TemporaryFailure("Slack"), StoreUnavailable("gone")]
)
async def test_an_outage_is_waited_for_however_long_it_takes(
    slack, redis, notebook, log, outage
):
    trouble = [outage] * 12

    async def fail() -> None:
        if trouble:
            raise trouble.pop()

    async with clicked(slack, redis, notebook, log, fail) as again:
        for _ in range(14):
            await again(61)
    assert len(notebook.dealt) == 1
    assert notebook.given_up == []


async def test_nothing_is_tried_for_ever(slack, redis, notebook, log):
    async def fail() -> None:
        raise TemporaryFailure("Slack")

    async with clicked(slack, redis, notebook, log, fail) as again:
        assert await again(25 * 3600) == 1
    assert [event for event, _ in log] == ["delivery_expired"]
    assert await RedisDeliveries(redis).waiting() == 0


async def test_who_cannot_even_be_told_of_a_defect_stops_nothing(
    slack, redis, notebook, log
):
    async def fail() -> None:
        raise ZeroDivisionError

    async def give_up(_delivery) -> None:
        raise ZeroDivisionError

    notebook.give_up = give_up
    async with clicked(slack, redis, notebook, log, fail) as again:
        for _ in range(6):
            await again(40)
    assert await RedisDeliveries(redis).waiting() == 0


async def test_what_is_written_in_one_thread_is_dealt_with_in_its_order(
    slack, socket, inbox, notebook
):
    parent = await card(slack)
    for number in range(10):
        await slack.anna.type("care", f"note {number}", thread_ts=parent.ts)
        await slack.settle()
    await inbox.settle()
    assert [body["text"] for body in notebook.bodies] == [
        f"note {number}" for number in range(10)
    ]


async def test_own_messages_links_that_unfold_and_joins_are_nothing(
    slack, socket, inbox, notebook
):
    parent = await card(slack)
    newcomer = slack.add_user("cleo")
    await newcomer.join(slack.channel("care"))
    await slack.anna.type("care", "not in a thread")
    said = await slack.anna.type("care", "see https://example.com", thread_ts=parent.ts)
    await slack.anna.edit(said, "see https://example.com")
    await slack.anna.react(said, "eyes")
    await slack.settle()
    await inbox.settle()
    assert [body["text"] for body in notebook.bodies] == ["see <https://example.com>"]


async def test_edits_and_deletions_are_heard_once_each(slack, socket, inbox, notebook):
    parent = await card(slack)
    slack.faults.double_events(3, new_ids=True)
    said = await slack.anna.type("care", "frist", thread_ts=parent.ts)
    await slack.settle()
    await slack.anna.edit(said, "first")
    await slack.settle()
    await slack.anna.delete(said)
    await slack.settle()
    await inbox.settle()
    assert [body["type"] for body in notebook.bodies] == [
        "written",
        "edited",
        "deleted",
    ]


async def test_no_secret_and_no_copy_of_a_card_is_stored(
    slack, socket, inbox, notebook
):
    await slack.anna.click(await card(slack), "case_claim")
    await inbox.settle()
    stored = str(notebook.bodies)
    assert "verification-token" not in stored
    assert "response_url" not in stored
    assert "plain_text" not in str(notebook.bodies[0]["message"])


async def test_two_processes_share_what_comes_and_each_thing_is_done_once(
    slack, server, log
):
    notebooks = [Notebook(), Notebook()]
    clients = [connect(server.address) for _ in notebooks]
    inboxes = [
        make_inbox(client, notebook, clock=SystemClock(), log=log)
        for client, notebook in zip(clients, notebooks, strict=True)
    ]
    message = await card(slack)
    clock = SystemClock()
    async with (
        socket_to(slack, inboxes[0], clock=clock, log=log),
        socket_to(slack, inboxes[1], clock=clock, log=log),
    ):
        slack.faults.double_events(4, new_ids=True)
        for number in range(30):
            await slack.anna.type("care", f"note {number}", thread_ts=message.ts)
        await slack.settle()
        for inbox in inboxes:
            await inbox.settle()
            await inbox.step()
            await inbox.settle()
    done = [key for notebook in notebooks for key in notebook.dealt]
    assert len(done) == len(set(done)) == 30
    for client in clients:
        await client.close()
