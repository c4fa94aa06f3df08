"""What customers do and see on the network, and what the bot made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from mimetypes import guess_type

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import InputError
from bot.model.message import CustomerId
from bot.model.record import Author, Delivery, Record
from bot.web.body import Body
from bot.web.feed import Feed
from bot.web.network import Post
from bot.web.page import Page
from bot.web.shapes import Json, message_shape, post_shape, waiting_shape
from bot.web.speakers import Speakers

_HANDLE = re.compile(r"\w{2,30}", re.ASCII)
_TIMELINE_AT_MOST = 1000  # posts
_MESSAGES_SHOWN = 50  # of one customer, the newest
_CUSTOMERS_SHOWN = 60
_LOST = (
    Delivery.REFUSED,
    Delivery.UNKNOWN,
    Delivery.WITHHELD,
    Delivery.EXPIRED,
)
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_BYTES = "application/octet-stream"
LONGEST = 25_000  # characters; a network has its limit, and so have our customers


class CustomerRoutes:
    """The customer's column and the bot's."""

    def __init__(self, page: Page, feed: Feed) -> None:
        self._page, self._feed = page, feed
        self._speakers = Speakers(page)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/timeline", self.timeline),
            Route("/api/customers", self.customers),
            Route("/api/customers", self.register, methods=["POST"]),
            Route("/api/customers/{account:path}", self.customer),
            Route("/api/posts", self.post, methods=["POST"]),
            Route("/api/direct", self.direct, methods=["POST"]),
            Route("/api/ratings", self.rate, methods=["POST"]),
            Route("/api/written/{change}", self.change, methods=["POST"]),
            Route("/api/files/{digest}/{name}", self.file),
        ]

    async def timeline(self, request: Request) -> JSONResponse:
        """Return the newest public posts, oldest first."""
        wanted = request.query_params.get("newest", "150")
        newest = int(wanted) if wanted.isdecimal() else 150
        posts = self._page.network.timeline(newest=min(newest, _TIMELINE_AT_MOST))
        return JSONResponse({"posts": await self._shown(posts)})

    async def customers(self, _request: Request) -> JSONResponse:
        """Return who wrote last."""
        newest = self._feed.directory.newest(_CUSTOMERS_SHOWN)
        return JSONResponse(
            {"customers": [{"account": a, "name": name} for a, name in newest]}
        )

    async def customer(self, request: Request) -> JSONResponse:
        """Return one customer's direct messages, and what became of each message."""
        account = str(request.path_params["account"])
        direct = self._page.network.direct_messages(account)
        records = await self._page.cases.records(self._page.customer_of(account))
        return JSONResponse(
            {
                "account": account,
                "direct": await self._shown(direct),
                "messages": self._messages(account, records, direct),
            }
        )

    async def register(self, request: Request) -> JSONResponse:
        """Make an account on the network; one that exists stays as it is."""
        body = await Body.of(request)
        handle = body.text("handle").strip().removeprefix("@")
        if not _HANDLE.fullmatch(handle):
            raise InputError(
                "A handle has 2 to 30 letters, digits or underscores, without spaces."
            )
        self._refuse_brand(handle)
        self._page.network.register(handle, handle)
        return JSONResponse({"account": handle, "name": handle})

    async def post(self, request: Request) -> JSONResponse:
        """Post in public as a customer."""
        body = await Body.of(request)
        account, text = self._written(body)
        id_ = self._page.network.post(
            account,
            text,
            in_reply_to=body.optional("in_reply_to") or None,
            id=f"web-{body.key}",
        )
        return JSONResponse({"id": id_})

    async def direct(self, request: Request) -> JSONResponse:
        """Write to the brand in private as a customer."""
        body = await Body.of(request)
        account, text = self._written(body)
        id_ = self._page.network.direct(account, text, id=f"web-{body.key}")
        return JSONResponse({"id": id_})

    async def rate(self, request: Request) -> JSONResponse:
        """Tap stars below what asks for them."""
        body = await Body.of(request)
        stars = body.text("stars")
        if stars not in ("1", "2", "3", "4", "5"):
            raise InputError("A rating is 1 to 5 stars.")
        self._page.network.rate(body.text("account"), int(stars))
        return JSONResponse({"stars": int(stars)})

    async def change(self, request: Request) -> JSONResponse:
        """Edit or delete what one has written, in public or in private."""
        body = await Body.of(request)
        account, id_ = body.text("account"), body.text("id")
        network, change = self._page.network, str(request.path_params["change"])
        public = network.timeline(newest=_TIMELINE_AT_MOST)
        posts = (*public, *network.direct_messages(account))
        if not any(post.id == id_ and post.account == account for post in posts):
            raise InputError("There is no such post of yours.")
        if change == "edit":
            network.edit(id_, self._measured(body.text("text")))
        elif change == "delete":
            network.delete(id_)
        else:
            raise HTTPException(404, f"One cannot “{change}” a post.")
        return JSONResponse({"id": id_})

    async def file(self, request: Request) -> Response:
        """Return a file of ours as the network hands it out: pictures to look at."""
        content = self._page.network.file(str(request.path_params["digest"]))
        if content is None:
            raise HTTPException(404, "There is no such file.")
        kind, _ = guess_type(str(request.path_params["name"]))
        if kind in _PICTURES:
            return Response(content, media_type=kind)
        headers = {"content-disposition": "attachment"}
        return Response(content, media_type=_BYTES, headers=headers)

    def _measured(self, text: str) -> str:
        if len(text) > LONGEST:
            raise InputError(f"The network takes at most {LONGEST:,} characters.")
        return text

    def _written(self, body: Body) -> tuple[str, str]:
        account, text = body.text("account"), body.optional("text")
        self._refuse_brand(account)
        return account, self._measured(text)

    def _refuse_brand(self, account: str) -> None:
        if account.lower() == self._page.policy.handle.lower():
            raise InputError(f"@{account} is the brand's own account.")

    async def _shown(self, posts: Sequence[Post]) -> list[Json]:
        speakers = await self._speakers.of(posts)
        return [post_shape(post, by=speakers[post.id]) for post in posts]

    def _messages(
        self, account: str, records: Sequence[Record], direct: Sequence[Post]
    ) -> list[Json]:
        """Return the newest messages, those not handled yet at the end."""
        customer = self._page.customer_of(account)
        handled = [r for r in records if r.author is Author.CUSTOMER]
        handled = handled[-_MESSAGES_SHOWN:]
        shown = [
            message_shape(record, records, case=self._case(customer, record, records))
            for record in handled
        ]
        known = {record.id for record in records}
        since = handled[-1].at if handled else None
        for post in (*self._page.network.timeline(), *direct):
            mine = post.account == account and post.id not in known
            if mine and (since is None or post.at >= since):
                shown.append(waiting_shape(post))
        return shown

    def _case(
        self, customer: CustomerId, message: Record, records: Sequence[Record]
    ) -> str | None:
        """Return the case of a message; an answer that did not arrive makes one too."""
        tally = self._feed.tally
        lost = any(r.in_reply_to == message.id and r.delivery in _LOST for r in records)
        return tally.case_of(customer, message.id) or (
            tally.latest_case(customer) if lost else None
        )
