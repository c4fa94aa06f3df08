"""An agent's words as a text for the outbox, and what speaks against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import timedelta

from bot.clock import Clock
from bot.errors import InputError, UnsafeText
from bot.flow.may_reply import may_reply, speech_of_reply
from bot.flow.pace_words import told_apart, told_wait
from bot.flow.problem import Problem
from bot.flow.public_check import problems_of_outgoing
from bot.flow.served import served
from bot.model.attachment import Attachment, AttachmentKind
from bot.model.case import AgentId, Case
from bot.model.customer import same_words
from bot.model.message import DIRECT, ChannelName, MessageId, ThreadId, Visibility
from bot.model.network_rules import NetworkRules
from bot.model.outgoing import Outgoing, Purpose, Speaker
from bot.model.policy import Policy
from bot.model.reason import Reason
from bot.model.record import Author, Delivery, Record, written_since
from bot.ports import Cases, Channel, Outbox, Preview

# Where a text ends that may be sent again because an agent wants it.
NOT_ARRIVED = frozenset(
    {Delivery.REFUSED, Delivery.EXPIRED, Delivery.UNKNOWN, Delivery.WITHHELD}
)


class Replies:
    """Writes what agents say: signed, kept back until it can no longer be undone."""

    def __init__(
        self,
        cases: Cases,
        channels: Mapping[ChannelName, Channel],
        policy: Policy,
        *,
        clock: Clock,
        outbox: Outbox | None = None,
    ) -> None:
        """Write on `channels`. Without `outbox` no reply is said to have to wait."""
        self._outbox = outbox
        self._cases, self._channels = cases, channels
        self._policy, self._clock = policy, clock

    def follow(self, policy: Policy) -> None:
        """Let `policy` count from now on."""
        self._policy = policy

    async def write(
        self,
        case: Case,
        agent: AgentId,
        text: str,
        *,
        thread: ThreadId,
        key: str,
        files: Sequence[Attachment] = (),
    ) -> Outgoing:
        """Return `text` as it would be sent.

        Raises:
            InputError: the customer has not written in that thread.
        """
        records = await self._cases.records(case.customer)
        signed = self._signed(text, agent, thread)
        written = self._text(case, signed, thread, records, key=key)
        return replace(written, files=tuple(files))

    def takes_files(self, case: Case, thread: ThreadId) -> Set[AttachmentKind]:
        """Return which kinds of files a reply in that thread may have."""
        return served(self._channels, case.channel).takes_files(_visibility(thread))

    async def write_again(self, case: Case, reply: str) -> Outgoing:
        """Return the words of a reply that did not arrive as a new text.

        Raises:
            InputError: there is no such reply, or it may still arrive.
        """
        records = await self._cases.records(case.customer)
        old = _reply(case, reply, records)
        if old.delivery not in NOT_ARRIVED:
            raise InputError("This reply is on its way or has arrived.")
        again = self._text(case, old.text, old.thread, records, key=f"{reply}:again")
        # a store that lost its last moments may have sent it again before
        return replace(again, files=old.attachments, caused_at=old.at)

    async def of(self, case: Case, reply: str) -> Record:
        """Return the record of an agent's reply. Raises InputError if there is none."""
        return _reply(case, reply, await self._cases.records(case.customer))

    async def preview(
        self,
        case: Case,
        agent: AgentId,
        text: str,
        *,
        thread: ThreadId,
        seen: str | None,
    ) -> Preview:
        """Return what would be sent, and whether the customer has written since."""
        records = await self._cases.records(case.customer)
        signed = self._signed(text, agent, thread)
        written = self._text(case, signed, thread, records, key="preview")
        channel = served(self._channels, case.channel)
        posts = channel.posts(signed, written.visibility, written.speaker)
        return Preview(
            text=signed,
            parts=posts,
            length=channel.length(signed),
            limit=channel.limit(written.visibility) * len(posts),
            problems=tuple(one.says for one in await self._problems(written, records)),
            newer=seen is not None and bool(written_since(records, seen)),
            wait=await self._told_wait(written, channel),
        )

    async def _told_wait(self, written: Outgoing, channel: Channel) -> str:
        if self._outbox is None:
            return ""
        where, allowances = written.visibility, channel.allowances(written.visibility)
        wait = await self._outbox.wait(
            written.channel, where, written.purpose, now=self._clock.now()
        )
        told = (
            told_wait(wait, channel.rules.called, where, allowances),
            self._told_apart(written, channel.rules),
        )
        return " ".join(filter(None, told))

    def _told_apart(self, written: Outgoing, rules: NetworkRules) -> str:
        """Say that our account has just posted these words, to whomever."""
        said = self._policy.conditions_on(written.channel).said
        refuses = rules.same_words_after is not None
        if not refuses or written.visibility is not Visibility.PUBLIC:
            return ""
        if same_words(written.text) not in said:
            return ""
        return told_apart(self._policy.x.same_words_after, rules.called)

    async def check(self, written: Outgoing) -> None:
        """Raise UnsafeText if something speaks against sending it."""
        problems = await self._problems(
            written, await self._cases.records(written.customer)
        )
        if problems:
            raise UnsafeText(tuple(problem.says for problem in problems))

    async def _problems(
        self, written: Outgoing, records: Sequence[Record]
    ) -> tuple[Problem, ...]:
        channel = served(self._channels, written.channel)
        facts = await self._cases.private_facts(written.customer)
        return (
            *self._refusals(written, records, channel.rules),
            *problems_of_outgoing(written, facts, channel, self._policy.public),
        )

    def _refusals(
        self, written: Outgoing, records: Sequence[Record], rules: NetworkRules
    ) -> Iterator[Problem]:
        """Yield what the network would refuse even a person."""
        now = self._clock.now()
        reason = may_reply(
            speech_of_reply(written, records, rules=rules, now=now),
            speaker=Speaker.AGENT,
            policy=self._policy,
            now=now,
            rules=rules,
        )
        if reason is not None:
            links = {record.id: record.link for record in records}
            link = links.get(written.reply_to or "") or ""
            yield Problem(reason.value, _said_to_agents(reason, rules.called, link))

    def _signed(self, text: str, agent: AgentId, thread: ThreadId) -> str:
        """Return public words with the signature that the policy wants."""
        known = self._policy.agents.get(agent)
        if known is None or thread == DIRECT or not text.strip():
            return text
        signature = known.signature(self._policy.desk.signature)
        return f"{text.rstrip()} {signature}" if signature else text

    def _text(
        self,
        case: Case,
        text: str,
        thread: ThreadId,
        records: list[Record],
        *,
        key: str,
    ) -> Outgoing:
        now, kept_back = self._clock.now(), self._policy.desk.undo
        answered = _last_message(records, thread)
        return Outgoing(
            key=key,
            channel=case.channel,
            customer=case.customer,
            handle=case.handle,
            thread=thread,
            visibility=_visibility(thread),
            text=text,
            speaker=Speaker.AGENT,
            queued_at=now,
            caused_at=answered.at,
            reply_to=MessageId(answered.id),
            case=case.id,
            purpose=Purpose.PERSON,
            not_before=now + kept_back if kept_back > timedelta(0) else None,
        )


def _visibility(thread: ThreadId) -> Visibility:
    return Visibility.PRIVATE if thread == DIRECT else Visibility.PUBLIC


def _said_to_agents(reason: Reason, network: str, link: str) -> str:
    if reason is Reason.NOT_SUMMONED:
        by_hand = f"Answer by hand in the app of {network}" + (
            f": {link}" if link else "."
        )
        return f"Its author did not address us, so {network} takes no reply of ours. {by_hand}"
    if reason is Reason.DUPLICATE_TEXT:
        return f"{network} takes the same words only once: say it differently."
    return f"It cannot be sent: {reason.says}."


def _reply(case: Case, reply: str, records: list[Record]) -> Record:
    for record in records:
        ours = record.author is Author.AGENT and record.id.startswith(f"{case.id}:")
        if ours and record.id == reply:
            return record
    raise InputError("There is no such reply in this case.")


def _last_message(records: list[Record], thread: ThreadId) -> Record:
    for record in reversed(records):
        # nobody can reply to a public post that is gone
        stands = record.deleted_at is None or thread == DIRECT
        if record.author is Author.CUSTOMER and record.thread == thread and stands:
            return record
    raise InputError("The customer has not written there, so we cannot reply.")
