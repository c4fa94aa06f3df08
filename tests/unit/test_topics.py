"""What many ask for and no intent covers is proposed as a topic."""

from __future__ import annotations

import random
import time
from dataclasses import replace

from bot.flow.topics import FEWEST_CUSTOMERS, MOST_TEXTS, topics
from bot.model.message import CustomerId
from bot.model.review import Cause
from tests.unit.test_teaching import item

WRAPPING = (
    "do you offer gift wrapping at all",
    "can I get gift wrapping for this lamp?",
    "is there gift wrapping, it's for my mum",
    "gift wrapped please, can you?",
    "could you gift wrap it",
)
REPAIR = (
    "do you repair old kettles",
    "can somebody repair my kettle",
    "kettle repairs: do you do them",
    "where do I take my kettle to be repaired",
)
ODD = ("who won the match", "my cat is orange", "the moon looks huge tonight")


def items(*texts: str, start: int = 0):
    return [
        replace(
            item(start + n, Cause.FITS_NOTHING, text=text),
            customer=CustomerId(f"simulator:c{start + n}"),
        )
        for n, text in enumerate(texts)
    ]


def test_what_several_ask_for_becomes_a_topic_with_a_name():
    found = topics(items(*WRAPPING, *ODD, *REPAIR))
    assert [(topic.name, topic.size) for topic in found] == [
        ("gift_wrapping", 5),
        ("repair_kettle", 4),
    ]
    assert {one.text for one in found[0].items} == set(WRAPPING)


def test_one_person_who_repeats_themselves_is_no_topic():
    same = [
        replace(one, customer=CustomerId("simulator:bob")) for one in items(*WRAPPING)
    ]
    assert topics(same) == ()
    assert topics(items(*WRAPPING[: FEWEST_CUSTOMERS - 1])) == ()


def test_what_the_model_only_doubts_is_no_new_topic():
    doubted = [
        replace(one, findings=item(1, Cause.UNSURE).findings)
        for one in items(*WRAPPING)
    ]
    assert topics(doubted) == ()


def test_masks_are_no_words():
    texts = [f"<order_number> <email> {word}" for word in ("apple", "bridge", "cloud")]
    assert topics(items(*texts)) == ()


def test_the_same_items_give_the_same_topics_in_any_order():
    some = items(*WRAPPING, *ODD, *REPAIR)
    mixed = random.Random(3).sample(some, len(some))
    assert topics(mixed) == topics(some)


def test_a_full_queue_is_clustered_soon():
    words = [f"w{'abcdefghijklmnopqrst'[n % 20]}{'xyzuv'[n // 20]}" for n in range(100)]
    rng = random.Random(1)
    many = items(*(" ".join(rng.sample(words, 8)) for _ in range(2 * MOST_TEXTS)))
    began = time.process_time()
    topics(many)
    assert time.process_time() - began < 5
