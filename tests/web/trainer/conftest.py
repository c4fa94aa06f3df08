"""The whole real program on a project of the trainers' own, one for each module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.ports import free_port
from tests.web.program import Program
from tests.web.trainer.project import copy_project, open_section


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
