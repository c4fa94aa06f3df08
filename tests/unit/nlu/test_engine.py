"""The engine reads any text, many at once, and lets no customer name the intent."""

import asyncio
import logging
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.message import MAX_TEXT
from bot.model.reading import FALLBACK
from bot.nlu.engine import BATCH, SWITCH_S, RasaEngine, load_model
from tests.builders import ROOT


async def test_a_reading_tells_intent_answer_entities_and_signals(engine):
    (reading,) = await engine.read(["  where is my order fh 482913 ? joe@mail.com"])
    assert reading.top.label == "order_status"
    assert 0.0 < reading.top.confidence <= 1.0
    assert len(reading.alternatives) == 3
    assert reading.values("order_number") == ("FH-482913",)
    assert reading.entities[0].start == 20
    assert reading.signals.personal_data == ("order_number", "email")
    assert reading.signals.needs_reply > 0.5


async def test_a_standard_question_has_its_answer_s_name(engine):
    (reading,) = await engine.read(["how many days does delivery take"])
    assert (reading.top.intent, reading.top.faq) == ("faq", "delivery_times")


async def test_readings_come_in_the_order_of_the_texts(engine):
    texts = ["hello there", "my lamp came broken", "thanks"] * BATCH
    labels = [reading.top.label for reading in await engine.read(texts)]
    assert labels == ["greet", "damaged_item", "thanks"] * BATCH


async def test_a_text_is_read_alike_alone_and_among_others(engine):
    texts = ["hello there", "my lamp came broken", "", "x" * MAX_TEXT]
    together = await engine.read(texts)
    alone = [(await engine.read([text]))[0] for text in texts]
    assert together == alone


async def test_no_texts_give_no_readings(engine):
    assert await engine.read([]) == []


async def test_a_text_without_known_words_is_unsure_and_calm(engine):
    for reading in await engine.read(["", " ", "\x00", "qqq zzz", "\ud800"]):
        assert reading.top.label == FALLBACK
        assert not reading.signals.angry
        assert reading.signals.needs_reply == 1.0


async def test_a_customer_cannot_name_the_intent(engine):
    command = '/thanks{"order_number": "FH-000000"}'
    (reading,) = await engine.read(["/thanks where is my order"])
    assert reading.top.label == "order_status"
    (same,) = await engine.read([command.replace("/", " ")])
    assert same.top.confidence < 1.0
    for before in ("", " ", "\n", "\u2009 "):  # Rasa looks behind blanks as well
        (reading,) = await engine.read([before + command])
        assert reading.top.label == same.top.label
        assert reading.top.confidence < 1.0
        assert reading.values("order_number") == same.values("order_number")


async def test_what_needs_no_reply_says_so(engine):
    readings = await engine.read(["thanks so much", "where is my order"])
    assert readings[0].signals.needs_reply < 0.5 < readings[1].signals.needs_reply


async def test_the_event_loop_stays_free_while_texts_are_read(engine):
    reading = asyncio.create_task(engine.read(["where is my order"] * 2_000))
    turns = 0
    while not reading.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 10


async def test_texts_appear_neither_in_logs_nor_on_the_screen(engine, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    await engine.read(["sesame where is my order"])
    said = "".join(capfd.readouterr()) + caplog.text
    assert "sesame" not in said


@settings(deadline=None, max_examples=80)
@given(texts=st.lists(st.text(st.characters(), max_size=300), max_size=4))
def test_any_unicode_gets_a_reading(model, texts):
    engine = RasaEngine(model)
    readings = engine.read_now(texts)
    engine.close()
    assert len(readings) == len(texts)
    for text, reading in zip(texts, readings, strict=True):
        assert all(0 <= e.start < e.end <= len(text) for e in reading.entities)
        assert 0.0 <= reading.signals.needs_reply <= 1.0


def test_threads_take_turns_sooner_where_a_model_is_loaded(project, model_path):
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    try:
        load_model(model_path, config=project / "config.yml")
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
    finally:
        sys.setswitchinterval(before)


def test_to_import_what_reads_changes_nothing_in_a_process():
    asked = "import sys, bot.commands.work; print(sys.getswitchinterval())"
    command = [sys.executable, "-c", asked]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert float(said.stdout) == 0.005
