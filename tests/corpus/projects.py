"""A small project laid out as hastily as people do, and a corpus on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from bot.corpus.admission import Admission
from bot.corpus.checks import ExampleChecks
from bot.corpus.files import FileCorpus
from bot.corpus.personal import PersonalData
from bot.corpus.words import WordsOf
from bot.knowledge.drafts import AnswerDrafts
from bot.model.change import Applied, Change, Edit
from bot.model.example import CorpusVersion, Origin
from bot.model.policy import Policy
from bot.nlu.normalise import tokens
from bot.policy_file import load_policy
from tests.builders import ROOT

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)

# Comments, empty lines, other sections, two lists of one label.
SHOPS = """\
version: "3.1"   # of the format
nlu:

# Opening hours and where we are
- intent: faq/stores   # showrooms
  examples: |   # as people write
    - where is your shop
    - are you open on [sunday](date)?
    - "quoted" shop: yes # or no

- synonym: sofa
  examples: |
    - couch

# Small talk
- intent: greet
  examples: |
    - hi
    - hello there 👋

- lookup: carrier
  examples: |
    - DPD
"""
# Windows' line ends, a byte order mark, other depths.
ORDERS = """\
\ufeffversion: "3.1"
nlu:
  - intent: order_status
    examples: |
      - where is my [tent](product)
      - track [FH-204418](order_number) pls
      - any news of my order
  - intent: order_cancel
    examples: |
      - cancel my order
      - i don't want it any more
""".replace("\n", "\r\n")
# No end of the last line.
MORE = """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - good morning
- intent: thanks
  examples: |
    - thanks a lot
    - cheers for that
    - ta"""

DOMAIN = """\
version: "3.1"

# What the bot knows

intents:
  # Small talk
  - greet   # hello
  - thanks
  # Orders
  - order_status
  - order_cancel
  - faq

entities: [date, product, order_number]

responses:
  # Standard answers

  utter_faq/stores:   # showrooms
    # short
    - text: "We have showrooms in Bristol and Leeds."   # both
      channel: public
    - channel: public
      text: 'It''s Bristol and Leeds, every day.'
    - text: |-
        Two showrooms:
        • Bristol
        • Leeds

        Come and see.
      channel: private

  utter_greet:
    - text: Hello. How can we help?
      channel: public
    - text: "Hi there, what can we do?"
      channel: public

  utter_ask_order_number:
    - condition:
        - type: slot
          name: problem
          value: no_match
      text: "I can't match that."
    - text: "What's the number?"

session_config:
  session_expiration_time: 60  # minutes
"""

FILES = {"a_shops.yml": SHOPS, "b_orders.yml": ORDERS, "c_more.yml": MORE}


@lru_cache
def the_policy() -> Policy:
    return load_policy(ROOT / "data" / "policy.yml")


def small_project(folder: Path) -> Path:
    """Write the small project below `folder`."""
    (folder / "data" / "nlu").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / "data" / "nlu" / name).write_bytes(text.encode())
    (folder / "domain.yml").write_bytes(DOMAIN.encode())
    policy = (ROOT / "data" / "policy.yml").read_bytes()
    (folder / "data" / "policy.yml").write_bytes(policy)
    return folder


def admission() -> Admission:
    policy = the_policy()
    answers = AnswerDrafts(lambda: policy)
    checks = ExampleChecks(PersonalData(policy.public))
    return Admission(checks, WordsOf(tokens), answers.on_answer)


def corpus_of(project: Path) -> FileCorpus:
    return FileCorpus(
        project, policy=project / "data" / "policy.yml", admission=admission()
    )


def a_change(
    *edits: Edit,
    by: str = "Ann",
    why: str = "customers ask like this",
    copied: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    **more: str,
) -> Change:
    origin = Origin(more.get("origin", "written"))
    return Change(
        by=by,
        why=why,
        edits=edits,
        origin=origin,
        item=more.get("item"),
        copied=copied,
    )


async def make(
    corpus: FileCorpus,
    *edits: Edit,
    expected: CorpusVersion | None = None,
    by: str = "Ann",
    copied: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    now: datetime = NOW,
    **more: str,
) -> Applied:
    """Apply a change that must succeed."""
    version = expected or (await corpus.read()).version
    applied = await corpus.apply(
        a_change(*edits, by=by, copied=copied, **more), expected=version, now=now
    )
    assert isinstance(applied, Applied), applied
    return applied


def files_of(project: Path) -> dict[str, bytes]:
    """Return all files that trainers' changes can touch, by their names."""
    found = [project / "domain.yml", *sorted((project / "data").rglob("*.*"))]
    return {
        str(path.relative_to(project)): path.read_bytes()
        for path in found
        if path.is_file() and ".corpus" not in path.parts
    }


def changed_lines(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """Return which lines went and which came, each with its end."""
    from difflib import SequenceMatcher

    old = before.decode().splitlines(keepends=True)
    new = after.decode().splitlines(keepends=True)
    gone: list[str] = []
    came: list[str] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            gone += old[i1:i2]
            came += new[j1:j2]
    return gone, came
