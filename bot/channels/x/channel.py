"""X as a Channel: what the rest of the program sees of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Set
from datetime import timedelta

from bot.channels.counting import LIMITS, weighted_length
from bot.channels.x.client import XClient
from bot.channels.x.context import Surroundings
from bot.channels.x.errors import ErrorKind, XError
from bot.channels.x.finding import Finder
from bot.channels.x.heard import Heard
from bot.channels.x.inward import Inward
from bot.channels.x.kept import KeptPosts
from bot.channels.x.ledger import Ledger, Trouble
from bot.channels.x.limits import HIDE
from bot.channels.x.media import TAKES, LinkedFiles, Media
from bot.channels.x.parts import posts_of
from bot.channels.x.people import People
from bot.channels.x.posts import Us
from bot.channels.x.reading import Reader
from bot.channels.x.said import Sayings
from bot.channels.x.sending import Sending
from bot.channels.x.session import Session
from bot.channels.x.stream import Stream
from bot.channels.x.vanished import Vanished
from bot.clock import Clock
from bot.errors import InputError
from bot.log import Log
from bot.model.allowance import Allowance
from bot.model.attachment import AttachmentKind
from bot.model.message import ChannelName, Inbound, MessageId, Visibility
from bot.model.network_rules import ExampleUse, NetworkRules
from bot.model.outgoing import Found, Outgoing, SendResult, Speaker
from bot.model.x_policy import XPolicy
from bot.ports.files import Files
from bot.ports.quota import Quota
from bot.ports.spending import Spending

NAME = ChannelName("x")
DIRECTS_EVERY = timedelta(seconds=60)  # X lets us read them 15 times in 15 minutes
_QUARTER, _DAY = timedelta(minutes=15), timedelta(days=1)
ALLOWANCES = {
    Visibility.PUBLIC: (
        Allowance("posts", 100, _QUARTER),
        Allowance("posts_a_day", 10_000, _DAY),
    ),
    Visibility.PRIVATE: (
        Allowance("direct_messages", 15, _QUARTER),
        Allowance("direct_messages_a_day", 1_440, _DAY),
    ),
}

RULES = NetworkRules(
    called="X",
    summons_bind_people=True,
    same_words_after=timedelta(hours=24),
    generated_needs_approval=True,
    wants_privacy_link=True,
    paid=True,
    examples=ExampleUse.NEVER,  # its posts may train no model
)


class XChannel:
    """Our account on X; implements bot.ports.Channel."""

    def __init__(
        self,
        session: Session,
        policy: XPolicy,
        *,
        quota: Quota,
        spending: Spending,
        clock: Clock,
        log: Log,
        name: ChannelName = NAME,
        account: Us | None = None,
        directs_every: timedelta = DIRECTS_EVERY,
        files: Files | None = None,
        bearer_token: str = "",
    ) -> None:
        """Read and write over `session`.

        `account` is who we are; without it X is asked, once. Direct messages are asked
        for every `directs_every`, but no more often than the policy says. From `files`
        comes what agents attach; without it, their links are followed. `bearer_token`
        is the app's own: with it X is asked for all kept posts at once.
        """
        self._name = name
        self._ledger = Ledger(
            name, policy, quota=quota, spending=spending, clock=clock, log=log
        )
        self._client = XClient(session, self._ledger, log=log)
        self._people = People(self._client, name, account)
        self._heard, self._session = Heard(), session
        self._clock, self._log = clock, log
        surroundings = Surroundings(self._client)
        self._inward = Inward(
            Reader(self._client, self._people.us),
            self._heard,
            self._people,
            self._ledger,
            surroundings=surroundings,
            vanished=Vanished(self._client),
            directs_every=directs_every,
        )
        app = session.of_app(bearer_token) if bearer_token else None
        self.kept = KeptPosts(
            self._client,
            XClient(app, self._ledger, log=log) if app else None,
            session,
            forget=surroundings.drop,
        )
        self._finder = Finder(Sayings(self._client), self._people)
        media = Media(self._client, files or LinkedFiles(session.plain()))
        self._sending = Sending(
            self._client, self._finder, media, self._people, log=log
        )

    @property
    def name(self) -> ChannelName:
        return self._name

    @property
    def troubles(self) -> Mapping[ErrorKind, Trouble]:
        """What goes wrong at the moment, of this process's calls."""
        return self._ledger.troubles

    def follow(self, policy: XPolicy) -> None:
        """Let `policy` count from now on."""
        self._ledger.policy = policy

    async def account(self) -> Us:
        """Return who we are on X. Raises XError if X does not tell."""
        return await self._people.us()

    async def listen(self, stop: asyncio.Event, *, token: str) -> None:
        """Hear at once of what comes in, until `stop` is set.

        It is only faster: messages() finds everything but deletions and what is
        encrypted without it. `token` is the app's own.
        """
        stream = Stream(
            self._heard,
            self._client,
            self._people,
            session=self._session.plain(),
            token=token,
            clock=self._clock,
            log=self._log,
        )
        await stream.run(stop)

    def messages(self, *, after: str | None) -> AsyncIterator[tuple[str, Inbound]]:
        """Yield what is new; see Channel.messages."""
        return self._inward.messages(after=after)

    async def send(self, outgoing: Outgoing) -> SendResult:
        """Try once to send; the codes of refusals are listed in `sending`."""
        return await self._sending.send(outgoing)

    async def find_sent(
        self,
        outgoing: Outgoing,
        *,
        known: Set[MessageId] = frozenset(),
        any_words: bool = False,
    ) -> Found:
        """Look in our timeline, or in our direct messages; see Channel.find_sent."""
        return await self._finder.find(outgoing, known=known, any_words=any_words)

    async def hide(self, message: MessageId, *, hidden: bool = True) -> None:
        """Hide a reply to a post of ours, or show it again.

        Raises:
            InputError: X does not do it; says why.
        """
        try:
            await self._client.ask(
                HIDE,
                lambda x, signed: (x.hide_reply if hidden else x.unhide_reply)(
                    message, user_auth=signed
                ),
            )
        except XError as error:
            done = "hidden" if hidden else "shown again"
            says = error.kind.says
            raise InputError(f"X has not {done} this: {says}.") from error

    @property
    def rules(self) -> NetworkRules:
        return RULES

    def allowances(self, visibility: Visibility) -> tuple[Allowance, ...]:
        """Return X's limits of 15 minutes and of a day."""
        return ALLOWANCES[visibility]

    def takes_files(self, visibility: Visibility) -> frozenset[AttachmentKind]:
        """Return images, in public and in private."""
        del visibility
        return TAKES

    def can_ask_rating(self, visibility: Visibility) -> bool:
        """Say no: X's interface of today has nothing to tap."""
        del visibility
        return False

    def length(self, text: str) -> int:
        """Return X's weighted count, for direct messages as well."""
        return weighted_length(text)

    def limit(self, visibility: Visibility) -> int:
        """Return 280 in public and 10,000 in private."""
        return LIMITS[visibility]

    def posts(
        self, text: str, visibility: Visibility, speaker: Speaker
    ) -> tuple[str, ...]:
        """Return one, or an agent's long public text cut between sentences."""
        return posts_of(text, visibility, speaker)

    def close(self) -> None:
        """End the threads and connections."""
        self.kept.close()
        self._client.close()
