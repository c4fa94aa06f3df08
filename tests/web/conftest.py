"""The whole real program with its page, and a real browser before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.ports import free_port
from tests.web.pages import CHROMIUM, FLAGS, open_page
from tests.web.program import Program


@pytest.fixture(scope="session")
def chromium() -> str:
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing, install it: apt-get install chromium")
    return str(CHROMIUM)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("firstline"), free_port())
    program.start()
    yield program
    program.stop()


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=list(FLAGS)
        )
        yield browser
        await browser.close()


@pytest.fixture
async def errors() -> AsyncIterator[list[str]]:
    """Errors of the page's own scripts; a test that meets one fails."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
async def page(program: Program, browser: Browser, errors: list[str]) -> Page:
    return await open_page(program, browser, errors)
