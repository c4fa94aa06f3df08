"""What an agent may say where everybody reads it, on a real server."""

import pytest

from bot.errors import UnsafeText
from bot.model.case import AgentId
from tests.ledger import only_view, post, received

ANN = AgentId("ann")


@pytest.mark.parametrize(
    "text",
    ["Yo\u200bur ord\u0435r left us.", "Your sofa is on its way.", "Look: bit.ly/xyz"],
)
async def test_an_agents_public_reply_that_gives_a_customer_away_is_not_sent(
    line, text
):
    post(line, "product_question 0.9")
    await line.settle()
    view = await only_view(line)
    await line.relay.claim(view.case.id, ANN)
    with pytest.raises(UnsafeText):
        await line.relay.reply(
            view.case.id, ANN, text, thread=view.case.thread, key="1"
        )
    await line.settle()
    assert text not in received(line)
