"""`python -m tests.slack_double --port 8090`: a local Slack to try things out."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from tests.slack_double.demo import environment, furnish
from tests.slack_double.double import SlackDouble


async def run(port: int, *, paced: bool) -> None:
    """Serve a workspace until the program is interrupted."""
    async with SlackDouble(port=port, paced=paced) as slack:
        furnish(slack)
        sys.stdout.write(
            f"A local Slack: {slack.url}/channel/firstline-care?as=anna\n"
            f"Put this into .env and start `firstline run`:\n\n{environment(slack)}\n"
        )
        sys.stdout.flush()
        stop = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.slack_double")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument(
        "--paced", action="store_true", help="hold Slack's limits of requests"
    )
    chosen = parser.parse_args()
    asyncio.run(run(chosen.port, paced=chosen.paced))


if __name__ == "__main__":
    main()
