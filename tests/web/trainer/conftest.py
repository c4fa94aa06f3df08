"""The whole real program on a project of the trainers' own, one for each module."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from playwright.async_api import Page

from bot.model.message import (
    ChannelName,
    CustomerId,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.network_rules import ExampleUse
from bot.model.reading import Request
from bot.model.review import Cause, Finding, ReviewItem
from bot.model.trained import ModelName
from tests.ports import free_port
from tests.web.program import Program
from tests.web.trainer.project import another_model, copy_project, open_section


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[Program]:
    project = tmp_path_factory.mktemp("trained")
    program = Program(copy_project(project, model), free_port(), project)
    program.start()
    yield program
    program.stop()


@pytest.fixture
def open_at(program, browser, errors):
    """Opens a section of the trainer's page."""

    async def open_at(section: str, **how) -> Page:
        return await open_section(program, browser, errors, section, **how)

    return open_at


@pytest.fixture
def add(program):
    """Puts a message into the queue, as the learner would, and returns its item."""

    def add(number: int, text: str, *causes: Cause, **changes) -> ReviewItem:
        reviews = program.firstline.store.reviews
        customer, message = CustomerId(f"x:{number}"), MessageId(str(number))
        now = datetime.now(timezone.utc)
        id_ = reviews.id_of(customer, message)
        facts = {
            "id": id_,
            "channel": ChannelName("x"),
            "message": message,
            "customer": customer,
            "thread": ThreadId("t"),
            "visibility": Visibility.PUBLIC,
            "text": text,
            "sent_at": now - timedelta(minutes=7),
            "added_at": now,
            "findings": tuple(Finding(cause=cause, at=now) for cause in causes),
            "label": "faq/delivery_cost",
            "confidence": 0.41,
            "alternatives": (Request("packaging", 0.3),),
            "group": id_,
            "examples": ExampleUse.NEVER,
        }
        item = ReviewItem(**{**facts, **changes})
        assert program.run_inside(reviews.add(item, version="0"))
        return item

    yield add
    for item in program.run_inside(program.firstline.store.reviews.open()):
        program.run_inside(program.firstline.store.reviews.drop([item.id]))


@pytest.fixture
def candidate(program, model) -> Iterator[ModelName]:
    """Another model that reads as the live one does; nothing reads with it afterwards."""
    with another_model(program, model, by="Ben", why="a try") as name:
        pass  # the data are as before
    yield name
    program.run_inside(program.firstline.promotion.shadow(None, by="Ben"))
