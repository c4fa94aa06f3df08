"""How the double refuses a request: with the codes that Slack answers."""

from __future__ import annotations

from tests.slack_double.wire import Json


class Refused(Exception):
    """The answer is `{"ok": false, "error": code, ...}`."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more = more

    def answer(self) -> Json:
        return {"ok": False, "error": self.code, **self.more}


class Limited(Refused):
    """Too many requests: status 429, and when to come back."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("ratelimited")
        self.retry_after_s = retry_after_s


class Malformed(Refused):
    """The request breaks Slack's description: the code, and every fault found."""

    def __init__(self, code: str, faults: list[str]) -> None:
        messages = [f"[ERROR] {fault}" for fault in faults]
        super().__init__(code, errors=faults, response_metadata={"messages": messages})
        self.faults = faults


class CannotDo(Exception):
    """A person cannot do this: there is no such button, or no open modal."""
