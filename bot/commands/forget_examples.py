"""What `firstline forget` does about the training data."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Console
from rich.markup import escape

from bot.clock import SystemClock
from bot.errors import ConfigError, InputError
from bot.flow.taking_back import TakenBack, items_of, may_have_taught, take_back
from bot.model.event import Event
from bot.model.review import ReviewId
from bot.open_corpus import open_corpus
from bot.policy_file import load_policy
from bot.settings import Settings
from bot.store.whole import Store

_OLD_MODELS = (
    "Models that were trained with them keep their words, as does Git's history: train, "
    "promote, and have the folder's other copies follow."
)


async def forget_examples(
    settings: Settings,
    store: Store,
    events: Sequence[Event],
    *,
    message: str,
    console: Console,
) -> bool:
    """Take out the examples that have a customer's words, or those of one message.

    `events` are all of the customer's. Returns False if it has to be repeated, here or
    where the training data are.
    """
    items = items_of(events, store.reviews.id_of, message=message)
    try:
        done = await _take_back(settings, items)
    except (ConfigError, InputError) as error:
        if not may_have_taught(events, items):
            return True
        told = f"The training data may hold their words and were not changed: {error}"
        again = "Repeat this where they can be written."
        console.print(escape(f"{told} {again}"), soft_wrap=True)
        return False
    if done.examples or done.alone:
        await store.forgetting.note_corpus(
            events[0].customer,
            examples=done.examples,
            left=len(done.alone),
            now=SystemClock().now(),
        )
        console.print(escape(_says(done)), soft_wrap=True)
    return not done.alone


async def _take_back(settings: Settings, items: Collection[ReviewId]) -> TakenBack:
    policy = load_policy(settings.policy)
    corpus = open_corpus(settings, lambda: policy).corpus
    return await take_back(corpus, items, now=SystemClock().now())


def _says(done: TakenBack) -> str:
    lines = [f"Training data: removed {done.examples} examples with these words."]
    if done.alone:
        lines.append(
            f"One stays in {', '.join(done.alone)}, which has no other: write some there."
        )
    return " ".join([*lines, _OLD_MODELS])
