"""A model reads beside the live one on real traffic: counted right, waited for by nobody.

Two trained models that differ in what they learned, the program as people start it, and
the shadow in a process of its own that is stopped, killed and started again.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.bench.processes import own_mb
from bot.channels.simulator import SimulatedNetwork
from bot.clock import SystemClock
from bot.flow.audit import audit
from bot.flow.weight import weighed
from bot.model.event import EventType
from bot.model.shadow import Pair, ShadowRun
from bot.nlu.engine import RasaEngine, load_model
from bot.nlu.shelf import ModelShelf, name_of
from bot.nlu.training import train
from bot.open_store import open_store
from bot.policy_file import load_policy
from bot.settings import Settings
from bot.store.whole import Store
from tests.faults.started import Run
from tests.machines import BETTER
from tests.small_project import examples_of, small_project, write_examples
from tests.waiting import PATIENCE_S, until

SWAPPED = ("faq/delivery_cost", "faq/gift_cards")
LABELS = (*SWAPPED, "order_status", "refund_status", "faq/stores", "damaged_item")
WARM = "thanks a lot, bye"
EACH = 60  # messages of one part
MAY_GROW_MB = 40


@dataclass(frozen=True)
class Two:
    """A project and its two models: that of its files, and one of swapped examples."""

    project: Path
    folder: Path
    live: Path
    shadow: Path
    texts: list[str]

    async def pairs(self, texts: list[str]) -> Counter[Pair]:
        """Return what both make of `texts`, asked apart from any program."""
        policy = load_policy(self.project / "data" / "policy.yml")
        tops = []
        for path in (self.live, self.shadow):
            engine = RasaEngine(load_model(path, config=self.project / "config.yml"))
            tops.append(
                [weighed(r, policy).top.label for r in await engine.read(texts)]
            )
            engine.close()
        return Counter(Pair(*each) for each in zip(*tops, strict=True))


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> Two:
    project = small_project(tmp_path_factory.mktemp("two") / "project")
    folder = project.parent / "models"
    examples, (one, other) = examples_of(project), SWAPPED
    swapped = examples | {one: examples[other], other: examples[one]}
    shadow = trained(project, folder, swapped)
    live = trained(project, folder, examples)
    texts = [text for label in LABELS for text in examples[label][:10]]
    return Two(project, folder, live, shadow, texts)


def trained(project: Path, folder: Path, examples: dict[str, list[str]]) -> Path:
    write_examples(project, examples)
    path = train(project, folder, progress=print)
    shelf = ModelShelf(project, folder)
    shelf.note(name_of(path), by="tara", why="tests", at=SystemClock().now())
    shelf.judge(name_of(path), BETTER)
    return path


@pytest.fixture
def run(tmp_path, two) -> Iterator[Run]:
    made = Run(tmp_path / "var", two.live, project=two.project)
    yield made
    if made.process.poll() is None:
        made.stop()


@asynccontextmanager
async def opened(run: Run, two: Two) -> AsyncIterator[Store]:
    settings = Settings.from_env(two.project, {"FIRSTLINE_VAR": str(run.folder)})
    async with open_store(settings) as store:
        yield store


class Shadow:
    """`firstline model shadow` as a process."""

    def __init__(self, run: Run, model: Path) -> None:
        self._run, self._name = run, name_of(model)
        self._said = run.folder / "shadow"

    def start(self) -> None:
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [*(sys.executable, "-m", "bot", "model", "shadow"), self._name],
                cwd=self._run.project,
                env={**self._run.env, "COLUMNS": "200"},
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self._said.read_text()

    def signal(self, how: int) -> None:
        self.process.send_signal(how)

    def end(self) -> int:
        return self.process.wait(timeout=PATIENCE_S)


class Crowd:
    """Customers who each write once."""

    def __init__(self, run: Run, store: Store) -> None:
        self.network = SimulatedNetwork(
            run.folder / "simulator.db", brand_handle="fernhollow", clock=SystemClock()
        )
        self._store, self.written = store, list[str]()

    def write(self, texts: list[str]) -> None:
        for text in texts:
            self.network.direct(f"c{len(self.written)}", text)
            self.written.append(text)

    async def labels(self) -> Counter[str]:
        """Return as what the program has read messages."""
        found = Counter[str]()
        for shard in self._store.events.shards:
            async for event in self._store.events.every(shard):
                if event.type is EventType.MESSAGE_HANDLED:
                    found[event.facts["label"]] += 1
        return found

    async def until_read(self) -> None:
        """Wait until all are read."""
        await until(self._all_are_read)

    async def _all_are_read(self) -> bool:
        return (await self.labels()).total() == len(self.written)


async def test_it_counts_rightly_through_a_kill_and_a_standstill_and_nobody_waits(
    run, two, findings
):
    run.start()
    run.until_ready()
    run.until(lambda: "model_introduced" in run.said())
    shadow, texts = Shadow(run, two.shadow), two.texts[:EACH]
    warm, once = await two.pairs([WARM]), await two.pairs(texts)
    assert not warm.keys() & once.keys()
    assert any(pair.differs for pair in once)
    async with opened(run, two) as store:
        crowd = Crowd(run, store)

        async def counted() -> Counter[Pair]:
            found = await store.shadow.tally(ShadowRun(name_of(two.shadow), 1))
            return Counter(found.pairs)

        async def begun() -> bool:
            assert shadow.process.poll() is None, shadow.said
            crowd.write([WARM])
            await asyncio.sleep(1)
            return bool(await counted())

        async def reaches(expected: Counter[Pair]) -> bool:
            found = Counter({p: n for p, n in (await counted()).items() if p in once})
            assert found <= expected, "something was counted twice"
            return found == expected

        shadow.start()
        await until(begun)
        await crowd.until_read()
        before_mb = own_mb(shadow.process.pid)

        crowd.write(texts)
        await asyncio.sleep(1)
        shadow.signal(signal.SIGKILL)
        shadow.end()
        crowd.write(texts)
        await crowd.until_read()
        shadow.start()
        await until(lambda: reaches(once + once))

        shadow.signal(signal.SIGSTOP)
        crowd.write(texts)
        began = time.monotonic()
        await crowd.until_read()
        findings.tell(
            f"{EACH} messages were read in {time.monotonic() - began:.1f} s while the "
            "shadow stood still"
        )
        assert await reaches(once + once)
        shadow.signal(signal.SIGCONT)
        await until(lambda: reaches(once + once + once))
        after_mb = own_mb(shadow.process.pid)
        findings.tell(f"a shadow's own memory: {before_mb:.0f}, then {after_mb:.0f} MB")
        assert after_mb < before_mb + MAY_GROW_MB

        shadow.signal(signal.SIGINT)
        assert shadow.end() == 0
        assert "messages and agree on" in shadow.said
        assert (await store.models.standing()).shadow is None
        labels = await crowd.labels()
        assert {label: labels[label] for label in live(once)} == live(
            once + once + once
        )
        assert (await audit(store.events, now=SystemClock().now())).findings == []
    assert run.stop() == 0


def live(pairs: Counter[Pair]) -> Counter[str]:
    """Return how often the live model reads each label."""
    found = Counter[str]()
    for pair, count in pairs.items():
        found[pair.live] += count
    return found
