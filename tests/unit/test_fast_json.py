"""What C writes is what our own converter reads, whatever people type."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.customer import Customer, ThreadState
from bot.model.message import (
    DIRECT,
    ChannelName,
    CustomerId,
    Profile,
    ThreadId,
    Visibility,
)
from bot.model.reading import Reading, Request
from bot.model.record import Author, Record
from bot.store.codec import (
    customer_from_hash,
    dump,
    dump_record,
    load,
    state_to_json,
)
from bot.store.fast_json import converter, from_json, to_json
from tests.builders import NOON
from tests.builders import message as message_of

HIGH, LOW = "\ud83d", "\ude00"  # the halves of one emoji


def test_message_of_is_written_as_our_converter_would_and_comes_back_whole():
    message = message_of("Où est mon colis? 📦")
    assert json.loads(dump(message)) == converter.unstructure(message)
    assert load(dump(message), type(message)) == message


@pytest.mark.parametrize(
    ("written", "kept"),
    [(HIGH, "\ufffd"), (LOW, "\ufffd"), (HIGH + LOW, "😀"), (f"a{LOW}b", "a\ufffdb")],
)
def test_half_a_character_stops_no_turn(written: str, kept: str):
    message = replace(message_of("x"), text=written)
    assert load(dump(message), type(message)).text == kept
    assert from_json(to_json([written])) == [kept]


def test_an_escaped_half_that_somebody_else_wrote_is_read():
    assert from_json('"\\ud83d"') == HIGH


def test_what_is_no_json_is_no_value():
    with pytest.raises(ValueError, match="Expecting"):
        from_json("{no")


@given(
    written=st.text()
    | st.sampled_from([',"agent":null', '","agent":[],"', '\\",', ","])
)
def test_a_line_of_a_transcript_comes_back_whole_without_what_says_nothing(written):
    line = Record(
        id="m1",
        at=NOON,
        author=Author.CUSTOMER,
        thread=DIRECT,
        visibility=Visibility.PRIVATE,
        text=written,
        reading=Reading(requests=(Request(intent=written, confidence=0.9),)),
        problem=written,
    )
    kept = dump_record(line)
    assert load(kept, Record) == load(dump(line), Record)
    assert set(json.loads(kept)) == {
        *("id", "at", "author", "thread", "visibility", "text", "reading", "problem")
    }


def test_a_customer_who_wrote_once_is_kept_in_few_words_and_comes_back_whole():
    fresh = Customer(id=CustomerId("x:a"), channel=ChannelName("x"), handle="a")
    assert set(json.loads(state_to_json(fresh))) == {
        *("id", "channel", "handle", "opted_out", "threads")
    }
    full = replace(
        fresh,
        opted_out=True,
        stopped_at=NOON,
        profile=Profile(name="A"),
        contacts=3,
        threads={DIRECT: ThreadState(invited=True), ThreadId("p1"): ThreadState()},
        dialogue="{}",
        dialogue_at=NOON,
        invited_for="order_status",
        invited_at=NOON,
        failed_lookups=(NOON,),
        facts=("FH-482913",),
        said=("f5f26a1fe632",),
    )
    told = {f.name for f in fields(Customer) if getattr(full, f.name) != f.default}
    written_by_scripts = {"case", "epoch", "earlier_dead"}
    assert told | written_by_scripts == {f.name for f in fields(Customer)}
    for customer in (fresh, full):
        state = {"state": state_to_json(customer)}
        assert customer_from_hash(state, None) == customer
