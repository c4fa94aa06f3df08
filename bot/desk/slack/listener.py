"""Who deals with what people do in Slack."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.clock import Clock
from bot.desk.slack import refusals
from bot.desk.slack.acts import ActListener
from bot.desk.slack.commands import CommandListener
from bot.desk.slack.dialogues import DialogueListener
from bot.desk.slack.heard import (
    Click,
    Command,
    HomeOpened,
    Said,
    Spot,
    Submission,
    heard_of,
)
from bot.desk.slack.home import HomeListener
from bot.desk.slack.reading import Json
from bot.desk.slack.submissions import SubmissionListener
from bot.desk.slack.talk import Talk, TooLate
from bot.desk.slack.thread import ThreadListener
from bot.ports import Delivery

# An older click may not be meant any more: it is not done, and its maker told.
OLD_CLICK: Final = timedelta(minutes=5)


class Listener:
    """Hands each delivery to the one listener that it is for."""

    def __init__(
        self,
        *,
        acts: ActListener,
        dialogues: DialogueListener,
        submissions: SubmissionListener,
        thread: ThreadListener,
        commands: CommandListener,
        home: HomeListener,
        talk: Talk,
        clock: Clock,
    ) -> None:
        self._acts, self._dialogues, self._submissions = acts, dialogues, submissions
        self._thread, self._commands, self._home = thread, commands, home
        self._talk, self._clock = talk, clock

    async def deal(self, delivery: Delivery) -> Json | None:
        """Do what somebody wanted; return what Slack is to show them, if anything.

        What does not fit the case is told privately and is dealt with by that.
        """
        heard = heard_of(delivery)
        if not isinstance(heard, HomeOpened):
            self._home.acted(heard.spot.user)
        if isinstance(heard, Submission):
            return await self._submissions.hear(heard)
        if isinstance(heard, Said):
            await self._thread.hear(heard)
        elif isinstance(heard, HomeOpened):
            await self._home.show(heard.user)
        elif self._clock.now() - delivery.taken_at > OLD_CLICK:
            await self._talk.tell(heard.spot, refusals.CLICK_TOO_OLD)
        else:
            await self._in_time(heard)
        return None

    async def _in_time(self, heard: Click | Command) -> None:
        try:
            if isinstance(heard, Command):
                await self._commands.hear(heard)
            elif self._acts.knows(heard):
                await self._acts.hear(heard)
            else:
                await self._dialogues.hear(heard)
        except TooLate:
            await self._talk.tell(heard.spot, refusals.TOO_LATE)

    async def answer_late(self, delivery: Delivery, answer: Json) -> None:
        """Tell somebody privately what Slack does not wait for any more."""
        heard = heard_of(delivery)
        if isinstance(heard, Submission):
            await self._submissions.tell_late(heard, answer)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever did it that it could not be done."""
        heard = heard_of(delivery)
        spot = Spot(heard.user) if isinstance(heard, HomeOpened) else heard.spot
        if spot.user:
            await self._talk.tell(spot, refusals.GAVE_UP)
