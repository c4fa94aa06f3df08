"""The words that the policy names: to stop, to confirm a customer, numbers and postcodes."""

import re
from datetime import datetime, timezone

import pytest

from bot.flow.decide import decide
from bot.model.customer import Customer
from bot.model.effect import Turn
from bot.model.message import (
    ChannelName,
    CustomerId,
    Message,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.reading import Reading, Request
from bot.model.reason import Reason


def reason_for(text, policy):
    """Return why a message that the model does not understand is decided as it is."""
    now = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
    sim, ann = ChannelName("simulator"), CustomerId("simulator:ann")
    message = Message(
        channel=sim,
        id=MessageId("1"),
        customer=ann,
        thread=ThreadId("1"),
        text=text,
        visibility=Visibility.PUBLIC,
        sent_at=now,
        handle="ann",
    )
    reading = Reading((Request("chatter", 0.0),))
    turn = Turn(messages=(message,), reading=reading)
    customer = Customer(id=ann, channel=sim, handle="ann")
    return decide(turn, customer, policy, now).reason


@pytest.mark.parametrize(
    "message",
    ["STOP", "@fernhollow stop!!", "Don't message me.", "dont message me", "Opt-out"],
)
def test_a_message_that_only_says_stop_opts_out_whatever_the_model_thinks(
    policy, message
):
    assert reason_for(message, policy) is Reason.OPT_OUT


def test_a_message_that_says_more_than_stop_does_not(policy):
    assert reason_for("stop sending broken lamps", policy) is not Reason.OPT_OUT


def test_no_word_both_stops_and_starts(policy):
    assert not policy.opt_out_words & policy.opt_in_words


CONFIRMING = [
    "We've had a look at your order.",
    "Your latest parcel left on Monday",
    "ur refund is coming",
    "You’ve already ordered two of these",
    "You are not a customer of ours.",
    "you're a Hollow Club member, so it's free",
    "You don't have an account with us.",
    "Thanks for shopping with us!",
    "Thank you for being a loyal customer",
    "We have no record of you.",
    "There's no account under that name.",
    "We can't find you.",
    "We couldn’t find any order.",
    "I can see you on our list",
    "According to our records it went out.",
    "Our system shows two parcels",
    "We've just refunded the lamp.",
    "It was delivered yesterday",
    "It's out for delivery now",
    "We refunded you yesterday.",
    "We'll refund you today.",
    "Your sofa ships tomorrow",
    "Your card was charged twice",
    "Dispatched yesterday!",
    "It arrived Monday, signed for.",
    "It's with Evri now",
    "DPD has your box",
    "You never bought anything from us.",
    "You don't shop with us",
    "We've got you down as a guest",
    "the tent you got from us",
    "Thanks for your custom",
]
GENERAL = [
    "Orders over £50 are delivered free.",
    "An order can be cancelled for about 2 hours.",
    "Could you send us a direct message?",
    "Thanks for your message. We've sent you a DM.",
    "If you bought it in the last 30 days, it can come back.",
    "We don't have any in stock, but more are coming in May.",
    "No account needed: guest checkout works.",
    "We can see why that's annoying.",
    "Sorry to hear about your weekend, and your tent!",
    "We have your message and a colleague is reading it.",
    "No, you don't need to be a member.",
    "Your message arrived safely, thank you.",
    "We'll refund you within 5 working days of getting it back.",
    "Orders in by Friday are delivered on Saturday.",
    "If you didn't order it, let us know.",
]


def matches(policy, text):
    for pattern in policy.public.general:
        text = re.sub(pattern, "…", text, flags=re.IGNORECASE)
    return [p for p in policy.public.confirming if re.search(p, text, re.IGNORECASE)]


@pytest.mark.parametrize("text", CONFIRMING)
def test_words_that_confirm_or_deny_a_customer_are_caught(policy, text):
    assert matches(policy, text)


@pytest.mark.parametrize("text", GENERAL)
def test_general_words_are_let_through(policy, text):
    assert matches(policy, text) == []


def test_each_confirming_expression_is_needed(policy):
    """An expression that no example above needs is untested, so it may be wrong."""
    caught = {pattern for text in CONFIRMING for pattern in matches(policy, text)}
    assert caught == set(policy.public.confirming)


@pytest.mark.parametrize(
    "text", ["FH-482913", "fh482913", "it's #482 913", "order no. 482913"]
)
def test_an_order_number_is_known_however_it_is_written(policy, text):
    assert re.search(policy.public.order_number, text, re.IGNORECASE)


@pytest.mark.parametrize("text", ["£482,913", "in 2027", "#garden", "order 2 lamps"])
def test_other_numbers_are_not_order_numbers(policy, text):
    assert not re.search(policy.public.order_number, text, re.IGNORECASE)


@pytest.mark.parametrize("text", ["LS6 2AB", "it's sw1a1aa", "BS1-4DJ"])
def test_a_postcode_is_known_however_it_is_written(policy, text):
    assert re.search(policy.public.postcode, text, re.IGNORECASE)


@pytest.mark.parametrize("text", ["by 4pm", "2-4 working days", "A4 3cm", "E10 9am"])
def test_other_words_with_digits_are_no_postcodes(policy, text):
    assert not re.search(policy.public.postcode, text, re.IGNORECASE)
