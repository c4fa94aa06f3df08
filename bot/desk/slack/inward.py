"""What people do in Slack, from the socket to the case: all parts, put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.desk.slack.acts import ActListener
from bot.desk.slack.catching_up import CatchingUp
from bot.desk.slack.commands import CommandListener
from bot.desk.slack.composer import Composer
from bot.desk.slack.dialogues import DialogueListener
from bot.desk.slack.envelopes import envelope_of
from bot.desk.slack.home import HomeListener
from bot.desk.slack.inbox import Inbox
from bot.desk.slack.links import Links
from bot.desk.slack.listener import Listener
from bot.desk.slack.overview import LookAtHealth, LookAtMoney, Overview
from bot.desk.slack.people import People
from bot.desk.slack.reading import Json
from bot.desk.slack.socket import Socket
from bot.desk.slack.submissions import SubmissionListener
from bot.desk.slack.talk import Talk
from bot.desk.slack.thread import ThreadListener
from bot.desk.slack.watchdog import Holds, Watchdog
from bot.desk.slack.whereabouts import Whereabouts
from bot.log import Log
from bot.model.policy import Policy
from bot.ports import CaseWork, Deliveries, Figures, IncidentWork, QuietMode
from bot.ports.chat import CardBook


class Inward:
    """Listens to one workspace. Slack is not asked before the first step."""

    def __init__(
        self,
        web: AsyncWebClient,
        app_token: str,
        *,
        deliveries: Deliveries,
        book: CardBook,
        work: CaseWork,
        incidents: IncidentWork,
        quiet: QuietMode,
        figures: Figures,
        money: LookAtMoney,
        health: LookAtHealth,
        holds: Holds,
        policy: Callable[[], Policy],
        labels: Callable[[], Sequence[str]],
        channels: Sequence[str],
        clock: Clock,
        log: Log,
    ) -> None:
        """Put it together.

        Args:
            web: the client of Slack's Web API.
            app_token: with which sockets are opened.
            deliveries: where what comes in is kept.
            book: which card is where.
            work: what agents do to cases.
            incidents: and to incidents.
            quiet: where the bot is paused.
            figures: what the day came to.
            money: what it costs.
            health: how the program is.
            holds: whether this process looks after what was missed.
            policy: the one in force.
            labels: what a case can be corrected to.
            channels: the names of the customers' networks.
            clock: time.
            log: where events go.
        """
        talk = Talk(web)
        where = Whereabouts(talk, policy, clock=clock)
        people = People(talk, policy, clock=clock)
        links = Links(book, where)
        overview = Overview(work, quiet, figures, health, money, clock=clock)
        composer = Composer(work, talk, people, clock=clock)
        thread = ThreadListener(work, book, talk, people, clock=clock)
        self.home = HomeListener(
            work, talk, people, overview=overview, links=links, clock=clock
        )
        listener = Listener(
            acts=ActListener(work, talk, people, thread),
            dialogues=DialogueListener(
                work,
                incidents,
                talk,
                people,
                composer=composer,
                links=links,
                labels=labels,
            ),
            submissions=SubmissionListener(
                work, incidents, talk, people, composer=composer
            ),
            thread=thread,
            commands=CommandListener(
                work,
                quiet,
                talk,
                people,
                overview=overview,
                links=links,
                channels=channels,
                clock=clock,
            ),
            home=self.home,
            talk=talk,
            clock=clock,
        )
        self.inbox = Inbox(deliveries, listener, clock=clock, log=log)
        self.socket = Socket(web, app_token, self._receive, clock=clock, log=log)
        self._catching_up = CatchingUp(talk, self.inbox, where)
        self.watchdog = Watchdog(
            talk,
            self.socket,
            self._catching_up,
            channels=where.channels,
            holds=holds,
            clock=clock,
            log=log,
        )

    async def _receive(self, payload: Json) -> Json | None:
        envelope = envelope_of(payload)
        answer = await self.inbox.receive(envelope) if envelope else None
        self._catching_up.heard(payload)  # only what is stored counts as told
        return answer

    async def close(self) -> None:
        """Hear no more, and finish what is in hand."""
        await self.socket.close()
        await self.inbox.settle()
