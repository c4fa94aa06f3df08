"""Writes to Slack and tells the book: before a post that it is tried, then where it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot.clock import Clock
from bot.desk.slack.blocks.mrkdwn import is_user
from bot.desk.slack.client import SlackClient
from bot.desk.slack.drawing import Drawing, Pencil
from bot.desk.slack.facts import Facts, facts_after, facts_of, keep
from bot.desk.slack.failures import ChannelClosed, MessageGone, Rejected, Unanswered
from bot.desk.slack.pings import PingKind
from bot.desk.slack.plan import Change, Farewell, Post
from bot.errors import PermanentFailure, TemporaryFailure
from bot.log import Log
from bot.model.case import AgentId
from bot.model.policy import Policy
from bot.ports import CaseView
from bot.ports.chat import CardBook, Page, Place, Posting, Shown

_MUST_BE_SEEN = frozenset({PingKind.REOPENED, PingKind.SLA_NEAR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is shown, with what the book says of it."""

    shown: Shown
    page: Page
    channel: str  # where it belongs
    whose: str  # a mark of the customer
    opened_at: datetime
    changed_at: datetime
    view: CaseView | None  # None for an incident


class Writer:
    """One write at a time. Failures are those of bot.desk.slack.failures."""

    def __init__(
        self, client: SlackClient, book: CardBook, *, clock: Clock, log: Log
    ) -> None:
        self._client, self._book = client, book
        self._clock, self._log = clock, log

    async def post(
        self, subject: Subject, post: Post, pencil: Pencil, *, holding: int
    ) -> None:
        """Post what is not there yet, unless the duty went to somebody else."""
        shown, now = subject.shown, self._clock.now()
        post = await self._addressed(subject, post, pencil)
        page = subject.page
        channel = page.card.channel if post.thread and page.card else subject.channel
        posting = Posting(post.id, channel, post.thread, post.drawing.digest, now)
        if not await self._book.begin(shown, posting, holding=holding):
            return
        facts = facts_of(post, subject.whose)
        try:
            ts = await self._posted(channel, post, facts)
        except Unanswered:
            raise  # it may be there: that is looked up
        except MessageGone:
            await self._book.give_up(shown, posting)
            await self._book.replace(shown, page.number, gone=True)
            return
        except (TemporaryFailure, PermanentFailure):
            await self._book.give_up(shown, posting)
            raise
        place = Place(pencil.workspace.id, channel, ts)
        if not await keep(self._book, shown, facts, place, now=now):
            await self._client.delete(channel, ts)  # somebody else was faster

    async def change(self, subject: Subject, change: Change) -> bool:
        """Let a message say something else. One that is gone is made anew.

        Returns:
            Whether the card is still there.
        """
        shown, page = subject.shown, subject.page
        facts = facts_after(change, page, subject.whose)
        try:
            await self._changed(change.place, change.drawing, facts)
        except MessageGone:
            if change.line is None:
                self._log("card_gone", shown=shown)
                await self._book.replace(shown, page.number, gone=True)
                return False
            await self._book.forget_line(shown, change.line)
            return True
        await keep(self._book, shown, facts, change.place, now=self._clock.now())
        return True

    async def say_farewell(
        self, subject: Subject, farewell: Farewell, pencil: Pencil
    ) -> None:
        """Let an earlier card say where the present one is, if it can be reached."""
        card, view = subject.page.card, subject.view
        if card is None or view is None:
            return
        drawing = pencil.moved(view.case, pencil.workspace.link(card))
        try:
            await self._changed(farewell.place, drawing, None)
        except (MessageGone, ChannelClosed, Rejected):
            self._log("farewell_unsaid", shown=subject.shown)
        await self._book.forget_left(subject.shown, farewell.place)

    async def _posted(self, channel: str, post: Post, facts: Facts) -> str:
        attempt = partial(
            self._client.post,
            channel,
            facts=facts,
            thread=post.thread,
            broadcast=post.loud,
        )
        try:
            return await attempt(message=post.drawing.message)
        except Rejected as rejected:
            self._tell(post.id, rejected)
            return await attempt(message=post.drawing.bare.message)

    async def _changed(
        self, place: Place, drawing: Drawing, facts: Facts | None
    ) -> None:
        try:
            await self._client.update(place, drawing.message, facts=facts)
        except Rejected as rejected:
            self._tell(facts["id"] if facts else "", rejected)
            await self._client.update(place, drawing.bare.message, facts=facts)

    def _tell(self, id_: str, rejected: Rejected) -> None:
        self._log(
            "slack_rejected", message=id_, method=rejected.method, code=rejected.code
        )

    async def _addressed(self, subject: Subject, post: Post, pencil: Pencil) -> Post:
        """Call the whole channel if the agent who is to be called is not there."""
        ping, view = post.ping, subject.view
        if ping is None or view is None or ping.kind not in _MUST_BE_SEEN:
            return post
        user = user_of(ping.agent, pencil.policy)
        if user and not await self._is_away(user):
            return post
        everyone = replace(ping, agent=None, loud=True)
        drawing = pencil.ping(view.case, everyone)
        return replace(post, drawing=drawing, ping=everyone, loud=True)

    async def _is_away(self, user: str) -> bool:
        try:
            return await self._client.is_away(user)
        except PermanentFailure:
            return True  # Slack knows nothing of them


def user_of(agent: AgentId | None, policy: Policy) -> str | None:
    """Return who an agent is in Slack, if that is known."""
    if agent is None:
        return None
    known = policy.agents.get(agent)
    if known is not None:
        return known.slack
    return agent if is_user(agent) else None
