"""What goes wrong at Slack during a day."""

from __future__ import annotations

import random
from collections import Counter

from tests.scenario.slack_day.day import Day
from tests.slack_double import SlackDouble

WRITES = ("chat.postMessage", "chat.update", "chat.postEphemeral", "views.open")


async def befall(day: Day, chance: random.Random, seen: Counter[str]) -> None:
    """Let one trouble follow the other, until the day is over."""
    kinds = [name for name in globals() if name.startswith("a_")]
    while not day.over:
        kind = chance.choice(kinds)
        seen[kind.replace("_", " ")] += 1
        globals()[kind](day.slack, chance)
        await day.seconds(chance.randint(5, 40))
        _calm(day.slack)


def _calm(slack: SlackDouble) -> None:
    slack.faults.clear()


def a_storm_of_429(slack: SlackDouble, chance: random.Random) -> None:
    slack.faults.limit("*", times=chance.randint(5, 40), retry_after_s=2)


def a_lost_answer(slack: SlackDouble, chance: random.Random) -> None:
    slack.faults.lose_answer(chance.choice(WRITES[:3]), times=chance.randint(1, 3))


def a_lost_request(slack: SlackDouble, chance: random.Random) -> None:
    slack.faults.lose_request(chance.choice(WRITES), times=chance.randint(1, 3))


def a_bad_minute(slack: SlackDouble, chance: random.Random) -> None:
    slack.faults.fail(chance.choice(WRITES), times=chance.randint(1, 5), status=503)


def a_silent_socket(slack: SlackDouble, _chance: random.Random) -> None:
    slack.sockets.silence()


def a_cut_socket(slack: SlackDouble, _chance: random.Random) -> None:
    slack.sockets.cut()


def a_flood_of_copies(slack: SlackDouble, chance: random.Random) -> None:
    slack.faults.double_events(chance.choice((2, 11)), new_ids=True)


def a_late_hour(slack: SlackDouble, _chance: random.Random) -> None:
    slack.faults.delay_events(0.02, shuffled_s=0.05)
