"""A port for a server that a test starts."""

from __future__ import annotations

import random
import socket

# Below what the system gives to outgoing connections: between the choice and the
# start of the server, nobody but another test could take it, and 12,000 are many.
RANGE = range(20_000, 32_000)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    while True:
        port = random.choice(RANGE)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
