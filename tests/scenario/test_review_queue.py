"""What trainers see of customers' words, with the really trained model: nothing personal."""

from __future__ import annotations

import random
import re

from bot.model.review import Cause
from tests.scenario.conftest import ANN

# What no line of the queue may hold, each planted in a message of its own customer.
CARDS = ("4242 4242 4242 4242", "5555-5555-5555-4444", "378282246310005")
MAILS = (
    "nell.carter@mail.example",
    "jo (at) post dot example",
    "k.lee+shop@mail.example",
)
PHONES = ("07700 900123", "+44 20 7946 0991", "0044 7700 900 456", "(0117) 496 0123")
OTHERS = ("FH-482913", "fh 77 12 09", "BS1 4DJ", "12 Acacia Avenue", "Wolkenschaf")
NAMES = ("my name is {}", "{} here, I'm {}", "Thanks, {}", "ask for Mrs {}")
MATTERS = (
    "do you rent out hedgehogs {}",
    "the thing with the thing is not thinging {}, you know",
    "can it be done the other way round? {}",
    "blorp fnord quux {} zzyx",
    "I wonder whether that could be somehow possible {} for me",
    "my matter from last time {}, what now",
)


def _left_of(secret: str) -> list[str]:
    """Return the parts by which one would know the secret again."""
    pieces = secret.replace("-", " ").replace("(", " ").replace(")", " ").split()
    return [piece for piece in pieces if len(piece) > 3 and piece.lower() != "mail"]


async def everything_about_the_queue(redis) -> str:
    kept = []
    async for key in redis.scan_iter("{s??}review*"):
        kind = await redis.type(key)
        read = redis.hgetall if kind == "hash" else None
        kept.append(
            f"{key} {await read(key) if read else await redis.zrange(key, 0, -1)}"
        )
    return "\n".join(kept)


async def test_no_planted_card_phone_or_address_comes_into_the_queue(story, capsys):
    rng = random.Random(5)
    secrets = [*CARDS, *MAILS, *PHONES, *OTHERS[:-1]]
    for number in range(120):
        secret, matter = secrets[number % len(secrets)], rng.choice(MATTERS)
        name = NAMES[number % len(NAMES)].replace("{}", "Wolkenschaf")
        story.direct(f"c{number}", f"{matter.format(secret)}. {name}")
    await story.later()
    while await story.line.learner.step():
        pass
    items = await story.line.store.reviews.open()
    assert len(items) > 60
    kept = await everything_about_the_queue(story.line.store.reviews._redis)
    logged = capsys.readouterr()
    texts = re.sub("<[a-z_]+>", "", "\n".join(item.text for item in items))
    for secret in secrets:
        assert secret not in kept
        for part in _left_of(secret):
            assert part not in texts, (secret, part)
            assert part not in logged.out + logged.err
    assert "Wolkenschaf" not in kept
    for mask in ("<card>", "<email>", "<phone>", "<order_number>", "<name>"):
        assert mask in kept


async def test_a_trainer_sees_what_was_misread_and_what_may_be_missing(story):
    for number, text in enumerate(
        (
            "do you do gift wrapping",
            "is gift wrapping possible?",
            "gift wrapping for my gran please",
            "could you gift wrap the lamp",
        )
    ):
        story.direct(f"w{number}", text)
    story.direct("mia", "I wonder whether that could be somehow possible for me")
    await story.later()
    mias = (await story.line.relay.search("mia"))[0]
    await story.line.relay.claim(mias.id, ANN)
    await story.line.relay.correct(mias.id, ANN, "stock_question")
    while await story.line.learner.step():
        pass
    page = await story.line.review_queue.page()
    first = page.groups[0].items[0]
    assert first.proposed == "stock_question"
    assert Cause.CORRECTED in first.causes
