"""Collects the faults of one request, each with its place in the JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.slack_double.wire import Json, units

Check = Callable[["Report", object, str], None]


@dataclass
class Report:
    """What is wrong with a request, in Slack's own phrases."""

    faults: list[str] = field(default_factory=list)

    def fault(self, what: str, at: str) -> None:
        self.faults.append(f"{what} [json-pointer:{at}]")

    def a_dict(self, value: object, at: str) -> Json | None:
        if isinstance(value, dict):
            return value
        self.fault("must be an object", at)
        return None

    def some(
        self, value: object, at: str, *, least: int = 1, most: int
    ) -> Sequence[object]:
        """Check the length of a list and return its items."""
        if not isinstance(value, list):
            self.fault("must be an array", at)
            return []
        if len(value) < least:
            self.fault(f"no fewer than {least} items allowed", at)
        if len(value) > most:
            self.fault(f"no more than {most} items allowed", at)
        return value

    def fields(
        self, value: Json, at: str, needed: dict[str, Check], allowed: dict[str, Check]
    ) -> None:
        """Check that an object has what it needs and nothing that is unknown."""
        for name in needed:
            if name not in value:
                self.fault(f"missing required field: {name}", at)
        for name, item in value.items():
            check = needed.get(name) or allowed.get(name)
            if name == "type":
                continue
            if check is None:
                self.fault(f"invalid additional property: {name}", at)
            else:
                check(self, item, f"{at}/{name}")


def string(most: int, *, least: int = 0) -> Check:
    """Return a check for a string of `least` to `most` characters."""

    def check(report: Report, value: object, at: str) -> None:
        if not isinstance(value, str):
            report.fault("must be a string", at)
        elif units(value) > most:
            report.fault(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            report.fault(f"must be more than {least - 1} characters", at)

    return check


def boolean(report: Report, value: object, at: str) -> None:
    if not isinstance(value, bool):
        report.fault("must be a boolean", at)


def integer(least: int, most: int) -> Check:
    def check(report: Report, value: object, at: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.fault("must be an integer", at)
        elif not least <= value <= most:
            report.fault(f"must be from {least} to {most}", at)

    return check


def one_of(*values: str) -> Check:
    def check(report: Report, value: object, at: str) -> None:
        if value not in values:
            report.fault(f"must be one of {', '.join(values)}", at)

    return check


def list_of(check_item: Check, *, least: int = 1, most: int) -> Check:
    def check(report: Report, value: object, at: str) -> None:
        for number, item in enumerate(report.some(value, at, least=least, most=most)):
            check_item(report, item, f"{at}/{number}")

    return check


def plain(most: int) -> Check:
    """Return a check for a text object that must be plain."""
    return text(most, kinds=("plain_text",))


def text(most: int, *, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Check:
    """Return a check for a text object of up to `most` characters."""

    def check(report: Report, value: object, at: str) -> None:
        made = report.a_dict(value, at)
        if made is None:
            return
        if made.get("type") not in kinds:
            report.fault(f"unsupported type: {made.get('type')}", f"{at}/type")
        extra = "emoji" if made.get("type") == "plain_text" else "verbatim"
        report.fields(made, at, {"text": string(most, least=1)}, {extra: boolean})

    return check
