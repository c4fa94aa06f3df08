"""What agents write in a card's thread: `reply:` goes out, some words act, all else is a note."""

from __future__ import annotations

from typing import Final

from bot.clock import Clock
from bot.desk.slack import refusals
from bot.desk.slack.blocks.mrkdwn import plain
from bot.desk.slack.heard import Said
from bot.desk.slack.notes import changed_at
from bot.desk.slack.people import People
from bot.desk.slack.plain import is_reply, without_reply
from bot.desk.slack.questions import not_yours
from bot.desk.slack.talk import Talk
from bot.desk.slack.typed import TypedActs, is_late, written_at
from bot.errors import CaseConflict, InputError, UnsafeText
from bot.model.case import CaseId
from bot.model.message import ThreadId
from bot.model.standing import last_written
from bot.ports import CaseView, CaseWork
from bot.ports.chat import CardBook, Place

_HOLDERS: Final = frozenset({"held", "not_yours", "not_claimed"})


class ThreadListener:
    """Carries what is written in threads to the cases that they belong to."""

    def __init__(
        self,
        work: CaseWork,
        book: CardBook,
        talk: Talk,
        people: People,
        *,
        clock: Clock,
    ) -> None:
        self._work, self._book, self._talk = work, book, talk
        self._people, self._clock = people, clock
        self._typed = TypedActs(work, talk, people, clock=clock)

    async def hear(self, said: Said) -> None:
        """Do what was meant. What is in no thread of a card is nothing to us."""
        place = Place(said.team, said.spot.channel, said.spot.thread)
        shown = await self._book.at(place)
        if shown is None:
            return
        if said.ours:
            await self._book.recheck(shown)  # somebody deleted a message of ours
            await self._book.mark({shown: self._clock.now()})
        elif shown.startswith("C-"):
            await self._hear_of(CaseId(shown), said)

    async def _hear_of(self, case: CaseId, said: Said) -> None:
        if said.what == "deleted":
            await self._changed(case, said, None, note=said.id)
            await self._changed(case, said, None, note=kept_reply(said))
        elif said.was_reply:
            await self._reply_edited(case, said)
        elif is_reply(said.text):
            await self._reply(case, said)
        elif said.what == "edited":
            await self._changed(case, said, _with_files(said), note=said.id)
        elif not await self._typed.hear(case, said):
            await self._note(case, said, _with_files(said))

    async def _note(self, case: CaseId, said: Said, words: str) -> None:
        if words.strip():
            agent = self._people.agent(said.spot.user)
            await self._work.note(case, agent, words, key=said.id)

    async def _changed(
        self, case: CaseId, said: Said, words: str | None, *, note: str
    ) -> None:
        """Let the note say what it says in Slack; of a deleted one nothing stays."""
        agent, at = self._people.agent(said.spot.user), changed_at(said)
        await self._work.change_note(
            case, agent, note, words, at=at or self._clock.now()
        )

    async def _reply_edited(self, case: CaseId, said: Said) -> None:
        """An edit sends nothing; what was kept as a note in place of it follows."""
        note, records = kept_reply(said), (await self._work.view(case)).records
        if any(record.id == f"{case}:{note}" for record in records):
            words = without_reply(_with_files(said))
            await self._changed(case, said, words, note=note)
        else:
            await self._talk.tell(said.spot, refusals.REPLY_EDITED)

    async def _reply(self, case: CaseId, said: Said) -> None:
        if is_late(said, self._clock.now()):
            written = written_at(said)
            at = f"<!date^{int(written.timestamp())}^{{time}}|{written:%H:%M %Z}>"
            await self._talk.tell(said.spot, refusals.LATE_REPLY.format(at=at))
            return
        await self.reply(case, said, without_reply(said.text))

    async def reply(self, case: CaseId, said: Said, words: str) -> None:
        """Send it, or say privately why not; what is not said is not lost: it stands
        in the thread."""
        if not words.strip():
            await self._talk.tell(said.spot, refusals.EMPTY_REPLY)
            return
        if said.elsewhere:
            names = plain(", ".join(said.elsewhere), limit=200)
            await self._talk.tell(
                said.spot, refusals.KEPT_ELSEWHERE.format(names=names)
            )
            return
        agent = self._people.agent(said.spot.user)
        view = await self._work.view(case)
        try:
            key = f"{said.id}:reply"
            await self._work.reply(
                case,
                agent,
                words,
                thread=thread_of(view),
                key=key,
                files=said.files,
            )
        except CaseConflict as conflict:
            await self._ask(view, said, conflict)
        except (UnsafeText, InputError) as error:
            says = refusals.not_sent(error, self._people.scene())
            await self._talk.tell(said.spot, says)

    async def _ask(self, view: CaseView, said: Said, conflict: CaseConflict) -> None:
        """Only the assignee's words go out: let others take over, or make it a note."""
        scene = self._people.scene()
        if conflict.code not in _HOLDERS:
            says = refusals.not_sent(conflict, scene, view.case)
            await self._talk.tell(said.spot, says)
            return
        question = not_yours(view.case, scene, said)
        await self._talk.tell(said.spot, question)


def thread_of(view: CaseView) -> ThreadId:
    """Return where the customer wrote last: there they look for an answer."""
    last = last_written(view.records)
    return last.thread if last else view.case.thread


def kept_reply(said: Said) -> str:
    """Return the key of the note that a reply becomes whose writer keeps it as one."""
    return f"{said.id}:note"


def _with_files(said: Said) -> str:
    names = [*(file.name for file in said.files), *said.elsewhere]
    return " ".join([said.text, *(f"[file: {name}]" for name in names)]).strip()
