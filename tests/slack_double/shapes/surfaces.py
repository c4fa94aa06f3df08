"""Whole messages and views: what is allowed together."""

from __future__ import annotations

import json

from tests.slack_double.errors import Malformed, Refused
from tests.slack_double.shapes.blocks import IN_VIEWS, check_blocks
from tests.slack_double.shapes.elements import is_dict
from tests.slack_double.shapes.report import Report, boolean, one_of, plain, string
from tests.slack_double.wire import Json, units

MOST_TEXT = 40_000
MOST_BLOCKS = 13_200  # undocumented: about so much JSON has been met
MOST_METADATA = 16_000


def check_message(args: Json, *, needs_content: bool = True) -> None:
    """Check text, blocks and metadata of a message.

    Raises:
        Refused: with the code that Slack would answer.
    """
    text, blocks = args.get("text", ""), args.get("blocks")
    if needs_content and not (text or blocks or args.get("attachments")):
        raise Refused("no_text")
    if units(text) > MOST_TEXT:
        raise Refused("msg_too_long")
    if blocks is not None:
        if not isinstance(blocks, list):
            raise Malformed("invalid_blocks_format", ["blocks must be an array"])
        report = Report()
        check_blocks(report, blocks, "/blocks", most=50)
        if report.faults:
            raise Malformed("invalid_blocks", report.faults)
        sent = json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))
        if units(sent) > MOST_BLOCKS:
            raise Refused("msg_blocks_too_long")
    if "metadata" in args:
        check_metadata(args["metadata"])


def check_metadata(metadata: object) -> None:
    report = Report()
    made = report.a_dict(metadata, "/metadata")
    if made is None:
        raise Malformed("invalid_metadata_format", report.faults)
    needed = {"event_type": string(255, least=1), "event_payload": is_dict}
    report.fields(made, "/metadata", needed, {})
    if report.faults:
        raise Malformed("invalid_metadata_schema", report.faults)
    if len(json.dumps(made)) > MOST_METADATA:
        raise Refused("metadata_too_large")


VIEW = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
    "close": plain(24),
    "submit": plain(24),
}


def check_view(view: object, *, kind: str) -> None:
    """Check a modal, or a Home if `kind` is "home".

    Raises:
        Malformed: it is not one, with every fault.
    """
    report = Report()
    made = report.a_dict(view, "/view")
    if made is not None:
        one_of(kind)(report, made.get("type"), "/view/type")
        blocks = {"blocks": is_list}
        needed = blocks | ({"title": plain(24)} if kind == "modal" else {})
        allowed = VIEW | ({"title": plain(24)} if kind == "home" else {})
        report.fields(made, "/view", needed, allowed)
        at = "/view/blocks"
        check_blocks(report, made.get("blocks"), at, most=100, kinds=IN_VIEWS)
        _check_inputs(report, made, kind)
    if report.faults:
        raise Malformed("invalid_arguments", report.faults)
    if len(json.dumps(view)) > 250_000:
        raise Refused("view_too_large")


def is_list(report: Report, value: object, at: str) -> None:
    if not isinstance(value, list):
        report.fault("must be an array", at)


def _check_inputs(report: Report, view: Json, kind: str) -> None:
    blocks = [b for b in view.get("blocks") or [] if isinstance(b, dict)]
    inputs = [b for b in blocks if b.get("type") == "input"]
    if kind == "modal" and inputs and "submit" not in view:
        report.fault("missing required field: submit", "/view")
    focused = [b for b in inputs if (b.get("element") or {}).get("focus_on_load")]
    if len(focused) > 1:
        report.fault("only one element may have focus_on_load", "/view/blocks")
