"""Models on the trainer's page: what may not go live, and what could not be trained."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from playwright.async_api import expect

from bot.clock import SystemClock
from bot.model.manifest import pack, unpack
from bot.model.trained import Judgement, ModelName
from bot.nlu.shelf import ModelShelf
from tests.waiting import PATIENCE_S
from tests.web.program import Program
from tests.web.trainer.project import another_model

WHY = "safety_issue is recognised less often: 41 of 50 messages, 48 before."


@pytest.fixture
def refused(program, model) -> Iterator[ModelName]:
    """A model of edited data which the gate has refused; the data are mended later."""
    models = program.folder / "models"
    with another_model(program, model, by="Ben", why="a swap") as name:
        report = f"{name}.report.html"
        (models / report).write_text("<h1>Refused</h1><script>alert(1)</script>")
        judgement = Judgement(
            passed=False,
            at=SystemClock().now(),
            summary="Refused, for one reason.",
            reasons=(WHY,),
            report=report,
        )
        ModelShelf(program.project, models).judge(name, judgement)
        yield name


@pytest.fixture
def unseen(program, model) -> Iterator[ModelName]:
    with another_model(program, model, by="Ben", why="outside the gate") as name:
        yield name


@pytest.fixture
def outdated(program, model) -> Iterator[ModelName]:
    """A model of the data as they are, which passed beside one that is not live."""
    models = program.folder / "models"
    with another_model(program, model, by="Ben", why="gift wrapping") as name:
        judgement = Judgement(
            passed=True, at=SystemClock().now(), summary="Better.", against="model-old"
        )
        ModelShelf(program.project, models).judge(name, judgement)
        yield name


async def promote_at(program: Program, name: ModelName) -> httpx.Response:
    """Ask as a page does that asks for nothing more."""
    async with httpx.AsyncClient(
        cookies={"firstline_trainer": "Ben"}, timeout=PATIENCE_S
    ) as client:
        return await client.post(
            f"{program.url}/api/train/promote",
            json={"name": name, "why": "in spite of it"},
            headers={"Origin": program.url, "Idempotency-Key": f"a-key-for-{name}"},
            timeout=PATIENCE_S,
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


async def test_what_passed_beside_another_model_is_trained_again_and_not_promoted(
    open_at, program, outdated
):
    page = await open_at("models")
    data = page.locator("section", has_text="The data as they are now").first
    await expect(data).to_contain_text("model-old, which is not live any more")
    await expect(data.get_by_role("button", name="Train and compare")).to_be_visible()
    await data.get_by_role("link", name=outdated).click()
    await expect(page.get_by_text("was compared with another")).to_be_visible()
    await expect(page.get_by_role("button", name="Promote")).to_have_count(0)

    answer = await promote_at(program, outdated)
    assert answer.status_code == 422
    assert f"{outdated} passed beside model-old" in answer.json()["error"]


def test_a_report_may_run_nothing_and_load_nothing(program, refused):
    report = httpx.get(
        f"{program.url}/train/models/{refused}/report", timeout=PATIENCE_S
    )
    assert "default-src 'none'" in report.headers["content-security-policy"]
    assert "script-src" not in report.headers["content-security-policy"]
    page = httpx.get(f"{program.url}/train/models/{refused}", timeout=PATIENCE_S)
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert (
        httpx.get(
            f"{program.url}/train/models/model-none/report", timeout=PATIENCE_S
        ).status_code
        == 404
    )


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


def test_a_roll_back_leads_where_the_page_said_or_nowhere(program, candidate):
    promotion = program.firstline.promotion

    def live() -> ModelName:
        return program.run_inside(promotion.standing()).live.model

    def roll_back(to: str, key: str) -> httpx.Response:
        return httpx.post(
            f"{program.url}/api/train/roll-back",
            json={"to": to, "why": "worse"},
            headers={"Origin": program.url, "Idempotency-Key": f"a-key-{key}"},
            cookies={"firstline_trainer": "Ben"},
            timeout=PATIENCE_S,
        )

    before = live()
    going = promotion.promote(candidate, by="Ben", why="try", without_report=True)
    program.run_inside(going)
    refused = roll_back("model-that-was-live-when-the-page-was-opened", "one")
    assert refused.status_code == 422
    assert "Reload the page" in refused.json()["error"]
    assert live() == candidate
    assert roll_back(before, "two").json()["name"] == before
    assert live() == before
    assert roll_back(before, "three").json()["name"] == before  # an answer was lost
    assert live() == before


@contextmanager
def made_elsewhere(program: Program, name: ModelName) -> Iterator[None]:
    """Let a model's manifest say that another version made it."""
    manifest = program.folder / "models" / f"{name}.json"
    whole = manifest.read_text("utf-8")
    model = unpack(whole)
    libraries = {**model.origin.libraries, "rasa": "3.5"}
    strange = replace(model, origin=replace(model.origin, libraries=libraries))
    manifest.write_text(pack(strange), "utf-8")
    yield
    manifest.write_text(whole, "utf-8")


async def test_a_model_of_another_version_is_offered_neither_to_go_back_nor_to_go_live(
    open_at, program, candidate
):
    promotion = program.firstline.promotion
    before = program.run_inside(promotion.standing()).live.model
    going = promotion.promote(candidate, by="Ben", why="a try", without_report=True)
    program.run_inside(going)
    try:
        with made_elsewhere(program, before):
            for place in ("models", f"models/{candidate}"):
                page = await open_at(place)
                told = page.locator("#no-way-back")
                await expect(told).to_contain_text("One cannot roll back")
                await expect(told).to_contain_text(
                    f"{before} is of another version: rasa 3.5, here 3.6"
                )
                button = page.get_by_role("button", name="Roll back…")
                await expect(button).to_have_count(0)
            page = await open_at(f"models/{before}")
            await expect(page.locator("#foreign")).to_contain_text("rasa 3.5, here 3.6")
            for name in ("Promote", "Let it read along"):
                await expect(page.get_by_role("button", name=name)).to_have_count(0)
            page = await open_at("models")
            row = page.locator("table.models tr", has_text=before)
            await expect(row).to_contain_text("is of another version")
        page = await open_at("models")
        await expect(page.locator("#no-way-back")).to_have_count(0)
        await expect(page.get_by_role("button", name="Roll back…")).to_be_visible()
    finally:
        program.run_inside(promotion.roll_back(by="Ben", why="as before"))


async def test_while_a_file_is_broken_one_sees_where_and_can_still_roll_back(
    open_at, program, candidate
):
    promotion = program.firstline.promotion
    before = program.run_inside(promotion.standing()).live.model
    going = promotion.promote(candidate, by="Ben", why="a slip", without_report=True)
    program.run_inside(going)
    file = program.project / "data" / "nlu" / "small_talk.yml"
    whole = file.read_text("utf-8")
    file.write_text(whole + "- intent: [broken\n", "utf-8")
    try:
        page = await open_at("models")
        data = page.locator("section", has_text="The data as they are now").first
        await expect(data).to_contain_text("small_talk.yml:")
        await expect(
            page.get_by_role("button", name="Train and compare")
        ).to_be_hidden()
        await page.get_by_role("button", name="Roll back…").click()
        asked = page.get_by_role("dialog")
        await asked.get_by_label("Why").fill("until the file is mended")
        await asked.get_by_role("button", name="Roll back").click()
        done = page.get_by_role("dialog").last
        await expect(done).to_contain_text(f"{before} is live")
    finally:
        file.write_text(whole, "utf-8")
