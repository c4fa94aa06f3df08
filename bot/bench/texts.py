"""Texts as customers write them, no two of them equal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from bot.nlu.data import Example, load_examples

# What share of the messages is about what. The FAQ is what a first line is for; the
# rest is what brands get besides. Within a group all examples are equally likely.
MIX = {"faq": 0.5, "small_talk": 0.15, "matter": 0.35}
SMALL_TALK = frozenset(
    {"greet", "thanks", "praise", "goodbye", "affirm", "bot_challenge", "chatter"}
)
# Rare by nature: they would stop a customer's replies, or are not the bench's topic.
LEFT_OUT = frozenset({"opt_out", "opt_in", "spam", "abuse", "order_status"})

OPENERS = (
    "",
    "Hi,",
    "Hello,",
    "Hi there,",
    "Hey,",
    "Hello there,",
    "Good morning,",
    "Good afternoon,",
    "Evening,",
    "Quick question:",
    "Quick one,",
    "Excuse me,",
    "Sorry,",
    "Me again.",
    "Hi team,",
    "Hello all,",
)
CLOSERS = ("", "Thanks,", "Thank you,", "Cheers,", "Ta,", "Many thanks,", "Thx")
NAMES = (
    *("Priya", "Tom", "Aoife", "Kwame", "Sarah", "Mehmet", "Ewan", "Chloe", "Dev"),
    *("Grace", "Hamza", "Isla", "Jack", "Kirsty", "Liam", "Maya", "Niamh", "Owen"),
    *("Poppy", "Ravi", "Sian", "Tariq", "Una", "Vikram", "Wendy", "Yusuf", "Zoe"),
    *("Alan", "Beth", "Callum", "Dawn", "Elin", "Fergus", "Gemma", "Hugh", "Iris"),
    *("Joan", "Keith", "Leah", "Morag", "Neil", "Olive", "Pete", "Rhys", "Shona"),
    *("Todd", "Viv", "Will", "Alisha", "Bronwen", "Craig", "Deepa", "Eddie", "Fiona"),
)
WHERE_IS_IT = (
    "where is my order?",
    "where's my parcel",
    "can you tell me where my order is",
    "any news on my order please",
    "has my order been sent yet",
    "when will my order come",
    "could you check the status of my order",
    "what is happening with my order",
)


class Writer:
    """Writes texts from the project's training examples, each only once.

    An example gets an opening, a closing and a name, as people write them; what was
    written before is written differently. The same seed gives the same texts.
    """

    def __init__(self, examples: Sequence[Example], *, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a load, not a secret
        self._groups: dict[str, list[Example]] = {name: [] for name in MIX}
        for example in examples:
            if example.label not in LEFT_OUT:
                self._groups[_group(example.label)].append(example)
        self._written: set[str] = set()

    @classmethod
    def of_project(cls, project: Path, *, seed: int) -> Writer:
        """Read the examples of the project's data."""
        return cls(load_examples(project / "data" / "nlu"), seed=seed)

    def message(self) -> str:
        """Return a text of the usual mix."""
        (group,) = self._random.choices(list(MIX), weights=list(MIX.values()))
        return self._unique([example.text for example in self._groups[group]])

    def question(self) -> str:
        """Return a question of the FAQ."""
        return self._unique([example.text for example in self._groups["faq"]])

    def order_question(self) -> str:
        """Return a question for one's own order, without its number."""
        return self._unique(WHERE_IS_IT)

    def _unique(self, bodies: Sequence[str]) -> str:
        while True:
            text = self._dressed(self._random.choice(bodies))
            if text not in self._written:
                self._written.add(text)
                return text

    def _dressed(self, body: str) -> str:
        pick = self._random.choice
        opener, closer = pick(OPENERS), pick(CLOSERS)
        name = pick(NAMES)
        if self._random.random() < 0.3:
            name = f"{name} {pick('ABCDEFGHJKLMNPRSTW')}"
        signed = f"{closer} {name}" if closer else name
        end = "" if body[-1:] in ".!?…" else "."
        return f"{opener} {body}{end} {signed}".strip()


def _group(label: str) -> str:
    if label.startswith("faq/"):
        return "faq"
    return "small_talk" if label in SMALL_TALK else "matter"
