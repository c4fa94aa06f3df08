"""What the bot's first direct message says, and what its invitations ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model.network_rules import NetworkRules
from tests.builders import POLICY
from tests.first_line import FirstLine, on_simulator
from tests.ledger import received

LINK = "https://elsewhere.example/data"


@pytest.fixture
def line(redis, tmp_path, rules, privacy) -> FirstLine:
    policy = replace(POLICY, x=replace(POLICY.x, privacy_link=privacy))
    return on_simulator(redis, tmp_path, policy=policy, rules=rules)


async def heard(line) -> list[str]:
    for text in ("faq/return_policy 0.9", "faq/delivery_times 0.9"):
        line.channel.network.direct("alice", text)
        await line.settle()
    return received(line)


@pytest.mark.parametrize(
    ("rules", "privacy", "times"),
    [
        (NetworkRules(wants_privacy_link=True), LINK, 1),
        (NetworkRules(wants_privacy_link=True), "", 0),
        (NetworkRules(), LINK, 0),
    ],
)
async def test_the_first_direct_message_links_the_policy_where_the_network_wants_it(
    line, times
):
    first, *others = await heard(line)
    assert "automated assistant" in first
    assert first.count(LINK) == times
    assert others
    assert not any("automated assistant" in text or LINK in text for text in others)


@pytest.mark.parametrize("rules", [NetworkRules(wants_privacy_link=True)])
@pytest.mark.parametrize("privacy", [POLICY.x.privacy_link])
async def test_a_link_that_the_introduction_has_is_not_said_twice(line):
    first, *_ = await heard(line)
    assert first.count(POLICY.x.privacy_link) == 1


@pytest.mark.parametrize("rules", [NetworkRules()])
@pytest.mark.parametrize("privacy", [""])
async def test_only_what_asks_for_a_direct_message_is_an_invitation(line, monkeypatch):
    sent = []
    send = line.channel.send

    async def noting(outgoing):
        sent.append(outgoing)
        return await send(outgoing)

    monkeypatch.setattr(line.channel, "send", noting)
    for account, text in (
        ("alice", "order_status 0.9"),
        ("bob", "faq/return_policy 0.9"),
    ):
        line.channel.network.post(account, f"@{POLICY.handle} {text}")
        await line.settle()
    assert [(one.handle, one.invites) for one in sent] == [
        ("alice", True),
        ("bob", False),
    ]
