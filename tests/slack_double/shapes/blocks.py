"""Blocks of messages, modals and Home."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.slack_double.shapes.elements import ELEMENTS, element, is_dict
from tests.slack_double.shapes.report import (
    Check,
    Report,
    boolean,
    list_of,
    plain,
    string,
    text,
)
from tests.slack_double.shapes.rich import part
from tests.slack_double.wire import Json

BLOCK_ID = string(255, least=1)


def context_element(report: Report, value: object, at: str) -> None:
    made = report.a_dict(value, at)
    if made is None:
        return
    if made.get("type") == "image":
        report.fields(made, at, *ELEMENTS["image"])
    else:
        text(3000)(report, made, at)


def section(report: Report, block: Json, at: str) -> None:
    if "text" not in block and "fields" not in block:
        report.fault("missing required field: text or fields", at)


def picture(report: Report, block: Json, at: str) -> None:
    if ("image_url" in block) == ("slack_file" in block):
        report.fault("either image_url or slack_file is required", at)


def nothing_more(_report: Report, _block: Json, _at: str) -> None:
    """Accept: the fields say it all."""


ID: dict[str, Check] = {"block_id": BLOCK_ID}
More = Callable[[Report, Json, str], None]
BLOCKS: dict[str, tuple[dict[str, Check], dict[str, Check], More]] = {
    "section": (
        {},
        ID
        | {
            "text": text(3000),
            "fields": list_of(text(2000), most=10),
            "accessory": partial(element, place="section"),
            "expand": boolean,
        },
        section,
    ),
    "actions": (
        {"elements": list_of(partial(element, place="actions"), most=25)},
        ID,
        nothing_more,
    ),
    "context": ({"elements": list_of(context_element, most=10)}, ID, nothing_more),
    "divider": ({}, ID, nothing_more),
    "header": ({"text": plain(150)}, ID, nothing_more),
    "image": (
        {"alt_text": string(2000)},
        ID | {"image_url": string(3000), "slack_file": is_dict, "title": plain(2000)},
        picture,
    ),
    "input": (
        {"label": plain(2000), "element": partial(element, place="input")},
        ID | {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
        nothing_more,
    ),
    "rich_text": (
        {"elements": list_of(part, most=1000)},
        ID,
        nothing_more,
    ),
    "markdown": ({"text": string(12_000, least=1)}, ID, nothing_more),
}
IN_VIEWS = set(BLOCKS) - {"markdown"}


def check_blocks(
    report: Report, blocks: object, at: str, *, most: int, kinds: set[str] | None = None
) -> None:
    """Check all blocks of one surface, and that their ids differ."""
    known = kinds or set(BLOCKS)
    ids: list[str] = []
    for number, value in enumerate(report.some(blocks, at, least=0, most=most)):
        place = f"{at}/{number}"
        block = report.a_dict(value, place)
        if block is None:
            continue
        kind = block.get("type")
        if kind not in known:
            report.fault(f"unsupported type: {kind}", f"{place}/type")
            continue
        needed, allowed, more = BLOCKS[kind]
        report.fields(block, place, needed, allowed)
        more(report, block, place)
        _different_actions(report, block, place)
        ids += [block["block_id"]] if "block_id" in block else []
    for twice in {one for one in ids if ids.count(one) > 1}:
        report.fault(f"block_id {twice} occurs more than once", at)


def _different_actions(report: Report, block: Json, at: str) -> None:
    inside = block.get("elements")
    if block.get("type") != "actions" or not isinstance(inside, list):
        return
    ids = [one.get("action_id") for one in inside if isinstance(one, dict)]
    for twice in {one for one in ids if one and ids.count(one) > 1}:
        report.fault(f"action_id {twice} occurs more than once", f"{at}/elements")
