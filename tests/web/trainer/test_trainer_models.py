"""Models on the trainer's page: what may not go live, and what could not be trained."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import expect

from bot.clock import SystemClock
from bot.model.trained import Judgement, ModelName
from bot.nlu.shelf import ModelShelf

WHY = "safety_issue is recognised less often: 41 of 50 messages, 48 before."


@pytest.fixture
def refused(program, model) -> Iterator[ModelName]:
    """A model of edited data which the gate has refused; the data are mended later."""
    models = program.folder / "models"
    shelf, at = ModelShelf(program.project, models), SystemClock().now()
    file = program.project / "data" / "nlu" / "small_talk.yml"
    whole = file.read_text("utf-8")
    file.write_text(whole + "# edited\n", "utf-8")
    name = shelf.present()
    for suffix in (".tar.gz", ".tar.gz.sha256"):
        shutil.copy(models / f"{model.name[:-7]}{suffix}", models / f"{name}{suffix}")
    shelf.note(name, by="Ben", why="a swap", at=at)
    report = f"{name}.report.html"
    (models / report).write_text("<h1>Refused</h1><script>alert(1)</script>", "utf-8")
    shelf.judge(
        name,
        Judgement(
            passed=False,
            at=at,
            summary="Refused, for one reason.",
            reasons=(WHY,),
            report=report,
        ),
    )
    yield name
    file.write_text(whole, "utf-8")


async def test_a_model_that_was_refused_says_why_and_cannot_go_live(
    open_at, program, refused
):
    page = await open_at("models")
    await expect(page.locator(".verdict")).to_contain_text(WHY)
    await expect(page.get_by_text("may not go live")).to_be_visible()
    await page.get_by_role("link", name="Read the report").click()
    await expect(page.locator(".verdict")).to_contain_text("Refused, for one reason.")
    await expect(page.get_by_role("button", name="Promote")).to_have_count(0)
    inside = page.frame_locator("iframe").get_by_role("heading")
    await expect(inside).to_have_text("Refused")

    async with httpx.AsyncClient(cookies={"firstline_trainer": "Ben"}) as client:
        answer = await client.post(
            f"{program.url}/api/train/promote",
            json={"name": refused, "why": "in spite of it"},
            headers={"Origin": program.url, "Idempotency-Key": "a-key-of-mine"},
            timeout=60,
        )
    assert answer.status_code == 422
    assert WHY in answer.json()["error"]


def test_a_report_may_run_nothing_and_load_nothing(program, refused):
    report = httpx.get(f"{program.url}/train/models/{refused}/report")
    assert "default-src 'none'" in report.headers["content-security-policy"]
    assert "script-src" not in report.headers["content-security-policy"]
    page = httpx.get(f"{program.url}/train/models/{refused}")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert httpx.get(f"{program.url}/train/models/model-none/report").status_code == 404


async def test_a_file_that_cannot_be_used_is_told_with_its_place(open_at, program):
    file = program.project / "data" / "nlu" / "small_talk.yml"
    whole = file.read_text("utf-8")
    page = await open_at("models")
    file.write_text(whole + "# edited once more\n", "utf-8")
    await page.reload()
    file.write_text(whole + "- intent: [broken\n", "utf-8")
    try:
        await page.get_by_label("Why").fill("a slip")
        await page.get_by_role("button", name="Train and compare").click()
        told = page.locator("#training")
        await expect(told).to_contain_text("Training for")
        await expect(page.get_by_text("small_talk.yml").first).to_be_visible(
            timeout=180_000
        )
    finally:
        file.write_text(whole, "utf-8")


async def test_where_the_data_are_as_the_live_model_knows_them_nothing_is_trained(
    open_at,
):
    page = await open_at("models")
    await expect(page.get_by_text("There is nothing to train")).to_be_visible()
    await expect(page.get_by_role("button", name="Train and compare")).to_have_count(0)
    await expect(page.get_by_role("button", name="Roll back…")).to_have_count(0)
