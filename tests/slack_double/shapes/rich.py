"""Rich text: runs of words, links, people, dates and emoji."""

from __future__ import annotations

from tests.slack_double.shapes.report import (
    Check,
    Report,
    boolean,
    integer,
    list_of,
    one_of,
    string,
)

WORD = string(255, least=1)
LONG = string(40_000, least=1)


def style(report: Report, value: object, at: str) -> None:
    made = report.a_dict(value, at)
    if made is not None:
        names = ("bold", "italic", "strike", "code", "underline", "highlight")
        report.fields(made, at, {}, dict.fromkeys(names, boolean))


STYLE: dict[str, Check] = {"style": style}
RUNS: dict[str, tuple[dict[str, Check], dict[str, Check]]] = {
    "text": ({"text": LONG}, STYLE),
    "link": ({"url": string(3000, least=1)}, STYLE | {"text": LONG, "unsafe": boolean}),
    "emoji": ({"name": WORD}, STYLE | {"unicode": WORD, "skin_tone": integer(2, 6)}),
    "user": ({"user_id": WORD}, STYLE),
    "usergroup": ({"usergroup_id": WORD}, STYLE),
    "channel": ({"channel_id": WORD}, STYLE),
    "team": ({"team_id": WORD}, STYLE),
    "broadcast": ({"range": one_of("here", "channel", "everyone")}, STYLE),
    "color": ({"value": WORD}, STYLE),
    "date": (
        {"timestamp": integer(0, 9_999_999_999), "format": WORD},
        STYLE | {"url": string(3000), "fallback": WORD},
    ),
}


def run(report: Report, value: object, at: str) -> None:
    """Check one run of a line."""
    made = report.a_dict(value, at)
    if made is None:
        return
    kind = made.get("type")
    if kind not in RUNS:
        report.fault(f"unsupported type: {kind}", f"{at}/type")
        return
    report.fields(made, at, *RUNS[kind])


LINE: dict[str, Check] = {"elements": list_of(run, least=0, most=10_000)}
BORDER: dict[str, Check] = {"border": integer(0, 1)}


def _line(report: Report, value: object, at: str) -> None:
    made = report.a_dict(value, at)
    if made is None:
        return
    if made.get("type") != "rich_text_section":
        report.fault(f"unsupported type: {made.get('type')}", f"{at}/type")
    report.fields(made, at, LINE, {})


PARTS: dict[str, tuple[dict[str, Check], dict[str, Check]]] = {
    "rich_text_section": (LINE, {}),
    "rich_text_quote": (LINE, BORDER),
    "rich_text_preformatted": (LINE, BORDER | {"language": WORD}),
    "rich_text_list": (
        {
            "elements": list_of(_line, most=1000),
            "style": one_of("bullet", "ordered"),
        },
        BORDER | {"indent": integer(0, 8), "offset": integer(0, 10_000)},
    ),
}


def part(report: Report, value: object, at: str) -> None:
    """Check a section, list, quotation or preformatted part."""
    made = report.a_dict(value, at)
    if made is None:
        return
    kind = made.get("type")
    if kind not in PARTS:
        report.fault(f"unsupported type: {kind}", f"{at}/type")
        return
    report.fields(made, at, *PARTS[kind])
