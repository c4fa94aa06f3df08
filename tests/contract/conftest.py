"""Every channel, each on a network of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.ports import Channel
from tests.contract.harness import HARNESSES, ChannelHarness


@pytest.fixture(params=HARNESSES, ids=lambda harness: harness.__name__)
def network(request, tmp_path) -> Iterator[ChannelHarness]:
    made = request.param(tmp_path)
    yield made
    made.close()


@pytest.fixture
def channel(network) -> Channel:
    return network.channel
