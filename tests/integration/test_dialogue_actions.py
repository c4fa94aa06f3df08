"""Custom actions in process: what an action may do, and what becomes of its faults."""

import importlib
from pathlib import Path

import pytest
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.errors import ConfigError, TemporaryFailure
from bot.nlu.bootstrap import prepare

ROOT = Path(__file__).parents[2]
TRACKER = {"sender_id": "customer"}


@pytest.fixture(scope="module")
def rasa_side():
    """The modules that may be imported only when Rasa may."""
    prepare(ROOT / "config.yml")
    names = ("dialogue_actions", "dialogue_rasa")
    return [importlib.import_module(f"bot.nlu.{name}") for name in names]


@pytest.fixture
def endpoint_of(rasa_side):
    def make(run):
        executor = ActionExecutor()
        executor.register_function("action_under_test", run)
        return rasa_side[0].ActionsInProcess(executor)

    return make


def call(name="action_under_test"):
    return {"next_action": name, "tracker": TRACKER}


async def test_what_an_action_says_comes_back(endpoint_of):
    def run(dispatcher, tracker, domain):
        dispatcher.utter_message(text="hello")
        return [{"event": "slot", "name": "x", "value": 1}]

    answer = await endpoint_of(run).request(json=call(), method="post")
    assert [said["text"] for said in answer["responses"]] == ["hello"]
    assert answer["events"] == [{"event": "slot", "name": "x", "value": 1}]


@pytest.mark.parametrize("fault", [TemporaryFailure("gone"), ZeroDivisionError()])
async def test_a_fault_is_kept_and_no_action_runs_after_it(endpoint_of, fault):
    runs = []

    def run(dispatcher, tracker, domain):
        runs.append(1)
        raise fault

    endpoint = endpoint_of(run)
    for _ in range(3):
        answer = await endpoint.request(json=call())
        assert answer == {"events": [], "responses": []}
    assert endpoint.failure is fault
    assert len(runs) == 1


async def test_an_action_that_nobody_wrote_is_a_fault(endpoint_of):
    endpoint = endpoint_of(lambda dispatcher, tracker, domain: [])
    await endpoint.request(json=call("action_unknown"))
    assert "action_unknown" in str(endpoint.failure)


def test_events_are_told_apart_by_name_and_an_unknown_name_is_an_error(rasa_side):
    rasa_side[0].load_actions()
    from rasa.shared.core.events import Event

    for _ in range(2):  # the second time it is remembered
        kinds = [Event.resolve_by_type(name).__name__ for name in ("slot", "followup")]
        assert kinds == ["SlotSet", "FollowupAction"]
        with pytest.raises(ValueError, match="no_event"):
            Event.resolve_by_type("no_event")


async def test_a_rejection_is_no_fault_but_as_a_server_would_tell_it(endpoint_of):
    def run(dispatcher, tracker, domain):
        raise ActionExecutionRejection("action_under_test")

    endpoint = endpoint_of(run)
    with pytest.raises(Exception, match="400") as refusal:
        await endpoint.request(json=call())
    assert refusal.value.status == 400
    assert endpoint.failure is None


def test_actions_that_cannot_be_imported_are_told_with_the_remedy(rasa_side):
    with pytest.raises(ConfigError, match="rasa run actions"):
        rasa_side[0].load_actions("no_such_package_of_actions")


async def test_wordings_are_chosen_by_what_is_known_and_not_by_lot(rasa_side):
    from rasa.shared.core.slots import AnySlot
    from rasa.shared.core.trackers import DialogueStateTracker

    wording = rasa_side[1]._SteadyWording({"utter_x": [{"text": t} for t in "abcdef"]})

    async def said(turns):
        slot = AnySlot("turns", mappings=[{}], initial_value=turns)
        tracker = DialogueStateTracker("customer", [slot])
        return (await wording.generate("utter_x", tracker, "private"))["text"]

    assert len({await said(1) for _ in range(20)}) == 1
    assert len({await said(turns) for turns in range(20)}) > 1
    assert await wording.generate("utter_gone", None, "private") is None


async def test_an_event_that_nobody_knows_is_still_refused(endpoint_of, rasa_side):
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

    rasa_side[0].load_actions()  # settles how answers are looked at
    endpoint = endpoint_of(lambda _d, _t, _o: [{"event": "no_such"}])
    tracker = DialogueStateTracker.from_events("customer", [])
    action = RemoteAction("action_under_test", endpoint)
    with pytest.raises(ValueError, match="event"):
        await action.run(None, None, tracker, Domain.empty())
