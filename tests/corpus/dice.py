"""Edits at random, as a trainer might make them, or a vandal."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from bot.model.change import (
    AddExamples,
    CreateLabel,
    Edit,
    EditAnswer,
    MarkEntities,
    MoveExamples,
    RemoveExamples,
    ReplaceExample,
)
from bot.model.example import Label, Mark, Variant
from bot.model.message import Visibility

WORDS = [
    "where",
    "is",
    "my",
    "tent",
    "order",
    "sofa",
    "late",
    "refund",
    "please",
    "now",
    "ever",
    "again",
    "why",
    "not",
]
SIGNS = (
    "[](){}|>#&*!%@`'\"\\:,-?=~<^$/\t\n\r\x0b\x0c\x85\u2028\u2029\u200d\ufeff\xa0\x00"
)
LETTERS = [
    "é",
    "ﬁ",
    "ß",
    "نص",
    "日本",
    "👩\u200d👩\u200d👧",
    "🇬🇧",
    "́",
    "�",
    "\uffff",
    "\U0010ffff",
]
YAML_SIGNS = ("---", "...", ": |", " #", "- ", "<<: *a", "{{x}}", "${HOME}", "\\u0041")
AWKWARD = (*SIGNS, *LETTERS, *YAML_SIGNS, "](", "[a](b)")


class Dice:
    """Rolls texts, marks and edits."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.made = 0

    def text(self) -> str:
        """Return something that a trainer might type, or a vandal."""
        parts = self.random.choices(WORDS, k=self.random.randint(2, 7))
        self.made += 1
        parts.append(f"no{self.made}")  # so that most texts are new
        for _ in range(self.random.choice((0, 0, 1, 1, 3))):
            place = self.random.randrange(len(parts) + 1)
            parts.insert(place, self.awkward())
        if self.random.random() < 0.3:
            place = self.random.randrange(len(parts))
            kind = self.random.choice(("product", "date", "order_number", "nope"))
            parts[place] = f"[{parts[place]}]({kind})"
        return self.random.choice((" ", " ", "  ")).join(parts)

    def awkward(self) -> str:
        if self.random.random() < 0.3:
            return chr(self.random.randrange(0x110000))
        return self.random.choice(AWKWARD)

    def name(self) -> str:
        letters = "".join(self.random.choices("abcdefghij", k=6))
        return self.random.choice(("faq/", "order_", "", "zz_")) + letters

    def wordings(self) -> tuple[Variant, ...]:
        public = [self.wording(Visibility.PUBLIC) for _ in range(2)]
        private = [
            self.wording(Visibility.PRIVATE) for _ in range(self.random.randint(0, 2))
        ]
        return (*public, *private)

    def wording(self, visibility: Visibility) -> Variant:
        lines = [
            " ".join(self.random.choices(WORDS, k=4))
            + self.random.choice(("", "", '"', " #x", ": y", "\\", " é👍"))
            for _ in range(self.random.choice((1, 1, 1, 3)))
        ]
        self.made += 1
        gap = self.random.choice(("\n", "\n\n", "\n  "))
        return Variant(text=f"{self.made} {gap.join(lines)}", visibility=visibility)

    def edit(
        self, labels: Mapping[Label, Sequence[str]], answerable: Sequence[str]
    ) -> Edit:
        names = list(labels)
        label, other = self.random.choice(names), self.random.choice(names)
        plain = self.random.choice(labels[label])
        few = self.random.sample(labels[label], k=min(2, len(labels[label])))
        name = self.name()
        return self.random.choice(
            (
                AddExamples(label, (self.text(),)),
                AddExamples(label, (self.text(), self.text())),
                RemoveExamples(label, (plain_of(plain),)),
                MoveExamples(label, tuple(map(plain_of, few)), other),
                ReplaceExample(label, plain_of(plain), self.text()),
                MarkEntities(label, plain_of(plain), self.marks(plain_of(plain))),
                CreateLabel(
                    label=Label(name),
                    texts=(self.text(), self.text()),
                    answer=self.wordings() if name.startswith("faq/") else (),
                ),
                EditAnswer(self.random.choice(answerable), self.wordings()),
            )
        )  # fmt: skip

    def marks(self, text: str) -> tuple[Mark, ...]:
        start = self.random.randrange(len(text))
        end = min(len(text), start + self.random.randint(1, 8))
        return self.random.choice(((), (Mark("product", start, end),)))


def plain_of(marked: str) -> str:
    """Return a text without its marks, by another way than the program's."""
    return re.sub(r"\[([^\[\]]+)\]\([a-z_]+\)", r"\1", marked)
