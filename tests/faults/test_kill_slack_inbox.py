"""`firstline run` killed while agents click and write: what Slack was told is done."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter

from tests.faults.test_run_slack import slack, start
from tests.integration.slack_cards import CARE, cards_in

__all__ = ["slack"]  # a fixture

CUSTOMERS = 6
WORDS = "I want to speak to a real person please"


async def test_what_was_acknowledged_before_a_kill_is_done_once_afterwards(
    run, network, slack
):
    anna = slack.add_user("anna")
    await start(run, slack)
    for number in range(CUSTOMERS):
        network.direct(f"pat{number}", WORDS)
    await slack.until(lambda: len(cards_in(slack)) == CUSTOMERS)
    cards = slack.messages(CARE)

    slack.sockets.ack_s = 10.0  # the machine may be busy; who is killed says nothing
    clicks = [asyncio.create_task(anna.click(c, "case_claim")) for c in cards]
    await asyncio.wait(clicks, return_when=asyncio.FIRST_COMPLETED)
    run.stop(signal.SIGKILL)
    acknowledged = [ack.acknowledged for ack in await asyncio.gather(*clicks)]
    assert any(acknowledged)
    slack.sockets.ack_s = 3.0  # as Slack waits
    await start(run, slack)

    def claimed(card) -> bool:
        return "case_reply" in card.action_ids

    for card, was in zip(cards, acknowledged, strict=True):
        if was:
            await slack.until(lambda card=card: claimed(card))
    for card in cards:
        if not claimed(card):  # Slack has shown a warning; people click again
            await anna.click(card, "case_claim")
    await slack.until(lambda: all(map(claimed, cards)))

    for number, card in enumerate(cards):
        await anna.type(CARE, f"reply: Answer {number}.", thread_ts=card.ts)
        await anna.type(CARE, f"aside {number}", thread_ts=card.ts)
    await asyncio.sleep(0.02)
    run.stop(signal.SIGKILL)
    await start(run, slack)

    def answers() -> Counter[str]:
        texts = (
            entry.text for n in range(CUSTOMERS) for entry in network.ledger(f"pat{n}")
        )
        return Counter(text for text in texts if text.startswith("Answer"))

    await slack.until(lambda: len(answers()) == CUSTOMERS)
    await asyncio.sleep(3)
    assert set(answers().values()) == {1}
    everything = [e.text for n in range(CUSTOMERS) for e in network.ledger(f"pat{n}")]
    assert not any("aside" in text for text in everything)
