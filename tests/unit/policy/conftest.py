"""The shipped policy, and what is said of it after a change."""

import pytest

from bot.errors import ConfigError
from bot.policy_file import load_policy
from tests.unit.policy.shipped import SHIPPED


@pytest.fixture(scope="module")
def policy():
    return load_policy(SHIPPED)


@pytest.fixture
def broken(tmp_path):
    """Return what is said of the shipped policy after replacing one piece of it."""

    def problems_after(old, new, *, count=1):
        text = SHIPPED.read_text()
        assert text.count(old) >= 1, f"{old!r} is not in the policy"
        path = tmp_path / "policy.yml"
        path.write_text(text.replace(old, new, count))
        with pytest.raises(ConfigError) as caught:
            load_policy(path)
        return [line.removeprefix(str(path)) for line in str(caught.value).split("\n")]

    return problems_after
