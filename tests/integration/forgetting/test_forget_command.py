"""`firstline forget`, as an operator uses it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.commands import forget as command
from bot.errors import InputError
from bot.model.message import (
    ContextPost,
    CustomerId,
    Relation,
)
from bot.settings import Slack
from tests.builders import ALICE, message
from tests.integration.forgetting.planted import (
    ODD,
    WORDS,
    a_case,
    accept,
    found_in,
    plant,
    said_in,
)
from tests.integration.slack_cards import cards_of

# -- by hand ---------------------------------------------------------------------------


async def test_the_command_forgets_who_is_named_by_handle(
    line, redis, settings, tmp_path, capsys
):
    await plant(line, redis)
    found = await command.whose(settings, "@alice", message=False)
    assert found.customer == ALICE
    assert await command.forget(settings, found) == 0
    assert "removed 4 messages" in capsys.readouterr().out
    assert found_in(tmp_path / "store", WORDS) == set()


async def test_the_command_forgets_what_they_wrote_around_messages_of_others(
    line, settings, tmp_path, capsys
):
    theirs = ContextPost(
        relation=Relation.QUOTED, handle="alice", text="Wolkenschaf", id="7"
    )
    ours = ContextPost(relation=Relation.EARLIER, handle="x", text="Zaunkoenig", id="8")
    line.channel.network.post("alice", f"@{line.policy.handle} {ODD}")
    bobs = message(ODD, id="m9", customer=CustomerId("simulator:bob"))
    await accept(line, replace(bobs, handle="bob", context=(theirs, ours)))
    await line.settle()
    found = await command.whose(settings, "@alice", message=False)
    assert await command.forget(settings, found) == 0
    assert "Removed from around 1 messages of others." in capsys.readouterr().out
    assert found_in(tmp_path / "store", WORDS) == {"Zaunkoenig"}


async def test_the_command_forgets_one_message(line, settings, tmp_path):
    one = line.channel.network.post("alice", f"@{line.policy.handle} Wolkenschaf")
    line.channel.network.post("alice", f"@{line.policy.handle} Zaunkoenig")
    await line.settle()
    found = await command.whose(settings, one, message=True)
    assert await command.forget(settings, found) == 0
    assert found_in(tmp_path / "store", WORDS) == {"Zaunkoenig"}


async def test_the_command_forgets_what_trainers_were_to_look_at(
    line, settings, tmp_path
):
    line.channel.network.direct("alice", "order_status 0.3 Wolkenschaf perhaps")
    await line.settle()
    while await line.learner.step():
        pass
    (item,) = await line.reviews.open()
    assert "Wolkenschaf" in item.text
    found = await command.whose(settings, ALICE, message=False)
    assert await command.forget(settings, found) == 0
    assert await line.reviews.listed() == []
    assert found_in(tmp_path / "store", WORDS) == set()


async def test_the_command_clears_slack_by_itself(line, redis, settings, slack, capsys):
    async with cards_of(line, redis, slack) as cards:
        await a_case(line, "Wolkenschaf")
        await cards.show()
    tokens = Slack(bot_token=slack.bot_token, app_token="", api_url=slack.api_url)
    settings = replace(settings, slack=tokens)
    found = await command.whose(settings, ALICE, message=False)
    assert await command.forget(settings, found) == 0
    assert "Slack: cleared." in capsys.readouterr().out
    assert "Wolkenschaf" not in said_in(slack)


@pytest.mark.parametrize("name", ["@nobody", "simulator:nobody", "C-1010"])
async def test_the_command_says_when_there_is_no_such_customer(settings, name):
    with pytest.raises(InputError, match=r"Nobody|No event"):
        await command.whose(settings, name, message=False)
