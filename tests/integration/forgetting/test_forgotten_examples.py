"""A customer's words that became examples go with the customer, wherever that can be."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from bot.commands import forget as command
from bot.model.change import AddExamples
from bot.model.event import EventType
from bot.model.example import Label
from bot.model.review import ReviewItem, ReviewState, Settlement
from bot.settings import Settings
from bot.web.trainer.beside import Beside
from tests.builders import ALICE
from tests.corpus.projects import corpus_of, make
from tests.corpus.test_taking_back import found_in
from tests.first_line import FirstLine
from tests.integration.forgetting.planted import history

STATUS = Label("order_status")
ASKED = "order_status 0.3 where might my Wolkenschaf be"
ALSO = "order_status 0.3 has the Nebelkerze gone missing"
OWN = "tell me where it has got to"
WORDS = ("Wolkenschaf", "Nebelkerze")


@pytest.fixture
def settings(settings, project) -> Settings:
    policy = project / "data" / "policy.yml"
    return replace(settings, project=project, policy=policy)


async def say(line: FirstLine, *texts: str) -> list[str]:
    """Let alice write, in one go; return the messages' ids."""
    line.clock.advance(600)
    ids = [line.channel.network.direct("alice", text) for text in texts]
    await line.settle()
    while await line.learner.step():
        pass
    return ids


def in_letters(digits: str) -> str:
    """Write a number so that it is another word: numbers count as alike."""
    return "".join("ghijklmnopqrstuv"[int(digit, 16)] for digit in digits)


async def teach(line: FirstLine, project) -> list[ReviewItem]:
    """Save every open message word for word, as the page does, with an own sentence."""
    items = await line.reviews.open()
    corpus = corpus_of(project)
    for item in items:
        beside = Beside((item,))
        text = " ".join(item.text.split())
        edits = AddExamples(STATUS, (text, f"{OWN} {in_letters(item.id[-4:])}"))
        copied = beside.copied(edits.texts)
        assert list(copied) == [text]
        origin = beside.origin(copied).value
        now = line.clock.now()
        await make(corpus, edits, origin=origin, item=item.id, copied=copied, now=now)
        settled = Settlement(state=ReviewState.SETTLED, at=now, by="Ann", label=STATUS)
        await line.reviews.close([item.id], settled)
    return items


async def forget(settings: Settings, message: str = "") -> int:
    found = await command.whose(settings, message or ALICE, message=bool(message))
    return await command.forget(settings, found)


async def recorded(line: FirstLine) -> list[dict[str, str]]:
    found = [e for e in await history(line) if e.type is EventType.CORPUS_FORGOTTEN]
    return [event.facts for event in found]


async def test_a_forgotten_customers_words_leave_the_training_data(
    line, settings, project, capsys
):
    await say(line, ASKED)
    await say(line, ALSO)
    assert len(await teach(line, project)) == 2
    assert found_in(project, WORDS) == set(WORDS)
    assert await forget(settings) == 0
    said = capsys.readouterr().out
    assert "Training data: removed 2 examples" in said
    assert "Models that were trained with them keep their words" in said
    assert found_in(project, WORDS) == set()
    assert found_in(project, [OWN]) == {OWN}
    assert await recorded(line) == [{"examples": "2", "left": "0"}]


async def test_it_goes_also_when_the_queue_has_long_dropped_the_message(
    line, settings, project
):
    await say(line, ASKED)
    (item,) = await teach(line, project)
    await line.reviews.drop([item.id])
    assert await forget(settings) == 0
    assert found_in(project, WORDS) == set()


async def test_with_one_message_only_its_words_go(line, settings, project):
    (first,) = await say(line, ASKED)
    await say(line, ALSO)
    await teach(line, project)
    assert await forget(settings, first) == 0
    assert found_in(project, WORDS) == {"Nebelkerze"}


async def test_with_one_message_of_a_burst_goes_what_was_read_with_it(
    line, settings, project
):
    first, _ = await say(line, "hello, a Nebelkerze question", ASKED)
    (item,) = await teach(line, project)
    assert "Nebelkerze" in item.text
    assert await forget(settings, first) == 0
    assert found_in(project, WORDS) == set()


async def test_where_the_data_cannot_be_written_it_says_what_is_left_to_do(
    line, settings, project, capsys
):
    await say(line, ASKED)
    await teach(line, project)
    state = project / "data" / ".corpus"
    shutil.rmtree(state)
    state.write_text("a file where a folder belongs")
    assert await forget(settings) == 1
    said = capsys.readouterr().out
    assert "The training data may hold their words and were not changed" in said
    assert "Repeat this where they can be written" in said
    assert "Wolkenschaf" not in said
    assert await recorded(line) == []
    state.unlink()
    assert await forget(settings) == 0
    assert found_in(project, WORDS) == set()
    assert await recorded(line) == [{"examples": "1", "left": "0"}]


@pytest.mark.parametrize(("taught", "code"), [(True, 1), (False, 0)])
async def test_without_training_data_only_what_was_learned_is_left_to_do(
    line, settings, project, taught, code
):
    await say(line, ASKED)
    if taught:
        await teach(line, project)
    shutil.rmtree(project / "data" / "nlu")
    assert await forget(settings) == code
