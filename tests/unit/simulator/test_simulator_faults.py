"""What goes wrong on the simulated network when it is told to."""

from __future__ import annotations

import pytest

from bot.channels.simulator import Fault
from bot.model.outgoing import CannotTell, Refused, Sent, Unknown
from tests.unit.simulator.helpers import direct_to, incoming, run


async def test_a_fault_happens_as_often_as_it_was_set(channel, network):
    network.direct("ada", "hi")
    network.faults.set(Fault.RATE_LIMITED, times=2)
    results = [await channel.send(direct_to("ada")) for _ in range(3)]
    limited = Refused("rate_limited", permanent=False)
    assert results[:2] == [limited, limited]
    assert isinstance(results[2], Sent)
    assert network.faults.armed() == {}


async def test_a_fault_without_a_count_lasts_until_it_is_cleared(channel, network):
    network.direct("ada", "hi")
    network.faults.set(Fault.LOOKUP_FAILS, times=None)
    for _ in range(5):
        assert await channel.find_sent(direct_to("ada")) == CannotTell()
    network.faults.clear()
    assert await channel.find_sent(direct_to("ada")) != CannotTell()


def test_a_fault_that_happens_less_than_once_is_a_mistake(network):
    with pytest.raises(ValueError, match="at least once"):
        network.faults.set(Fault.MALFORMED, times=0)


async def test_clearing_one_fault_leaves_the_others(network):
    network.faults.set(Fault.MALFORMED)
    network.faults.set(Fault.DELIVER_LATE, times=3)
    network.faults.clear(Fault.MALFORMED)
    assert {fault: a.times for fault, a in network.faults.armed().items()} == {
        Fault.DELIVER_LATE: 3
    }


async def test_a_fault_set_by_one_process_is_obeyed_by_another(path, channel, network):
    network.direct("ada", "hi")
    run("network.faults.set(Fault.DROP_REQUEST)", path)
    assert await channel.send(direct_to("ada")) == Unknown()
    assert isinstance(await channel.send(direct_to("ada")), Sent)


async def test_a_refusal_whose_answer_is_lost_is_unknown_too(channel, network):
    network.faults.set(Fault.LOSE_ANSWER)
    assert await channel.send(direct_to("stranger")) == Unknown()
    assert network.ledger() == []


async def test_a_late_message_comes_in_the_end_even_if_none_overtakes_it(
    channel, network, clock
):
    network.faults.set(Fault.DELIVER_LATE)
    late = network.direct("ada", "hi")
    assert await incoming(channel) == []
    clock.advance(5)
    assert await incoming(channel) == [late]
    assert await incoming(channel) == [late]
