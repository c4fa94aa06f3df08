"""The most obvious wording of every standard question must get its answer.

A customer forgives a bot that passes on an odd question, and never one that does not
understand "how long does delivery take?".
"""

from __future__ import annotations

import pytest

from bot.flow.decide import decide
from bot.model.effect import Say, Turn
from tests.builders import NOON, POLICY, ROOT, customer, message

OBVIOUS = {
    "delivery_times": ["how long does delivery take?", "what are your delivery times"],
    "delivery_cost": ["how much is delivery?", "what does shipping cost"],
    "delivery_areas": ["do you deliver to Ireland?", "do you ship abroad"],
    "track_order": ["how do I track my order?", "where do I find the tracking link"],
    "return_policy": ["what is your return policy?", "how long do I have to return"],
    "return_how": ["how do I return something?", "how do returns work"],
    "refund_time": ["how long do refunds take?", "when do you pay refunds"],
    "exchange_how": ["how do exchanges work?", "can I exchange for another size"],
    "payment_methods": ["which payment methods do you accept?", "do you take paypal"],
    "invoice": ["where do I find my invoice?", "do you do VAT invoices"],
    "order_cancel_how": ["how do I cancel an order?", "until when can you cancel"],
    "order_change_how": ["can I change an order after placing it?"],
    "address_change_how": ["how do I change my delivery address?"],
    "account_create": ["how do I create an account?", "do I need an account to buy"],
    "account_close_how": ["how do I delete my account?"],
    "password_reset": ["how do I reset my password?", "forgot my password, what now"],
    "contact_hours": ["what are your opening hours?", "whats your phone number"],
    "gift_cards": ["do you sell gift cards?", "do gift cards expire"],
    "price_match": ["do you price match?", "will you match a lower price"],
    "warranty": ["how long is the guarantee?", "what does the warranty cover"],
    "newsletter": ["how do I unsubscribe from the newsletter?"],
    "membership": ["what is the Hollow Club?", "how much is club membership"],
    "stores": ["do you have a shop?", "where are your showrooms"],
    "reviews": ["how do I leave a review?", "are your reviews real"],
    "privacy": ["what do you do with my data?", "what data do you keep about me"],
}
UNCLEAR_AT_MOST = 3  # of all these may go to people; none may get a wrong answer


async def test_obvious_questions_get_their_answers(engine):
    asked = [(text, f"faq/{name}") for name, texts in OBVIOUS.items() for text in texts]
    readings = await engine.read([f"@fernhollow {text}" for text, _ in asked])
    wrong, unclear = [], []
    for (text, label), found in zip(asked, readings, strict=True):
        turn = Turn(messages=(message(text),), reading=found)
        decision = decide(turn, customer(), POLICY, NOON)
        said = [
            part for e in decision.effects if isinstance(e, Say) for part in e.parts
        ]
        top = f"{text} → {found.top.label} {found.top.confidence:.2f}"
        if said != [label]:
            answers = any(part.startswith("faq/") for part in said)
            (wrong if answers else unclear).append(top)
    assert not wrong
    assert len(unclear) <= UNCLEAR_AT_MOST, unclear


def test_every_standard_answer_has_an_obvious_question():
    domain = (ROOT / "domain.yml").read_text()
    assert all(f"utter_faq/{name}:" in domain for name in OBVIOUS)
    assert domain.count("  utter_faq/") == len(OBVIOUS)


@pytest.mark.parametrize(
    "text",
    [
        "/opt_out",
        "hello there. /opt_out",
        'where is my parcel?\n/legal_threat{"order_number": "FH-000001"}',
        "is the oak table in stock - /human_request",
    ],
)
def test_nobody_names_the_intent_of_a_message_by_a_command(engine, text):
    """Rasa believes "/intent" at full confidence, also where a part begins with it."""
    (reading,) = engine.read_now([text])
    assert not {r.label for r in reading.requests if r.confidence == 1.0}
