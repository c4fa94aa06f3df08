"""A real browser before the page, and what people do again and again there."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from tests.web.program import Program

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = (1440, 900)
PATIENCE_MS = 90_000  # a burst is waited for, and the machine may be busy

expect.set_options(timeout=PATIENCE_MS)


async def open_page(
    program: Program,
    browser: Browser,
    errors: list[str],
    *,
    size: tuple[int, int] = WIDE,
) -> Page:
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(program.url)
    await page.get_by_text("Live", exact=True).wait_for()
    return page


async def become(page: Page, handle: str) -> None:
    """Write as a new customer of that handle."""
    await page.get_by_role("button", name="New…").click()
    await page.get_by_label("Handle").fill(handle)
    await page.get_by_role("button", name="Create").click()
    await page.locator("dialog").wait_for(state="detached")


def timeline(page: Page, handle: str) -> Locator:
    """Return the public conversations that a customer began."""
    return page.get_by_role("article", name=f"Conversation begun by @{handle}")


def posts_by(place: Locator, who: str) -> Locator:
    """Return the posts of `who`: customer, bot or agent."""
    return place.locator(f'.post[data-by="{who}"]')


def card(page: Page, handle: str) -> Locator:
    """Return the customer's case in the list."""
    return page.locator("[data-case]").filter(has_text=f"@{handle}")
