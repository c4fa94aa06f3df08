"""A small social network in one SQLite file: the canonical example of a channel.

`channel.py` is the bot's side, the only part that another network needs: copy it.
The rest is the network itself, which X and the others bring along: what people
do on it (`network`), its rules for what we send (`sending`), how posts reach us
(`deliveries`, `wire`) and what can go wrong on demand (`faults`).
"""

from bot.channels.simulator.channel import SimulatorChannel
from bot.channels.simulator.faults import Fault, Faults
from bot.channels.simulator.network import SimulatedNetwork
from bot.channels.simulator.posts import Changes, LedgerEntry, NewPost, Post

__all__ = [
    "Changes",
    "Fault",
    "Faults",
    "LedgerEntry",
    "NewPost",
    "Post",
    "SimulatedNetwork",
    "SimulatorChannel",
]
