"""The page's files."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'"


def add_page(app: web.Application) -> None:
    """Serve the page at `/`."""

    async def page(_request: web.Request) -> web.Response:
        text = (STATIC / "index.html").read_text()
        headers = {"Content-Security-Policy": POLICY}
        return web.Response(text=text, content_type="text/html", headers=headers)

    app.router.add_get("/", page)
    app.router.add_static("/page", STATIC)
