"""A first line on a network with rules and prices."""

from __future__ import annotations

import pytest

from bot.model.message import Visibility
from tests.first_line import FirstLine, on_simulator
from tests.integration.network_rules.told import FIFTEEN, STRICT


@pytest.fixture
def line(redis, tmp_path) -> FirstLine:
    allowances = {Visibility.PRIVATE: (FIFTEEN,)}
    return on_simulator(redis, tmp_path, rules=STRICT, allowances=allowances)
