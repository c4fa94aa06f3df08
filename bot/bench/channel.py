"""The bench's network as a Channel, over HTTP with connections that are kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Set
from datetime import datetime, timezone
from urllib.parse import quote

from bot.bench.http import HttpClient, NoAnswer
from bot.channels.counting import LIMITS, weighted_length
from bot.errors import InputError, TemporaryFailure
from bot.model.allowance import Allowance
from bot.model.attachment import AttachmentKind
from bot.model.message import (
    DIRECT,
    ChannelName,
    CustomerId,
    Malformed,
    Message,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import (
    Found,
    NotThere,
    Outgoing,
    Refused,
    SendResult,
    Sent,
    Speaker,
    Unknown,
    Unreachable,
)

NAME = ChannelName("bench")
_RULES = NetworkRules()


class BenchChannel:
    """The bot's account on the network of `bot.bench.network`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: HttpClient | None = None  # needs a running loop

    @property
    def name(self) -> ChannelName:
        return NAME

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.close()

    async def messages(
        self, *, after: str | None
    ) -> AsyncIterator[tuple[str, Message | Malformed]]:
        """Yield what is on the network by now; see Channel.messages.

        Raises:
            TemporaryFailure: the network does not answer.
        """
        number = int(after or 0)
        while True:
            page = await self._page(number)
            if not page:
                return
            for raw in page:
                number += 1
                yield str(number), _message(raw)

    async def _page(self, number: int) -> list[dict[str, object]]:
        try:
            answer = await self._http().get(f"/messages?after={number}")
        except NoAnswer as error:
            raise TemporaryFailure("bench: the network does not answer") from error
        page: list[dict[str, object]] = json.loads(answer.body)["messages"]
        return page

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Try once to send; see Channel.send."""
        body = json.dumps(
            {
                "key": outgoing.key,
                "account": outgoing.customer.removeprefix(f"{NAME}:"),
                "text": outgoing.text,
                "reply_to": outgoing.reply_to,
                "private": outgoing.visibility is Visibility.PRIVATE,
            }
        ).encode()
        try:
            answer = await self._http().post("/messages", body)
        except NoAnswer:
            return Unknown()
        if answer.status != 200:
            return Refused(f"http_{answer.status}", permanent=False)
        return _sent(json.loads(answer.body))

    async def find_sent(
        self,
        outgoing: Outgoing,
        *,
        known: Set[MessageId] = frozenset(),
        any_words: bool = False,
    ) -> Found:
        """Look for this text in the ledger; see Channel.find_sent.

        The network keeps our keys, so nothing else can be taken for it.
        """
        del known, any_words
        try:
            answer = await self._http().get(f"/sent?key={quote(outgoing.key)}")
        except NoAnswer:
            return Unreachable()
        rows = json.loads(answer.body)
        return _sent(rows[0]) if rows else NotThere()

    async def hide(self, message: MessageId, *, hidden: bool = True) -> None:
        """Hide nothing: the bench measures messages."""
        del message, hidden
        raise InputError("Nothing can be hidden here.")

    @property
    def rules(self) -> NetworkRules:
        """Say that nothing is refused: the bench measures us, not a network."""
        return _RULES

    def allowances(self, visibility: Visibility) -> tuple[Allowance, ...]:
        """Return none, likewise."""
        del visibility
        return ()

    def takes_files(self, visibility: Visibility) -> frozenset[AttachmentKind]:
        """Return none: the bench measures texts."""
        del visibility
        return frozenset()

    def can_ask_rating(self, visibility: Visibility) -> bool:
        """Ask for nothing: the bench measures messages."""
        del visibility
        return False

    def length(self, text: str) -> int:
        """Return X's weighted count."""
        return weighted_length(text)

    def posts(
        self, text: str, visibility: Visibility, speaker: Speaker
    ) -> tuple[str, ...]:
        """Return it as one."""
        del visibility, speaker
        return (text,)

    def limit(self, visibility: Visibility) -> int:
        """Return X's limits."""
        return LIMITS[visibility]

    def _http(self) -> HttpClient:
        if self._client is None:
            self._client = HttpClient(self._address)
        return self._client


def _sent(row: dict[str, object]) -> Sent:
    return Sent(MessageId(str(row["id"])), _moment(row["at"]))


def _moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(float(str(seconds)), tz=timezone.utc)


def _message(raw: dict[str, object]) -> Message:
    private = bool(raw["private"])
    id_ = MessageId(str(raw["id"]))
    return Message(
        channel=NAME,
        id=id_,
        customer=CustomerId(f"{NAME}:{raw['account']}"),
        thread=DIRECT if private else ThreadId(id_),
        text=str(raw["text"]),
        visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
        sent_at=_moment(raw["at"]),
        handle=str(raw["account"]),
    )
