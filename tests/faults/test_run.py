"""`firstline run` as people start it: one command, several processes."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from bot.bench.processes import family_of, pss_mb
from bot.channels.simulator import SimulatedNetwork
from bot.commands.run import what_to_run
from bot.errors import ConfigError
from bot.knowledge.answers import DomainAnswers
from bot.nlu.data import load_examples
from bot.policy_file import load_policy
from bot.roles import LIGHT, Role
from tests.builders import ROOT
from tests.ports import free_port
from tests.waiting import PATIENCE_S, until

KEYS_OF_X = {
    f"FIRSTLINE_X_{name}": "any"
    for name in (
        "CONSUMER_KEY",
        "CONSUMER_SECRET",
        "ACCESS_TOKEN",
        "ACCESS_TOKEN_SECRET",
    )
}


def received(network: SimulatedNetwork, account: str) -> int:
    return sum(entry.received for entry in network.ledger(account))


def test_ready_means_that_the_first_message_is_answered(run, network):
    run.start()
    run.until_ready()
    network.direct("pat", "How much is delivery?")
    run.until(lambda: received(network, "pat"))
    assert sum(map(pss_mb, family_of(run.process.pid))) < 500
    assert run.stop(signal.SIGINT) == 0
    assert "Nothing is lost" in run.said()


def test_a_worker_that_dies_is_started_again(run, network):
    run.start()
    run.until_ready()
    first = run.worker()
    os.kill(first, signal.SIGKILL)
    network.direct("pat", "How much is delivery?")
    run.until(lambda: received(network, "pat"))
    assert run.worker() not in (first, None)
    assert "child_ended" in run.said()


def test_no_worker_outlives_a_parent_that_was_killed(run):
    run.start()
    run.until_ready()
    worker = run.worker()
    os.kill(run.process.pid, signal.SIGKILL)
    run.process.wait()
    asyncio.run(until(lambda: not Path(f"/proc/{worker}/exe").exists()))
    run.start()  # takes over the server that was left
    run.until_ready()
    assert run.stop() == 0
    with (run.folder / "store" / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # no server has it any more


def test_sigterm_while_it_starts_ends_it_in_order(run):
    run.start()
    run.until(lambda: "child_started" in run.said())
    assert run.stop() == 0
    assert "ready\n" not in run.said()
    assert "Traceback" not in run.said()


def test_a_store_that_hangs_does_not_hold_up_the_end(run):
    run.start()
    run.until_ready()
    store = run.store()
    os.kill(store, signal.SIGSTOP)
    try:
        assert run.stop() == 0
    finally:
        os.kill(store, signal.SIGCONT)
    assert "store_left_running" in run.said()
    assert "stop_cut_short" not in run.said()  # all of it ended by itself
    run.start()  # takes over the server that was left
    run.until_ready()
    assert run.stop() == 0


def test_a_network_that_never_ends_its_answers_does_not_hold_up_the_end(run):
    with Endless() as network:
        run.start(FIRSTLINE_X_API_URL=network.address, **KEYS_OF_X)
        run.until_ready()
        run.until(lambda: network.asked)
        assert run.stop() == 0
    assert "Nothing is lost" in run.said()


class Endless:
    """A network that answers a little at a time and never to the end."""

    HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over, self.asked = threading.Event(), 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Endless:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):  # it is over
            while True:
                caller, _ = self._listener.accept()
                threading.Thread(
                    target=self._answer, args=(caller,), daemon=True
                ).start()

    def _answer(self, caller: socket.socket) -> None:
        with caller, suppress(OSError):  # the caller has gone
            caller.sendall(self.HEAD)
            self.asked += 1
            while not self._over.wait(1):
                caller.sendall(b" ")


def test_a_port_in_use_is_told_before_anything_starts(run):
    with socket.create_server(("127.0.0.1", run.port)):
        assert run.start().wait(timeout=PATIENCE_S) == 1
    assert f"Port {run.port} is in use" in run.said()
    assert "child_started" not in run.said()
    assert not (run.folder / "store").exists()


def test_a_model_that_cannot_be_used_ends_the_start(run, tmp_path, model):
    (run.folder / "models").unlink()
    (run.folder / "models").mkdir()
    (run.folder / "models" / model.name).write_bytes(b"no model")
    assert run.start().wait(timeout=PATIENCE_S) == 1
    assert "A worker cannot start" in run.said()
    assert "damaged" in run.said()


LOADED = """
import asyncio, sys
from bot.commands.run import run, what_to_run
from bot.roles import Role
from bot.settings import Settings
from pathlib import Path
import bot.commands.run as module

class Heard:
    def print(self, text):
        if text == "ready":
            print(sorted({name.partition(".")[0] for name in sys.modules}))
            import os, signal; os.kill(os.getpid(), signal.SIGTERM)

module.console = Heard()
settings = Settings.from_env(Path.cwd(), {"FIRSTLINE_VAR": sys.argv[1], "FIRSTLINE_PORT": sys.argv[2]})
asyncio.run(run(settings, what_to_run([Role(name) for name in sys.argv[3:]], 1)))
"""


def test_only_the_worker_loads_rasa(tmp_path):
    command = [sys.executable, "-c", LOADED, str(tmp_path), str(free_port())]
    light = [role.value for role in LIGHT]
    said = subprocess.run(
        [*command, *light], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = said.stdout
    assert "'starlette'" in loaded
    for heavy in ("rasa", "rasa_sdk", "sklearn", "scipy", "numpy", "tensorflow"):
        assert f"'{heavy}'" not in loaded


@pytest.mark.parametrize(
    ("named", "workers", "here", "beside"),
    [
        ([], 2, LIGHT, 2),
        (["sender"], 1, {Role.SENDER}, 0),
        (["worker"], 1, set(), 0),
        (["worker"], 3, set(), 3),
        (["worker", "intake"], 1, {Role.INTAKE}, 1),
    ],
)
def test_workers_run_beside_the_other_roles(named, workers, here, beside):
    running = what_to_run([Role(name) for name in named], workers)
    assert (running.roles, running.workers) == (here, beside)


def test_workers_without_their_role_are_refused():
    with pytest.raises(ConfigError, match="needs the role worker"):
        what_to_run([Role.SENDER], 2)


def test_the_page_knows_every_label_without_the_model():
    policy = load_policy(ROOT / "data" / "policy.yml")
    answers = DomainAnswers(ROOT / "domain.yml", policy)
    trained = {example.label for example in load_examples(ROOT / "data" / "nlu")}
    assert answers.labels(policy) == sorted(trained)
