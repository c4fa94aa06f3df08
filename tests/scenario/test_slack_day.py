"""A day at the Slack desk: many customers, five agents, and everything that goes wrong."""

from __future__ import annotations

from collections import Counter

from tests.scenario.slack_day.agents import Agent, Said
from tests.scenario.slack_day.customers import come
from tests.scenario.slack_day.day import Day, chance_of, open_day
from tests.scenario.slack_day.judge import judge
from tests.scenario.slack_day.trouble import befall

STAFF = {
    "anna": ("care",),
    "ben": ("care", "trust"),
    "cleo": ("care", "press"),
    "dan": ("marketing", "press"),
    "eve": ("trust", "marketing", "care"),
}


async def test_a_day_with_five_agents_ends_with_everything_where_it_belongs(
    tmp_path, model, proof, findings, request
):
    cases = 300 if proof else 40
    seed = request.config.getoption("--seed") or 20261122
    findings.tell(f"Slack: the day's seed is {seed}; it reruns with --seed {seed}")
    said, troubles = Said(), Counter[str]()
    async with open_day(tmp_path, model, seed=seed) as day:
        await live_through(day, seed, cases, said, troubles)
        found = await judge(day, said)
    sent = sum(not (r.undo or r.told) for r in said.replies.values())
    findings.tell(
        f"Slack: a day of {found.cases} cases with {len(STAFF)} agents, {sent} replies, "
        f"{len(said.notes)} notes, {sum(troubles.values())} troubles: "
        "each reply arrived once, each card is right "
        f"(figures {found.lag_s} s old at the most). "
        + ", ".join(f"{n} {what}" for what, n in sorted(said.acts.items()))
    )


async def live_through(
    day: Day, seed: int, cases: int, said: Said, troubles: Counter[str]
) -> None:
    """Let everybody come, work and go home; then let everything come to rest."""
    agents = [
        Agent(day, day.slack.add_user(name), teams, said, chance_of(seed, name))
        for name, teams in STAFF.items()
    ]
    over_s = cases * 5

    async def until_evening() -> None:
        await come(day, chance_of(seed, "customers"), count=cases, over_s=over_s)
        await day.seconds(120)
        day.over = True

    await day.live(
        until_evening(),
        befall(day, chance_of(seed, "trouble"), troubles),
        *(agent.work() for agent in agents),
    )
    await day.rest()
