"""A model is replaced while messages are read: none of them waits for it."""

from __future__ import annotations

import threading
import time
import weakref

import pytest

from bot.nlu.engine import RasaEngine, load_model
from bot.nlu.evaluation import load_held_out
from tests.builders import ROOT

CONFIG = ROOT / "config.yml"
RELOADS = 6
LIMIT_MS = 50.0


@pytest.fixture(scope="module")
def texts() -> list[str]:
    held_out = load_held_out([ROOT / "tests" / "nlu" / "held_out_a.jsonl"])
    return [message.text for message in held_out]


class Load:
    """Reads one text after another in a thread, and how long each took.

    Time is the lesser of what passed and what all threads of this process used of the
    cores: a parse that waits for the loading shows in both, while what other programs
    do shows in the first only, and what is loaded on another core in the second only.
    """

    def __init__(self, engine: RasaEngine, texts: list[str]) -> None:
        self._engine, self._texts = engine, texts
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self.took_ms: list[float] = []

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._over.is_set():
            for text in self._texts:
                began, used = time.perf_counter(), time.process_time()
                self._engine.read_now([text])
                passed = time.perf_counter() - began, time.process_time() - used
                self.took_ms.append(1000 * min(passed))


def test_a_reload_under_load_never_stalls_a_parse(model, texts, findings):
    engine = RasaEngine(load_model(model, config=CONFIG))
    with Load(engine, texts) as load:
        while len(load.took_ms) < len(texts):
            time.sleep(0.01)
        worst = []
        for _ in range(RELOADS):
            before = len(load.took_ms)
            engine.use(load_model(model, config=CONFIG))
            meanwhile = load.took_ms[before:]
            assert len(meanwhile) > 20, "messages were read meanwhile"
            worst.append(max(meanwhile))
    engine.close()
    # What loading itself holds up, it holds up each time; neighbours do not.
    findings.tell(f"a parse took {min(worst):.1f} ms at most while a model was loaded")
    assert min(worst) <= LIMIT_MS


async def test_the_next_batch_is_read_with_the_new_model_and_the_old_one_goes(
    model, texts
):
    old = load_model(model, config=CONFIG)
    engine = RasaEngine(old)
    before = await engine.read(texts[:20])
    gone = weakref.ref(old.agent)
    del old
    engine.use(load_model(model, config=CONFIG))
    assert await engine.read(texts[:20]) == before
    assert gone() is None
    engine.close()
