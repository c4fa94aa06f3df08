"""What a customer deletes or edits goes from the data by itself; the trainer is told."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from bot.channels.simulator.network import SimulatedNetwork
from bot.flow.deleted_words import LOOK_EVERY
from bot.model.change import AddExamples, Applied, Change
from bot.model.example import Label, Origin
from bot.model.message import CustomerId, MessageId
from bot.open_corpus import open_corpus
from tests.waiting import until
from tests.web.program import Program
from tests.web.trainer.project import SAVING_MS

STATUS = Label("order_status")
WORDS = {
    "dora": "has my wolkenschaf been sent on its way",
    "erik": "my nebelkerze was to be here by noon",
}


def network(program: Program) -> SimulatedNetwork:
    return program.firstline.simulator.network


def words_in(program: Program) -> set[str]:
    """Return whose words stand in a file of the data."""
    files = (program.project / "data").rglob("*.yml")
    whole = "\n".join(file.read_text("utf-8") for file in files)
    return {who for who, words in WORDS.items() if words in whole}


async def taught(program: Program, who: str) -> str:
    """Let a customer write, and save the words as a trainer does; return the message."""
    firstline, words = program.firstline, WORDS[who]
    customer = CustomerId(f"simulator:{who}")
    written = network(program).direct(who, words)
    reviews = firstline.store.reviews

    async def read() -> bool:
        return bool((await reviews.transcript(customer))[0])

    await until(read)
    item = reviews.id_of(customer, MessageId(written))
    corpus = open_corpus(firstline.settings, lambda: firstline.policy).corpus
    change = Change(
        by="Ben",
        why="as she said it",
        edits=(AddExamples(STATUS, (words,)),),
        origin=Origin.CONSENT,
        item=item,
        copied={words: (item,)},
    )
    state, now = await corpus.read(), firstline.clock.now()
    done = await corpus.apply(change, expected=state.version, now=now)
    assert isinstance(done, Applied)
    return written


async def removed(program: Program, message: str) -> None:
    network(program).delete(message)


async def edited(program: Program, message: str) -> None:
    network(program).edit(message, "my parcel was to be here by noon")


async def test_what_is_deleted_or_edited_takes_its_example_back_and_the_trainer_is_told(
    open_at, program
):
    deleted = program.run_inside(taught(program, "dora"))
    changed = program.run_inside(taught(program, "erik"))
    assert words_in(program) == set(WORDS)
    program.run_inside(removed(program, deleted))
    program.run_inside(edited(program, changed))
    for _ in range(round(LOOK_EVERY.total_seconds() + SAVING_MS / 1000)):
        if not words_in(program):
            break
        await asyncio.sleep(1)
    assert words_in(program) == set()
    page = await open_at("queue")
    told = page.locator("#taken-back")
    await expect(told).to_contain_text("2 examples went from the data")
    await expect(told).to_contain_text("deleted or edited the messages")
    await told.get_by_role("link", name="train and promote another").click()
    await expect(told).to_contain_text("has learned from them")
    log = page.locator(".log li")
    for why in ("their customer deleted", "their customer edited"):
        entry = log.filter(has_text=f"{why} the message")
        await expect(entry).to_contain_text("order_status −1")
