"""Agents who follow a script: they see what Slack shows them, and nothing else."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.model.case import CaseId
from tests.builders import POLICY
from tests.scenario.slack_day.day import TEAMS, Day
from tests.slack_double.errors import CannotDo
from tests.slack_double.person import Person
from tests.slack_double.workspace import Channel, Message

PATIENCE = 2_000  # seconds that they look for an effect: a channel may be busy
OWN = 4  # cases that one of them has at a time
_SETTLED = ("leftwards_arrow_with_hook", "white_check_mark", "warning")
_NOT_SENT = re.compile(r"\b(not|nothing was) sent\b", re.IGNORECASE)
_HELD = re.compile(r"\bwith (\S+), waiting|(\S+) answered, waiting")


@dataclass
class Said:
    """What agents meant for customers, and what was to stay at the desk."""

    replies: dict[str, Reply] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    acts: Counter[str] = field(default_factory=Counter)


@dataclass
class Reply:
    """A text for a customer. `told`: why it is not sent, as its writer was told.

    `undo`: its writer tried to take it back; the thread says whether that came in time.
    """

    case: CaseId
    typed: bool
    undo: bool = False
    told: str = ""


class Agent:
    """One person, who works in the channels of some teams."""

    def __init__(
        self,
        day: Day,
        person: Person,
        teams: tuple[str, ...],
        said: Said,
        chance: random.Random,
    ) -> None:
        self._day, self.person, self._said, self._chance = day, person, said, chance
        self._channels = [TEAMS[team] for team in teams]
        self._teams = list(POLICY.teams)
        self._count = 0

    async def work(self) -> None:
        """Work until the day is over."""
        acts = (
            [self.compose] * 4
            + [self.type_reply] * 4
            + [self.note] * 2
            + [self.resolve] * 2
            + [self.hand_over, self.snooze, self.correct, self.release]
        )
        while not self._day.over:
            await self._day.seconds(self._chance.randint(1, 4))
            mine, free = list(self._mine()), list(self._free())
            try:
                if free and len(mine) < OWN:
                    await self.claim(self._chance.choice(free))
                elif mine:
                    await self._chance.choice(acts)(self._chance.choice(mine))
            except CannotDo:  # the card changed before their eyes
                self._said.acts["looked again"] += 1
                self._shut()

    # What they see.

    def _cards(self) -> Iterator[Message]:
        for channel in self._channels:
            for message in self._day.slack.messages(channel):
                if (message.our_id or "").startswith("card:") and message.action_ids:
                    yield message

    def _free(self) -> Iterator[Message]:
        return (card for card in self._cards() if "case_claim" in card.action_ids)

    def _mine(self) -> Iterator[Message]:
        return (card for card in self._cards() if self._is_mine(card))

    def _is_mine(self, card: Message) -> bool:
        found = _HELD.search(card.says())
        names = (self.person.name, f"<@{self.person.id}>", self.person.id)
        return bool(found and (found[1] or found[2]) in names)

    def _line(self, card: Message, text: str) -> Message | None:
        """Return the line of the app in the thread that has this text."""
        thread = self._day.slack.thread(card.channel, card.ts)
        return next((m for m in thread if m.by_app and text in m.says()), None)

    def _where(self, card: Message) -> Channel:
        return self._day.slack.space.channels[card.channel]

    def _told(self) -> int:
        return len(self._day.slack.ephemerals(self.person))

    def _told_of(self, card: Message, before: int) -> str:
        """Return what was said privately in the thread of a card since."""
        new = self._day.slack.ephemerals(self.person)[before:]
        where = (card.ts, None)  # a thread without lines is not there to tell it in
        return "; ".join(
            one.says()
            for one in new
            if one.channel == card.channel
            and one.thread_ts in where
            and _NOT_SENT.search(one.says())  # else it is about an earlier click
        )

    def _new(self, kind: str) -> str:
        self._count += 1
        self._said.acts[kind] += 1
        return f"{kind} {self._count} of {self.person.name}."

    def _shut(self) -> None:
        self._day.slack.space.modals.pop(self.person.id, None)

    # What they do.

    async def claim(self, card: Message) -> None:
        self._said.acts["claim"] += 1
        await self.person.click(card, "case_claim")
        await self._day.seconds(2)

    async def release(self, card: Message) -> None:
        self._said.acts["release"] += 1
        await self.person.click(card, "case_release")

    async def note(self, card: Message) -> None:
        """Write among colleagues, often with a link that unfolds."""
        text = f"{self._new('Note')} See https://wiki.example/{self._count}"
        self._said.notes.append(text)
        await self.person.type(self._where(card), text, thread_ts=card.ts)

    async def type_reply(self, card: Message) -> None:
        """Answer in the thread, and look whether it goes out."""
        text = self._new("Answer")
        reply = self._said.replies[text] = Reply(_case(card), typed=True)
        told = self._told()
        where = self._where(card)
        await self.person.type(where, f"reply: {text}", thread_ts=card.ts)
        await self._see(card, text, reply, told)

    async def compose(self, card: Message) -> None:
        """Answer in the composer, until it closes."""
        if not await self._opened(card, "case_reply", None, "compose"):
            return
        text = self._new("Reply")
        reply = self._said.replies[text] = Reply(_case(card), typed=False)
        told = self._told()
        if await self._submitted({"text": text}):
            await self._see(card, text, reply, told)
        else:
            reply.told = "in the dialogue"

    async def _see(self, card: Message, text: str, reply: Reply, told: int) -> None:
        """Wait until the thread shows it, or a private word says why not."""
        for _ in range(PATIENCE):
            if (line := self._line(card, text)) is not None:
                await self._perhaps_undo(line, reply)
                return
            if words := self._told_of(card, told):
                reply.told = words
                return
            await self._day.seconds(1)

    async def _perhaps_undo(self, line: Message, reply: Reply) -> None:
        if self._chance.random() > 0.25 or "reply_undo" not in line.action_ids:
            return
        reply.undo = True  # a click may count although Slack shows that it did not
        self._said.acts["undo"] += 1
        await self.person.click(line, "reply_undo")
        for _ in range(PATIENCE):
            if any(sign in line.says() for sign in _SETTLED):
                return
            await self._day.seconds(1)

    async def resolve(self, card: Message) -> None:
        reason = self._chance.choice(POLICY.resolutions)
        if await self._opened(card, "case_resolve", None, "resolve"):
            self._said.acts["resolve"] += 1
            await self._submitted({"reason": reason})

    async def hand_over(self, card: Message) -> None:
        if await self._opened(card, "case_more", "hand_over", "hand_over"):
            self._said.acts["hand over"] += 1
            await self._submitted({"team": self._chance.choice(self._teams)})

    async def snooze(self, card: Message) -> None:
        if await self._opened(card, "case_more", "snooze", "snooze"):
            self._said.acts["snooze"] += 1
            await self._submitted({})

    async def correct(self, card: Message) -> None:
        if await self._opened(card, "case_more", "wrong_intent", "wrong_intent"):
            self._said.acts["correct"] += 1
            await self._submitted({"label": "refund_request"})

    async def _opened(
        self, card: Message, action: str, option: str | None, dialogue: str
    ) -> bool:
        """Open a dialogue; False if it is not there after a moment."""
        self._shut()
        await self.person.click(card, action, option)
        for _ in range(5):
            if self.person.has_view():
                return (await self.person.view()).callback_id == dialogue
            await self._day.seconds(1)
        return False

    async def _submitted(self, values: dict[str, object]) -> bool:
        """Submit until the dialogue closes; False if it says what is wrong."""
        for _ in range(PATIENCE):
            errors = await self.person.submit(values)
            if not self.person.has_view():
                return True
            if errors:
                self._said.acts["told in the dialogue"] += 1
                self._shut()
                return False
            await self._day.seconds(1)
        return False


def _case(card: Message) -> CaseId:
    return CaseId((card.our_id or "").split(":")[1])
