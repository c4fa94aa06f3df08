"""A plain model of one customer, against which the scripts are held. It knows no Redis.

Written down a second time on purpose, from docs/operators.md and the heads of the
scripts: what the program's own functions say must not decide what is right. Times are
in ms.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.integration.case_model import CaseModel

QUIET, AT_MOST = 3_000, 10_000  # how long a burst gathers
KEPT = 6  # ids by which a redelivery is recognised
MAILS = 3  # that one turn reads
LINES = 12  # of transcript
LETTERS = 4  # whose content is kept


@dataclass(frozen=True)
class Mail:
    kind: str  # message, send_failure, buried
    id: str = ""  # of a message
    rank: int = 2


@dataclass(frozen=True)
class Text:
    key: str
    bot: bool
    epoch: int
    answers: str = ""  # the message
    expires: int | None = None
    of_case: bool = False  # whose card says that it was acknowledged


@dataclass(frozen=True)
class Letter:
    number: int
    mail: Mail


@dataclass
class CustomerModel:
    """What is so, and what each step makes of it."""

    # mail and turns
    outcomes: dict[str, str] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)  # in order, the newest last
    fresh: int = 0  # accepted since those were set aside that may be forgotten next
    older: int = 0  # set aside
    mails: list[Mail] = field(default_factory=list)
    place: str = "idle"  # ready, leased
    due: int = 0  # ready: readable then; leased: the lease ends
    gather_from: int | None = None
    token: int = 0
    alone: int = -1  # the token under which they are in hand alone
    tries: int = 0
    backs_off: bool = False
    suspect: bool = False
    # dead letters
    letters: list[Letter] = field(default_factory=list)
    parked: bool = False
    buried: int = 0
    # texts
    queue: list[Text] = field(default_factory=list)
    sending: str = ""
    look_at: int = 0
    send_at: int = 0
    send_tries: int = 0
    send_waits: int = 0
    delivery: dict[str, str] = field(default_factory=dict)
    effects: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    # people
    case: CaseModel | None = None
    revision: int = 0
    epoch: int = 0
    version: int = 0
    opted_out: bool = False

    @property
    def held(self) -> bool:
        return self.case is not None and self.case.status in ("claimed", "waiting")

    @property
    def active(self) -> bool:
        return self.case is not None and self.case.status != "resolved"

    @property
    def waiting(self) -> set[str]:
        return {mail.id for mail in self.mails if mail.kind == "message"}

    def recognised(self, message: str) -> bool:
        """Whether a redelivery of it must be refused; else it may be."""
        return message in self.waiting or message in self.accepted[-KEPT:]

    # -- mail ----------------------------------------------------------------------

    def accept(self, message: str, rank: int, now: int) -> None:
        self.outcomes[message] = "pending"
        self.accepted.append(message)
        self.mails.append(Mail("message", message, rank))
        self.fresh += 1
        if self.fresh >= KEPT and len(self.mails) < KEPT:
            self.fresh, self.older = 0, self.fresh
        if self.gather_from is None:
            self.gather_from = now
        if self.place != "leased" and not self.backs_off:
            self._ready(min(now + QUIET, self.gather_from + AT_MOST))

    def _ready(self, due: int) -> None:
        self.place, self.due = "ready", due

    def _mail_of_ours(self, mail: Mail, now: int) -> None:
        self.mails.append(mail)
        self._readable(now)

    def _readable(self, now: int) -> None:
        """Who waits already keeps their time."""
        if self.place == "idle":
            self._ready(now)

    # -- turns -----------------------------------------------------------------------

    def is_due(self, now: int) -> bool:
        return self.place != "idle" and self.due <= now

    def take(self, now: int, length: int) -> None:
        if self.place == "leased":
            if self.alone == self.token:
                self.tries, self.backs_off = self.tries + 1, True
            self.suspect = True
        self.place, self.due = "leased", now + length
        self.token = max(self.token + 1, now)  # newer than all that a failover lost

    def isolate(self, token: int, until: int) -> bool:
        if token == self.token:
            self.alone, self.due = token, until
        return token == self.token

    def give_back(self, token: int, due: int, *, failed: bool) -> None:
        if token == self.token:
            self._ready(due)
            self.token += 1  # the lease ends here
            self.tries, self.backs_off = self.tries + failed, True

    def _end_lease(self) -> None:
        self.token += 1
        self.tries, self.backs_off, self.suspect, self.alone = 0, False, False, -1
        self.gather_from, self.place = None, "idle"

    def commit(
        self,
        *,
        token: int,
        version: int,
        count: int,
        outcomes: dict[str, str],
        texts: list[Text],
        lines: list[str],
        opted_out: bool,
        case: CaseModel | None,
        now: int,
    ) -> bool:
        if token != self.token or version != self.version:
            return False
        del self.mails[:count]
        self.outcomes |= outcomes
        self.lines += lines
        for gone in self.lines[:-LINES]:
            self.effects.discard(gone)
        self.lines = self.lines[-LINES:]
        self.epoch += opted_out and not self.opted_out
        self.opted_out = opted_out
        if case is not None:
            self.revision = self.revision + 1 if self.active else 1
            self.case = case
        for text in texts:
            if text.key not in self.effects:
                self.effects.add(text.key)
                self.say(text, now)
        self._end_lease()
        if self.mails:
            self.gather_from = now
            self._ready(now if count >= MAILS else now + QUIET)
        return True

    # -- dead letters ------------------------------------------------------------------

    def bury(self, token: int, count: int, now: int) -> None:
        if token != self.token:
            return
        dead, self.mails = self.mails[:count], self.mails[count:]
        if any(mail.kind not in ("send_failure", "buried") for mail in dead):
            kept = [mail for mail in dead if mail.kind == "send_failure"]
            dead = [mail for mail in dead if mail.kind != "send_failure"]
            self.mails = kept + self.mails
        for mail in dead:
            self.buried += 1
            self.letters.append(Letter(self.buried, mail))
            if mail.kind == "message":
                self.outcomes[mail.id] = "dead"
                self.lines.append(mail.id)
        self.letters = self.letters[-LETTERS:]
        self._end_lease()
        self.parked = True
        if any(mail.kind != "buried" for mail in dead):
            self.mails.insert(0, Mail("buried"))
        if self.mails:
            self._ready(now)

    def replay(self, numbers: list[int], now: int) -> int:
        back = [letter for letter in self.letters if letter.number in numbers]
        self.letters = [one for one in self.letters if one not in back]
        mails = [letter.mail for letter in back if letter.mail.kind != "buried"]
        for mail in mails:
            if mail.kind == "message":
                self.outcomes[mail.id] = "pending"
                if mail.id in self.lines:
                    self.lines.remove(mail.id)
        self.mails += mails
        self.parked = self.parked and bool(self.letters)
        if mails:
            self._readable(now)
        return len(mails)

    def drop(self, numbers: list[int]) -> int:
        before = len(self.letters)
        self.letters = [one for one in self.letters if one.number not in numbers]
        return before - len(self.letters)

    # -- texts ---------------------------------------------------------------------------

    def say(self, text: Text, now: int) -> None:
        if not self.queue:
            self.send_at = now
        self.queue.append(text)
        self.delivery[text.key] = "queued"

    def begin(self, now: int, until: int) -> tuple[str, str] | None:
        """Return what a sender is to do with which text; None if nothing."""
        in_lane = bool(self.queue) and not self.sending and self.send_at <= now
        looks = bool(self.sending) and self.look_at <= now
        self._expire(now)
        if looks:
            self.look_at = until
            return "look_up", self.sending
        if not in_lane or not self.queue:
            return None
        text = self.queue[0]
        if text.bot and text.epoch != self.epoch:
            self._withhold(text, now)
            return None
        self.sending, self.look_at = text.key, until
        self.delivery[text.key] = "sending"
        return "send", text.key

    def _expire(self, now: int) -> None:
        for text in list(self.queue):
            late = text.expires is not None and text.expires <= now
            if late and text.key != self.sending:
                if text is self.queue[0]:
                    self.send_tries = self.send_waits = 0
                self.queue.remove(text)
                self.delivery[text.key] = "expired"
                self.version += text.of_case

    def _withhold(self, text: Text, now: int) -> None:
        self._first_has_ended(now, "withheld")
        self.version += text.of_case
        if self.outcomes.get(text.answers) in ("answered", "asked"):
            if self.active:
                self.outcomes[text.answers] = "joined"
            else:
                self._mail_of_ours(Mail("send_failure"), now)

    def _first_has_ended(self, now: int, state: str) -> None:
        self.delivery[self.queue.pop(0).key] = state
        self.sending, self.send_at = "", now
        self.send_tries = self.send_waits = 0

    def settle(
        self, key: str, state: str, *, until: int, now: int, due: int, waits: bool
    ) -> None:
        """A sender says what became of the text it has had until `until`."""
        if self.sending != key or self.look_at != until:
            return
        if state in ("again", "look_up"):
            self.send_waits += waits
            self.send_tries += not waits
            if state == "look_up":
                self.look_at = due
            else:
                self.sending, self.send_at = "", due
                self.delivery[key] = "queued"
            return
        self._first_has_ended(now, state)
        if state != "sent":
            self._mail_of_ours(Mail("send_failure"), now)

    # -- people --------------------------------------------------------------------------

    def act(
        self, act: str, agent: str, *, read: int, now: int, reply: Text | None
    ) -> str:
        """Carry out an act on the case as it was at revision `read`."""
        if reply and reply.key in self.effects:
            return "repeated"
        after, answer = self.case.act(act, agent, now)
        if answer or read != self.revision:
            return answer or "changed"
        self.case, self.revision = after, self.revision + 1
        self.version += 1
        self.epoch += act == "claim"
        self.parked = self.parked and act != "resolve"
        if reply:
            self.effects.add(reply.key)
            self.lines.append(reply.key)
            self.say(replace(reply, epoch=0), now)
        return ""
