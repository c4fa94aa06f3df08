"""What the tests of the simulated network share."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from bot.model.message import (
    DIRECT,
    ChannelName,
    CustomerId,
    MessageId,
    ThreadId,
    Visibility,
)
from bot.model.outgoing import Outgoing, Refused, Speaker
from tests.waiting import PATIENCE_S

UNREACHABLE = Refused("unreachable", permanent=False)
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=timezone.utc)
ROOT = Path(__file__).parents[3]


async def read(channel, after=None):
    return [pair async for pair in channel.messages(after=after)]


async def incoming(channel) -> list[str]:
    return [message.id for _, message in await read(channel)]


def reply_to(post: str, text="hello", *, account="ada", speaker=Speaker.BOT):
    return Outgoing(
        key=f"k:{post}",
        channel=ChannelName("simulator"),
        customer=CustomerId(f"simulator:{account}"),
        handle=account,
        thread=ThreadId("any"),
        visibility=Visibility.PUBLIC,
        text=text,
        speaker=speaker,
        queued_at=NOON,
        reply_to=MessageId(post),
    )


def direct_to(account: str, text="hello") -> Outgoing:
    return replace(
        reply_to("", text, account=account),
        visibility=Visibility.PRIVATE,
        thread=DIRECT,
        reply_to=None,
    )


PROLOGUE = """
import sys
from pathlib import Path
from bot.channels.simulator import Fault, SimulatedNetwork
from bot.clock import SystemClock
network = SimulatedNetwork(
    Path(sys.argv[1]), brand_handle="fernhollow", clock=SystemClock())
"""


def started(script: str, path: Path) -> subprocess.Popen[str]:
    """Start `script` in another process, with `network` on the file `path`."""
    return subprocess.Popen(
        [sys.executable, "-c", PROLOGUE + script, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def start_together(processes: list[subprocess.Popen[str]]) -> None:
    """Let go all `processes`, once each has said that it is ready."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def run(script: str, path: Path) -> None:
    """Run `script` in another process to its good end."""
    finish(started(script, path))


def finish(process: subprocess.Popen[str]) -> None:
    """Wait for a process, which must end well."""
    with process:
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
