"""Models on the trainer's page: what may not go live, and what could not be trained."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

from bot.clock import SystemClock
from bot.model.trained import Judgement, ModelName
from bot.nlu.shelf import ModelShelf
from tests.web.program import Program

WHY = "safety_issue is recognised less often: 41 of 50 messages, 48 before."


@contextmanager
def edited_model(program: Program, model: Path, edit: str) -> Iterator[ModelName]:
    """A model of edited data which nobody has judged; the data are mended later."""
    models = program.folder / "models"
    shelf, at = ModelShelf(program.project, models), SystemClock().now()
    file = program.project / "data" / "nlu" / "small_talk.yml"
    whole = file.read_text("utf-8")
    file.write_text(f"{whole}# {edit}\n", "utf-8")
    name = shelf.present()
    for suffix in (".tar.gz", ".tar.gz.sha256"):
        shutil.copy(models / f"{model.name[:-7]}{suffix}", models / f"{name}{suffix}")
    shelf.note(name, by="Ben", why="a swap", at=at)
    yield name
    file.write_text(whole, "utf-8")


@pytest.fixture
def refused(program, model) -> Iterator[ModelName]:
    """A model of edited data which the gate has refused."""
    with edited_model(program, model, "edited") as name:
        models, at = program.folder / "models", SystemClock().now()
        report = f"{name}.report.html"
        (models / report).write_text(
            "<h1>Refused</h1><script>alert(1)</script>", "utf-8"
        )
        no = Judgement(
            passed=False,
            at=at,
            summary="Refused, for one reason.",
            reasons=(WHY,),
            report=report,
        )
        ModelShelf(program.project, models).judge(name, no)
        yield name


@pytest.fixture
def unseen(program, model) -> Iterator[ModelName]:
    with edited_model(program, model, "edited, and trained outside the gate") as name:
        yield name


async def promote_at(program: Program, name: ModelName) -> httpx.Response:
    """Ask as a page does that asks for nothing more."""
    async with httpx.AsyncClient(cookies={"firstline_trainer": "Ben"}) as client:
        return await client.post(
            f"{program.url}/api/train/promote",
            json={"name": name, "why": "in spite of it"},
            headers={"Origin": program.url, "Idempotency-Key": f"a-key-for-{name}"},
            timeout=60,
        )


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

    answer = await promote_at(program, refused)
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


async def test_a_model_without_a_report_goes_live_only_if_somebody_says_so_and_why(
    open_at, program, unseen
):
    answer = await promote_at(program, unseen)
    assert answer.status_code == 422
    assert "has no report" in answer.json()["error"]

    page = await open_at(f"models/{unseen}")
    await expect(page.get_by_text("has no report")).to_be_visible()
    await page.get_by_role("button", name="Promote without a report").click()
    asked = page.get_by_role("dialog")
    await expect(asked.get_by_label("Why")).to_have_value("")
    await asked.get_by_label("Why").fill("the demo is at noon")
    await asked.get_by_role("button", name="Promote").click()
    await expect(asked).to_be_visible()  # the box is not ticked
    await asked.get_by_label("without a report").check()
    await asked.get_by_role("button", name="Promote").click()
    done = page.get_by_role("dialog").last
    await expect(done).to_contain_text(f"{unseen} is live")
    async with page.expect_navigation():
        await done.get_by_role("button", name="Close").click()
    live = page.locator("section", has_text="Live now").first
    await expect(live).to_contain_text("the demo is at noon (without a report)")
