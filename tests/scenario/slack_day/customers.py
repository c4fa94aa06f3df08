"""Customers of a day: they ask what only people can answer, and come back to it."""

from __future__ import annotations

import random

from bot.nlu.data import load_examples
from tests.builders import POLICY, ROOT
from tests.scenario.slack_day.day import Day

NEWS = (
    "are you still there?",
    "hello? any news",
    "I also wrote you an email about this",
    "ok thank you, I wait",
)
AGAIN = 0.6  # of them write more than once
PRIVATE = 0.6


def openings() -> list[str]:
    """Return what people have to answer: the training data's own words."""
    wanted = {
        label
        for label, rule in POLICY.intents.items()
        if rule.handling.value == "hand_off"
    }
    texts = [e.text for e in load_examples(ROOT / "data" / "nlu") if e.label in wanted]
    return list(dict.fromkeys(texts))


async def come(day: Day, chance: random.Random, *, count: int, over_s: int) -> None:
    """Let `count` customers write, spread over so many seconds, and some of them again."""
    first = chance.sample(openings(), count)
    moments = sorted(chance.uniform(0, over_s) for _ in range(count))
    plan = [
        (at, n, text) for n, (at, text) in enumerate(zip(moments, first, strict=True))
    ]
    for at, n, _ in list(plan):
        later = at
        while chance.random() < AGAIN:
            later += chance.uniform(2, over_s / 3)
            plan.append((later, n, chance.choice(NEWS)))
    began, posts = day.clock.now(), dict[int, str]()
    for at, n, text in sorted(plan):
        while (day.clock.now() - began).total_seconds() < at:
            await day.seconds(1)
        _write(day, n, text, posts)


def _write(day: Day, n: int, text: str, posts: dict[int, str]) -> None:
    network, account = day.line.simulator.network, f"customer{n}"
    if n % 10 < 10 * PRIVATE:
        network.direct(account, text)
    else:
        said = f"@{POLICY.handle} {text}"
        posts[n] = network.post(account, said, in_reply_to=posts.get(n))
