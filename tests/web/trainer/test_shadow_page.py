"""A model beside the live one, as a trainer begins it, watches it and ends it."""

from __future__ import annotations

import os
import re
import signal
from datetime import datetime, timezone
from pathlib import Path

import httpx
from playwright.async_api import Page, expect

from bot.model.review import Cause, Finding
from bot.model.shadow import Pair, ShadowRun
from bot.model.trained import ModelName
from tests.waiting import PATIENCE_S
from tests.web.pages import become, open_page
from tests.web.program import Program
from tests.web.trainer.project import SAVING_MS

HOURS = "@fernhollow when do you open on sunday?"


async def standing_of(program: Program) -> ModelName | None:
    return (await program.firstline.promotion.standing()).shadow


async def begin(page: Page) -> None:
    await page.get_by_role("button", name="Let it read along…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("decides nothing")
    await dialog.get_by_role("button", name="Let it read along").click()


async def test_a_model_reads_along_from_the_page_until_it_is_stopped_there(
    open_at, program, candidate, browser, errors
):
    page = await open_at(f"models/{candidate}")
    await expect(page.locator("#beside")).to_be_hidden()
    await begin(page)
    told = page.locator("#beside")
    await expect(told).to_contain_text("reads what customers write")
    await expect(told).to_contain_text("begun by Amira")
    desk = await open_page(program, browser, errors)
    await become(desk, "sunday_sue")
    for asked in range(60):  # it reads what comes once it is loaded
        await desk.locator("#customer-text").fill(f"{HOURS} {asked}")
        await desk.keyboard.press("Control+Enter")
        if await told.get_by_text("read by both; they agree on 100 %").count():
            break
        await page.wait_for_timeout(2000)
    await expect(told).to_contain_text("read by both; they agree on 100 %")

    await page.goto(f"{program.url}/train/models")
    await expect(told).to_contain_text(candidate)
    await told.get_by_role("button", name="Stop reading along").click()
    await expect(told).to_have_count(0)
    assert program.run_inside(standing_of(program)) is None
    await page.goto(f"{program.url}/train/models/{candidate}")
    await expect(told).to_contain_text("does no more")
    await expect(told).to_contain_text("they agree on 100 %")  # what it said stays


async def test_what_both_read_otherwise_is_counted_and_shown_with_examples(
    open_at, program, candidate, add
):
    firstline, now = program.firstline, datetime.now(timezone.utc)
    program.run_inside(firstline.promotion.shadow(candidate, by="Ben"))
    page = await open_at(f"models/{candidate}")
    told = page.locator("#beside")
    await expect(told).to_contain_text("It has read nothing yet")
    epoch = program.run_inside(firstline.promotion.standing()).epoch
    pairs = {
        Pair("order_status", "order_status"): 6,
        Pair("order_status", "delivery_late"): 2,
    }
    run = ShadowRun(candidate, epoch)
    assert program.run_inside(
        firstline.store.shadow.add(run, pairs, cursors={}, serial=0)
    )
    found = Finding(cause=Cause.MODELS_DIFFER, at=now, label="delivery_late")
    text, label = "where is my parcel <email>", "order_status"
    item = add(77, text, findings=(found,), label=label)

    await expect(told).to_contain_text("8 messages were read by both")
    await expect(told).to_contain_text("they agree on 75 %")
    row = told.locator("tbody tr")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text(re.compile("order_status.*delivery_late.*2"))
    example = row.get_by_role("link", name="where is my parcel email (hidden)")
    await example.click()
    await page.wait_for_url(f"**/train/queue/{item.id}")
    await expect(page.locator(".causes")).to_contain_text("it says delivery_late")


def process_of(model: ModelName) -> int:
    """Return the process that reads along with `model`."""
    wanted = f"\0shadow\0{model}\0".encode()
    (found,) = [
        file
        for file in Path("/proc").glob("[0-9]*/cmdline")
        if wanted in read_if_there(file)
    ]
    return int(found.parent.name)


def read_if_there(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


async def test_a_process_that_died_is_told_and_another_goes_on(
    open_at, program, candidate
):
    page = await open_at(f"models/{candidate}")
    await begin(page)
    told = page.locator("#beside")
    await expect(told).to_contain_text("reads what customers write")
    os.kill(process_of(candidate), signal.SIGKILL)
    await expect(told).to_contain_text("its process has ended")
    await told.get_by_role("button", name="Go on here").click()
    await expect(told).to_contain_text("reads what customers write")
    await told.get_by_role("button", name="Stop reading along").click()
    await expect(page.get_by_role("button", name="Let it read along…")).to_be_visible()


async def test_a_process_that_cannot_use_the_model_says_why(
    open_at, program, candidate
):
    promotion = program.firstline.promotion
    program.run_inside(promotion.shadow(candidate, by="Ben"))  # it is offered whole
    program.run_inside(promotion.shadow(None, by="Ben"))
    page = await open_at(f"models/{candidate}")
    with (program.folder / "models" / f"{candidate}.tar.gz").open("ab") as archive:
        archive.write(b"damaged meanwhile")
    await begin(page)
    told = page.locator("#beside")
    # it starts first, with Rasa
    await expect(told).to_contain_text("its process has ended", timeout=SAVING_MS)
    await expect(told).to_contain_text("its file is not on this machine")
    await expect(page.get_by_role("button", name="Let it read along…")).to_be_visible()
    assert program.run_inside(standing_of(program)) is None


def test_of_two_models_the_second_waits_until_the_first_is_stopped(program, candidate):
    with httpx.Client(
        cookies={"firstline_trainer": "Ben"}, timeout=PATIENCE_S
    ) as client:

        def write(path: str, name: str) -> httpx.Response:
            headers = {"Origin": program.url, "Idempotency-Key": f"a-key-of-{name}"}
            return client.post(
                f"{program.url}/api/train/{path}",
                json={"name": name},
                headers=headers,
            )

        program.run_inside(program.firstline.promotion.shadow(candidate, by="Ben"))
        for path in ("shadow", "shadow/stop"):
            answer = write(path, "model-another")
            assert answer.status_code == 422
            assert f"{candidate} reads beside the live one" in answer.json()["error"]
        assert write("shadow/stop", candidate).json() == {"stopped": True}
        assert write("shadow/stop", candidate).json() == {"stopped": False}
        answer = write("shadow", "model-another")
        assert answer.status_code == 422
        assert "there is no model model-another" in answer.json()["error"]
        assert program.run_inside(standing_of(program)) is None
