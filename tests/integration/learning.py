"""A line whose learner has looked, for tests of the review queue."""

from __future__ import annotations

from bot.model.review import ReviewItem
from tests.first_line import FirstLine

UNSURE = "order_status 0.3 where might my things be"


async def say(line: FirstLine, text: str, *, who: str = "alice") -> str:
    """Let a customer write in private; return the message's id."""
    line.clock.advance(60)
    id_ = line.channel.network.direct(who, text)
    await line.settle()
    return id_


async def learn(line: FirstLine, learner=None) -> list[ReviewItem]:
    """Let a learner look at everything that happened; return the open items."""
    while await (learner or line.learner).step():
        pass
    return await line.reviews.open()


async def the_item(line: FirstLine) -> ReviewItem:
    (item,) = await learn(line)
    return item


async def case_of(line: FirstLine, who: str = "alice"):
    return (await line.relay.search(who))[0]
