"""Reading runs in a thread beside the event loop, and leaves it room."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.model.message import MAX_TEXT
from bot.nlu import engine as engine_module
from bot.nlu.engine import RasaEngine

TICK_S = 0.01
LONG = (
    "Hi @fernhollow I ordered a sofa on the 3rd, order FH-482913, it was meant to "
    "come today between 8 and 12 and nobody has been, I took a day off for this!! "
)


@pytest.fixture(scope="module")
def engine(loaded_model):
    made = RasaEngine(loaded_model)
    yield made
    made.close()


async def test_256_long_texts_never_hold_up_the_event_loop_for_50_ms(engine):
    """By the reader's own processor time, which a busy machine does not stretch.

    The loop may have to wait for a core while the reader has one: what reading itself
    holds up, it holds up each time; neighbours do not.
    """
    texts = [LONG * 5 + str(number) for number in range(256)]
    await engine.read(texts[:2])  # the first call makes the thread
    (thread,) = engine._thread._threads
    clock = time.pthread_getcpuclockid(thread.ident)
    taken: list[float] = []
    worst: list[float] = []

    async def tick():
        while True:
            before = time.clock_gettime(clock)
            await asyncio.sleep(TICK_S)
            taken.append(time.clock_gettime(clock) - before)

    ticking = asyncio.create_task(tick())
    for _ in range(3):
        taken.clear()
        assert len(await engine.read(texts)) == 256
        worst.append(max(taken))
    ticking.cancel()
    assert min(worst) < TICK_S + 0.05


async def test_texts_are_read_in_bounded_batches_and_keep_their_order(
    engine, monkeypatch
):
    sizes = []
    read_now = engine.read_now

    def noted(batch):
        sizes.append(sum(map(len, batch)))
        return read_now(batch)

    monkeypatch.setattr(engine, "read_now", noted)
    monkeypatch.setattr(engine_module, "BATCH_CHARACTERS", 2 * MAX_TEXT)
    long = "x" * MAX_TEXT
    texts = ["how much is delivery?", long, long, "do you have gift cards?"]
    readings = await engine.read(texts)
    assert sizes == [MAX_TEXT + 21, MAX_TEXT + 23]
    assert readings[0].top.faq == "delivery_cost"
    assert readings[3].top.faq == "gift_cards"
    assert await engine.read([]) == []
