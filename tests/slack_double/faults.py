"""What can be made to go wrong, on demand."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Fault:
    """One kind of trouble for requests of a method ("*": of every one)."""

    method: str
    kind: str  # limit, status, lost_answer, lost_request, slow, error
    times: int | None  # None: until cleared
    value: float = 0.0
    code: str = ""
    after: int = 0  # how many requests are let through first

    def strikes(self, method: str) -> bool:
        """Tell whether this request is hit, and count it."""
        if self.method not in {"*", method} or self.times == 0:
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class Faults:
    """The trouble that there is now. Nothing, until somebody asks for it."""

    requests: list[Fault] = field(default_factory=list)
    copies: int = 1  # how often each event is delivered
    new_ids: bool = False  # copies have event ids of their own
    late_s: float = 0.0  # how late events come
    shuffled_s: float = 0.0  # and up to how much later still, at random
    silent: bool = False  # every socket is alive and says nothing
    token_error: str = ""  # what every request is answered: token_revoked, ...
    missing_scopes: set[str] = field(default_factory=set)

    def limit(
        self, method: str = "*", *, times: int | None = 1, retry_after_s: int = 1
    ) -> None:
        """Answer 429 with Retry-After."""
        self._add(method, "limit", times, value=retry_after_s)

    def fail(
        self, method: str = "*", *, times: int | None = 1, status: int = 500
    ) -> None:
        """Answer with an HTTP error, without effect."""
        self._add(method, "status", times, value=status)

    def refuse(self, method: str, code: str, *, times: int | None = 1) -> None:
        """Answer with one of Slack's error codes, without effect."""
        self._add(method, "error", times, code=code)

    def lose_answer(
        self, method: str = "*", *, times: int | None = 1, after: int = 0
    ) -> None:
        """Do what is asked and close the connection without an answer."""
        self._add(method, "lost_answer", times, after=after)

    def lose_request(self, method: str = "*", *, times: int | None = 1) -> None:
        """Close the connection without doing anything."""
        self._add(method, "lost_request", times)

    def slow(
        self, method: str = "*", *, seconds: float, times: int | None = None
    ) -> None:
        """Answer only after `seconds`."""
        self._add(method, "slow", times, value=seconds)

    def double_events(self, copies: int = 2, *, new_ids: bool = False) -> None:
        """Deliver each event several times, with the same or other event ids."""
        self.copies, self.new_ids = copies, new_ids

    def delay_events(self, seconds: float, *, shuffled_s: float = 0.0) -> None:
        """Deliver events late, and out of their order by up to `shuffled_s`."""
        self.late_s, self.shuffled_s = seconds, shuffled_s

    def silence(self) -> None:
        """Deliver no events, over old and new sockets, though all seem well."""
        self.silent = True

    def revoke_token(self, code: str = "token_revoked") -> None:
        """Refuse every request: token_revoked, invalid_auth, account_inactive."""
        self.token_error = code

    def miss_scope(self, scope: str) -> None:
        """Behave as if the app had been installed without `scope`."""
        self.missing_scopes.add(scope)

    def clear(self) -> None:
        """Let everything be well again."""
        fresh = Faults()
        self.__dict__.update(fresh.__dict__)

    def strike(self, method: str) -> Fault | None:
        """Return the first fault that hits a request of `method` now."""
        return next((f for f in self.requests if f.strikes(method)), None)

    def _add(
        self,
        method: str,
        kind: str,
        times: int | None,
        *,
        value: float = 0.0,
        code: str = "",
        after: int = 0,
    ) -> None:
        self.requests.append(Fault(method, kind, times, value, code, after))
