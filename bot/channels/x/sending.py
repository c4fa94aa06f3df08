"""Send texts to X, and say in our words how X refuses.

code             permanent  why
rate_limited     no         too many calls or sends; the quota says how long
unreachable      no         X cannot be reached: nothing was sent
token            no         X does not take our token
permission       no         our app may not send
suspended        no         our account is suspended or locked
credit           no         no credit is left
empty_text       yes        nothing to post
too_long         yes        over the limit in X's own count
file_not_taken   yes        a file is no image, or too large
file_unreadable  either     a file cannot be had, now or at all
reply_not_found  yes        the post or the person is not there any more
not_summoned     yes        X lets us answer those only who addressed us
dm_not_opened    yes        X does not let us write to this person
duplicate_text   yes        X takes the same text only once, and it is not out there
refused          yes        X refused in words that we do not know
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.channels.counting import LIMITS, has_link, weighted_length, whole
from bot.channels.x.client import Call, XClient
from bot.channels.x.errors import ErrorKind, XError
from bot.channels.x.finding import Finder, account_of, posted
from bot.channels.x.limits import DM_SEND, POST
from bot.channels.x.media import Media, NotTakenError
from bot.channels.x.parts import Part, parts_of
from bot.channels.x.people import People
from bot.channels.x.raw import text_in, within
from bot.channels.x.said import Said, Unclear
from bot.channels.x.snowflake import moment_of
from bot.log import Log
from bot.model.message import MessageId, Visibility
from bot.model.outgoing import Outgoing, Refused, SendResult, Sent, Unknown

# No post is begun later than this after the call: a sender's lease may end soon, and
# then another one looks for the text, and must find what there will be.
PATIENCE = timedelta(seconds=3)
_REFUSALS = {
    ErrorKind.RATE: Refused("rate_limited", permanent=False),
    ErrorKind.TRANSIENT: Refused("unreachable", permanent=False),
    ErrorKind.TOKEN: Refused("token", permanent=False),
    ErrorKind.PERMISSION: Refused("permission", permanent=False),
    ErrorKind.SUSPENDED: Refused("suspended", permanent=False),
    ErrorKind.CREDIT: Refused("credit", permanent=False),
    ErrorKind.DUPLICATE: Refused("duplicate_text", permanent=True),
    ErrorKind.NOT_SUMMONED: Refused("not_summoned", permanent=True),
    ErrorKind.GONE: Refused("reply_not_found", permanent=True),
    ErrorKind.UNKNOWN: Refused("refused", permanent=True),
}

_NOT_TO_THEM = frozenset({ErrorKind.UNKNOWN, ErrorKind.NOT_SUMMONED})


class Sending:
    """Posts replies and direct messages. X knows no idempotency key."""

    def __init__(
        self,
        client: XClient,
        finder: Finder,
        media: Media,
        people: People,
        *,
        log: Log,
    ) -> None:
        self._client, self._finder, self._media = client, finder, media
        self._people, self._log = people, log

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Try once to send, in as many posts as it takes.

        What of several posts is out there already is not posted again, so that a text
        that came half way goes on from there.
        """
        parts = parts_of(outgoing)
        problem = _problem(outgoing, parts)
        if problem:
            return Refused(problem, permanent=True)
        until = self._client.ledger.clock.now() + PATIENCE
        try:
            done = await self._done(outgoing) if len(parts) > 1 else []
            there = posted(parts, outgoing, done)
            return await self._go_on(outgoing, parts, there, until)
        except Unclear:
            return Unknown()
        except NotTakenError as error:
            return Refused(error.code, error.permanent)

    async def _done(self, outgoing: Outgoing) -> list[Said]:
        try:
            return await self._finder.said(outgoing)
        except XError:
            raise Unclear("cannot be looked up now") from None

    async def _go_on(
        self,
        outgoing: Outgoing,
        parts: tuple[Part, ...],
        there: list[Said],
        until: datetime,
    ) -> SendResult:
        """Post what is not there yet, each part below the one before it."""
        first = Sent(there[0].id, there[0].at) if there else None
        above = there[-1].id if there else outgoing.reply_to
        for part in parts[len(there) :]:
            result = await self._post(outgoing, part, above, until)
            if not isinstance(result, Sent):
                return result
            first, above = first or result, result.id
        return first or Unknown()

    async def _post(
        self,
        outgoing: Outgoing,
        part: Part,
        above: MessageId | None,
        until: datetime,
    ) -> SendResult:
        private = outgoing.visibility is Visibility.PRIVATE
        files = [await self._media.upload(f, private=private) for f in part.files]
        if self._client.ledger.clock.now() > until:
            return _REFUSALS[ErrorKind.TRANSIENT]  # the rest goes out next time
        button = await self._button(outgoing)
        call = (
            _direct(account_of(outgoing), part, files)
            if private
            else _reply(above, part, files, button=button)
        )
        try:
            body = await self._client.ask(DM_SEND if private else POST, call, by=until)
        except XError as error:
            return await self._refused(outgoing, error)
        await self._client.ledger.pay_text(
            private=private,
            reply=above is not None,
            link=has_link(part.text) or bool(button),
        )
        data = within(body, "data")
        id_ = text_in(data, "dm_event_id" if private else "id") or ""
        if not id_.isdecimal():
            return Unknown()
        return Sent(MessageId(id_), moment_of(id_))

    async def _button(self, outgoing: Outgoing) -> str | None:
        """Return where X's own button leads below an invitation to write directly."""
        if not outgoing.invites or not self._client.ledger.policy.deep_link:
            return None
        us = await self._people.us()
        return f"https://x.com/messages/compose?recipient_id={us.id}"

    async def _refused(self, outgoing: Outgoing, error: XError) -> SendResult:
        if error.reached and error.endpoint in (POST.name, DM_SEND.name):
            return Unknown()
        if error.kind is ErrorKind.DUPLICATE:
            return await self._perhaps_sent(outgoing)
        private = outgoing.visibility is Visibility.PRIVATE
        if private and error.status == 403 and error.kind in _NOT_TO_THEM:
            return Refused("dm_not_opened", permanent=True)
        return _REFUSALS[error.kind]

    async def _perhaps_sent(self, outgoing: Outgoing) -> SendResult:
        """X has this text already: most likely this is the one, whose answer was lost."""
        found = await self._finder.find(outgoing, known=frozenset(), any_words=False)
        if isinstance(found, Sent):
            self._log("sent_before", key=outgoing.key)
            return found
        return _REFUSALS[ErrorKind.DUPLICATE]


def _problem(outgoing: Outgoing, parts: tuple[Part, ...]) -> str | None:
    """Return why X would refuse, without asking it."""
    if not whole(outgoing.text).strip():
        return "empty_text"
    limit = LIMITS[outgoing.visibility]
    if any(weighted_length(part.text) > limit for part in parts):
        return "too_long"
    if outgoing.visibility is Visibility.PUBLIC:
        above = outgoing.reply_to or ""
        if not (above.isascii() and above.isdecimal()):
            return "reply_not_found"
    return None


def _reply(
    above: MessageId | None, part: Part, files: list[str], *, button: str | None
) -> Call:
    return lambda x, signed: x.create_tweet(
        text=whole(part.text),
        in_reply_to_tweet_id=above,
        media_ids=files or None,
        direct_message_deep_link=button,
        user_auth=signed,
    )


def _direct(account: str, part: Part, files: list[str]) -> Call:
    return lambda x, signed: x.create_direct_message(
        participant_id=account,
        text=whole(part.text) or None,
        media_id=files[0] if files else None,
        user_auth=signed,
    )
