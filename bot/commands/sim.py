"""`firstline sim x`: an X of one's own, with a page to write as a customer."""

from __future__ import annotations

import asyncio
import signal

from rich.console import Console

from bot.errors import ConfigError
from bot.sim.x import LocalX

PEOPLE = (("ann_ella", "Ann Ella"), ("bob_k", "Bob K."), ("chris_p", "Chris P."))


async def run_x(*, port: int, brand: str, limited: bool) -> int:
    """Serve until Ctrl-C.

    Raises:
        ConfigError: the port is taken, or the handle cannot be one.
    """
    try:
        network = LocalX(brand, port=port, limited=limited)
    except OSError as error:
        raise ConfigError(f"port {port} of 127.0.0.1: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(str(error)) from None
    network.ledger.keeps_answers = False
    for username, name in PEOPLE:
        if username != brand.lower():
            network.add_person(username, name=name)
    async with network as x:
        console = Console()
        console.print(f"A local X: {x.url}", soft_wrap=True)
        console.print("Put this into .env and start `firstline run`:\n", soft_wrap=True)
        console.print(environment(x), soft_wrap=True, markup=False, highlight=False)
        stop = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        await stop.wait()
    return 0


def environment(x: LocalX) -> str:
    """Return the lines that lead the program to a local X."""
    keys = x.credentials
    lines = {
        "API_URL": x.url,
        "CONSUMER_KEY": keys.consumer_key,
        "CONSUMER_SECRET": keys.consumer_secret,
        "ACCESS_TOKEN": keys.access_token,
        "ACCESS_TOKEN_SECRET": keys.access_token_secret,
        "BEARER_TOKEN": keys.bearer_token,
    }
    instead = {"CLIENT_ID": keys.client_id, "CLIENT_SECRET": keys.client_secret}
    return "\n".join(
        [
            *(f"FIRSTLINE_X_{name}={value}" for name, value in lines.items()),
            "# or, to try `firstline x login`, instead of the keys and tokens above:",
            *(f"# FIRSTLINE_X_{name}={value}" for name, value in instead.items()),
        ]
    )
