"""The gate's report in a real browser: it fits any screen, and asks nobody for anything."""

from __future__ import annotations

import pytest

from bot.gate.measure import measured
from bot.gate.report import Signed, report
from bot.model.comparison import Comparison, Recent, Shift, Source, Verdict
from tests.builders import NOON, POLICY
from tests.unit.gate.judging import crowd, judged

WORDS = "so much plastic round one cushion, " * 6 + "x" * 60


@pytest.fixture
def page_file(tmp_path):
    labels = ("account_compromised", "faq/order_change_how", "complaint_service")
    before = crowd() + [judged(label, "chatter", text=WORDS) for label in labels * 4]
    after = crowd() + [judged(label, text=WORDS) for label in labels * 4]
    shift = Shift(before="chatter", after="packaging", ids=("1" * 19,) * 3)
    found = Comparison(
        candidate="model-0123456789ab",
        live="model-ba9876543210",
        verdict=Verdict(),
        measured=(measured(Source.FROZEN, before, after, policy=POLICY),),
        recent=Recent(messages=40, days=7, shifts=(shift,)),
    )
    file = tmp_path / "report.html"
    file.write_text(report(found, Signed(by="Nell", why="wrapping", at=NOON)))
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1280])
async def test_the_report_fits_the_screen(browser, page_file, width, scheme):
    asked = []
    page = await browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(page_file.as_uri())
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.get_by_role("heading", level=1).inner_text() == (
        "It may go live. Better: 12 of 312 test messages are read right that were not, "
        "0 no longer. Nothing protected lost."
    )
    assert await page.get_by_role("img").count() == 4
    ink = await page.evaluate("getComputedStyle(document.body).color")
    drawn = page.locator("svg text").first
    assert await drawn.evaluate("e => getComputedStyle(e).fill") == ink
    assert asked == [page_file.as_uri()]
    await page.close()
