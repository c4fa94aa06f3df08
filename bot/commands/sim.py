"""`firstline sim x`: an X of one's own, with a page to write as a customer."""

from __future__ import annotations

import asyncio
import signal

from rich.console import Console

from bot.errors import ConfigError
from bot.sim.x import LocalX

PEOPLE = (("ann_ella", "Ann Ella"), ("bob_k", "Bob K."), ("chris_p", "Chris P."))


async def run_x(*, port: int, brand: str, limited: bool, oauth2: bool) -> int:
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
        console.print(
            environment(x, oauth2=oauth2), soft_wrap=True, markup=False, highlight=False
        )
        stop = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        await stop.wait()
    return 0


def environment(x: LocalX, *, oauth2: bool = False) -> str:
    """Return the lines that lead the program to a local X.

    Args:
        x: the network.
        oauth2: with the keys for `firstline x login` instead of ready tokens.
    """
    keys = x.credentials
    lines = {"API_URL": x.url, "BEARER_TOKEN": keys.bearer_token}
    if oauth2:
        lines |= {"CLIENT_ID": keys.client_id, "CLIENT_SECRET": keys.client_secret}
    else:
        lines |= {
            "CONSUMER_KEY": keys.consumer_key,
            "CONSUMER_SECRET": keys.consumer_secret,
            "ACCESS_TOKEN": keys.access_token,
            "ACCESS_TOKEN_SECRET": keys.access_token_secret,
        }
    return "\n".join(f"FIRSTLINE_X_{name}={value}" for name, value in lines.items())
