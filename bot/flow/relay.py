"""What agents do to cases: the one implementation of the CaseWork port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from bot.clock import Clock
from bot.errors import InputError
from bot.flow.case_acts import CaseActs, note_record
from bot.flow.hiding import hide_there, hiding_of
from bot.flow.ratings import Ratings
from bot.flow.replies import Replies
from bot.flow.transcript import text_record
from bot.model.attachment import Attachment, AttachmentKind
from bot.model.case import Act, AgentId, Case, CaseId
from bot.model.message import ChannelName, MessageId, ThreadId
from bot.model.outgoing import Outgoing
from bot.model.policy import Policy
from bot.ports import Answers, Cases, Channel, Outbox, Preview


class Relay(CaseActs):
    """Carries agents' acts to cases, and their words to customers."""

    def __init__(
        self,
        cases: Cases,
        channels: Mapping[ChannelName, Channel],
        policy: Policy,
        *,
        answers: Answers,
        clock: Clock,
        outbox: Outbox | None = None,
    ) -> None:
        super().__init__(cases, policy, answers=answers, clock=clock)
        self._channels = channels
        self._ratings = Ratings(cases, channels)
        self._replies = Replies(cases, channels, policy, clock=clock, outbox=outbox)

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        super().follow(policy)
        self._replies.follow(policy)

    async def claim(self, case: CaseId, agent: AgentId, *, key: str = "") -> Case:
        """Take the case. Idempotent for its holder; the bot falls silent."""
        return await self._act(case, Act.CLAIM, agent, key=key)

    async def assign(
        self, case: CaseId, agent: AgentId, to: AgentId, *, key: str = ""
    ) -> Case:
        """Claim the case for `to`, whoever holds it. With `to` oneself: take it over."""
        found, now = await self._cases.get(case), self._clock.now()
        return await self._change(found, Act.ASSIGN, agent, now=now, key=key, to=to)

    async def release(self, case: CaseId, agent: AgentId) -> Case:
        """Give it back to the queue."""
        return await self._act(case, Act.RELEASE, agent)

    async def check(
        self, case: Case, agent: AgentId, text: str, *, thread: ThreadId
    ) -> None:
        """Check a reply as `reply` would, without sending it.

        Raises:
            UnsafeText: it would be stopped.
            InputError: the customer has no such thread.
        """
        written = self._replies.write(case, agent, text, thread=thread, key="check")
        await self._replies.check(await written)

    async def preview(
        self,
        case: CaseId,
        agent: AgentId,
        text: str,
        *,
        thread: ThreadId,
        seen: str | None = None,
    ) -> Preview:
        """Return what `reply` would send. Nothing changes."""
        found = await self._cases.get(case)
        return await self._replies.preview(found, agent, text, thread=thread, seen=seen)

    async def reply(
        self,
        case: CaseId,
        agent: AgentId,
        text: str,
        *,
        thread: ThreadId,
        key: str,
        seen: str | None = None,
        files: Sequence[Attachment] = (),
    ) -> Case:
        """Send `text` to the customer in one of their threads, once for each `key`.

        Raises:
            UnsafeText: the check found something; nothing was sent.
            InputError: the customer has no such thread.
            CaseConflict: as the port says.
        """
        found = await self._cases.get(case)
        written = await self._replies.write(
            found, agent, text, thread=thread, key=f"{case}:{key}", files=files
        )
        return await self._send(found, agent, written, seen=seen)

    def takes_files(self, case: Case, thread: ThreadId) -> Set[AttachmentKind]:
        """Return which kinds of files a reply in that thread may have."""
        return self._replies.takes_files(case, thread)

    async def retry(self, case: CaseId, agent: AgentId, reply: str) -> Case:
        """Send a reply that did not arrive again, as a new text; once for each reply."""
        found = await self._cases.get(case)
        written = await self._replies.write_again(found, reply)
        return await self._send(found, agent, written)

    async def _send(
        self, case: Case, agent: AgentId, written: Outgoing, *, seen: str | None = None
    ) -> Case:
        await self._replies.check(written)
        return await self._change(
            case,
            Act.REPLY,
            agent,
            now=written.queued_at,
            key=written.key,
            record=text_record(written, agent=agent),
            text=written,
            seen=seen,
        )

    async def undo(self, case: CaseId, agent: AgentId, reply: str) -> Case:
        """Take a reply back that has not begun to be sent; anybody may, once."""
        found, now = await self._cases.get(case), self._clock.now()
        record = await self._replies.of(found, reply)
        return await self._change(
            found,
            Act.UNDO,
            agent,
            now=now,
            key=f"undo:{reply}",
            undone=record.at,
            withdraws=reply,
        )

    async def hide(
        self,
        case: CaseId,
        agent: AgentId,
        message: MessageId,
        *,
        hidden: bool = True,
        key: str = "",
    ) -> Case:
        """Hide a public reply of the customer's on its network, or show it again.

        The network comes first, who does not mind to be asked twice: a crash in between
        leaves nothing that a repetition does not finish.

        Raises:
            InputError: it cannot be hidden, or the network does not do it; says why.
        """
        found, now = await self._cases.get(case), self._clock.now()
        await hide_there(self._cases, self._channels, found, message, hidden=hidden)
        return await self._change(
            found,
            Act.HIDE if hidden else Act.SHOW,
            agent,
            now=now,
            key=key,
            hiding=hiding_of(message, agent, hidden=hidden, now=now),
        )

    async def resolve(
        self,
        case: CaseId,
        agent: AgentId,
        resolution: str,
        *,
        note: str = "",
        key: str = "",
    ) -> Case:
        """End the case; the conversation goes back to the bot."""
        if resolution not in self._policy.resolutions:
            reasons = ", ".join(self._policy.resolutions)
            raise InputError(f"“{resolution}” is no reason: choose one of {reasons}.")
        found = await self._cases.get(case)
        now = self._clock.now()
        noted = f"resolve:{now.isoformat()}"
        question = await self._ratings.question(found, self._policy, now=now)
        return await self._change(
            found,
            Act.RESOLVE,
            agent,
            now=now,
            key=key,
            fields={"resolution": resolution},
            record=note_record(found, agent, note, key=noted, now=now)
            if note.strip()
            else None,
            text=question,
            asked=text_record(question) if question else None,
        )
