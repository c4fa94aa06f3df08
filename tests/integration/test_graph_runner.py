"""Our runner of the graph gives what Rasa's own gives."""

from __future__ import annotations

import pytest

TEXTS = ["where is my order FH-482913", "do you have gift cards?", "", "xyzzy"]


@pytest.fixture(scope="module")
def loaded(model):
    """A model as Rasa loads it, with its own runner."""
    from bot.nlu.bootstrap import prepare
    from tests.builders import ROOT

    prepare(ROOT / "config.yml")
    from rasa.core.agent import Agent

    return Agent.load(model).processor


def inputs(text: str, events=()):
    from rasa.core.channels.channel import UserMessage
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
    from rasa.shared.core.trackers import DialogueStateTracker

    tracker = DialogueStateTracker.from_events("x", list(events))
    return {
        PLACEHOLDER_MESSAGE: [UserMessage(text, message_id="m", sender_id="x")],
        PLACEHOLDER_TRACKER: tracker,
    }


def plain(message) -> dict[str, object]:
    """Return all that a message holds, as what can be compared."""
    tokens = [(token.text, token.start) for token in message.get("text_tokens")]
    ranking = list(message.get("label_ranking"))
    return {**message.data, "text_tokens": tokens, "label_ranking": ranking}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_alike_by_both_runners(loaded, text):
    from bot.nlu.graph import PlannedRunner

    target = loaded.model_metadata.nlu_target
    theirs = loaded.graph_runner.run(inputs(text), [target])[target]
    runner = PlannedRunner(loaded.graph_runner)
    for _ in range(2):  # with and without a plan
        ours = runner.run(inputs(text), [target])[target]
        assert list(map(plain, ours)) == list(map(plain, theirs))


def test_the_next_action_is_predicted_alike_by_both_runners(loaded):
    from rasa.shared.core.events import UserUttered

    from bot.nlu.graph import PlannedRunner

    heard = [UserUttered("x", intent={"name": "order_status", "confidence": 0.9})]
    target = loaded.model_metadata.core_target
    theirs = loaded.graph_runner.run(inputs("x", heard), [target])[target]
    ours = PlannedRunner(loaded.graph_runner).run(inputs("x", heard), [target])[target]
    assert ours.probabilities == theirs.probabilities
    assert ours.policy_name == theirs.policy_name
