"""A load is fixed before it runs, unique in its texts, and of the asked mix."""

from __future__ import annotations

import pytest

from bot.bench.figures import Latency
from bot.bench.load import FACTS_AFTER_S, Load
from bot.bench.network import Network
from bot.bench.texts import Writer
from bot.nlu.data import Example

EXAMPLES = [
    Example(text=f"{label} {number}", label=label, file="", line=1)
    for label in ("faq/stores", "thanks", "delivery_late")
    for number in range(20)
]


@pytest.fixture
def writer() -> Writer:
    return Writer(EXAMPLES, seed=3)


def test_no_two_texts_are_equal(writer):
    texts = [writer.message() for _ in range(5_000)]
    assert len(set(texts)) == len(texts)


def test_half_of_the_texts_ask_what_the_faq_answers(writer):
    texts = [writer.message() for _ in range(4_000)]
    assert 0.46 < sum("faq/" in text for text in texts) / len(texts) < 0.54


def test_the_same_load_comes_at_the_same_times_with_the_same_texts(writer):
    load = Load(name="l", count=300, rate=50)
    again = Writer(EXAMPLES, seed=3)
    assert load.arrivals(writer) == load.arrivals(again)


def test_messages_come_at_the_asked_rate_in_the_order_of_time(writer):
    arrivals = Load(name="l", count=2_000, rate=100).arrivals(writer)
    moments = [arrival.after_s for arrival in arrivals]
    assert moments == sorted(moments)
    assert 18 < moments[-1] < 22
    assert len({arrival.id for arrival in arrivals}) == 2_000


def test_most_customers_write_once_and_a_fifth_of_the_messages_are_of_regulars(writer):
    arrivals = Load(name="l", count=4_000, rate=100).arrivals(writer)
    regular = [a for a in arrivals if a.account.startswith("regular")]
    assert 0.17 < len(regular) / len(arrivals) < 0.23


def test_a_share_of_the_messages_are_turns_of_a_dialogue(writer):
    load = Load(name="l", count=8_000, rate=100, dialogue=0.05, repeating=0.0)
    arrivals = load.arrivals(writer)
    by_account: dict[str, list[float]] = {}
    for arrival in arrivals:
        by_account.setdefault(arrival.account, []).append(arrival.after_s)
    pairs = [moments for moments in by_account.values() if len(moments) == 2]
    assert 0.04 < 2 * len(pairs) / len(arrivals) < 0.06
    assert all(b - a == pytest.approx(FACTS_AFTER_S) for a, b in pairs)


def test_latencies_are_nearest_ranks():
    latency = Latency.of([float(n) for n in range(1, 101)])
    assert (latency.p50, latency.p95, latency.p99, latency.max) == (50, 95, 99, 100)
    assert Latency.of([]).max == 0.0


def test_a_planned_message_is_not_there_before_its_moment(writer):
    network = Network()
    network.plan([a.plain() for a in Load(name="l", count=9, rate=1).arrivals(writer)])
    assert network.page(0) == b'{"next":0,"messages":[]}'
