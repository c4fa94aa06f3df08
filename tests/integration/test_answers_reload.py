"""An edited answer is said from the next look on; a broken file changes nothing."""

from __future__ import annotations

import shutil
from datetime import datetime, timezone

import pytest

from bot.answers_watch import AnswersWatch
from bot.clock import ManualClock
from bot.knowledge.answers import DomainAnswers
from bot.model.message import Visibility
from bot.policy_file import load_policy
from tests.builders import ROOT

STORES = "We have two showrooms, in Bristol and Leeds."
NAME = "faq/stores"


class Watched:
    """The bot's answers on a file that a test edits, and the look at it."""

    def __init__(self, folder) -> None:
        self.path = folder / "domain.yml"
        shutil.copy(ROOT / "domain.yml", self.path)
        self.clock = ManualClock(datetime(2026, 3, 2, 9, tzinfo=timezone.utc))
        self.logged: list[str] = []
        policy = load_policy(ROOT / "data" / "policy.yml")
        self.answers = DomainAnswers(self.path, policy)
        self.watch = AnswersWatch(
            self.path,
            self.answers,
            policy=lambda: policy,
            clock=self.clock,
            log=lambda event, /, **_: self.logged.append(event),
        )

    async def look(self) -> int:
        """Look as often as it takes to see that a file is not being written."""
        found = 0
        for _ in range(3):
            self.clock.advance(1)
            found += await self.watch.step()
        return found

    def edit(self, old: str, new: str) -> None:
        text = self.path.read_text("utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), "utf-8")

    def said(self) -> set[str]:
        public = Visibility.PUBLIC
        return {self.answers.text(NAME, public, seed=str(n)) for n in range(50)}


@pytest.fixture
def watched(tmp_path):
    return Watched(tmp_path)


async def test_an_edited_answer_is_said_without_a_restart(watched):
    assert any(text.startswith(STORES) for text in watched.said())
    watched.edit(STORES, "We have three showrooms, in Bristol, Leeds and York.")
    assert await watched.look() == 1
    assert any("York" in text for text in watched.said())
    assert not any(text.startswith(STORES) for text in watched.said())
    assert watched.logged == ["answers_loaded"]
    assert await watched.look() == 0


async def test_a_new_answer_is_there_as_well(watched):
    policy = load_policy(ROOT / "data" / "policy.yml")
    new = (
        "responses:\n  utter_faq/gift_wrapping:\n"
        '  - text: "Yes, we wrap presents."\n    channel: public\n'
        '  - text: "We do wrap presents."\n    channel: public\n'
    )
    watched.edit("responses:\n", new)
    await watched.look()
    assert watched.answers.has("faq/gift_wrapping", Visibility.PUBLIC)
    assert "faq/gift_wrapping" in watched.answers.labels(policy)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("responses:", "responses: [broken"),
        ("utter_acknowledge:", "utter_acknowledged:"),  # the flow needs it
    ],
)
async def test_a_file_with_mistakes_changes_nothing_until_it_is_mended(
    watched, old, new
):
    before = watched.said()
    watched.edit(old, new)
    watched.edit(STORES, "Nowhere.")
    assert await watched.look() == 0
    assert watched.said() == before
    assert watched.logged == ["answers_refused"]
    watched.edit(new, old)
    assert await watched.look() == 1
    assert any(text.startswith("Nowhere.") for text in watched.said())


async def test_a_file_that_is_still_being_written_is_left_alone(watched):
    watched.edit(STORES, "Nowhere.")
    watched.clock.advance(1)
    assert await watched.watch.step() == 0
    watched.edit("Nowhere.", "Somewhere.")
    watched.clock.advance(1)
    assert await watched.watch.step() == 0
    watched.clock.advance(1)
    assert await watched.watch.step() == 1
    assert any(text.startswith("Somewhere.") for text in watched.said())
