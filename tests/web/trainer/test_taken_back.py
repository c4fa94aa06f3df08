"""What a customer deletes goes from the data by itself, and the trainer is told."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from bot.channels.simulator.network import SimulatedNetwork
from bot.flow.deleted_words import LOOK_EVERY
from bot.model.change import AddExamples, Applied, Change
from bot.model.example import Label, Origin
from bot.model.message import CustomerId, MessageId
from bot.open_corpus import open_corpus
from tests.web.program import Program
from tests.web.trainer.project import SAVING_MS

STATUS = Label("order_status")
WORDS = "has my wolkenschaf been sent on its way"
DORA = CustomerId("simulator:dora")


def network(program: Program) -> SimulatedNetwork:
    return program.firstline.simulator.network


def words_in(program: Program) -> bool:
    """Tell whether the words stand in a file of the data."""
    files = (program.project / "data").rglob("*.yml")
    return any(WORDS in file.read_text("utf-8") for file in files)


async def taught(program: Program) -> str:
    """Let a customer write, and save the words as a trainer does; return the message."""
    firstline = program.firstline
    written = network(program).direct("dora", WORDS)
    reviews = firstline.store.reviews
    for _ in range(600):
        if (await reviews.transcript(DORA))[0]:
            break
        await asyncio.sleep(0.1)
    item = reviews.id_of(DORA, MessageId(written))
    corpus = open_corpus(firstline.settings, lambda: firstline.policy).corpus
    change = Change(
        by="Ben",
        why="as she said it",
        edits=(AddExamples(STATUS, (WORDS,)),),
        origin=Origin.CONSENT,
        item=item,
        copied={WORDS: (item,)},
    )
    state, now = await corpus.read(), firstline.clock.now()
    done = await corpus.apply(change, expected=state.version, now=now)
    assert isinstance(done, Applied)
    return written


async def removed(program: Program, message: str) -> None:
    network(program).delete(message)


async def test_a_deleted_message_takes_its_example_back_and_the_trainer_is_told(
    open_at, program
):
    message = program.run_inside(taught(program))
    assert words_in(program)
    program.run_inside(removed(program, message))
    for _ in range(round(LOOK_EVERY.total_seconds() + SAVING_MS / 1000)):
        if not words_in(program):
            break
        await asyncio.sleep(1)
    assert not words_in(program)
    page = await open_at("queue")
    told = page.locator("#taken-back")
    await expect(told).to_contain_text("1 example went from the data")
    await told.get_by_role("link", name="train and promote another").click()
    await expect(told).to_contain_text("has learned from them")
    log = page.locator(".log li").first
    await expect(log).to_contain_text("their customer deleted the message")
    await expect(log).to_contain_text("order_status −1")
