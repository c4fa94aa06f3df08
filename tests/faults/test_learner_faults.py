"""The review queue through random days: outages at any call, deaths, edits, forgetting.

Whatever happened, it ends as a calm learner would have filled it, each item says what
its message says now, and nothing is left of what was deleted.
"""

from __future__ import annotations

import random
from string import ascii_lowercase

import pytest

from bot.errors import StoreUnavailable
from bot.flow.duty import LENGTH
from bot.flow.learner import READER
from bot.model.case import AgentId
from bot.model.message import CustomerId, MessageId
from bot.store.forgetting import RedisForgetting, cases_in
from tests.builders import NOON
from tests.first_line import FirstLine, on_simulator

ANN = AgentId("ann")
PEOPLE = ("alice", "bob", "carol")
TEXTS = (
    "order_status 0.3 where might my things be {}",
    "faq/delivery_cost 0.95 what does postage cost {}",
    "faq/delivery_cost 0.3 what about postage {}",
    "do you rent out hedgehogs {}",
    "refund_status 0.97 money back please {}",
    "deny 0.95 no {}",
)
SEEDS = 12
STEPS = 40


class Trouble:
    """Makes calls of the store fail, before or after they have had their effect."""

    def __init__(self, line: FirstLine, rng: random.Random, monkeypatch) -> None:
        self._rng, self.on = rng, False
        for part, name in (
            (line.reviews, "add"),
            (line.reviews, "transcript"),
            (line.reviews, "drop"),
            (line.events, "since"),
            (line.events, "keep_bookmark"),
        ):
            monkeypatch.setattr(part, name, self._troubled(getattr(part, name)))

    def _troubled(self, call):
        async def troubled(*args, **kwargs):
            fate = self._rng.random() if self.on else 1.0
            if fate < 0.1:
                raise StoreUnavailable("gone before")
            answer = await call(*args, **kwargs)
            if fate < 0.2:
                raise StoreUnavailable("gone after")
            return answer

        return troubled


class Days:
    """What happens to one line, drawn from a seed."""

    def __init__(self, line: FirstLine, redis, rng: random.Random) -> None:
        self.line, self.rng = line, rng
        self._forgetting = RedisForgetting(redis)
        self.learner = line.new_learner()
        self.written: dict[str, tuple[str, str]] = {}  # message -> who, word
        self.gone: set[str] = set()
        self._count = 0

    async def live(self, trouble: Trouble) -> None:
        acts = (self.write,) * 6 + (self.learn,) * 5
        acts += (self.edit, self.delete, self.forget, self.correct, self.die)
        for _ in range(STEPS):
            trouble.on = True
            try:
                await self.rng.choice(acts)()
            except StoreUnavailable:
                pass
            finally:
                trouble.on = False

    def _word(self) -> str:
        self._count += 1
        letters = ascii_lowercase[self._count // 26] + ascii_lowercase[self._count % 26]
        return f"wort{letters}"  # digits would be masked

    async def write(self) -> None:
        who, word = self.rng.choice(PEOPLE), self._word()
        text = self.rng.choice(TEXTS).format(word)
        self.line.clock.advance(self.rng.choice((5, 60, 3600)))
        id_ = self.line.channel.network.direct(who, text)
        self.written[id_] = (who, word)
        await self.line.settle()

    async def edit(self) -> None:
        if self.written:
            id_ = self.rng.choice(list(self.written))
            who, old = self.written[id_]
            self.line.clock.advance(1)
            word = self._word()
            self.line.channel.network.edit(id_, f"order_status 0.3 other {word}")
            self.gone.add(old)
            self.written[id_] = (who, word)
            await self.line.settle()

    async def delete(self) -> None:
        if self.written:
            id_ = self.rng.choice(list(self.written))
            _, word = self.written.pop(id_)
            self.line.channel.network.delete(id_)
            self.gone.add(word)
            await self.line.settle()

    async def forget(self) -> None:
        name = self.rng.choice(PEOPLE)
        who = CustomerId(f"simulator:{name}")
        (shard, *_) = self.line.events.shards_for(who)
        events = [e async for e in self.line.events.every(shard) if e.customer == who]
        cases = cases_in(events)
        now = self.line.clock.now()
        await self._forgetting.forget(who, cases, by="ann", now=now)
        theirs = [id_ for id_, (of, _) in self.written.items() if of == name]
        self.gone |= {self.written.pop(id_)[1] for id_ in theirs}

    async def correct(self) -> None:
        views = (await self.line.relay.open_cases()).views
        if views:
            case = self.rng.choice(views).case.id
            label = self.rng.choice(("stock_question", "membership"))
            await self.line.relay.correct(case, ANN, label)

    async def learn(self) -> None:
        await self.learner.step()

    async def die(self) -> None:
        self.line.clock.advance(LENGTH.total_seconds() + 1)
        self.learner = self.line.new_learner()


async def calm(line: FirstLine) -> dict[MessageId, str]:
    """Let a new learner see everything; return message -> text of what is open."""
    line.clock.advance(LENGTH.total_seconds() + 1)
    learner = line.new_learner()
    while await learner.step():
        pass
    return {item.message: item.text for item in await line.reviews.open()}


async def kept_of_reviews(redis) -> str:
    names = [key async for key in redis.scan_iter("{s??}review:*")]
    return "\n".join([str(await redis.hgetall(name)) for name in names])


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_it_ends_as_a_calm_day_would_have(seed, redis, tmp_path, monkeypatch):
    rng = random.Random(seed)
    line = on_simulator(redis, tmp_path)
    trouble = Trouble(line, rng, monkeypatch)
    days = Days(line, redis, rng)
    await days.live(trouble)
    after = await calm(line)
    kept = await kept_of_reviews(redis)
    assert not [word for word in days.gone if word in kept]
    for message, text in after.items():
        assert days.written[message][1] in text
    await line.reviews.drop(await line.reviews.listed())
    await line.events.keep_bookmark(READER, line.events.before(NOON))
    assert await calm(line) == after


async def test_the_days_are_worth_their_name(redis, tmp_path, monkeypatch):
    """Some seeds end with items, some with words that are gone."""
    filled = gone = 0
    for seed in range(3):
        rng = random.Random(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        await redis.flushall()
        line = on_simulator(redis, folder)
        days = Days(line, redis, rng)
        await days.live(Trouble(line, rng, monkeypatch))
        filled += len(await calm(line))
        gone += len(days.gone)
    assert filled > 5
    assert gone > 2
