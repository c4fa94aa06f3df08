"""Files of recorded messages: JSON lines, or the CSV of public support tweets."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from bot.errors import InputError
from bot.model.message import Visibility

CSV_COLUMNS = ("tweet_id", "author_id", "inbound", "created_at", "text")
JSON_FIELDS = ("id", "author", "at", "text")
_DATE_FORMATS = ("%a %b %d %H:%M:%S %z %Y", "%Y-%m-%d %H:%M:%S")
_LONGEST_FIELD = 10_000_000  # characters; longer texts are cut later
_YEARS = range(1970, 9000)  # what a clock can hold in every time zone
_TRUE = frozenset({"true", "1", "yes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One recorded message. `by_brand` ones only give context."""

    id: str
    author: str
    text: str
    at: datetime
    in_reply_to: str | None
    by_brand: bool
    visibility: Visibility


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that cannot be decoded, with its place and the reason."""

    id: str
    problem: str


def read_recording(path: Path) -> list[Recorded | Unreadable]:
    """Return the messages of a file by time, unreadable rows first.

    CSV if the name ends in .csv, else JSON lines.

    Raises:
        InputError: the file is missing, empty, not text, or lacks columns.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as UTF-8 text: {error}") from error
    if not text.strip():
        raise InputError(f"{path} is empty.")
    rows = list(_csv(path, text) if path.suffix == ".csv" else _json_lines(path, text))
    good = sorted(
        _unique(row for row in rows if isinstance(row, Recorded)),
        key=lambda row: row.at,
    )
    return [*(row for row in rows if isinstance(row, Unreadable)), *good]


def _unique(rows: Iterator[Recorded]) -> list[Recorded]:
    """Keep the first row of each id: exports of threads repeat tweets."""
    return list({row.id: row for row in reversed(list(rows))}.values())[::-1]


def _csv(path: Path, text: str) -> Iterator[Recorded | Unreadable]:
    csv.field_size_limit(_LONGEST_FIELD)
    clean = text.replace("\0", "\ufffd")  # which the csv module refuses
    reader = csv.DictReader(io.StringIO(clean, newline=""))
    missing = [c for c in CSV_COLUMNS if c not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            f"{path}:1: the columns {', '.join(missing)} are missing. Expected are "
            f"{', '.join(CSV_COLUMNS)} and in_response_to_tweet_id."
        )
    for row in reader:
        yield _decoded(
            {
                "id": row["tweet_id"],
                "author": row["author_id"],
                "at": row["created_at"],
                "text": row["text"],
                "inbound": row["inbound"],
                "in_reply_to": _whole(row.get("in_response_to_tweet_id")),
            },
            place=f"{path.name}:{reader.line_num}",
        )


def _json_lines(path: Path, text: str) -> Iterator[Recorded | Unreadable]:
    found = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{path.name}:{number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            yield Unreadable(place, "no JSON")
            continue
        if not isinstance(row, dict):
            yield Unreadable(place, "not a JSON object")
            continue
        found += all(field in row for field in JSON_FIELDS)
        yield _decoded({k: str(v) for k, v in row.items() if v is not None}, place)
    if not found:
        raise InputError(
            f"{path}: no line is a JSON object with {', '.join(JSON_FIELDS)}. "
            "For a CSV file, let its name end in .csv."
        )


def _decoded(row: Mapping[str, str | None], place: str) -> Recorded | Unreadable:
    missing = [name for name in JSON_FIELDS if row.get(name) is None]
    if missing:
        return Unreadable(place, f"without {', '.join(missing)}")
    author, id_ = (row["author"] or "").strip(), (row["id"] or "").strip()
    if not author or not id_:
        return Unreadable(place, "with an empty id or author")
    at = _moment(row["at"] or "")
    if at is None:
        return Unreadable(place, "with a date in no known format")
    visibility = row.get("visibility") or Visibility.PUBLIC.value
    if visibility not in (v.value for v in Visibility):
        return Unreadable(place, "with a visibility that is not public or private")
    return Recorded(
        id=id_,
        author=author,
        text=html.unescape(row["text"] or ""),  # networks export & as &amp;
        at=at,
        in_reply_to=row.get("in_reply_to") or None,
        by_brand=(row.get("inbound") or "true").strip().lower() not in _TRUE,
        visibility=Visibility(visibility),
    )


def _moment(written: str) -> datetime | None:
    """Read a date in X's old format, `2017-10-29 06:16:40`, or ISO 8601; UTC if bare."""
    moment = _parsed(written)
    return moment if moment is not None and moment.year in _YEARS else None


def _parsed(written: str) -> datetime | None:
    for form in _DATE_FORMATS:
        try:
            moment = datetime.strptime(written.strip(), form)  # noqa: DTZ007 - it gets one below
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    try:
        moment = datetime.fromisoformat(written.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _whole(number: str | None) -> str | None:
    """Undo what spreadsheets do to ids: "848.0" is "848"."""
    return number.strip().removesuffix(".0") if number and number.strip() else None
