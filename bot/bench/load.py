"""What customers write and when: fixed before the run, whatever the bot does."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from random import Random

from bot.bench.texts import Writer

REPEATING = 0.2  # share of the messages that come from the same few customers
PRIVATE = 0.4  # share of direct messages
FACTS_AFTER_S = 3.0  # a customer needs so long to look up an order number
ORDERS = ("FH-482913 LS6 2AB", "FH-482914", "it's FH-482913, postcode LS6 2AB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One message that a customer writes `after_s` after the start."""

    after_s: float
    id: str
    account: str
    text: str
    private: bool

    def plain(self) -> dict[str, object]:
        """Return it as the network takes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """An open-loop load: so many messages at so many a second.

    Arrivals are independent of each other (a Poisson process), as people are. Four
    in five messages come from customers who write once, the rest from `regulars`.
    """

    name: str  # begins every id, so that loads of one run do not mix
    count: int
    rate: float  # messages a second
    dialogue: float = 0.0  # share of messages that are turns of a dialogue
    repeating: float = REPEATING
    regulars: int = 2_000
    seed: int = 1

    def arrivals(self, writer: Writer) -> list[Arrival]:
        """Return every message with its time, in the order of time."""
        random = Random(f"{self.name}:{self.seed}")  # noqa: S311 - a load, no secret
        made: list[Arrival] = []
        moment = 0.0
        while len(made) < self.count:
            moment += random.expovariate(self.rate)
            made += self._at(moment, len(made), random, writer)
        return sorted(made[: self.count], key=lambda arrival: arrival.after_s)

    def _at(
        self, moment: float, number: int, random: Random, writer: Writer
    ) -> list[Arrival]:
        # a dialogue has two turns, so it begins half as often
        if random.random() < self.dialogue / (2 - self.dialogue):
            return self._dialogue(moment, number, random, writer)
        regular = random.random() < self.repeating
        account = (
            f"regular{random.randrange(self.regulars)}"
            if regular
            else f"{self.name}-{number}"
        )
        return [
            Arrival(
                after_s=moment,
                id=f"{self.name}-{number}",
                account=account,
                text=writer.message(),
                private=random.random() < PRIVATE,
            )
        ]

    def _dialogue(
        self, moment: float, number: int, random: Random, writer: Writer
    ) -> list[Arrival]:
        texts = (writer.order_question(), random.choice(ORDERS))
        return [
            Arrival(
                after_s=moment + turn * FACTS_AFTER_S,
                id=f"{self.name}-{number + turn}",
                account=f"{self.name}-{number}",
                text=text,
                private=True,
            )
            for turn, text in enumerate(texts)
        ]
