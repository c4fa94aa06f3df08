"""`firstline train queue`, as a trainer uses it in a terminal."""

from __future__ import annotations

import json

import pytest

from bot.commands import review as command
from bot.errors import InputError
from tests.integration.learning import UNSURE, learn, say


async def show(settings, *, cause="", as_json=False) -> int:
    return await command.show_queue(settings, cause=cause, limit=9, as_json=as_json)


async def test_the_queue_is_printed_in_its_order(line, settings, capsys):
    await say(line, UNSURE)
    await say(line, f"{UNSURE}?", who="bob")
    await say(line, "do you rent out \x1b[2J hedgehogs", who="carol")
    await learn(line)
    assert await show(settings) == 0
    printed = capsys.readouterr().out
    assert printed.index("order_status 0.30  ×2") < printed.index("hedgehogs")
    assert "\x1b" not in printed
    assert "3 messages wait, in 2 groups." in printed


async def test_programs_get_the_same_as_json(line, settings, capsys):
    await say(line, UNSURE)
    await learn(line)
    await show(settings, as_json=True)
    told = json.loads(capsys.readouterr().out)
    ((group,), waiting) = told["groups"], told["waiting"]
    (item,) = group["items"]
    assert (waiting, group["size"]) == (1, 1)
    assert (item["text"], item["causes"]) == (UNSURE, ["unsure"])


async def test_one_cause_may_be_asked_for_by_its_name(line, settings, capsys):
    await say(line, UNSURE)
    await learn(line)
    await show(settings, cause="corrected")
    assert "in 0 groups" in capsys.readouterr().out
    with pytest.raises(InputError, match="choose one of corrected"):
        await show(settings, cause="wrong")


async def test_what_teaches_nothing_is_dismissed_with_its_like(line, settings, capsys):
    await say(line, UNSURE)
    await say(line, f"{UNSURE}?", who="bob")
    (first, _) = await learn(line)
    assert await command.dismiss(settings, [first.id]) == 0
    assert "2 messages are dismissed." in capsys.readouterr().out
    assert await line.reviews.open() == []
    with pytest.raises(InputError, match="open in the review queue"):
        await command.dismiss(settings, [first.id])
