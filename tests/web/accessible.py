"""Whether everybody can read a page and work on it: by axe-core, and by the Tab key."""

from __future__ import annotations

from playwright.async_api import Page

CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']"
# A question hides all else. Of a row of tabs the arrow keys reach those not shown.
WITHOUT_MOUSE = f"""() => [...document.querySelectorAll({CONTROLS!r})].filter((one) =>
  one.checkVisibility({{ visibilityProperty: true }}) && !one.disabled
  && !one.closest("[inert]")
  && (document.querySelector("dialog:modal") ?? document).contains(one)
  && !(one.role === "tab" && one.tabIndex < 0))"""
MARK = """() => document.addEventListener("focusin", ({ target }) => {
  target.dataset.reached = "yes";
})"""


async def violations(page: Page) -> list[str]:
    """Return what stands against WCAG 2.2 AA and good practice on the page as it is.

    That is contrast, names of controls, roles, order of headings and much else.
    """
    from axe_playwright_python.async_playwright import Axe

    found = await Axe().run(page)
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


async def unreached(page: Page) -> list[str]:
    """Return the controls that are shown, and are not reached by the Tab key."""
    await page.evaluate(MARK)
    count = await page.evaluate(f"() => ({WITHOUT_MOUSE})().length")
    await page.evaluate("document.activeElement?.blur()")
    for _ in range(count + 5):  # what scrolls is reached, too
        await page.keyboard.press("Tab")
    return await page.evaluate(
        f"() => ({WITHOUT_MOUSE})().filter((one) => !one.dataset.reached)"
        ".map((one) => one.outerHTML.slice(0, 200))"
    )
