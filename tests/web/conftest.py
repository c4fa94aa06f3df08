"""The whole real program with its page, and a real browser before it."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, Error, Page, Playwright, async_playwright

from tests.ports import free_port
from tests.web.pages import CHROMIUM, FLAGS, open_page
from tests.web.program import START_S, Program


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one browser for all tests; each has a profile of its own in it."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing, install it: apt-get install chromium")
    port, folder = free_port(), tmp_path_factory.mktemp("chromium")
    ports = (f"--remote-debugging-port={port}", f"--user-data-dir={folder}")
    running = subprocess.Popen(
        [str(CHROMIUM), *FLAGS, *ports, "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}"
    running.terminate()
    running.wait()


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("firstline"), free_port())
    program.start()
    yield program
    program.stop()


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await connected(playwright, chromium)
        yield browser
        await browser.close()  # its pages; the program goes on


async def connected(playwright: Playwright, address: str) -> Browser:
    """Return the browser as soon as it can be spoken to."""
    end = time.monotonic() + START_S
    while True:
        try:
            return await playwright.chromium.connect_over_cdp(address)
        except Error:  # noqa: PERF203 - it has just been started
            assert time.monotonic() < end, f"no browser at {address}"
            await asyncio.sleep(0.1)


@pytest.fixture
async def errors() -> AsyncIterator[list[str]]:
    """Errors of the page's own scripts; a test that meets one fails."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
async def page(program: Program, browser: Browser, errors: list[str]) -> Page:
    return await open_page(program, browser, errors)
